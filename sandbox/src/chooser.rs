//! The account chooser and the consent screen of all providers. Plain forms with the authorization request in their
//! action; the fields are `person` and `decision`.

use axum::http::StatusCode;
use url::Url;

use super::fields::Fields;
use super::page::{Page, escape, person_row};
use super::persons::Person;
use super::state::Provider;

pub struct AccountPages<'a> {
    pub provider: Provider,
    /// The path of the authorization endpoint; `/person` and `/consent` are below it.
    pub path: &'a str,
    pub query: &'a str,
    pub redirect_uri: &'a str,
    /// The sign-out path, if a user is signed in.
    pub sign_out: Option<&'a str>,
}

pub struct Row {
    pub person: Person,
    /// For example `Signed in`; plain text.
    pub tag: Option<String>,
}

impl AccountPages<'_> {
    /// `hint` prefills the email field.
    pub fn chooser(&self, rows: &[Row], hint: &str) -> Page {
        let rows: String = rows.iter().map(row).collect();
        let sign_out = self.sign_out.map_or_else(String::new, |path| {
            format!(
                r#"<form method="post" action="{path}"><div class="actions"><button class="button">Sign out of all sandbox accounts</button></div></form>"#
            )
        });
        let main = format!(
            r#"<h1>Choose an account</h1>
<p>to continue to <strong>{client}</strong></p>
<form method="post" action="{path}/person?{query}">
<ul class="persons">{rows}</ul>
</form>
<form method="post" action="{path}/person?{query}">
<h2>Use another account</h2>
<p class="quiet">Create a user: any address works.</p>
<label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="off" required maxlength="320" value="{hint}">
<label for="name">Name (optional)</label>
<input id="name" name="name" autocomplete="off" maxlength="200">
<label for="verified">Email verified?</label>
<select id="verified" name="verified"><option value="yes">Yes</option><option value="no">No</option></select>
<div class="actions"><button class="button primary" name="person" value="new">Next</button></div>
</form>
<form method="post" action="{path}/consent?{query}">
<div class="actions"><button class="button" name="decision" value="deny">Cancel</button></div>
</form>
{sign_out}"#,
            client = escape(&self.client_name()),
            path = escape(self.path),
            query = escape(self.query),
            hint = escape(hint),
        );
        self.page("Choose an account", main)
    }

    /// `grants`: what the client gets in any case (plain text); `fields`: HTML of further form fields.
    pub fn consent(&self, person: &Person, grants: &[String], fields: &str) -> Page {
        let grants: String = grants.iter().map(|line| format!("<li>{}</li>", escape(line))).collect();
        let grants = if grants.is_empty() {
            grants
        } else {
            format!(r#"<h2>It will be able to</h2><ul class="granted">{grants}</ul>"#)
        };
        let main = format!(
            r#"<h1>{client} wants access to your sandbox account</h1>
<div class="person">{row}</div>
<form method="post" action="{path}/consent?{query}">
<input type="hidden" name="person" value="{id}">
{grants}
{fields}
<div class="actions">
<button class="button primary" name="decision" value="allow">Continue</button>
<button class="button" name="decision" value="deny">Cancel</button>
</div>
</form>
<p class="quiet"><a href="{path}?{without_hint}">Choose another account</a></p>"#,
            client = escape(&self.client_name()),
            row = person_row(person),
            path = escape(self.path),
            query = escape(self.query),
            // With the hint, the same account would be chosen again.
            without_hint = escape(&Fields::parse(self.query).without("login_hint")),
            id = escape(&person.id),
        );
        self.page("Consent", main)
    }

    fn page(&self, title: &str, main: String) -> Page {
        let origin = Url::parse(self.redirect_uri).ok().map(|url| url.origin().ascii_serialization());
        Page { form_ends_at: origin, ..Page::new(self.provider.label(), title, main) }
    }

    /// Clients have no names here; the redirect URI's host and port say more to a developer.
    fn client_name(&self) -> String {
        Url::parse(self.redirect_uri).map(|url| url.authority().to_owned()).unwrap_or_default()
    }
}

/// The page for a request that must not be redirected; `details` is HTML.
pub fn error_page(provider: Provider, status: StatusCode, heading: &str, details: &str) -> Page {
    let main = format!(
        r#"<h1>{heading}</h1>{details}<p class="quiet">The sandbox accepts redirect URIs on loopback whose path starts with <code>{}</code>.</p>"#,
        crate::REDIRECT_PATH,
    );
    Page { status, ..Page::new(provider.label(), heading, main) }
}

/// A checkbox per declinable scope: the scope, its description, and whether it was granted before.
pub fn boxes<'a>(scopes: impl Iterator<Item = (&'a str, String, bool)>) -> String {
    let boxes: String = scopes.map(|(scope, description, before)| checkbox(scope, &description, before)).collect();
    if boxes.is_empty() {
        return boxes;
    }
    format!("<fieldset><legend>Choose what else to allow</legend>{boxes}</fieldset>")
}

fn checkbox(scope: &str, description: &str, granted_before: bool) -> String {
    let note = if granted_before { " <small>(granted before)</small>" } else { "" };
    let (scope, description) = (escape(scope), escape(description));
    format!(
        r#"<label class="check"><input type="checkbox" name="scope" value="{scope}" checked><span>{description}{note}</span></label>"#
    )
}

fn row(Row { person, tag }: &Row) -> String {
    let tag = tag.as_ref().map_or_else(String::new, |tag| format!(r#"<span class="tag">{}</span>"#, escape(tag)));
    let (id, row) = (escape(&person.id), person_row(person));
    format!(r#"<li><button class="person" name="person" value="{id}">{row}{tag}</button></li>"#)
}
