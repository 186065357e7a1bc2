//! The authorization response as a form that the browser posts to the client (OAuth 2.0 Form Post Response Mode).
//!
//! Real providers submit the form by script. Here the user presses the button; a test reads the hidden fields and
//! posts them to `action`.

use axum::http::header::REFERRER_POLICY;
use axum::response::{IntoResponse, Response};
use url::Url;

use super::page::{Page, escape};
use super::response::apply_faults;
use super::state::{Provider, SharedState};

/// 200 with an HTML form that holds the parameters, after armed faults.
pub fn form_post_back(
    shared: &SharedState,
    provider: Provider,
    redirect_uri: &str,
    pairs: Vec<(String, String)>,
    person: Option<&str>,
) -> Response {
    form_page(provider, redirect_uri, &apply_faults(shared, provider, pairs, person))
}

pub fn form_page(provider: Provider, redirect_uri: &str, pairs: &[(String, String)]) -> Response {
    let field = |(name, value): &(String, String)| {
        format!(r#"<input type="hidden" name="{}" value="{}">"#, escape(name), escape(value))
    };
    let main = format!(
        r#"<h1>Return to the app</h1>
<p>The real {label} submits this form automatically. Here, press the button.</p>
<form method="post" action="{action}">
{fields}
<div class="actions"><button class="button primary" autofocus>Continue</button></div>
</form>"#,
        label = provider.label(),
        action = escape(redirect_uri),
        fields = pairs.iter().map(field).collect::<String>(),
    );
    let form_ends_at = Url::parse(redirect_uri).ok().map(|url| url.origin().ascii_serialization());
    let page = Page { form_ends_at, ..Page::new(provider.label(), "Return to the app", main) };
    // With the guard's `same-origin` the browser would send `Origin: null`; the real providers' forms send their origin.
    ([(REFERRER_POLICY, "strict-origin")], page).into_response()
}
