//! What happened at the provider.

use serde_json::Value;

/// What a provider says has happened, in the words of its specification. Several URIs can mean one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecurityEventKind {
    /// The user signed out there (Back-Channel Logout 1.0).
    Logout,
    /// Its sessions of the user were ended (RISC, CAEP).
    SessionsRevoked,
    /// All tokens that it issued for the user were revoked.
    TokensRevoked,
    /// One token was revoked. It is named by a hash that is of no use here: the next use of the token fails.
    TokenRevoked,
    /// The account there was disabled.
    AccountDisabled,
    /// The account there was disabled because someone else had taken it over.
    AccountHijacked,
    /// The account there works again.
    AccountEnabled,
    /// The account there was deleted.
    AccountPurged,
    /// The user withdrew their consent to this client (Apple, Facebook, GitHub).
    ConsentRevoked,
    /// The user asks to have their data here deleted (Facebook).
    DataDeletionRequested,
    /// A credential of the account there was stolen.
    CredentialCompromised,
    /// The user has to change a credential there.
    CredentialChangeRequired,
    /// The relay address no longer forwards (Apple).
    EmailDisabled,
    /// The relay address forwards again (Apple).
    EmailEnabled,
    /// A test of the endpoint.
    Verification,
}

/// The member of `events` in a logout token (Back-Channel Logout §2.4).
pub(super) const LOGOUT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The event types of RISC 1.0, CAEP 1.0, SSF 1.0 and Google's Cross-Account Protection.
const URIS: [(&str, SecurityEventKind); 16] = [
    (LOGOUT, SecurityEventKind::Logout),
    ("https://schemas.openid.net/secevent/risc/event-type/sessions-revoked", SecurityEventKind::SessionsRevoked),
    ("https://schemas.openid.net/secevent/caep/event-type/session-revoked", SecurityEventKind::SessionsRevoked),
    ("https://schemas.openid.net/secevent/oauth/event-type/tokens-revoked", SecurityEventKind::TokensRevoked),
    ("https://schemas.openid.net/secevent/oauth/event-type/token-revoked", SecurityEventKind::TokenRevoked),
    ("https://schemas.openid.net/secevent/risc/event-type/account-disabled", SecurityEventKind::AccountDisabled),
    ("https://schemas.openid.net/secevent/risc/event-type/account-enabled", SecurityEventKind::AccountEnabled),
    ("https://schemas.openid.net/secevent/risc/event-type/account-purged", SecurityEventKind::AccountPurged),
    (
        "https://schemas.openid.net/secevent/risc/event-type/credential-compromise",
        SecurityEventKind::CredentialCompromised,
    ),
    (
        "https://schemas.openid.net/secevent/risc/event-type/account-credential-change-required",
        SecurityEventKind::CredentialChangeRequired,
    ),
    ("https://schemas.openid.net/secevent/risc/event-type/verification", SecurityEventKind::Verification),
    ("https://schemas.openid.net/secevent/ssf/event-type/verification", SecurityEventKind::Verification),
    ("email-disabled", SecurityEventKind::EmailDisabled),
    ("email-enabled", SecurityEventKind::EmailEnabled),
    ("consent-revoked", SecurityEventKind::ConsentRevoked),
    // Also called `account-delete`.
    ("account-deleted", SecurityEventKind::AccountPurged),
];

impl SecurityEventKind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::Logout,
        Self::SessionsRevoked,
        Self::TokensRevoked,
        Self::TokenRevoked,
        Self::AccountDisabled,
        Self::AccountHijacked,
        Self::AccountEnabled,
        Self::AccountPurged,
        Self::ConsentRevoked,
        Self::DataDeletionRequested,
        Self::CredentialCompromised,
        Self::CredentialChangeRequired,
        Self::EmailDisabled,
        Self::EmailEnabled,
        Self::Verification,
    ];

    /// By the member of `events`, or Apple's `type`, and its value. `None` for a type that is not known.
    pub(super) fn of(name: &str, claims: &Value) -> Option<Self> {
        let name = if name == "account-delete" { "account-deleted" } else { name };
        let (_, kind) = URIS.into_iter().find(|(uri, _)| *uri == name)?;
        let is_hijacked = claims.get("reason").and_then(Value::as_str) == Some("hijacking");
        Some(if kind == Self::AccountDisabled && is_hijacked { Self::AccountHijacked } else { kind })
    }

    /// As the audit trail names it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::SessionsRevoked => "sessions_revoked",
            Self::TokensRevoked => "tokens_revoked",
            Self::TokenRevoked => "token_revoked",
            Self::AccountDisabled => "account_disabled",
            Self::AccountHijacked => "account_hijacked",
            Self::AccountEnabled => "account_enabled",
            Self::AccountPurged => "account_purged",
            Self::ConsentRevoked => "consent_revoked",
            Self::DataDeletionRequested => "data_deletion_requested",
            Self::CredentialCompromised => "credential_compromised",
            Self::CredentialChangeRequired => "credential_change_required",
            Self::EmailDisabled => "email_disabled",
            Self::EmailEnabled => "email_enabled",
            Self::Verification => "verification",
        }
    }

    /// The inverse of [`code`](Self::code).
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
