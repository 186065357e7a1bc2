//! The parts of pages that wake up in the browser. Without them each page still works.
//!
//! Every byte here travels to the browser. So the islands have no props (the first one would bring a JSON reader
//! and the printing of floating-point numbers along: 20 kB): the server draws their children complete, in all
//! states, and an island only switches between them.

mod distance;

pub mod drive_files;
pub mod local_time;
pub mod password_peek;
pub mod pending;
pub mod pending_form;
pub mod provider_link;
