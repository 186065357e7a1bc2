//! Changes of an account that span tables: each writes its rows, its event and its email in one transaction.

pub(super) mod announce;
pub(super) mod change;
pub(super) mod change_email;
pub(super) mod disown;
pub(super) mod passkeys;
pub(super) mod password;
pub(super) mod pending_email_change;
pub(super) mod reset;
pub(super) mod security_notices;
pub(super) mod sign_up;
pub(super) mod undo;
pub(super) mod unlink;
