//! Changes in the settings: by POST from our own pages, with recent re-authentication, in the user's own account only.

mod deletion;
mod email;
mod linking;
mod password;
mod profile;
mod reauthentication;
mod rejected;

use crate::http::{
    account::{NEW_PASSWORD, PASSWORD},
    app::{App, AppBuilder},
    browser::Browser,
};

const ADA: &str = "ada@example.com";
pub(super) const LATER: i64 = 10 * 60;

type Fields = &'static [(&'static str, &'static str)];
type Sensitive = (&'static str, Fields, &'static str);

/// Every form that needs recent re-authentication, with valid fields, and the page that it returns to.
const SENSITIVE: [Sensitive; 5] = [
    ("/settings/link", &[("provider", "google")], "/settings/link?provider=google"),
    (
        "/settings/unlink",
        &[("identity", "01890a5d-0000-7000-8000-000000000000")],
        "/settings/unlink?identity=01890a5d-0000-7000-8000-000000000000",
    ),
    ("/settings/password", &[("password", NEW_PASSWORD)], "/settings/password"),
    ("/settings/email", &[("email", "new@example.com")], "/settings/email"),
    ("/settings/delete", &[("word", "delete")], "/settings/delete"),
];

/// The forms of a signed-in user that need none.
const OTHERS: [(&str, Fields); 7] = [
    ("/settings/profile", &[("name", "Countess")]),
    ("/settings/sessions/end", &[("session", "x")]),
    ("/settings/sessions/end-others", &[]),
    ("/auth/reauthenticate/password", &[("password", PASSWORD)]),
    ("/auth/email/change/confirm", &[]),
    ("/grants/connect", &[("access", "drive"), ("identity", "x")]),
    ("/grants/disconnect", &[("identity", "x")]),
];

async fn ada(app: AppBuilder) -> (App, Browser) {
    let app = app.start().await;
    let browser = app.browser();
    app.sign_up(&browser, ADA, PASSWORD).await;
    (app, browser)
}
