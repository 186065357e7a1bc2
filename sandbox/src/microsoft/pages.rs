//! What the person sees.

use axum::http::StatusCode;

use super::account::{Account, MICROSOFT_PERSONAL_TENANT};
use super::error::OAuthError;
use super::request::AuthorizationRequest;
use super::scopes;
use crate::chooser::{AccountPages, Row};
use crate::page::{Page, escape};
use crate::persons::Person;
use crate::state::{Provider, SharedState};

/// The account chooser; those who are signed in come first.
pub fn chooser(shared: &SharedState, request: &AuthorizationRequest, here: &[String]) -> Page {
    let mut persons = shared.lock().persons.all().to_vec();
    persons.sort_by_key(|person| !here.contains(&person.id));
    let row = |person: Person| {
        let personal = Account::of(&person, &request.client_id).tid == MICROSOFT_PERSONAL_TENANT;
        let kind = if personal { "Personal" } else { "Work or school" };
        let tag = if here.contains(&person.id) { format!("{kind}, signed in") } else { kind.to_owned() };
        Row { person: with_username(person, request), tag: Some(tag) }
    };
    let rows: Vec<_> = persons.into_iter().map(row).collect();
    let sign_out = request.path.replace("/authorize", "/logout");
    let account_pages = AccountPages { sign_out: (!here.is_empty()).then_some(&sign_out), ..account_pages(request) };
    account_pages.chooser(&rows, request.login_hint.as_deref().unwrap_or_default())
}

/// The consent screen: all or nothing.
pub fn consent(request: &AuthorizationRequest, person: &Person) -> Page {
    let grants: Vec<_> = request.scopes.iter().map(|scope| scopes::description(scope)).collect();
    account_pages(request).consent(&with_username(person.clone(), request), &grants, "")
}

/// The page for somebody of another tenant.
pub fn wrong_tenant(request: &AuthorizationRequest, person: &Person) -> Page {
    let username = Account::of(person, &request.client_id).username;
    let why = format!(
        "User account '{username}' does not exist in this tenant and cannot access the application '{}'. The account needs to be added as an external user in the tenant first.",
        request.client_id
    );
    let again = format!("{}?{}", request.path, request.query);
    let again = format!(r#"<p><a href="{}">Choose another account</a></p>"#, escape(&again));
    let page = invalid_request(&OAuthError("access_denied", 50_020, why));
    Page { status: StatusCode::FORBIDDEN, main: page.main + &again, ..page }
}

/// The page for a request that goes nowhere.
pub fn invalid_request(why: &OAuthError) -> Page {
    let main = format!(
        "<h1>Sorry, but we are having trouble signing you in</h1><p>{}</p><p class=\"quiet\">The sandbox answers to loopback addresses whose path begins with <code>{}</code>.</p>",
        escape(&why.description()),
        crate::REDIRECT_PATH,
    );
    Page { status: StatusCode::BAD_REQUEST, ..Page::new(Provider::Microsoft.label(), "Sign-in failed", main) }
}

/// The person with the user name in the place of the address: people know their account by it.
fn with_username(person: Person, request: &AuthorizationRequest) -> Person {
    Person { email: Some(Account::of(&person, &request.client_id).username), email_verified: true, ..person }
}

fn account_pages(request: &AuthorizationRequest) -> AccountPages<'_> {
    AccountPages {
        provider: Provider::Microsoft,
        path: &request.path,
        query: &request.query,
        redirect_uri: &request.target.redirect_uri,
        sign_out: None,
    }
}
