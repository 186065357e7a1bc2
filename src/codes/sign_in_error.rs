//! The reasons for which a sign-in ends without a session: a closed list.
//!
//! The redirect to `/login?error=<code>` carries the code. Anyone can write that query, so it carries a code of this
//! list and never text: `ui` chooses the sentence, and a page ignores an unknown code.

use serde::{Deserialize, Serialize};

use super::{codes, percent::with_query};

codes! {
    /// Why a sign-in ended on `/login`. One code, one sentence, one next step.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    SignInError {
        /// The user cancelled at the provider (`access_denied`, RFC 6749 §4.1.2.1).
        Cancelled = "cancelled",
        /// The flow started more than ten minutes ago.
        FlowExpired = "flow_expired",
        /// This browser has no pending flow for the response: another browser started it, the cookie was dropped, or
        /// the URL was forged.
        FlowUnknown = "flow_unknown",
        /// The flow was completed or failed before; a flow works once.
        FlowUsed = "flow_used",
        /// The response belongs to another flow or provider, or has the wrong `iss` (RFC 9207).
        ResponseMismatch = "response_mismatch",
        /// The request had `prompt=none`, and the provider has to interact with the user (OpenID Connect Core §3.1.2.6).
        InteractionRequired = "interaction_required",
        /// Only the operator can help: the client, its secret, a scope or the redirect URI is wrong at the provider.
        SiteMisconfigured = "site_misconfigured",
        /// The provider answered the authorization or token request with an error.
        ProviderRefused = "provider_refused",
        /// The provider cannot be reached, answers too slowly or with a server error, or limits the rate.
        ProviderUnavailable = "provider_unavailable",
        /// The provider's metadata is unusable.
        ProviderMetadata = "provider_metadata",
        /// The provider's key set is unusable.
        ProviderKeys = "provider_keys",
        /// The provider signs with an algorithm that sign-ins do not accept.
        ProviderAlgorithm = "provider_algorithm",
        /// A response of the provider cannot be read: not the document of the protocol, or too large.
        ProviderResponse = "provider_response",
        /// The provider's response failed verification.
        ProviderInvalid = "provider_invalid",
        /// The provider does not say when it authenticated the user (`auth_time`), so that it cannot re-authenticate them.
        ReauthenticationUnsupported = "reauthentication_unsupported",
        /// An account with this email exists and has other sign-in methods.
        LinkRequired = "link_required",
        /// The account is outside the domain that the configuration admits (`GOOGLE_HD`).
        NotPermitted = "not_permitted",
        /// The user has no account, and none are created (`SIGN_UP=closed`).
        SignUpClosed = "sign_up_closed",
        /// The user has no account, and no invitation to a verified email (`SIGN_UP=invited`).
        InvitationRequired = "invitation_required",
        /// The user has no account, and no verified email of a permitted domain (`SIGN_UP=domains:…`).
        EmailNotPermitted = "email_not_permitted",
        /// An operator disabled the user.
        AccountDisabled = "account_disabled",
        /// An internal error; the log has the cause.
        ServerError = "server_error",
    }
}

impl SignInError {
    /// The login page with this error, the slug of the provider that was tried, and the path to continue at after
    /// another attempt.
    pub fn login_path(self, slug: Option<&str>, return_to: Option<&str>) -> String {
        let mut parameters = vec![("error", self.code())];
        parameters.extend(slug.map(|slug| ("provider", slug)));
        parameters.extend(return_to.filter(|path| *path != "/dashboard").map(|path| ("return_to", path)));
        with_query("/login", &parameters)
    }
}
