//! What the person sees.

use axum::http::StatusCode;

use super::request::{AuthorizationRequest, RequestError};
use crate::chooser::{AccountPages, Row};
use crate::page::{Page, escape};
use crate::persons::Person;
use crate::state::{Provider, SharedState};

/// The account chooser.
pub fn chooser(shared: &SharedState, request: &AuthorizationRequest) -> Page {
    let persons = shared.lock().persons.all().to_vec();
    let rows: Vec<_> = persons.into_iter().map(|person| Row { person, tag: None }).collect();
    account_pages(request).chooser(&rows, "")
}

/// The consent page: the first time with the name and the choice about the address, later with the button alone.
pub fn consent(shared: &SharedState, request: &AuthorizationRequest, person: &Person) -> Page {
    let first = shared.lock().providers[Provider::Apple].tokens.consent(&person.id, &request.client_id).is_empty();
    let mut grants = vec!["Know who you are".to_owned()];
    let mut fields = String::new();
    if first && request.scopes.contains("name") {
        grants.push("Know your name, this once".to_owned());
        let (given, family) = person.names();
        fields.push_str(&format!(
            r#"<label for="first">First name</label>
<input id="first" name="firstName" autocomplete="off" maxlength="200" value="{}">
<label for="last">Last name</label>
<input id="last" name="lastName" autocomplete="off" maxlength="200" value="{}">"#,
            escape(given.unwrap_or_default()),
            escape(family.unwrap_or_default()),
        ));
    }
    if first && request.scopes.contains("email") && person.email.is_some() {
        grants.push("Write to you".to_owned());
        fields.push_str(
            r#"<fieldset><legend>E-mail</legend>
<label class="check"><input type="radio" name="email" value="share" checked><span>Share my e-mail</span></label>
<label class="check"><input type="radio" name="email" value="hide"><span>Hide my e-mail behind a relay</span></label>
</fieldset>"#,
        );
    }
    account_pages(request).consent(person, &grants, &fields)
}

/// The page for a request that goes nowhere.
pub fn invalid_request(RequestError(code, why): &RequestError) -> Page {
    let main = format!(
        "<h1>Your request could not be completed</h1><p><code>{}</code></p><p>{}</p><p class=\"quiet\">The sandbox answers to loopback addresses whose path begins with <code>{}</code>.</p>",
        escape(code),
        escape(why),
        crate::REDIRECT_PATH,
    );
    Page { status: StatusCode::BAD_REQUEST, ..Page::new(Provider::Apple.label(), "Request not completed", main) }
}

fn account_pages(request: &AuthorizationRequest) -> AccountPages<'_> {
    AccountPages {
        provider: Provider::Apple,
        path: "/apple/auth/authorize",
        query: &request.query,
        redirect_uri: &request.redirect_uri,
        sign_out: None,
    }
}
