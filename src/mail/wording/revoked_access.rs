//! Access to a provider's API that ends with what the email is about.

use super::Writer;
use crate::{accounts::RevokedAccess, codes::access::Access, mail::brand};

pub(super) fn will_be_revoked(revoked: &RevokedAccess) -> String {
    let services: Vec<_> = revoked.sees.iter().copied().map(service).collect();
    format!("{}'s access to {} will be revoked.", brand::NAME, services.join(" and "))
}

/// Where the person can revoke the access themselves: no later email reports how it ended.
pub(super) fn by_hand(writer: &Writer<'_>, revoked: &RevokedAccess) -> Option<(String, String)> {
    let page = writer.site.connections.get(&revoked.provider)?;
    let label = writer.site.label(&revoked.provider);
    let lead =
        format!("We'll ask {label} to do that for up to three days. To be sure, check your connected apps there:");
    Some((lead, page.clone()))
}

fn service(access: Access) -> &'static str {
    match access {
        Access::Drive => "Google Drive",
        Access::Calendar => "Google Calendar",
    }
}
