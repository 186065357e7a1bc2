//! Instead of the form that would remove a user's only way to sign in.

use leptos::prelude::*;

use crate::codes::settings_page::SettingsPage;
use crate::ui::markup::{IntoMarkup, Markup};

pub fn only_way() -> Markup {
    view! {
        <p class="lead">"This is your only way to sign in. Add another one before you remove it."</p>
        <a class="button" href=SettingsPage::Security.path()>
            "Add a way to sign in"
        </a>
    }
    .into_markup()
}
