//! Passkeys: add, use, rename and remove.
//!
//! A ceremony is two requests of the page's script: `begin_passkey` makes the options for the browser, `finish_passkey`
//! verifies what the browser returns. Names and removals are plain forms.

mod add;
mod answer;
mod begin;
mod finish;
mod manage;
mod verify;

pub use answer::PasskeyAnswer;
pub use begin::{PasskeyOptions, PasskeyStep, begin_passkey, names_of};
pub use finish::{PasskeyResponse, finish_passkey};
pub use manage::{RemovePasskey, RenamePasskey};
