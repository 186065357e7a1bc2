//! "What Latchkey may see", for the settings.

use time::Duration;

use super::{
    accounts::{Standing, label, lost, standing},
    call::Call,
};
use crate::{
    accounts::Identity,
    codes::access::Access,
    oauth::Scopes,
    store::{Grant, GrantStanding, RevocationStanding},
    ui::view::{GrantState, GrantView},
};

/// A refresh token of Google ends when it was not used for six months ("Using OAuth 2.0 to Access Google APIs", refresh
/// token expiration; read November 2026).
const UNUSED: Duration = Duration::days(183);
/// Where a person sees what was granted, and takes it back.
const BY_HAND: &str = "https://myaccount.google.com/connections";
/// The scopes of the sign-in as Google's answer names them beside the short names.
const SIGN_IN: [&str; 2] =
    ["https://www.googleapis.com/auth/userinfo.email", "https://www.googleapis.com/auth/userinfo.profile"];

/// Each grant of the person's, the oldest identity's first.
pub fn grant_views(call: &Call, identities: &[Identity], grants: &[Grant]) -> Vec<GrantView> {
    let view = |grant: &Grant| {
        let identity = identities.iter().find(|identity| identity.id == grant.identity)?;
        Some(grant_view(call, identity, grant))
    };
    grants.iter().filter_map(view).collect()
}

fn grant_view(call: &Call, identity: &Identity, grant: &Grant) -> GrantView {
    let provider = call.app.relying_party.provider(&grant.provider);
    let sees = |access: &Access| provider.is_some_and(|provider| provider.allows(*access, &grant.scopes));
    // Of what has ended altogether the state says so.
    let is_live = grant.state == GrantStanding::Live;
    let withdrawn = |access: &Access| is_live && matches!(standing(call, Some(grant), *access), Standing::Lost(_));
    let known: Scopes = provider.map_or_else(Scopes::default, |provider| {
        let accesses = Access::ALL.iter().flat_map(|access| (provider.manners.access_scopes)(*access));
        provider.manners.sign_in_scopes.iter().chain(accesses).chain(&SIGN_IN).collect()
    });
    GrantView {
        identity: grant.identity.to_string(),
        slug: grant.provider.clone(),
        provider: call.label(&grant.provider),
        account: label(call, identity),
        sees: Access::ALL.iter().copied().filter(sees).collect(),
        withdrawn: Access::ALL.iter().copied().filter(withdrawn).collect(),
        further: grant.scopes.iter().filter(|scope| !known.contains(scope)).map(str::to_owned).collect(),
        given_at: grant.given_at.unix_timestamp(),
        used_at: grant.used_at.map(time::OffsetDateTime::unix_timestamp),
        state: state(grant),
    }
}

fn state(grant: &Grant) -> GrantState {
    match (grant.state, grant.access_expires_at) {
        (GrantStanding::Live, Some(until)) if !grant.renewable => GrantState::Until(until.unix_timestamp()),
        (GrantStanding::Live, _) => {
            let last = grant.used_at.unwrap_or(grant.given_at);
            GrantState::Renewed { unused_until: (last + UNUSED).unix_timestamp() }
        }
        (GrantStanding::Lost(because), _) => GrantState::Lost(lost(because)),
        (GrantStanding::Disconnected { revocation, .. }, _) => match revocation {
            RevocationStanding::Pending { attempts } => {
                GrantState::BeingRevoked { attempts, by_hand: BY_HAND.to_owned() }
            }
            RevocationStanding::Done { at } => GrantState::Revoked { at: at.unix_timestamp() },
            RevocationStanding::Failed => GrantState::NotRevoked { by_hand: BY_HAND.to_owned() },
        },
    }
}
