//! The table `grants`, and the queue of revocations.

pub(super) mod end;
pub(super) mod renew;
pub(super) mod reseal;
pub(super) mod revocations;
pub(super) mod rows;
pub(super) mod sealed;
pub(super) mod types;
