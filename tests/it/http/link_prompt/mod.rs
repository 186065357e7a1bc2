//! The link prompt: an identity with a taken email waits until the user re-authenticates (LK10, CB11).

mod confirming;
mod limits;
mod strangers;

use serde_json::json;

use crate::http::{
    account::PASSWORD,
    app::{App, AppBuilder},
    browser::Browser,
};

/// Linus's mailbox is at another provider: verified, but Google is not its authority.
pub const LINUS: &str = "linus@example.org";

/// A user with a password, and a Google account with the same email, verified but without authority.
async fn app_with_linus(app: AppBuilder, settings: &[(&str, &str)]) -> (App, Browser) {
    let app = app.settings(settings).start().await;
    app.control_sandbox("persons/linus", json!({ "email_verified": true })).await;
    let owner = app.browser();
    app.sign_up(&owner, LINUS, PASSWORD).await;
    (app, owner)
}

pub async fn assert_prompted(browser: &Browser, start: &str) {
    let callback = browser.callback_url("linus", start).await;
    let page = browser.get(&callback).await;
    assert_eq!((page.status, page.location()), (303, "/link"), "{page:?}");
    assert!(browser.cookie("link").is_some());
}
