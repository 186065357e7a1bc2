//! What the person sees: the chooser, the consent screen, and the page for requests that go nowhere.
//! Plain forms that carry the authorization request in their action.

use axum::http::StatusCode;
use url::Url;

use super::Desk;
use super::visit::Visit;
use crate::sandbox::ledger::Scopes;
use crate::sandbox::page::{Page, escape, person_row};
use crate::sandbox::persons::Person;

/// The account chooser.
pub fn chooser(visit: &Visit) -> Page {
    let rows: String = visit.world.state().persons.all().iter().map(row).collect();
    let main = format!(
        r#"<h1>Sign in to sandbox {label}</h1>
<p>to continue to <strong>{client}</strong></p>
<form method="post" action="{path}/person?{query}">
<ul class="persons">{rows}</ul>
</form>
<form method="post" action="{path}/person?{query}">
<h2>Use another account</h2>
<p class="quiet">Make somebody up: any address does.</p>
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="off" required maxlength="320">
<label for="name">Name (optional)</label>
<input id="name" name="name" autocomplete="off" maxlength="200">
<label for="verified">Is the address verified?</label>
<select id="verified" name="verified"><option value="yes">Yes</option><option value="no">No</option></select>
<div class="actions"><button class="button primary" name="person" value="new">Next</button></div>
</form>
<form method="post" action="{path}/consent?{query}">
<div class="actions"><button class="button" name="decision" value="deny">Cancel</button></div>
</form>"#,
        label = visit.desk.provider.label(),
        client = escape(&client_name(visit)),
        path = escape(&visit.path),
        query = escape(&visit.request.query),
    );
    page("Choose an account", main, visit)
}

/// The consent screen: what is granted together, and a box for each scope that can be declined.
pub fn consent(visit: &Visit, person: &Person, before: &Scopes) -> Page {
    let (boxes, always): (Vec<_>, Vec<_>) =
        visit.request.scopes.iter().partition(|scope| visit.desk.declinable.contains(&scope.as_str()));
    let always: String = always.iter().map(|scope| item(visit.desk, scope)).collect();
    let boxes: String = boxes.iter().map(|scope| checkbox(visit.desk, scope, before.contains(*scope))).collect();
    let boxes = if boxes.is_empty() {
        boxes
    } else {
        format!("<fieldset><legend>Choose what else it can see</legend>{boxes}</fieldset>")
    };
    let main = format!(
        r#"<h1>{client} wants access to your sandbox account</h1>
<div class="person">{row}</div>
<form method="post" action="{path}/consent?{query}">
<input type="hidden" name="person" value="{id}">
<h2>It will be able to</h2>
<ul class="granted"><li>Know who you are</li>{always}</ul>
{boxes}
<div class="actions">
<button class="button primary" name="decision" value="allow">Continue</button>
<button class="button" name="decision" value="deny">Cancel</button>
</div>
</form>
<p class="quiet"><a href="{path}?{query}">Choose another account</a></p>"#,
        client = escape(&client_name(visit)),
        row = person_row(person),
        path = escape(&visit.path),
        query = escape(&visit.request.query),
        id = escape(&person.id),
    );
    page("Consent", main, visit)
}

/// The page for a request whose client or redirect URI is wrong: nothing may be sent there.
pub fn unfit(desk: &Desk, why: &str) -> Page {
    let main = format!(
        "<h1>This request is invalid</h1><p>{}</p><p class=\"quiet\">The sandbox answers to loopback addresses whose path begins with <code>{}</code>.</p>",
        escape(why),
        crate::sandbox::REDIRECT_PATH,
    );
    Page { status: StatusCode::BAD_REQUEST, ..Page::new(desk.provider.label(), "This request is invalid", main) }
}

fn page(title: &str, main: String, visit: &Visit) -> Page {
    let origin = Url::parse(&visit.request.redirect_uri).ok().map(|url| url.origin().ascii_serialization());
    Page { form_ends_at: origin, ..Page::new(visit.desk.provider.label(), title, main) }
}

fn row(person: &Person) -> String {
    let (id, row) = (escape(&person.id), person_row(person));
    format!(r#"<li><button class="person" name="person" value="{id}">{row}</button></li>"#)
}

fn item(desk: &Desk, scope: &str) -> String {
    let (description, scope) = (escape(&(desk.describe)(scope)), escape(scope));
    format!(r#"<li>{description}<input type="hidden" name="scope" value="{scope}"></li>"#)
}

fn checkbox(desk: &Desk, scope: &str, granted_before: bool) -> String {
    let note = if granted_before { " <small>(granted before)</small>" } else { "" };
    let (description, scope) = (escape(&(desk.describe)(scope)), escape(scope));
    format!(
        r#"<label class="check"><input type="checkbox" name="scope" value="{scope}" checked><span>{description}{note}</span></label>"#
    )
}

/// Clients have no name of their own here: the place that they are at says more to a developer.
fn client_name(visit: &Visit) -> String {
    let url = Url::parse(&visit.request.redirect_uri).ok();
    url.map(|url| url.authority().to_owned()).unwrap_or_else(|| visit.request.client_id.clone())
}
