//! The second factor: the second step of a sign-in, and the forms in the settings.

mod attempt;
mod enrol;
mod finish;
mod reauthenticate;
mod settings;
mod trusted;

pub use attempt::pending_second_factor;
pub(super) use attempt::verify_code;
pub use enrol::EnrolSecondFactor;
pub use finish::FinishSecondFactor;
pub(super) use finish::{Finished, after_sign_in, finish_in_browser, finish_sign_in, to_second_factor};
pub use reauthenticate::ReauthenticateWithCode;
pub use settings::{AskAfterProviders, RemoveAuthenticator, RenewRecoveryCodes, SetUpAuthenticator};
pub use trusted::ForgetTrustedBrowser;
