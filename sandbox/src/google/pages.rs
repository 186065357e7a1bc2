//! The chooser, the consent screen and the error page.

use axum::http::StatusCode;

use super::request::AuthorizationRequest;
use super::scopes;
use crate::chooser::{AccountPages, Row, boxes, error_page};
use crate::page::{Page, escape};
use crate::persons::Person;
use crate::state::{Provider, SharedState};

/// The hinted user and signed-in users come first.
pub fn chooser(
    shared: &SharedState,
    request: &AuthorizationRequest,
    signed_in: &[String],
    hinted: Option<&Person>,
) -> Page {
    let mut persons = shared.lock().persons.all().to_vec();
    let is_hinted = |person: &Person| hinted.is_some_and(|hinted| hinted.id == person.id);
    persons.sort_by_key(|person| (!is_hinted(person), !signed_in.contains(&person.id)));
    let tag = |person: &Person| signed_in.contains(&person.id).then(|| "Signed in".to_owned());
    let rows: Vec<_> = persons.into_iter().map(|person| Row { tag: tag(&person), person }).collect();
    let hint = hinted.is_none().then_some(request.login_hint.as_deref()).flatten().unwrap_or_default();
    let sign_out = (!signed_in.is_empty()).then_some("/google/signout");
    AccountPages { sign_out, ..account_pages(request) }.chooser(&rows, hint)
}

pub fn consent(shared: &SharedState, request: &AuthorizationRequest, person: &Person) -> Page {
    let (always, extra): (Vec<_>, Vec<_>) = request.scopes.iter().partition(|scope| scopes::is_for_sign_in(scope));
    let grants: Vec<_> = always.into_iter().map(|scope| scopes::description(scope)).collect();
    let known = shared.lock().providers[Provider::Google].tokens.consent(&person.id, &request.client_id);
    let boxes = boxes(extra.iter().map(|scope| (scope.as_str(), scopes::description(scope), known.contains(*scope))));
    account_pages(request).consent(person, &grants, &boxes)
}

/// Shown for an unknown client or redirect URI: we must not redirect there.
pub fn invalid_request(code: &str, why: &str) -> Page {
    let details = format!("<p>{}</p><p>Error 400: <code>{}</code></p>", escape(why), escape(code));
    let status = if code == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    error_page(Provider::Google, status, "Access blocked: this request is invalid", &details)
}

fn account_pages(request: &AuthorizationRequest) -> AccountPages<'_> {
    AccountPages {
        provider: Provider::Google,
        path: "/google/o/oauth2/v2/auth",
        query: &request.query,
        redirect_uri: &request.redirect_uri,
        sign_out: None,
    }
}
