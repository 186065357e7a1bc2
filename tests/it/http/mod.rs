//! The real router over real HTTP, on SQLite and PostgreSQL, against a sandbox that may misbehave.
//!
//! The first block has the helpers. `refusal` says what a rejected callback must not change, and each rejection has a
//! counterpart that succeeds.

mod account;
mod api;
mod app;
mod apple;
mod browser;
mod connected;
mod granting;
mod log;
mod owners;
mod raw;
mod refusal;

mod another_account;
mod api_bodies;
mod api_cors;
mod api_documents;
mod api_me;
mod api_sign_in;
mod api_tokens;
mod calendar;
mod callback;
mod credential;
mod cross_origin;
mod drive;
mod drive_faults;
mod email_requirement;
mod enumeration;
mod form_owners;
mod form_post;
mod grants;
mod grants_faults;
mod grants_keys;
mod hang_up;
mod headers;
mod health;
mod id_token;
mod jwt_mode;
mod keys;
mod lingering;
mod link_prompt;
mod metadata;
mod model;
mod outages;
mod password_sign_in;
mod people;
mod pre_hijack;
mod provider_errors;
mod providers;
mod races;
mod recovery;
mod return_to;
mod secrets;
mod session;
mod settings_forms;
mod sign_in;
mod sign_up;
mod start;
mod tabs;
mod token_endpoint;
mod two_providers;
mod undo;
mod userinfo;
mod verify;
