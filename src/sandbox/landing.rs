//! The front page of the sandbox: what it is, who lives here, where to go on.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::google;
use super::page::{self, Page, escape, person_row};
use super::world::World;

/// `/`, the stylesheet, and the persons' pictures.
pub fn routes() -> Router<World> {
    Router::new()
        .route("/", get(landing))
        .route("/sandbox.css", get(page::stylesheet))
        .route("/picture/{id}", get(picture))
}

async fn landing(State(world): State<World>) -> Page {
    let state = world.state();
    let persons: String = state
        .persons
        .all()
        .iter()
        .map(|person| format!(r#"<li><div class="person">{}</div></li>"#, person_row(person)))
        .collect();
    let origin = escape(world.origin());
    let smtp = escape(world.smtp_url());
    let issuer = escape(&google::issuer(world.origin()));
    let main = format!(
        r#"<h1>Latchkey's sandbox</h1>
<p>Small real sign-in providers for development, demo and tests. They run on this machine only, keep
everything in memory, and let anybody in as anybody. Nothing here is the real providers', and no password is asked for.</p>
<h2>Providers</h2>
<ul>
<li>Sandbox Google, issuer <code>{issuer}</code><br><a href="/google/.well-known/openid-configuration">its discovery document</a>, <a href="/google/certs">its keys</a></li>
<li>Sandbox Apple: issuer <code>{origin}/apple</code><br><a href="/apple/.well-known/openid-configuration">its discovery document</a>, <a href="/apple/auth/keys">its keys</a></li>
<li>Sandbox Microsoft: <code>{origin}/microsoft</code><br><a href="/microsoft/common/v2.0/.well-known/openid-configuration">its discovery document</a>, <a href="/microsoft/common/discovery/v2.0/keys">its keys</a></li>
<li>Sandbox GitHub: site <code>{origin}/github</code>, API <code>{origin}/github-api</code></li>
<li>Sandbox Facebook: site <code>{origin}/facebook</code>, graph <code>{origin}/facebook-graph</code></li>
<li>Sandbox X: site <code>{origin}/x</code>, API <code>{origin}/x-api</code></li>
</ul>
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

async fn picture(State(world): State<World>, Path(id): Path<String>) -> Response {
    match world.state().persons.by_id(&id) {
        Some(person) => page::picture(person),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
