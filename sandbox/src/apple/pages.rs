//! The chooser, the consent page and the error page.

use axum::http::StatusCode;

use super::request::{AuthorizationRequest, RequestError};
use crate::chooser::{AccountPages, Row, error_page};
use crate::page::{Page, escape};
use crate::persons::Person;
use crate::state::{Provider, SharedState};

pub fn chooser(shared: &SharedState, request: &AuthorizationRequest) -> Page {
    let persons = shared.lock().persons.all().to_vec();
    let rows: Vec<_> = persons.into_iter().map(|person| Row { person, tag: None }).collect();
    account_pages(request).chooser(&rows, "")
}

/// Shows the name and the email choice on the first authorization only.
pub fn consent(shared: &SharedState, request: &AuthorizationRequest, person: &Person) -> Page {
    let first = shared.lock().providers[Provider::Apple].tokens.consent(&person.id, &request.client_id).is_empty();
    let mut grants = vec!["Know who you are".to_owned()];
    let mut fields = String::new();
    if first && request.scopes.contains("name") {
        grants.push("Know your name (shared once)".to_owned());
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
        grants.push("Send you email".to_owned());
        fields.push_str(
            r#"<fieldset><legend>Email</legend>
<label class="check"><input type="radio" name="email" value="share" checked><span>Share My Email</span></label>
<label class="check"><input type="radio" name="email" value="hide"><span>Hide My Email (relay)</span></label>
</fieldset>"#,
        );
    }
    account_pages(request).consent(person, &grants, &fields)
}

pub fn invalid_request(RequestError(code, why): &RequestError) -> Page {
    let details = format!("<p><code>{}</code></p><p>{}</p>", escape(code), escape(why));
    error_page(Provider::Apple, StatusCode::BAD_REQUEST, "Your request could not be completed", &details)
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
