//! `/second-factor`, and what the settings show of a second factor.

use super::Notice;
use crate::codes::form_error::FormError;

/// `/second-factor`: the second step of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactorView {
    /// Names the sign-in in the page's forms.
    pub step: String,
    /// Email address or name of the account.
    pub who: String,
    /// The account has an authenticator app.
    pub app: bool,
    /// The account has a passkey.
    pub passkey: bool,
    /// The account has no second factor, and sets one up here.
    pub enrolment: Option<EnrolmentView>,
    /// The sandbox's authenticator app.
    pub authenticator: Option<String>,
    pub notice: Option<Notice>,
}

/// The secret of a new authenticator app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentView {
    /// Side of the QR code's view box, in modules.
    pub qr_size: usize,
    /// Attribute `d` of its path.
    pub qr_path: String,
    /// The same for users who type it.
    pub secret: String,
    /// The `otpauth` URI, for an authenticator app on the same phone.
    pub uri: String,
    /// The sandbox's authenticator app, with the secret.
    pub authenticator: Option<String>,
}

/// `/settings/authenticator`: sets an app up, or replaces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatorView {
    /// There is one already.
    pub replaces: bool,
    pub enrolment: EnrolmentView,
    pub form_error: Option<FormError>,
}

/// `/settings/authenticator/remove`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoveAuthenticatorView {
    /// This site requires a second factor.
    pub required: bool,
    pub form_error: Option<FormError>,
}

/// `/settings/recovery-codes`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryCodesView {
    /// New ones, shown once.
    pub codes: Option<Vec<String>>,
    /// How many are left.
    pub left: u32,
    /// Where to continue.
    pub return_to: String,
    pub notice: Option<Notice>,
}

/// In the security settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecondFactorSettingsView {
    pub app: Option<AppView>,
    /// This site requires a second factor, and asks for it after every first.
    pub required: bool,
    /// Oldest last.
    pub trusted: Vec<TrustedBrowserView>,
}

/// The authenticator app of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppView {
    pub added_at: i64,
    pub last_used_at: Option<i64>,
    /// Recovery codes that are left.
    pub recovery_codes: u32,
    /// Asked also after a provider that does not say how it authenticated the person.
    pub after_providers: bool,
}

/// A browser that is not asked for the second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedBrowserView {
    /// Names it in the form that forgets it.
    pub id: String,
    /// Browser and operating system, from the user agent.
    pub device: String,
    /// IP address.
    pub ip: String,
    pub last_used_at: i64,
    pub expires_at: i64,
}

/// `/recovery`: what users here may have lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoveryView {
    /// Password sign-in is enabled.
    pub password: bool,
    pub passkeys: bool,
    pub second_factor: bool,
}
