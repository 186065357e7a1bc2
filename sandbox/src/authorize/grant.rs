//! The authorization response: a code, or an error.

use axum::response::Response;

use super::AuthorizePage;
use super::context::AuthorizeContext;
use crate::persons::Person;
use crate::response::redirect_back;
use crate::state::{Provider, SharedState};
use crate::token_store::{Code, Scopes};

/// Seconds.
const CODE_LIFETIME: i64 = 60;

/// Prefix of a stored scope that the user declined; we don't ask for it again.
const DECLINED: &str = "declined ";

/// Scopes that the user has neither granted nor declined yet.
pub fn unanswered_scopes(context: &AuthorizeContext, person: &Person) -> Scopes {
    let request = &context.request;
    let known = context.shared.lock().provider(context.page.provider).tokens.consent(&person.id, &request.client_id);
    let settled =
        |scope: &String| known.contains(scope) || (!request.rerequest && known.contains(&format!("{DECLINED}{scope}")));
    request.scopes.iter().filter(|scope| !settled(scope)).cloned().collect()
}

pub fn has_consented(context: &AuthorizeContext, person: &Person) -> bool {
    let mut state = context.shared.lock();
    state.provider(context.page.provider).tokens.has_consented(&person.id, &context.request.client_id)
}

pub fn granted_before(context: &AuthorizeContext, person: &Person) -> Scopes {
    let known =
        context.shared.lock().provider(context.page.provider).tokens.consent(&person.id, &context.request.client_id);
    context.request.scopes.intersection(&known).cloned().collect()
}

/// Stores the decision, issues a code and returns it to the client.
pub fn allow(context: &AuthorizeContext, person: &Person, mut granted: Scopes) -> Response {
    let AuthorizeContext { shared, page, request, .. } = context;
    let code = (page.code)();
    {
        let mut state = shared.lock();
        let expires_at = state.now() + CODE_LIFETIME;
        let tokens = &mut state.provider(page.provider).tokens;
        let mut memory = granted.clone();
        let declined =
            page.declinable.iter().filter(|&&scope| request.scopes.contains(scope) && !granted.contains(scope));
        memory.extend(declined.map(|scope| format!("{DECLINED}{scope}")));
        tokens.add_consent(&person.id, &request.client_id, &memory);
        if page.accumulates_scopes {
            granted.extend(tokens.consent(&person.id, &request.client_id));
            granted.retain(|scope| !scope.starts_with(DECLINED));
        }
        let bound = Code {
            client_id: request.client_id.clone(),
            redirect_uri: request.redirect_uri.clone(),
            person: person.id.clone(),
            with_refresh: page.refresh_scope.is_some_and(|scope| granted.contains(scope)),
            scopes: granted,
            nonce: request.nonce.clone(),
            auth_time: None,
            amr: false,
            challenge: request.challenge.clone(),
            offline: false,
            expires_at,
            spent: false,
        };
        tokens.codes.insert(code.clone(), bound);
    }
    respond(shared, page, &request.redirect_uri, request.state.as_deref(), &[("code", &code)], Some(&person.id))
}

pub fn deny(context: &AuthorizeContext, person: Option<&str>) -> Response {
    let AuthorizeContext { shared, page, request, .. } = context;
    respond(shared, page, &request.redirect_uri, request.state.as_deref(), page.denied, person)
}

/// Returns an error about the request to the client.
pub fn send_error(
    shared: &SharedState,
    page: &AuthorizePage,
    redirect_uri: &str,
    state: Option<&str>,
    error: &[(&str, &str)],
) -> Response {
    respond(shared, page, redirect_uri, state, error, None)
}

fn respond(
    shared: &SharedState,
    page: &AuthorizePage,
    redirect_uri: &str,
    state: Option<&str>,
    parameters: &[(&str, &str)],
    person: Option<&str>,
) -> Response {
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let mut pairs: Vec<_> = parameters.iter().copied().map(own).collect();
    pairs.extend(state.map(|state| own(("state", state))));
    let issuer = format!("{}{}", shared.origin(), page.provider.facts().issuer);
    let is_error = parameters.iter().any(|(name, _)| *name == "error");
    let omits_iss = is_error && page.provider == Provider::Oidc && shared.lock().oidc.iss_beside_codes_only;
    pairs.extend((page.sends_iss && !omits_iss).then(|| own(("iss", &issuer))));
    redirect_back(shared, page.provider, redirect_uri, pairs, person)
}
