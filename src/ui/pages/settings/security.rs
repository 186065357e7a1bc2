//! `/settings/security`: the ways to sign in, and where the person is signed in.

use leptos::prelude::*;

use super::{devices::devices, passkeys::passkeys, settings_page, sign_in_methods::sign_in_methods};
use crate::{codes::settings_page::SettingsPage, ui::pages::drawn, ui::view::SecuritySettingsView};

#[component]
pub fn SecurityPage() -> impl IntoView {
    drawn(|security: SecuritySettingsView| {
        let methods = sign_in_methods(&security);
        let sections = (methods, security.passkeys.map(passkeys), devices(security.devices)).into_any();
        settings_page(SettingsPage::Security, security.notice, sections)
    })
}
