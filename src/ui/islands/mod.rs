//! The parts of pages that wake up in the browser. Their props carry all that they know; without them each page
//! still works. Every byte here travels to the browser, so: no formatting, no dates, no vectors of marks.

pub mod local_time;
pub mod provider_link;
