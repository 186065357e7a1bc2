//! The integration tests: one binary, since each binary would link the whole application. One folder or file per subject.

mod doctor;
mod documents;
mod explain;
mod external_token;
mod http;
mod mail;
mod rooms;
mod source;
mod store;
mod support;
mod tokens;
mod words;
