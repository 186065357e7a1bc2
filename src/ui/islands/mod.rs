//! The parts of pages that hydrate in the browser. Each page works without them.
//!
//! Every byte here is sent to the browser. The islands have no props, since the first one would add a JSON parser and
//! float formatting (20 kB): the server renders their children complete, in all states, and an island only switches
//! between them.

mod distance;

pub mod drive_files;
pub mod local_time;
pub mod password_peek;
pub mod pending;
pub mod pending_form;
pub mod provider_link;
