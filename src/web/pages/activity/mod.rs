//! The audit trail as its pages show it: to the user whom it is about, and to administrators.

mod provider_sentences;
mod sentences;

#[cfg(test)]
mod tests;

use time::OffsetDateTime;

use self::sentences::{Concern, sentence};
use super::authentication_claims::authentication_claims;
use crate::{
    accounts::{Actor, ClientInfo, describe_device},
    store::PastEvent,
    ui::view::ActivityView,
};

/// Shown where there is none to show.
const NO_IP: &str = "unknown";

/// An event on the page; `None` for one that another version of Latchkey wrote and that this one does not know. `here` is who
/// reads it; `label` gives a provider's display name.
pub fn activity_view(event: &PastEvent, here: &ClientInfo, label: impl Fn(&str) -> String) -> Option<ActivityView> {
    let ClientInfo { ip, user_agent, actor, .. } = &event.client;
    let is_from_here = matches!(actor, Actor::User) && *ip == here.ip && *user_agent == here.user_agent;
    let view = view(event, is_from_here, label)?;
    // From where an administrator works is no business of the user's.
    Some(match event.client.actor {
        Actor::User => view,
        Actor::Operator | Actor::Admin(_) => {
            ActivityView { device: "The site's administrator".to_owned(), ip: NO_IP.to_owned(), ..view }
        }
    })
}

/// The same for administrators, who see from where each other work.
pub fn admin_activity_view(event: &PastEvent, label: impl Fn(&str) -> String) -> Option<ActivityView> {
    view(event, false, label)
}

fn view(event: &PastEvent, is_from_here: bool, label: impl Fn(&str) -> String) -> Option<ActivityView> {
    let provider = event.codes.provider.as_deref().map(&label);
    let (what, concern) = sentence(&event.event()?, label);
    let alarming = match concern {
        Concern::None => false,
        Concern::FromElsewhere => !is_from_here,
        Concern::Always => true,
    };
    let by = match event.client.actor {
        Actor::User => String::new(),
        Actor::Operator => " (by a command on the server)".to_owned(),
        Actor::Admin(_) => " (by an administrator)".to_owned(),
    };
    let what = what + &by;
    Some(ActivityView {
        what: if event.times > 1 { format!("{what} ({} times)", event.times) } else { what },
        alarming,
        provider_says: event
            .authentication
            .as_ref()
            .zip(provider)
            .and_then(|(claims, label)| authentication_claims(claims, &label, event.last_at.unix_timestamp())),
        at: event.at.unix_timestamp(),
        last_at: Some(event.last_at).filter(|last| *last > event.at).map(OffsetDateTime::unix_timestamp),
        device: describe_device(event.client.user_agent.as_deref()),
        ip: event.client.ip.map_or_else(|| NO_IP.to_owned(), |ip| ip.to_string()),
    })
}
