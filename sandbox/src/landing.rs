//! The sandbox's front page.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::mock_provider::Facts;
use super::page::{self, Page, escape, person_row};
use super::state::{Provider, SharedState};

pub fn routes() -> Router<SharedState> {
    Router::new()
        .route("/", get(landing))
        .route("/sandbox.css", get(page::stylesheet))
        .route("/picture/{id}", get(picture))
}

async fn landing(State(shared): State<SharedState>) -> Page {
    let state = shared.lock();
    let persons: String = state
        .persons
        .all()
        .iter()
        .map(|person| format!(r#"<li><div class="person">{}</div></li>"#, person_row(person)))
        .collect();
    let origin = escape(shared.origin());
    let smtp = escape(shared.smtp_url());
    let links: String = shared
        .links()
        .iter()
        .map(|(name, url)| format!(r#" <a href="{}">{}</a>"#, escape(url), escape(name)))
        .collect();
    let application = if links.is_empty() { links } else { format!("<p>Your application:{links}</p>") };
    let providers: String = Provider::ALL.iter().map(|provider| of(provider.facts(), &origin)).collect();
    let main = format!(
        r#"<h1>Latchkey sandbox</h1>
<p>Mock sign-in providers and a mail server for development and tests. They run on this machine only, keep everything in
memory, and ask for no password: anyone can sign in as anyone.</p>
{application}
<h2>Try this</h2>
<ol>
<li>Sign in to your application with any provider, as Ada.</li>
<li>Sign in as somebody else, and decline a permission on the way.</li>
<li>Sign up with an email address: the <a href="/inbox">inbox</a> has the link.</li>
<li><a href="/control">Let a provider misbehave</a>, and sign in again.</li>
<li>Look at the <a href="/control#requests">requests</a> that your application made.</li>
</ol>
<h2>People</h2>
<p>Choose one when you sign in, or create another.</p>
<ul class="persons">{persons}</ul>
<h2>Inbox</h2>
<p><a href="/inbox">Read the emails</a> that the mail server <code>{smtp}</code> has received. It delivers none of them.</p>
<h2>Authenticator app</h2>
<p><a href="/authenticator">See the present codes</a> of two-step verification.</p>
<h2>Control</h2>
<p><a href="/control">Make a provider misbehave, rotate its keys, and see its request log</a>.</p>
<h2>Variables</h2>
<p>They point an application to the sandbox; a development server of Latchkey sets them itself.</p>
{providers}"#
    );
    Page::new("providers", "About", main)
}

fn of(facts: &Facts, origin: &str) -> String {
    let address = |(variable, path): &(&str, &str)| format!("<code>{variable}={origin}{path}</code><br>");
    let document = |path: &&str| format!(r#"<a href="{path}">{path}</a><br>"#);
    let addresses: String = facts.addresses.iter().map(address).collect();
    let documents: String = facts.documents.iter().map(document).collect();
    format!("<details><summary>{}</summary><p>{addresses}{documents}</p></details>", facts.label)
}

async fn picture(State(shared): State<SharedState>, Path(id): Path<String>) -> Response {
    match shared.lock().persons.by_id(&id) {
        Some(person) => page::picture(person),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
