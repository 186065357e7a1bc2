//! From a provider's profile to a decision of the linking policy that is carried out.

pub(super) mod carry_out;
pub(super) mod gather;
pub(super) mod request;
pub(super) mod settle;
