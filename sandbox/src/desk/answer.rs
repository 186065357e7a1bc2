//! The authorization response: a code bound to everything that the token request must prove, or an error.

use axum::response::Response;

use super::Desk;
use super::visit::Visit;
use crate::ledger::{Code, Scopes};
use crate::persons::Person;
use crate::response::sent_back;
use crate::world::World;

/// How long a code lives, in seconds.
const CODE_LIFETIME: i64 = 60;

/// Before a scope in the memory of consent: it was declined, and is not asked for again.
const DECLINED: &str = "declined ";

/// What of the request still has to be asked: neither granted before nor declined before.
pub fn open_questions(visit: &Visit, person: &Person) -> Scopes {
    let request = &visit.request;
    let known = visit.world.state().house(visit.desk.provider).ledger.consent(&person.id, &request.client_id);
    let settled =
        |scope: &String| known.contains(scope) || (!request.again && known.contains(&format!("{DECLINED}{scope}")));
    request.scopes.iter().filter(|scope| !settled(scope)).cloned().collect()
}

/// Whether the person has been asked at all before.
pub fn is_acquainted(visit: &Visit, person: &Person) -> bool {
    let mut state = visit.world.state();
    state.house(visit.desk.provider).ledger.knows(&person.id, &visit.request.client_id)
}

/// The scopes of the request that were granted before.
pub fn granted_before(visit: &Visit, person: &Person) -> Scopes {
    let known = visit.world.state().house(visit.desk.provider).ledger.consent(&person.id, &visit.request.client_id);
    visit.request.scopes.intersection(&known).cloned().collect()
}

/// Remembers what was granted and what was not, makes a code and sends it to the client.
pub fn allow(visit: &Visit, person: &Person, mut granted: Scopes) -> Response {
    let Visit { world, desk, request, .. } = visit;
    let code = (desk.code)();
    {
        let mut state = world.state();
        let expires_at = state.now() + CODE_LIFETIME;
        let ledger = &mut state.house(desk.provider).ledger;
        let mut memory = granted.clone();
        let declined =
            desk.declinable.iter().filter(|&&scope| request.scopes.contains(scope) && !granted.contains(scope));
        memory.extend(declined.map(|scope| format!("{DECLINED}{scope}")));
        ledger.remember(&person.id, &request.client_id, &memory);
        if desk.sticky {
            granted.extend(ledger.consent(&person.id, &request.client_id));
            granted.retain(|scope| !scope.starts_with(DECLINED));
        }
        let bound = Code {
            client_id: request.client_id.clone(),
            redirect_uri: request.redirect_uri.clone(),
            person: person.id.clone(),
            with_refresh: desk.refresh_scope.is_some_and(|scope| granted.contains(scope)),
            scopes: granted,
            nonce: request.nonce.clone(),
            auth_time: None,
            challenge: request.challenge.clone(),
            offline: false,
            expires_at,
            spent: false,
        };
        ledger.codes.insert(code.clone(), bound);
    }
    answer(world, desk, &request.redirect_uri, request.state.as_deref(), &[("code", &code)], Some(&person.id))
}

/// Cancel, in the provider's manner.
pub fn deny(visit: &Visit, person: Option<&str>) -> Response {
    let Visit { world, desk, request, .. } = visit;
    answer(world, desk, &request.redirect_uri, request.state.as_deref(), desk.denial, person)
}

/// An error about the request itself.
pub fn refuse(world: &World, desk: &Desk, redirect_uri: &str, state: Option<&str>, error: &[(&str, &str)]) -> Response {
    answer(world, desk, redirect_uri, state, error, None)
}

fn answer(
    world: &World,
    desk: &Desk,
    redirect_uri: &str,
    state: Option<&str>,
    parameters: &[(&str, &str)],
    person: Option<&str>,
) -> Response {
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let mut pairs: Vec<_> = parameters.iter().copied().map(own).collect();
    pairs.extend(state.map(|state| own(("state", state))));
    let issuer = format!("{}{}", world.origin(), desk.provider.facts().issuer);
    pairs.extend(desk.names_itself.then(|| own(("iss", &issuer))));
    sent_back(world, desk.provider, redirect_uri, pairs, person)
}
