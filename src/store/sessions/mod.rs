//! The tables `sessions`, `ended_sessions`, `known_browsers`, `refresh_tokens` and `used_flows`.

pub(super) mod condition;
pub(super) mod end;
pub(super) mod ended;
pub(super) mod known_browsers;
pub(super) mod queries;
pub(super) mod refresh_token;
pub(super) mod refresh_tokens;
pub(super) mod renewal;
pub(super) mod revocation_cache;
pub(super) mod rotation;
pub(super) mod rows;
pub(super) mod used_flows;
pub(super) mod with_methods;
