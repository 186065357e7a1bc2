//! The parts of pages that wake up in the browser. Their props carry all that they know; without them each page
//! still works. Every byte here travels to the browser, so: no formatting, no dates, no vectors of marks.

// `#[island]` writes a second, undocumented struct of props beside each island.
#![allow(missing_docs)]

pub mod local_time;
pub mod provider_link;
