//! What a person may ask of us about their account, one file for each kind of request: it asks the pure rooms, writes
//! once, and says where the browser goes next. See the tour in `lib.rs`.

mod confirming;
mod declined;
mod fault;
mod front_end;
mod grants;
mod inbox;
mod leaving;
mod linking;
mod password;
mod reply;
mod settings;
mod sign_up;

pub use confirming::{prove_by_password, prove_by_provider};
pub use declined::Declined;
pub use fault::Fault;
pub use front_end::{CarriedBy, FrontEndSignIn, ProviderToken, Welcomed};
pub use grants::{connect, disconnect};
pub use inbox::{LETTER_PATH, follow_letter};
pub use leaving::{DELETION_WORD, delete_account, undo};
pub use linking::waiting;
pub use linking::{cancel_link, confirm_link, link_provider, resolve_link_by_password, resolve_link_by_provider};
pub use password::{forgot, reset, sign_in};
pub use reply::{Onward, ProviderRequest, Reply, send, send_typed};
pub use settings::{change_email, choose_name, confirm_email, end_other_sessions, end_session, set_password, unlink};
pub use sign_up::{asked_here, sign_up, verify};
