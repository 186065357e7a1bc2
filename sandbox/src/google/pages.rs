//! What the person sees.

use axum::http::StatusCode;

use super::request::AuthorizationRequest;
use super::scopes;
use crate::chooser::{AccountPages, Row, boxes};
use crate::page::{Page, escape};
use crate::persons::Person;
use crate::state::{Provider, SharedState};

/// The account chooser; the hinted person and those who are signed in come first.
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

/// The consent screen: what is always granted, and a box for each scope that can be declined.
pub fn consent(shared: &SharedState, request: &AuthorizationRequest, person: &Person) -> Page {
    let (always, extra): (Vec<_>, Vec<_>) = request.scopes.iter().partition(|scope| scopes::is_for_sign_in(scope));
    let grants: Vec<_> = always.into_iter().map(|scope| scopes::description(scope)).collect();
    let known = shared.lock().providers[Provider::Google].tokens.consent(&person.id, &request.client_id);
    let boxes = boxes(extra.iter().map(|scope| (scope.as_str(), scopes::description(scope), known.contains(*scope))));
    account_pages(request).consent(person, &grants, &boxes)
}

/// The page for a request whose client or redirect URI is wrong: nothing may be sent there.
pub fn invalid_request(code: &str, why: &str) -> Page {
    let main = format!(
        "<h1>Access blocked: this request is invalid</h1><p>{}</p><p>Error 400: <code>{}</code></p><p class=\"quiet\">The sandbox answers to loopback addresses whose path begins with <code>{}</code>.</p>",
        escape(why),
        escape(code),
        crate::REDIRECT_PATH,
    );
    let status = if code == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    Page { status, ..Page::new(Provider::Google.label(), "Access blocked", main) }
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
