//! The control API (JSON) and the control page.

mod api;
mod command;
mod form;
mod mail;
mod mint;
mod page;
mod presets;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::state::SharedState;

pub fn routes() -> Router<SharedState> {
    Router::new()
        .route("/control", get(page::page))
        .route("/control/form", post(form::submit))
        .route("/control/state", get(api::state))
        .route("/control/presets", get(api::presets))
        .route("/control/variables", get(api::variables))
        .route("/control/requests", get(api::requests))
        .route("/control/requests/clear", post(api::clear_requests))
        .route("/control/reset", post(api::reset))
        .route("/control/clock", post(api::clock))
        .route("/control/persons", post(api::create_person))
        .route("/control/persons/{id}", post(api::change_person))
        .route("/control/emails", get(mail::emails))
        .route("/control/emails/clear", post(mail::clear))
        .route("/control/mail", post(mail::set_behaviour))
        .route("/control/{provider}/mint", post(mint::mint))
        .route("/control/{provider}/{command}", post(api::command))
        .layer(DefaultBodyLimit::max(16 << 20))
}
