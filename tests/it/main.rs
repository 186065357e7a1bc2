//! The integration tests: one program, since each would link the whole application. A folder or file for each subject.

mod doctor;
mod documents;
mod explain;
mod external_token;
mod http;
mod mail;
mod rooms;
mod store;
mod support;
mod tokens;
