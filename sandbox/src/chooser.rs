//! The two pages that providers share: pick a person (or make one up), and consent or cancel. Plain forms that
//! carry the authorization request in their action; the fields are `person` and `decision`.

use url::Url;

use super::fields::Fields;
use super::page::{Page, escape, person_row};
use super::persons::Person;
use super::state::Provider;

/// Where a provider's pages stand and what they are about.
pub struct AccountPages<'a> {
    /// Whose pages.
    pub provider: Provider,
    /// The path of the authorization endpoint; `/person` and `/consent` are below it.
    pub path: &'a str,
    /// The authorization request.
    pub query: &'a str,
    /// Where its answer goes.
    pub redirect_uri: &'a str,
    /// The path to sign out at, when somebody is signed in.
    pub sign_out: Option<&'a str>,
}

/// A person as the provider knows them, and a note in their row.
pub struct Row {
    /// With the provider's own address.
    pub person: Person,
    /// Such as `Signed in`; plain text.
    pub tag: Option<String>,
}

impl AccountPages<'_> {
    /// The account chooser; `hint` fills the address of somebody new.
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
<p class="quiet">Make somebody up: any address does.</p>
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="off" required maxlength="320" value="{hint}">
<label for="name">Name (optional)</label>
<input id="name" name="name" autocomplete="off" maxlength="200">
<label for="verified">Is the address verified?</label>
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

    /// The consent screen: what the client is granted in any case, plain text, and HTML of further fields.
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
<p class="quiet"><a href="{path}?{anybody}">Choose another account</a></p>"#,
            client = escape(&self.client_name()),
            row = person_row(person),
            path = escape(self.path),
            query = escape(self.query),
            // A hint would choose the same account again.
            anybody = escape(&Fields::parse(self.query).without("login_hint")),
            id = escape(&person.id),
        );
        self.page("Consent", main)
    }

    fn page(&self, title: &str, main: String) -> Page {
        let origin = Url::parse(self.redirect_uri).ok().map(|url| url.origin().ascii_serialization());
        Page { form_ends_at: origin, ..Page::new(self.provider.label(), title, main) }
    }

    /// Clients have no name of their own here: the place that they are at says more to a developer.
    fn client_name(&self) -> String {
        Url::parse(self.redirect_uri).map(|url| url.authority().to_owned()).unwrap_or_default()
    }
}

/// A box for each scope that can be declined: the scope, what it allows, and whether it was granted before.
pub fn boxes<'a>(scopes: impl Iterator<Item = (&'a str, String, bool)>) -> String {
    let boxes: String = scopes.map(|(scope, description, before)| checkbox(scope, &description, before)).collect();
    if boxes.is_empty() {
        return boxes;
    }
    format!("<fieldset><legend>Choose what else it can do</legend>{boxes}</fieldset>")
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
