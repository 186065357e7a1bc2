//! Stop trusting a browser.

use leptos::prelude::*;

use super::super::{
    error::AccountError,
    reauthenticate::signed_in,
    reply::{Reply, send},
};
use crate::{
    codes::{done::Done, form_error::FormError, settings_page::SettingsPage},
    sessions::RequestContext,
};

/// Length of a row's id: a UUID.
const ID_BYTES: usize = 36;

/// POST `/settings/trusted-browsers/forget`: by its id in the list.
#[server(name = ForgetTrustedBrowser, prefix = "/settings", endpoint = "trusted-browsers/forget")]
pub async fn forget_trusted_browser(browser: Option<String>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(forget(&context, &browser.unwrap_or_default()).await, SettingsPage::Security.path());
    Ok(())
}

async fn forget(context: &RequestContext, browser: &str) -> Result<Reply, AccountError> {
    let signed_in = signed_in(context)?;
    // Of a request: not everything may be a parameter.
    if browser.len() != ID_BYTES || !browser.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') {
        return Err(FormError::NotFound.into());
    }
    let (user, here) = (signed_in.user.id, signed_in.session.at_version());
    context.database.forget_trusted_browser(user, browser, here, &context.audit()).await?;
    Ok(Reply::done(SettingsPage::Security.path(), Done::BrowserForgotten))
}
