//! The Axum edge: router, layers, headers, health, the listener.

mod api;
mod assets;
mod background;
mod callback;
mod client_address;
mod compression;
mod credential;
mod cross_origin;
mod detached;
mod email_link;
mod error_pages;
mod form_post;
mod forms;
mod forward_auth;
mod headers;
mod health;
mod in_flight;
mod lingering;
mod pages;
mod prefetch;
mod query;
mod rate_limits;
mod redirect;
mod request_context;
mod request_log;
mod router;
pub mod serve;
mod server_functions;
mod sign_out;
mod start;
mod state;
mod supervisor;

pub use background::run_background_loops;
pub use router::router;
pub use state::{AppState, Mail, StateError};
pub use supervisor::Supervisor;
