//! Links in emails, and the queue of emails.

pub(super) mod codes;
pub(super) mod invitations;
pub(super) mod links;
pub(super) mod message;
pub(super) mod queue;
pub(super) mod sign_in_codes;
