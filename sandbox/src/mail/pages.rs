//! The inbox for people.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_FRAME_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use time::OffsetDateTime;

use super::links;
use super::received::Received;
use crate::guard::POLICY;
use crate::page::{Page, escape};
use crate::world::World;

/// A letter's HTML is a stranger's: no script, nothing loaded, an origin of its own. It may lead the whole tab away when
/// somebody clicks, and into our own page only.
const OF_A_LETTER: &str = "sandbox allow-top-navigation-by-user-activation; default-src 'none'; \
     style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

/// Everything below `/inbox`.
pub fn routes() -> Router<World> {
    Router::new().route("/inbox", get(inbox)).route("/inbox/{id}", get(letter)).route("/inbox/{id}/html", get(html))
}

/// The filter of the inbox.
#[derive(Deserialize)]
pub struct Filter {
    to: Option<String>,
}

async fn inbox(State(world): State<World>, Query(filter): Query<Filter>) -> Page {
    let to = filter.to.as_deref().map(str::trim).filter(|to| !to.is_empty());
    let rows: String = world.state().mail.letters(to).rev().map(row).collect();
    let list = match (rows.is_empty(), to) {
        (false, _) => format!(
            r#"<div class="scroll" tabindex="0" role="region" aria-label="Letters"><table>
<thead><tr><th scope="col">Subject</th><th scope="col">To</th><th scope="col">From</th><th scope="col">When</th></tr></thead>
<tbody>{rows}</tbody></table></div>"#
        ),
        (true, Some(to)) => {
            format!(r#"<p>No letter to {} is here. <a href="/inbox">See all</a></p>"#, escape(to))
        }
        (true, None) => {
            "<p>No letter is here yet. Whatever is sent to this mail server arrives here and goes no further.</p>"
                .into()
        }
    };
    let main = format!(
        r#"<div class="wide">
<h1>Inbox</h1>
<form method="get" action="/inbox">
<label for="to">Letters to</label>
<input id="to" name="to" type="email" autocomplete="off" maxlength="320" value="{to}">
<div class="actions"><button class="button">Show</button></div>
</form>
{list}
</div>"#,
        to = escape(to.unwrap_or_default()),
    );
    Page::new("mailbox", "Inbox", main)
}

async fn letter(State(world): State<World>, Path(id): Path<u64>) -> Response {
    let state = world.state();
    let Some(letter) = state.mail.letter(id) else { return no_letter() };
    let text: String = links::parts(&letter.text).into_iter().map(part).collect();
    let text = if text.is_empty() {
        "<p>It has no plain text.</p>".to_owned()
    } else {
        format!(r#"<pre class="letter" tabindex="0" role="region" aria-label="Text">{text}</pre>"#)
    };
    let drawn = letter.html.as_ref().map_or_else(String::new, |_| {
        format!(
            r#"<h2>As HTML</h2>
<iframe class="letter" title="The letter as HTML" src="/inbox/{id}/html" sandbox="allow-top-navigation-by-user-activation"></iframe>"#
        )
    });
    let main = format!(
        r#"<div class="wide">
<h1 dir="auto">{subject}</h1>
<p class="quiet">From {from}<br>To {to}<br>{when}</p>
{text}
{drawn}
<p><a href="/inbox">All letters</a></p>
</div>"#,
        subject = escape(subject(letter)),
        from = escape(&letter.from),
        to = escape(&letter.to.join(", ")),
        when = when(letter.received_at),
    );
    let mut response = Page::new("mailbox", "Letter", main).into_response();
    if let Ok(policy) = HeaderValue::try_from(format!("{POLICY}; frame-src 'self'")) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

async fn html(State(world): State<World>, Path(id): Path<u64>) -> Response {
    let html = world.state().mail.letter(id).and_then(|letter| letter.html.clone());
    let Some(html) = html else { return no_letter() };
    // Its links open in the tab that the letter is shown in.
    const TARGET: &str = "<base target=\"_top\">";
    let html = match html.split_once("<head>") {
        Some((before, after)) => format!("{before}<head>{TARGET}{after}"),
        None => format!("{TARGET}{html}"),
    };
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, OF_A_LETTER),
        (X_FRAME_OPTIONS, "SAMEORIGIN"),
    ];
    (headers, html).into_response()
}

fn no_letter() -> Response {
    let main = r#"<h1>This letter is not here</h1><p><a href="/inbox">All letters</a></p>"#.to_owned();
    Page { status: StatusCode::NOT_FOUND, ..Page::new("mailbox", "This letter is not here", main) }.into_response()
}

fn row(letter: &Received) -> String {
    format!(
        r#"<tr><td><a href="/inbox/{}" dir="auto">{}</a></td><td>{}</td><td>{}</td><td>{}</td></tr>"#,
        letter.id,
        escape(subject(letter)),
        escape(&letter.to.join(", ")),
        escape(&letter.from),
        when(letter.received_at),
    )
}

fn part((is_link, text): (bool, &str)) -> String {
    let text = escape(text);
    if is_link { format!(r#"<a href="{text}">{text}</a>"#) } else { text }
}

fn subject(letter: &Received) -> &str {
    if letter.subject.trim().is_empty() { "(no subject)" } else { &letter.subject }
}

fn when(unix: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(unix).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (hour, minute, second) = at.to_hms();
    format!("{} {} {}, {hour:02}:{minute:02}:{second:02} UTC", at.day(), at.month(), at.year())
}
