//! `/settings/security`: the ways to sign in, the second factor, and where the person is signed in.

use leptos::prelude::*;

use super::{
    devices::devices, passkeys::passkeys, second_factor::second_factor, settings_page, sign_in_methods::sign_in_methods,
};
use crate::{
    codes::settings_page::SettingsPage,
    ui::pages::drawn,
    ui::{
        markup::{IntoMarkup, Markup},
        view::SecuritySettingsView,
    },
};

#[component]
pub fn SecurityPage() -> Markup {
    drawn(|security: SecuritySettingsView| {
        let methods = sign_in_methods(&security);
        let (passkeys, second) = (security.passkeys.map(passkeys), security.second_factor.map(second_factor));
        let sections = (methods, passkeys, second, devices(security.devices)).into_markup();
        settings_page(SettingsPage::Security, security.notice, sections)
    })
}
