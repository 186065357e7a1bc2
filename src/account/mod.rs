//! What a person may ask of us about their account, one file for each kind of request: it asks the pure rooms, writes
//! once, and says where the browser goes next. See the tour in `lib.rs`.

mod api_error;
mod confirming;
mod error;
mod front_end;
mod grants;
mod inbox;
mod leaving;
mod linking;
mod password;
mod reply;
mod settings;
mod sign_up;

pub use api_error::ApiError;
pub use confirming::{reauthenticate_with_password, reauthenticate_with_provider};
pub use error::AccountError;
pub use front_end::{FrontEndSignIn, ProviderToken, SessionDelivery, TokenSignIn};
pub use grants::{connect, disconnect};
pub use inbox::{EMAIL_LINK_PATH, follow_email_link};
pub use leaving::{DELETION_WORD, delete_account, undo};
pub use linking::waiting;
pub use linking::{cancel_link, confirm_link, link_provider, resolve_link_by_password, resolve_link_by_provider};
pub use password::{forgot, reset, sign_in};
pub use reply::{Onward, ProviderRequest, Reply, send, send_keeping_email};
pub use settings::{change_email, choose_name, confirm_email, end_other_sessions, end_session, set_password, unlink};
pub use sign_up::{asked_here, sign_up, verify};
