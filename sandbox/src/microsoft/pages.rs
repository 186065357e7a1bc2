//! What the person sees.

use axum::http::StatusCode;

use super::account::{Account, MICROSOFT_PERSONAL_TENANT};
use super::refusal::Refusal;
use super::request::AuthorizationRequest;
use super::scopes;
use crate::chooser::{Counter, Row};
use crate::page::{Page, escape};
use crate::persons::Person;
use crate::world::{Provider, World};

/// The account chooser; those who are signed in come first.
pub fn chooser(world: &World, request: &AuthorizationRequest, here: &[String]) -> Page {
    let mut persons = world.state().persons.all().to_vec();
    persons.sort_by_key(|person| !here.contains(&person.id));
    let row = |person: Person| {
        let personal = Account::of(&person, &request.client_id).tid == MICROSOFT_PERSONAL_TENANT;
        let kind = if personal { "Personal" } else { "Work or school" };
        let tag = if here.contains(&person.id) { format!("{kind}, signed in") } else { kind.to_owned() };
        Row { person: shown(person, request), tag: Some(tag) }
    };
    let rows: Vec<_> = persons.into_iter().map(row).collect();
    let sign_out = request.path.replace("/authorize", "/logout");
    let counter = Counter { sign_out: (!here.is_empty()).then_some(&sign_out), ..counter(request) };
    counter.chooser(&rows, request.login_hint.as_deref().unwrap_or_default())
}

/// The consent screen: all or nothing.
pub fn consent(request: &AuthorizationRequest, person: &Person) -> Page {
    let learns: Vec<_> = request.scopes.iter().map(|scope| scopes::description(scope)).collect();
    counter(request).consent(&shown(person.clone(), request), &learns, "")
}

/// The page for somebody of another tenant.
pub fn outsider(request: &AuthorizationRequest, person: &Person) -> Page {
    let username = Account::of(person, &request.client_id).username;
    let why = format!(
        "User account '{username}' does not exist in this tenant and cannot access the application '{}'. The account needs to be added as an external user in the tenant first.",
        request.client_id
    );
    let again = format!("{}?{}", request.path, request.query);
    let again = format!(r#"<p><a href="{}">Choose another account</a></p>"#, escape(&again));
    let page = unfit(&Refusal("access_denied", 50_020, why));
    Page { status: StatusCode::FORBIDDEN, main: page.main + &again, ..page }
}

/// The page for a request that goes nowhere.
pub fn unfit(why: &Refusal) -> Page {
    let main = format!(
        "<h1>Sorry, but we are having trouble signing you in</h1><p>{}</p><p class=\"quiet\">The sandbox answers to loopback addresses whose path begins with <code>{}</code>.</p>",
        escape(&why.description()),
        crate::REDIRECT_PATH,
    );
    Page { status: StatusCode::BAD_REQUEST, ..Page::new(Provider::Microsoft.label(), "Sign-in failed", main) }
}

/// The person with the user name in the place of the address: people know their account by it.
fn shown(person: Person, request: &AuthorizationRequest) -> Person {
    Person { email: Some(Account::of(&person, &request.client_id).username), email_verified: true, ..person }
}

fn counter(request: &AuthorizationRequest) -> Counter<'_> {
    Counter {
        provider: Provider::Microsoft,
        path: &request.path,
        query: &request.query,
        redirect_uri: &request.way_back.redirect_uri,
        sign_out: None,
    }
}
