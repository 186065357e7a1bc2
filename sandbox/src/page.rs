//! The shell of the sandbox's HTML pages, the stylesheet and profile pictures. No scripts anywhere.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::avatar;
use super::guard::POLICY;
use super::persons::Person;

pub struct Page {
    /// The banner says "not the real …".
    pub not_the_real: &'static str,
    pub title: String,
    /// HTML of `<main>`; use [`escape`].
    pub main: String,
    /// Allowed in `form-action`, as Chrome also checks redirects after a form.
    pub form_ends_at: Option<String>,
    pub status: StatusCode,
}

impl Page {
    pub fn new(not_the_real: &'static str, title: impl Into<String>, main: String) -> Self {
        Self { not_the_real, title: title.into(), main, form_ends_at: None, status: StatusCode::OK }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let (title, main, banner) = (escape(&self.title), self.main, self.not_the_real);
        let html = format!(
            r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title} · Sandbox</title>
<link rel="stylesheet" href="/sandbox.css">
</head>
<body>
<header class="banner"><strong>Sandbox</strong> – not the real {banner}</header>
<main>
{main}
</main>
<footer><a href="/">About the sandbox</a> <a href="/inbox">Inbox</a> <a href="/authenticator">Authenticator</a> <a href="/control">Control</a></footer>
</body>
</html>
"#
        );
        let mut response =
            (self.status, [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-store")], html)
                .into_response();
        if let Some(origin) = self.form_ends_at {
            let policy = POLICY.replace("form-action 'self'", &format!("form-action 'self' {origin}"));
            if let Ok(policy) = HeaderValue::try_from(policy) {
                response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
            }
        }
        response
    }
}

/// Escapes text for HTML elements and quoted attributes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

pub fn person_row(person: &Person) -> String {
    let note = if person.email.is_some() && !person.email_verified { " · not verified" } else { "" };
    let email = person.email.as_deref().unwrap_or("no email address");
    format!(
        r#"<img src="/picture/{}" alt="" width="40" height="40"><span class="who"><strong dir="auto">{}</strong> <small>{}{note}</small></span>"#,
        escape(&person.id),
        escape(person.label()),
        escape(email),
    )
}

/// Any site may embed it.
pub fn picture(person: &Person) -> Response {
    let anywhere = (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    let kept = (CACHE_CONTROL, "public, max-age=300");
    ([(CONTENT_TYPE, "image/svg+xml"), kept, anywhere], avatar::draw(person)).into_response()
}

pub async fn stylesheet() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "no-cache")], include_str!("sandbox.css"))
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_names_is_escaped() {
        assert_eq!(escape(r#"<a b="c" d='e'>&"#), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
    }
}
