//! "Connected services", for the settings.

use time::Duration;

use super::{
    accounts::{ConnectionStatus, connection_status, label, lost},
    page_request::PageRequest,
};
use crate::{
    accounts::Identity,
    codes::access::Access,
    oauth::Scopes,
    providers::{ApiAccess, api_access},
    store::{Grant, GrantStatus, RevocationStatus},
    ui::view::{GrantState, GrantView},
};

/// Oldest identity first.
pub fn grant_views(request: &PageRequest, identities: &[Identity], grants: &[Grant]) -> Vec<GrantView> {
    let view = |grant: &Grant| {
        let identity = identities.iter().find(|identity| identity.id == grant.identity)?;
        Some(grant_view(request, identity, grant, api_access(&grant.provider)?))
    };
    grants.iter().filter_map(view).collect()
}

fn grant_view(request: &PageRequest, identity: &Identity, grant: &Grant, spec: &ApiAccess) -> GrantView {
    let provider = request.app.relying_party.provider(&grant.provider);
    let sees = |access: &Access| provider.is_some_and(|provider| provider.allows(*access, &grant.scopes));
    // If the whole grant has ended, its state says so.
    let is_live = grant.state == GrantStatus::Live;
    let withdrawn = |access: &Access| {
        is_live && matches!(connection_status(request, Some(grant), *access), ConnectionStatus::Lost(_))
    };
    let known: Scopes = provider.map_or_else(Scopes::default, |provider| {
        let accesses = Access::ALL.iter().flat_map(|access| (spec.scopes)(*access));
        provider.spec.sign_in_scopes.iter().chain(accesses).chain(spec.sign_in_aliases).collect()
    });
    GrantView {
        identity: grant.identity.to_string(),
        slug: grant.provider.clone(),
        provider: request.label(&grant.provider),
        account: label(request, identity),
        sees: Access::ALL.iter().copied().filter(sees).collect(),
        withdrawn: Access::ALL.iter().copied().filter(withdrawn).collect(),
        further: grant.scopes.iter().filter(|scope| !known.contains(scope)).map(str::to_owned).collect(),
        given_at: grant.given_at.unix_timestamp(),
        used_at: grant.used_at.map(time::OffsetDateTime::unix_timestamp),
        state: state(grant, spec),
    }
}

fn state(grant: &Grant, spec: &ApiAccess) -> GrantState {
    let by_hand = || spec.connections.to_owned();
    match (grant.state, grant.access_expires_at) {
        (GrantStatus::Live, Some(until)) if !grant.renewable => GrantState::Until(until.unix_timestamp()),
        (GrantStatus::Live, _) => {
            let last = grant.used_at.unwrap_or(grant.given_at);
            let unused = Duration::days(spec.unused_days.into());
            GrantState::Renewed { unused_until: (last + unused).unix_timestamp() }
        }
        (GrantStatus::Lost(because), _) => GrantState::Lost(lost(because)),
        (GrantStatus::Disconnected { revocation, .. }, _) => match revocation {
            RevocationStatus::Pending { attempts } => GrantState::BeingRevoked { attempts, by_hand: by_hand() },
            RevocationStatus::Done { at } => GrantState::Revoked { at: at.unix_timestamp() },
            RevocationStatus::Failed => GrantState::NotRevoked { by_hand: by_hand() },
        },
    }
}
