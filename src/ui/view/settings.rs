//! `/settings` and the pages below it.

use super::{GrantView, IdentityView, Notice, ProviderButton, SecondFactorSettingsView};
use crate::codes::{access::Access, form_error::FormError};
use crate::ui::passkeys::KnownPasskeys;

/// `/settings`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSettingsView {
    pub notice: Option<Notice>,
    pub profile: ProfileView,
    /// The address and whether it is verified.
    pub email: Option<(String, bool)>,
    /// The address that waits for its confirmation.
    pub pending_email: Option<String>,
}

/// `/settings/security`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecuritySettingsView {
    pub notice: Option<Notice>,
    /// Password sign-in is enabled here.
    pub password_on: bool,
    pub password_set_at: Option<i64>,
    /// Oldest first.
    pub identities: Vec<IdentityView>,
    /// All enabled providers, as an account may have several identities of one.
    pub linkable: Vec<ProviderButton>,
    /// False for the last sign-in method.
    pub may_unlink: bool,
    /// `None` where passkeys are disabled.
    pub passkeys: Option<PasskeysView>,
    /// `None` where second factors are off.
    pub second_factor: Option<SecondFactorSettingsView>,
    /// Recently authenticated: sensitive forms work at once.
    pub reauthenticated: bool,
    /// This browser first.
    pub devices: Vec<DeviceView>,
}

/// `/settings/connections`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionSettingsView {
    pub notice: Option<Notice>,
    pub grants: Vec<GrantView>,
    /// What an enabled provider offers.
    pub offered: Vec<Access>,
}

/// `/settings/activity`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivitySettingsView {
    pub notice: Option<Notice>,
    /// Newest first.
    pub activity: Vec<ActivityView>,
    /// The page with older events, if there are any.
    pub older: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileView {
    pub name: Option<String>,
    /// A provider's label, or "you".
    pub name_from: Option<String>,
    /// https URL.
    pub picture: Option<String>,
    /// A provider's label.
    pub picture_from: Option<String>,
    pub member_since: i64,
}

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceView {
    /// Names the session in the form that ends it.
    pub id: String,
    /// Browser and operating system, from the user agent.
    pub device: String,
    /// IP address at sign-in.
    pub ip: String,
    /// A provider's label, or "Password", "Passkey" or "Email code".
    pub method: String,
    /// The provider's slug, or the code of that method.
    pub method_slug: String,
    pub first_seen: i64,
    pub last_seen: i64,
    /// The session of this request.
    pub here: bool,
}

/// An entry of the recent activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityView {
    /// A sentence without a full stop ("Signed in with Google").
    pub what: String,
    /// Worth a second look: a rejected attempt, a removal.
    pub alarming: bool,
    /// How the provider says that it authenticated the user ("Google reports: password").
    pub provider_says: Option<String>,
    pub at: i64,
    /// Of what happened several times: `at` is the first.
    pub last_at: Option<i64>,
    /// Browser and operating system, from the user agent.
    pub device: String,
    /// IP address.
    pub ip: String,
}

/// The account's passkeys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PasskeysView {
    /// Oldest first.
    pub passkeys: Vec<PasskeyView>,
    pub known: KnownPasskeys,
    /// There are as many as an account can have.
    pub full: bool,
    pub reauthenticated: bool,
    /// False for the last sign-in method.
    pub may_remove: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PasskeyView {
    pub id: String,
    pub name: String,
    /// There is a copy on other devices.
    pub synced: bool,
    pub added_at: i64,
    pub last_used_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovePasskeyView {
    pub id: String,
    pub name: String,
    /// The last sign-in method cannot be removed.
    pub last: bool,
    pub form_error: Option<FormError>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetPasswordView {
    /// The verified address to sign in with; a password needs one.
    pub email: Option<String>,
    /// There is a password already.
    pub change: bool,
    pub form_error: Option<FormError>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeEmailView {
    /// The current address and whether it is verified.
    pub email: Option<(String, bool)>,
    /// The address that was just submitted.
    pub typed: Option<String>,
    pub form_error: Option<FormError>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnlinkView {
    pub identity: IdentityView,
    /// The last sign-in method cannot be removed.
    pub last: bool,
    /// Access that is revoked with it.
    pub affected_access: Vec<Access>,
    pub form_error: Option<FormError>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkView {
    pub provider: ProviderButton,
    /// Where to go afterwards, a checked path on this site; the settings if `None`.
    pub return_to: Option<String>,
    pub form_error: Option<FormError>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteView {
    /// Email address or name of the account.
    pub who: String,
    /// The confirmation word to type.
    pub word: String,
    /// Access that is revoked with the account.
    pub affected_access: Vec<Access>,
    pub form_error: Option<FormError>,
}
