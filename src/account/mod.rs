//! The use cases, one file each: the server function that a form calls, and below it what it does. A use case asks the pure
//! rooms, writes once, and returns where the browser goes next. See the tour in `lib.rs`.

mod accept_invitation;
mod administer;
mod api_request_error;
mod callback;
mod change_email;
mod connect;
mod delete;
mod devices;
mod email_code;
mod email_link;
mod error;
mod forget_sign_in;
mod forgot_password;
mod form_secret;
mod forms;
mod link;
mod link_prompt;
mod not_me;
mod passkeys;
mod passwords;
mod profile;
mod reauthenticate;
mod reply;
mod reset_password;
mod second_factor;
mod set_password;
mod sign_in_with_code;
mod sign_in_with_email_code;
mod sign_in_with_password;
mod sign_in_with_token;
mod sign_out;
mod sign_up;
mod start_flow;
mod undo;
mod unlink;
mod verify_email;
mod walkthrough;

pub use api_request_error::ApiRequestError;
pub use callback::Callback;
pub use delete::DELETION_WORD;
pub use email_link::{EMAIL_LINK_PATH, follow_email_link};
pub use error::AccountError;
pub use forms::{FORMS, Form, Sender};
pub use link_prompt::pending_link;
pub use passkeys::{
    PasskeyAnswer, PasskeyOptions, PasskeyResponse, PasskeyStep, begin_passkey, finish_passkey, names_of,
};
pub use reply::{ProviderRequest, StartedFlow};
pub use second_factor::pending_second_factor;
pub use sign_in_with_code::CodeSignIn;
pub use sign_in_with_token::{ProviderToken, SessionDelivery, TokenSignIn, TokenSignedIn};
pub use verify_email::{asked_in_this_browser, finished_elsewhere};
