//! The pages: each one's view model, and how Leptos renders it.

mod accounts;
mod activity;
mod calendar;
mod dashboard;
mod drive;
mod email_links;
mod grants;
mod linking;
mod login;
mod page_request;
mod settings;

pub(super) use dashboard::name_of;

use axum::{
    extract::Extension,
    http::StatusCode,
    response::Response,
    routing::{MethodRouter, get},
};

use super::{redirect::see_other, state::AppState};
use crate::sessions::SignedIn;

/// The handler of a page that [`App`](crate::ui::app::App) has a route for.
pub fn page(path: &str) -> MethodRouter<AppState> {
    match path {
        "/login" => get(login::login),
        "/signup" => get(login::sign_up),
        "/forgot" => get(login::forgot),
        "/add-email" => get(email_links::add_email),
        "/check-inbox" => get(email_links::check_inbox),
        "/verify-email" => get(email_links::verify_email),
        "/reset-password" => get(email_links::reset_password),
        "/confirm-email" => get(email_links::confirm_email),
        "/undo" => get(email_links::undo),
        "/link" => get(linking::prompt),
        "/confirm" => get(linking::confirm),
        "/dashboard" => get(dashboard::dashboard),
        "/drive" => get(drive::drive),
        "/calendar" => get(calendar::calendar),
        "/settings" => get(settings::settings),
        "/settings/password" => get(settings::password),
        "/settings/email" => get(settings::email),
        "/settings/unlink" => get(settings::unlink),
        "/settings/link" => get(settings::link),
        "/settings/delete" => get(settings::delete),
        _ => get(|| async { StatusCode::NOT_FOUND }),
    }
}

/// GET `/settings/data.json`: a person's data, as a download.
pub fn data() -> MethodRouter<AppState> {
    get(settings::data)
}

/// GET `/`: the dashboard, or the login page.
pub async fn home(signed_in: Option<Extension<SignedIn>>) -> Response {
    see_other(if signed_in.is_some() { "/dashboard" } else { "/login" })
}
