//! The control API (JSON) and the control page.

mod api;
mod command;
mod event;
mod form;
mod mail;
mod mint;
mod of_provider;
mod own_message;
mod page;
mod post;
mod presets;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post as by_post};

use super::state::SharedState;

pub fn routes() -> Router<SharedState> {
    Router::new()
        .route("/control", get(page::page))
        .route("/control/form", by_post(form::submit))
        .route("/control/state", get(api::state))
        .route("/control/presets", get(api::presets))
        .route("/control/variables", get(api::variables))
        .route("/control/requests", get(api::requests))
        .route("/control/requests/clear", by_post(api::clear_requests))
        .route("/control/reset", by_post(api::reset))
        .route("/control/clock", by_post(api::clock))
        .route("/control/persons", by_post(api::create_person))
        .route("/control/persons/{id}", by_post(api::change_person))
        .route("/control/emails", get(mail::emails))
        .route("/control/emails/clear", by_post(mail::clear))
        .route("/control/mail", by_post(mail::set_behaviour))
        .route("/control/{provider}/event", by_post(event::event))
        .route("/control/{provider}/mint", by_post(mint::mint))
        .route("/control/{provider}/{command}", by_post(api::command))
        .layer(DefaultBodyLimit::max(16 << 20))
}
