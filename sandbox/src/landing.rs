//! The front page of the sandbox: what it is, who lives here, where to go on.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::mock_provider::Facts;
use super::page::{self, Page, escape, person_row};
use super::state::{Provider, SharedState};

/// `/`, the stylesheet, and the persons' pictures.
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
    let providers: String = Provider::ALL.iter().map(|provider| of(provider.facts(), &origin)).collect();
    let main = format!(
        r#"<h1>Latchkey's sandbox</h1>
<p>Small real sign-in providers for development, demo and tests. They run on this machine only, keep
everything in memory, and let anybody in as anybody. Nothing here is the real providers', and no password is asked for.</p>
<h2>Providers</h2>
<ul>{providers}</ul>
<h2>Persons</h2>
<p>Pick one of them when you sign in, or make up another.</p>
<ul class="persons">{persons}</ul>
<h2>Inbox</h2>
<p><a href="/inbox">Read the letters that were sent</a> to the mail server here, <code>{smtp}</code>. They go no further.</p>
<h2>Control</h2>
<p><a href="/control">Tell a provider to misbehave, rotate its keys, and see what it was asked</a>.</p>"#
    );
    Page::new("providers", "What this is", main)
}

/// A provider's addresses by their variables, and its documents.
fn of(facts: &Facts, origin: &str) -> String {
    let address = |(variable, path): &(&str, &str)| format!("<br><code>{variable}={origin}{path}</code>");
    let document = |path: &&str| format!(r#"<br><a href="{path}">{path}</a>"#);
    let addresses: String = facts.addresses.iter().map(address).collect();
    let documents: String = facts.documents.iter().map(document).collect();
    format!("<li>Sandbox {}{addresses}{documents}</li>", facts.label)
}

async fn picture(State(shared): State<SharedState>, Path(id): Path<String>) -> Response {
    match shared.lock().persons.by_id(&id) {
        Some(person) => page::picture(person),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
