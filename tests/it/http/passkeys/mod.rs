//! Passkeys over HTTP, with an independent authenticator as the witness.

mod ceremonies;
mod device;
mod managing;
mod signing_in;

pub use device::Device;

use crate::http::{
    account::PASSWORD,
    app::{App, AppBuilder},
    browser::Browser,
};

const ADA: &str = "ada@example.com";
/// More than ten minutes: the authentication is no longer recent.
const LATER: i64 = 11 * 60;

/// Ada, signed in with a password, and her device, which has a passkey.
pub(super) async fn with_passkey(builder: AppBuilder) -> (App, Browser, Device) {
    let app = builder.start().await;
    let browser = app.browser();
    app.sign_up(&browser, ADA, PASSWORD).await;
    let mut device = Device::new(&app);
    let added = browser.add_passkey(&mut device).await;
    assert_eq!(added.passkey(), (200, "", "/settings/security?done=passkey_added"));
    app.emails().await;
    (app, browser, device)
}
