//! GET `/.well-known/security.txt` (RFC 9116).

use std::fmt::Write;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use time::format_description::well_known::Rfc3339;

use super::state::AppState;
use crate::config::SecurityTxt;

pub(super) const PATH: &str = "/.well-known/security.txt";

/// 404 where it is not configured, and once it has expired.
pub async fn security_txt(State(app): State<AppState>) -> Response {
    let file = app.security_txt.as_ref().filter(|file| file.expires > app.clock.date());
    match file.map(|file| text(file, &app.origin)) {
        Some(text) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// One field per line, in the order of RFC 9116's example.
fn text(file: &SecurityTxt, origin: &str) -> String {
    let mut text = String::new();
    let expires = file.expires.format(&Rfc3339).unwrap_or_default();
    let fields = file
        .contacts
        .iter()
        .map(|contact| ("Contact", contact.clone()))
        .chain([("Expires", expires)])
        .chain(file.policy.iter().map(|policy| ("Policy", policy.clone())))
        .chain([("Canonical", format!("{origin}{PATH}"))]);
    for (name, value) in fields {
        _ = writeln!(text, "{name}: {value}");
    }
    text
}
