//! What the person sees: the account chooser, the consent screen, and the page for requests that go nowhere.
//! Plain forms that carry the authorization request in their action.

use axum::http::StatusCode;
use url::Url;

use super::request::AuthorizationRequest;
use super::{AUTHORIZE, scopes};
use crate::sandbox::page::{Page, escape, person_row};
use crate::sandbox::persons::Person;
use crate::sandbox::world::{Provider, World};

/// The account chooser; the hinted person and those who are signed in come first.
pub fn chooser(world: &World, request: &AuthorizationRequest, signed_in: &[String], hinted: Option<&Person>) -> Page {
    let mut persons = world.state().persons.all().to_vec();
    let is_hinted = |person: &Person| hinted.is_some_and(|hinted| hinted.id == person.id);
    persons.sort_by_key(|person| (!is_hinted(person), !signed_in.contains(&person.id)));
    let rows: String = persons.iter().map(|person| row(person, signed_in.contains(&person.id))).collect();
    let hint = hinted.is_none().then_some(request.login_hint.as_deref()).flatten().unwrap_or_default();
    let sign_out = if signed_in.is_empty() { "" } else { SIGN_OUT };
    let main = format!(
        r#"<h1>Choose an account</h1>
<p>to continue to <strong>{client}</strong></p>
<form method="post" action="{action}/person?{query}">
<ul class="persons">{rows}</ul>
</form>
<form method="post" action="{action}/person?{query}">
<h2>Use another account</h2>
<p class="quiet">Make somebody up: any address does.</p>
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="off" required maxlength="320" value="{hint}">
<label for="name">Name (optional)</label>
<input id="name" name="name" autocomplete="off" maxlength="200">
<label for="verified">Is the address verified?</label>
<select id="verified" name="verified"><option value="yes">Yes</option><option value="no">No</option></select>
<div class="actions"><button class="button primary" name="person" value="new">Next</button></div>
</form>
<form method="post" action="{action}/consent?{query}">
<div class="actions"><button class="button" name="decision" value="deny">Cancel</button></div>
</form>
{sign_out}"#,
        client = escape(&client_name(request)),
        action = format_args!("/google/{AUTHORIZE}"),
        query = escape(&request.query),
        hint = escape(hint),
    );
    page("Choose an account", main, request)
}

/// The consent screen: what is always granted, and a box for each scope that can be declined.
pub fn consent(world: &World, request: &AuthorizationRequest, person: &Person) -> Page {
    let (always, extra): (Vec<_>, Vec<_>) = request.scopes.iter().partition(|scope| scopes::is_for_sign_in(scope));
    let always: String =
        always.iter().map(|scope| format!("<li>{}</li>", escape(&scopes::description(scope)))).collect();
    let always = if always.is_empty() {
        always
    } else {
        format!(r#"<h2>It will be able to</h2><ul class="granted">{always}</ul>"#)
    };
    let known = world.state().houses[Provider::Google].ledger.consent(&person.id, &request.client_id);
    let boxes: String = extra.iter().map(|scope| checkbox(scope, known.contains(*scope))).collect();
    let boxes = if boxes.is_empty() {
        boxes
    } else {
        format!("<fieldset><legend>Choose what else it can do</legend>{boxes}</fieldset>")
    };
    let main = format!(
        r#"<h1>{client} wants access to your sandbox account</h1>
<div class="person">{row}</div>
<form method="post" action="/google/{AUTHORIZE}/consent?{query}">
<input type="hidden" name="person" value="{id}">
{always}
{boxes}
<div class="actions">
<button class="button primary" name="decision" value="allow">Continue</button>
<button class="button" name="decision" value="deny">Cancel</button>
</div>
</form>
<p class="quiet"><a href="/google/{AUTHORIZE}?{query}">Choose another account</a></p>"#,
        client = escape(&client_name(request)),
        row = person_row(person),
        query = escape(&request.query),
        id = escape(&person.id),
    );
    page("Consent", main, request)
}

/// The page for a request whose client or redirect URI is wrong: nothing may be sent there.
pub fn unfit(code: &str, why: &str) -> Page {
    let main = format!(
        "<h1>Access blocked: this request is invalid</h1><p>{}</p><p>Error 400: <code>{}</code></p><p class=\"quiet\">The sandbox answers to loopback addresses whose path begins with <code>{}</code>.</p>",
        escape(why),
        escape(code),
        crate::sandbox::REDIRECT_PATH,
    );
    let status = if code == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    Page { status, ..Page::new(Provider::Google.label(), "Access blocked", main) }
}

const SIGN_OUT: &str = r#"<form method="post" action="/google/signout"><div class="actions"><button class="button">Sign out of all sandbox accounts</button></div></form>"#;

fn page(title: &str, main: String, request: &AuthorizationRequest) -> Page {
    let origin = Url::parse(&request.redirect_uri).ok().map(|url| url.origin().ascii_serialization());
    Page { form_ends_at: origin, ..Page::new(Provider::Google.label(), title, main) }
}

fn row(person: &Person, signed_in: bool) -> String {
    let tag = if signed_in { r#"<span class="tag">Signed in</span>"# } else { "" };
    let (id, row) = (escape(&person.id), person_row(person));
    format!(r#"<li><button class="person" name="person" value="{id}">{row}{tag}</button></li>"#)
}

fn checkbox(scope: &str, granted_before: bool) -> String {
    let note = if granted_before { " <small>(granted before)</small>" } else { "" };
    let (scope, description) = (escape(scope), escape(&scopes::description(scope)));
    format!(
        r#"<label class="check"><input type="checkbox" name="scope" value="{scope}" checked><span>{description}{note}</span></label>"#
    )
}

/// Clients have no name of their own here: the place that they are at says more to a developer.
fn client_name(request: &AuthorizationRequest) -> String {
    let url = Url::parse(&request.redirect_uri).ok();
    url.map(|url| url.authority().to_owned()).unwrap_or_else(|| request.client_id.clone())
}
