//! The second factor: authenticator apps and recovery codes, sign-ins between their two steps, and trusted browsers.

pub(super) mod app;
pub(super) mod change;
pub(super) mod pending;
pub(super) mod reseal;
pub(super) mod trusted;
pub(super) mod verify;
