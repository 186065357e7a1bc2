//! `/inspect`: recorded flows, for developers on this machine and for administrators. The routes exist with `INSPECT=on` only.

mod access;
mod attacks;
mod on_demand;
mod pages;
mod recording;
mod robot;
mod scripts;
mod view;

#[cfg(test)]
mod tests;

pub use access::{credential, sealer};
pub use recording::{RecordedSite, record};

use axum::{
    Router,
    routing::{get, post},
};

use super::state::AppState;
use crate::ui::plain_document::INSPECT_STYLE as STYLE;

/// The routes. For anybody who may not look they do not exist.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/inspect", get(pages::list))
        .route("/inspect/attack", post(attacks::begin))
        .route("/inspect/compare", get(pages::compare))
        .route("/inspect/recording", post(on_demand::switch))
        .route("/inspect/recording/{token}", get(on_demand::offer).post(on_demand::accept))
        .route("/inspect/last", get(pages::last))
        .route("/inspect/source/{*file}", get(pages::source))
        .route(STYLE, get(pages::style))
        .route("/inspect/{id}", get(pages::walkthrough))
        .route("/inspect/{id}/tour", get(pages::tour))
        .route("/inspect/{id}/file", get(pages::file))
        .route("/inspect/{id}/text", get(pages::text))
}
