//! The pages: each one's view model, and how Leptos renders it.

mod accounts;
mod activity;
mod admin;
mod authentication_claims;
mod calendar;
mod dashboard;
mod data_deletion;
mod drive;
mod email_links;
mod grants;
mod linking;
mod login;
mod page_request;
mod passkeys;
mod second_factor;
mod settings;
mod settings_data;
mod shared_page;
mod spliced;
mod unsent;

pub(super) use dashboard::name_of;
pub(super) use shared_page::SharedPage;

use axum::{
    extract::Extension,
    response::Response,
    routing::{MethodRouter, get},
};

use super::{redirect::see_other, state::AppState};
use crate::{sessions::SignedIn, ui::page::Page};

/// The handler of a page.
pub fn handler(page: Page) -> MethodRouter<AppState> {
    match page {
        Page::Login => get(login::login),
        Page::SignInCode => get(login::sign_in_code),
        Page::SignUp => get(login::sign_up),
        Page::Forgot => get(login::forgot),
        Page::AddEmail => get(email_links::add_email),
        Page::CheckInbox => get(email_links::check_inbox),
        Page::VerifyEmail => get(email_links::verify_email),
        Page::Invitation => get(email_links::invitation),
        Page::ResetPassword => get(email_links::reset_password),
        Page::ConfirmEmail => get(email_links::confirm_email),
        Page::Undo => get(email_links::undo),
        Page::DataDeletion => get(data_deletion::data_deletion),
        Page::NotMe => get(email_links::not_me),
        Page::Recovery => get(second_factor::recovery),
        Page::SecondFactor => get(second_factor::second_factor),
        Page::LinkPrompt => get(linking::prompt),
        Page::Confirm => get(linking::confirm),
        Page::Unsent => get(unsent::unsent),
        Page::Dashboard => get(dashboard::dashboard),
        Page::Drive => get(drive::drive),
        Page::Calendar => get(calendar::calendar),
        Page::Account => get(settings::account),
        Page::Security => get(settings::security),
        Page::Connections => get(settings::connections),
        Page::Activity => get(settings::activity),
        Page::SetPassword => get(settings::password),
        Page::ChangeEmail => get(settings::email),
        Page::Link => get(settings::link),
        Page::Unlink => get(settings::unlink),
        Page::RemovePasskey => get(passkeys::remove),
        Page::Authenticator => get(second_factor::authenticator),
        Page::RemoveAuthenticator => get(second_factor::remove),
        Page::RecoveryCodes => get(second_factor::recovery_codes),
        Page::Delete => get(settings::delete),
        Page::Admin => get(admin::admin),
        Page::AdminUser => get(admin::user),
    }
}

/// GET `/settings/data.json`: a person's data, as a download.
pub fn data() -> MethodRouter<AppState> {
    get(settings_data::data)
}

/// GET `/`: the dashboard, or the login page.
pub async fn home(signed_in: Option<Extension<SignedIn>>) -> Response {
    see_other(if signed_in.is_some() { "/dashboard" } else { "/login" })
}
