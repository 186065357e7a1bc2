//! The chooser, the consent screen and the error pages.

use axum::http::StatusCode;

use super::account::{Account, MICROSOFT_PERSONAL_TENANT};
use super::error::OAuthError;
use super::request::AuthorizationRequest;
use super::scopes;
use crate::chooser::{AccountPages, Row, error_page};
use crate::page::{Page, escape};
use crate::persons::Person;
use crate::state::{Provider, SharedState};

/// Signed-in users come first.
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

/// Scopes cannot be declined one by one.
pub fn consent(request: &AuthorizationRequest, person: &Person) -> Page {
    let grants: Vec<_> = request.scopes.iter().map(|scope| scopes::description(scope)).collect();
    account_pages(request).consent(&with_username(person.clone(), request), &grants, "")
}

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

pub fn invalid_request(why: &OAuthError) -> Page {
    let details = format!("<p>{}</p>", escape(&why.description()));
    let heading = "Sorry, but we are having trouble signing you in";
    error_page(Provider::Microsoft, StatusCode::BAD_REQUEST, heading, &details)
}

/// Shows the user name in place of the email address, as Microsoft does.
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
