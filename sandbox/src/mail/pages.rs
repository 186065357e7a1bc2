//! The inbox pages.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_FRAME_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use time::OffsetDateTime;

use super::email::Email;
use super::links;
use crate::guard::POLICY;
use crate::page::{Page, escape};
use crate::state::SharedState;

/// Email HTML is untrusted: no scripts, no loading, an opaque origin. Links may navigate the whole tab on a click.
/// Only our own page may frame it.
const EMAIL_POLICY: &str = "sandbox allow-top-navigation-by-user-activation; default-src 'none'; \
     style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

pub fn routes() -> Router<SharedState> {
    Router::new().route("/inbox", get(inbox)).route("/inbox/{id}", get(email)).route("/inbox/{id}/html", get(html))
}

#[derive(Deserialize)]
pub struct Filter {
    to: Option<String>,
}

async fn inbox(State(shared): State<SharedState>, Query(filter): Query<Filter>) -> Page {
    let to = filter.to.as_deref().map(str::trim).filter(|to| !to.is_empty());
    let rows: String = shared.lock().mail.emails(to).rev().map(row).collect();
    let list = match (rows.is_empty(), to) {
        (false, _) => format!(
            r#"<div class="scroll" tabindex="0" role="region" aria-label="Emails"><table>
<thead><tr><th scope="col">Subject</th><th scope="col">To</th><th scope="col">From</th><th scope="col">When</th></tr></thead>
<tbody>{rows}</tbody></table></div>"#
        ),
        (true, Some(to)) => {
            format!(r#"<p>No emails to {}. <a href="/inbox">Show all</a></p>"#, escape(to))
        }
        (true, None) => "<p>No emails yet. The mail server keeps every message here and delivers none.</p>".into(),
    };
    let main = format!(
        r#"<div class="wide">
<h1>Inbox</h1>
<form method="get" action="/inbox">
<label for="to">To</label>
<input id="to" name="to" type="email" autocomplete="off" maxlength="320" value="{to}">
<div class="actions"><button class="button">Show</button></div>
</form>
{list}
</div>"#,
        to = escape(to.unwrap_or_default()),
    );
    Page::new("mailbox", "Inbox", main)
}

async fn email(State(shared): State<SharedState>, Path(id): Path<u64>) -> Response {
    let state = shared.lock();
    let Some(email) = state.mail.email(id) else { return not_found() };
    let text: String = links::parts(&email.text).into_iter().map(part).collect();
    let text = if text.is_empty() {
        "<p>No plain text.</p>".to_owned()
    } else {
        format!(r#"<pre class="email" tabindex="0" role="region" aria-label="Text">{text}</pre>"#)
    };
    // As mail programs show it; the other form is behind a fold.
    let body = match &email.html {
        Some(_) => format!(
            r#"<iframe class="email" title="Email as HTML" src="/inbox/{id}/html" sandbox="allow-top-navigation-by-user-activation"></iframe>
<details><summary>Plain text</summary>{text}</details>"#
        ),
        None => text,
    };
    let main = format!(
        r#"<div class="wide">
<h1 dir="auto">{subject}</h1>
<p class="quiet">From {from}<br>To {to}<br>{when}</p>
{body}
<p><a href="/inbox">All emails</a></p>
</div>"#,
        subject = escape(subject(email)),
        from = escape(&email.from),
        to = escape(&email.to.join(", ")),
        when = when(email.received_at),
    );
    let mut response = Page::new("mailbox", "Email", main).into_response();
    if let Ok(policy) = HeaderValue::try_from(format!("{POLICY}; frame-src 'self'")) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

async fn html(State(shared): State<SharedState>, Path(id): Path<u64>) -> Response {
    let html = shared.lock().mail.email(id).and_then(|email| email.html.clone());
    let Some(html) = html else { return not_found() };
    // Links open in the inbox's tab.
    const TARGET: &str = "<base target=\"_top\">";
    let html = match html.split_once("<head>") {
        Some((before, after)) => format!("{before}<head>{TARGET}{after}"),
        None => format!("{TARGET}{html}"),
    };
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, EMAIL_POLICY),
        (X_FRAME_OPTIONS, "SAMEORIGIN"),
    ];
    (headers, html).into_response()
}

fn not_found() -> Response {
    let main = r#"<h1>Email not found</h1><p><a href="/inbox">All emails</a></p>"#.to_owned();
    Page { status: StatusCode::NOT_FOUND, ..Page::new("mailbox", "Email not found", main) }.into_response()
}

fn row(email: &Email) -> String {
    format!(
        r#"<tr><td><a href="/inbox/{}" dir="auto">{}</a></td><td>{}</td><td>{}</td><td>{}</td></tr>"#,
        email.id,
        escape(subject(email)),
        escape(&email.to.join(", ")),
        escape(&email.from),
        when(email.received_at),
    )
}

fn part((is_link, text): (bool, &str)) -> String {
    let text = escape(text);
    if is_link { format!(r#"<a href="{text}">{text}</a>"#) } else { text }
}

fn subject(email: &Email) -> &str {
    if email.subject.trim().is_empty() { "(no subject)" } else { &email.subject }
}

fn when(unix: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(unix).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (hour, minute, second) = at.to_hms();
    format!("{} {} {}, {hour:02}:{minute:02}:{second:02} UTC", at.day(), at.month(), at.year())
}
