//! The closed lists in an [`AuditEvent`](super::AuditEvent). Each value has one code, which the database keeps.

use crate::accounts::decision::{Answer, Purpose};
use crate::codes::codes;

codes! {
    /// A [`Purpose`] without its payload.
    PurposeKind {
        SignIn = "sign_in",
        Link = "link",
        Grant = "grant",
        Reauthenticate = "reauthenticate",
        ResolveLink = "resolve_link",
    }
}

codes! {
    /// An [`Answer`] without its payload, and what a grant can come to.
    DecisionOutcome {
        SignIn = "sign_in",
        LinkWithoutAsking = "link_without_asking",
        Prompt = "prompt",
        ClaimFromUnverified = "claim_from_unverified",
        Create = "create",
        Link = "link",
        AlreadyLinked = "already_linked",
        LinkedElsewhere = "linked_elsewhere",
        Reauthenticated = "reauthenticated",
        Grant = "grant",
        /// The policy allowed the grant, but the user declined the scope at the provider.
        ScopeDeclined = "scope_declined",
        Refused = "refused",
    }
}

codes! {
    /// Why a flow ended before the policy was asked.
    FlowFailure {
        FlowExpired = "flow_expired",
        /// The response came to another provider's redirect URI (mix-up, RFC 9700 §4.4).
        OtherProvider = "other_provider",
        /// The link prompt that the flow was to resolve is gone.
        NoPendingLink = "no_pending_link",
        NoRandomness = "no_randomness",
        /// The provider's configuration changed while the flow was pending.
        ProviderChanged = "provider_changed",
        /// The user cancelled at the provider.
        Cancelled = "cancelled",
        AuthorizationResponse = "authorization_response",
        Metadata = "metadata",
        BreakerOpen = "breaker_open",
        ClientAuthentication = "client_authentication",
        ClientSecret = "client_secret",
        ProviderUnavailable = "provider_unavailable",
        TokenResponse = "token_response",
        Keys = "keys",
        IdToken = "id_token",
        Userinfo = "userinfo",
        Api = "api",
        NoProfile = "no_profile",
        /// The configuration admits other accounts only, as `GOOGLE_HD`.
        NotAdmitted = "not_admitted",
    }
}

impl FlowFailure {
    /// For the operator.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::FlowExpired => "The flow started more than ten minutes earlier.",
            Self::OtherProvider => "The response came to another provider's redirect URI.",
            Self::NoPendingLink => "The link prompt that the flow was to resolve is gone.",
            Self::NoRandomness => "The system returned no random numbers.",
            Self::ProviderChanged => "The provider's configuration changed while the flow was pending.",
            Self::Cancelled => "The user cancelled at the provider.",
            Self::AuthorizationResponse => "The authorization response is an error, or was rejected.",
            Self::Metadata => "The provider's metadata is not available, or was rejected.",
            Self::BreakerOpen => "The provider failed repeatedly; its circuit breaker is open.",
            Self::ClientAuthentication => {
                "The provider supports none of the implemented client authentication methods."
            }
            Self::ClientSecret => "The client secret cannot be made.",
            Self::ProviderUnavailable => "The provider does not respond.",
            Self::TokenResponse => "The token response is an error, or was rejected.",
            Self::Keys => "The provider's keys are not available, or were rejected.",
            Self::IdToken => "The id_token was rejected; the log names the check.",
            Self::Userinfo => "Userinfo is about another subject.",
            Self::Api => "The provider's API returned no profile.",
            Self::NoProfile => "The provider's documents contain no usable user id.",
            Self::NotAdmitted => "The configuration does not admit this account.",
        }
    }
}

codes! {
    /// How a grant ended.
    GrantEnd {
        /// By the user.
        Disconnected = "disconnected",
        /// By the provider, which no longer accepts the tokens.
        Revoked = "revoked",
        /// There was no refresh token.
        Expired = "expired",
    }
}

codes! {
    /// A method by which Latchkey itself authenticates a user. No provider has such a slug.
    LocalMethod {
        Password = "password",
        Passkey = "passkey",
        EmailCode = "email_code",
        Totp = "totp",
        RecoveryCode = "recovery_code",
    }
}

/// What a session was opened with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionMethod {
    Local(LocalMethod),
    /// The provider's slug.
    Provider(String),
}

impl SessionMethod {
    /// That of the local method, or the provider's slug.
    pub fn code(&self) -> &str {
        match self {
            Self::Local(method) => method.code(),
            Self::Provider(slug) => slug,
        }
    }

    pub fn from_code(code: &str) -> Self {
        LocalMethod::from_code(code).map_or_else(|| Self::Provider(code.to_owned()), Self::Local)
    }
}

codes! {
    /// What happened to a second factor.
    SecondFactorEvent {
        /// A sign-in passed its first step and was asked for the second.
        Asked = "asked",
        /// A wrong code, or one that was used.
        Refused = "refused",
        Added = "added",
        Replaced = "replaced",
        Removed = "removed",
        RecoveryCodesReplaced = "recovery_codes_replaced",
        AskedAfterProviders = "asked_after_providers",
        NotAskedAfterProviders = "not_asked_after_providers",
        BrowserTrusted = "browser_trusted",
        BrowserForgotten = "browser_forgotten",
    }
}

codes! {
    /// What an email warns a user of, at most once a day.
    SecurityNotice {
        /// A sign-in in a browser or program that the user has not signed in with before.
        NewDevice = "new_device",
        /// Many wrong passwords or codes.
        FailedTries = "failed_tries",
    }
}

/// A change that its user took back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UndoneChange {
    /// The identity was linked.
    MethodAdded {
        /// The provider's slug.
        provider: String,
    },
    PasskeyAdded,
    SecondFactorChanged,
    PasswordChanged,
    EmailChanged,
}

impl Purpose {
    pub const fn kind(&self) -> PurposeKind {
        match self {
            Self::SignIn => PurposeKind::SignIn,
            Self::Link { .. } => PurposeKind::Link,
            Self::Grant { .. } => PurposeKind::Grant,
            Self::Reauthenticate { .. } => PurposeKind::Reauthenticate,
            Self::ResolveLink { .. } => PurposeKind::ResolveLink,
        }
    }
}

impl Answer {
    pub const fn outcome(&self) -> DecisionOutcome {
        match self {
            Self::SignIn { .. } => DecisionOutcome::SignIn,
            Self::LinkWithoutAsking { .. } => DecisionOutcome::LinkWithoutAsking,
            Self::Prompt { .. } => DecisionOutcome::Prompt,
            Self::ClaimFromUnverified { .. } => DecisionOutcome::ClaimFromUnverified,
            Self::Create { .. } => DecisionOutcome::Create,
            Self::Link { .. } => DecisionOutcome::Link,
            Self::AlreadyLinked { .. } => DecisionOutcome::AlreadyLinked,
            Self::LinkedElsewhere => DecisionOutcome::LinkedElsewhere,
            Self::Reauthenticated { .. } => DecisionOutcome::Reauthenticated,
            Self::Grant { .. } => DecisionOutcome::Grant,
            Self::Refuse(_) => DecisionOutcome::Refused,
        }
    }
}

codes! {
    /// Whose flows an administrator had recorded.
    RecordedPeople {
        Everyone = "everyone",
        /// The first browser that accepts a link.
        OneBrowser = "one_browser",
    }
}
