//! The table `events`.

pub(super) mod context;
pub(super) mod events;
pub(super) mod explain;
pub(super) mod pages;
