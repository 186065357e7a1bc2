//! The closed list of reasons for which a sign-in ends without a session, as both halves know it.
//!
//! A refusal travels in the query of `/login?error=<code>`. Anyone can write that query, so it carries a code
//! of this list and never text: the sentence is chosen in `ui`, and an unknown code is no refusal at all.

use serde::{Deserialize, Serialize};

use super::percent::encode;

/// Why a sign-in ended on `/login`. One code, one sentence, one next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInError {
    /// The person pressed "cancel" at the provider (`access_denied`, RFC 6749 §4.1.2.1).
    Cancelled,
    /// The flow is older than ten minutes.
    FlowExpired,
    /// This browser holds no pending flow for the response: another browser started it, the cookie was
    /// dropped, or the address was made up.
    FlowUnknown,
    /// The flow was completed or failed before; it counts once.
    FlowUsed,
    /// The response does not belong to the flow it claims: another provider's, or a wrong `iss` (RFC 9207).
    ResponseMismatch,
    /// `prompt=none` was asked and the provider would have to show something (OpenID Connect Core §3.1.2.6).
    InteractionRequired,
    /// The provider answered the authorization or token request with an error.
    ProviderRefused,
    /// The provider does not answer, answers too slowly, or with a server error; or it asks us to wait.
    ProviderUnavailable,
    /// The provider's answer did not pass verification.
    ProviderInvalid,
    /// A user with this e-mail address exists and has other ways in.
    LinkRequired,
    /// The provider says who it is, and the configuration admits others only (`GOOGLE_HD`).
    NotPermitted,
    /// The user was disabled.
    AccountDisabled,
    /// Our own fault; the log has the cause.
    ServerError,
}

impl SignInError {
    /// Every refusal, for tests that walk over all of them.
    pub const ALL: [Self; 13] = [
        Self::Cancelled,
        Self::FlowExpired,
        Self::FlowUnknown,
        Self::FlowUsed,
        Self::ResponseMismatch,
        Self::InteractionRequired,
        Self::ProviderRefused,
        Self::ProviderUnavailable,
        Self::ProviderInvalid,
        Self::LinkRequired,
        Self::NotPermitted,
        Self::AccountDisabled,
        Self::ServerError,
    ];

    /// The code in the query string, `snake_case`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::FlowExpired => "flow_expired",
            Self::FlowUnknown => "flow_unknown",
            Self::FlowUsed => "flow_used",
            Self::ResponseMismatch => "response_mismatch",
            Self::InteractionRequired => "interaction_required",
            Self::ProviderRefused => "provider_refused",
            Self::ProviderUnavailable => "provider_unavailable",
            Self::ProviderInvalid => "provider_invalid",
            Self::LinkRequired => "link_required",
            Self::NotPermitted => "not_permitted",
            Self::AccountDisabled => "account_disabled",
            Self::ServerError => "server_error",
        }
    }

    /// The path of the login page that tells it, naming the provider (a slug that we checked) that was tried and where
    /// the person was going, for another try.
    pub fn login_path(self, slug: Option<&str>, return_to: Option<&str>) -> String {
        let mut path = format!("/login?error={}", self.code());
        if let Some(slug) = slug {
            path.push_str("&provider=");
            path.push_str(slug);
        }
        if let Some(return_to) = return_to.filter(|path| *path != "/dashboard") {
            path.push_str("&return_to=");
            path.push_str(&encode(return_to));
        }
        path
    }

    /// The refusal of a code, `None` for anything that is not of the list.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sign_in_error| sign_in_error.code() == code)
    }
}
