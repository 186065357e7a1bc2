//! The reasons for which a sign-in ends without a session: a closed list.
//!
//! The redirect to `/login?error=<code>` carries the code. Anyone can write that query, so it carries a code of this
//! list and never text: `ui` chooses the sentence, and a page ignores an unknown code.

use serde::{Deserialize, Serialize};

use super::percent::with_query;

/// Why a sign-in ended on `/login`. One code, one sentence, one next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInError {
    /// The user cancelled at the provider (`access_denied`, RFC 6749 §4.1.2.1).
    Cancelled,
    /// The flow started more than ten minutes ago.
    FlowExpired,
    /// This browser has no pending flow for the response: another browser started it, the cookie was dropped, or
    /// the URL was forged.
    FlowUnknown,
    /// The flow was completed or failed before; a flow works once.
    FlowUsed,
    /// The response belongs to another flow or provider, or has the wrong `iss` (RFC 9207).
    ResponseMismatch,
    /// The request had `prompt=none`, and the provider has to interact with the user (OpenID Connect Core §3.1.2.6).
    InteractionRequired,
    /// The provider answered the authorization or token request with an error.
    ProviderRefused,
    /// The provider cannot be reached, answers too slowly or with a server error, or limits the rate.
    ProviderUnavailable,
    /// The provider's response failed verification.
    ProviderInvalid,
    /// An account with this email exists and has other sign-in methods.
    LinkRequired,
    /// The account is outside the domain that the configuration admits (`GOOGLE_HD`).
    NotPermitted,
    /// An operator disabled the user.
    AccountDisabled,
    /// An internal error; the log has the cause.
    ServerError,
}

impl SignInError {
    /// Every variant, in order.
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

    /// The code, in `snake_case`.
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

    /// The login page with this error, the slug of the provider that was tried, and the path to continue at after
    /// another attempt.
    pub fn login_path(self, slug: Option<&str>, return_to: Option<&str>) -> String {
        let mut parameters = vec![("error", self.code())];
        parameters.extend(slug.map(|slug| ("provider", slug)));
        parameters.extend(return_to.filter(|path| *path != "/dashboard").map(|path| ("return_to", path)));
        with_query("/login", &parameters)
    }

    /// Parses a code; `None` for anything else.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.code() == code)
    }
}
