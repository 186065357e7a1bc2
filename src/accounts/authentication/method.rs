//! The methods by which a user authenticates.

use serde::{Deserialize, Serialize};

use super::strength::Factors;
use crate::{
    accounts::linking_context::{EMAIL_CODE, PASSWORD},
    oidc::AuthenticationClaims,
    providers::Profile,
};

/// A method, with what is known about how it was used. Serialized into the session's row and the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum AuthenticationMethod {
    Password,
    Provider {
        /// The provider's slug.
        provider: String,
        #[serde(default)]
        claims: AuthenticationClaims,
    },
    /// A code from an email, or the link beside it.
    EmailCode {
        /// The user signed in by it to an account that has a password, a passkey or an authenticator app: it allows no change.
        #[serde(default)]
        beside_stronger: bool,
    },
    /// The link that finishes a sign-up or a password reset; a password was chosen with it.
    EmailLink,
    /// A code of an authenticator app (RFC 6238).
    Totp,
    /// One of the codes that were shown when the second factor was set up.
    RecoveryCode,
    /// No code was asked for: the browser is one in which the user gave one before, and said to trust it.
    TrustedBrowser,
    Passkey {
        /// The authenticator verified its user by a PIN or a fingerprint (WebAuthn, `UV`): it is two factors.
        user_verified: bool,
    },
}

impl AuthenticationMethod {
    /// A provider that says nothing about how it authenticated the user.
    pub fn provider(slug: &str) -> Self {
        Self::Provider { provider: slug.to_owned(), claims: AuthenticationClaims::default() }
    }

    /// What the session's row and the cookie of the last used method have: a provider's slug, or a name that no provider
    /// has.
    pub fn code(&self) -> &str {
        match self {
            Self::Provider { provider, .. } => provider,
            // Whoever follows such a link has just chosen a password.
            Self::Password | Self::EmailLink => PASSWORD,
            Self::EmailCode { .. } => EMAIL_CODE,
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
            Self::TrustedBrowser => "trusted_browser",
            Self::Passkey { .. } => "passkey",
        }
    }

    /// The provider's slug, and its session where it named one.
    pub fn provider_session(&self) -> Option<(&str, &str)> {
        match self {
            Self::Provider { provider, claims } => Some((provider, claims.session.as_deref()?)),
            _ => None,
        }
    }

    /// Values of `amr` (RFC 8176 §2).
    pub(super) fn amr(&self) -> Vec<&str> {
        match self {
            Self::Password => vec!["pwd"],
            Self::Provider { claims, .. } => claims.amr.iter().map(String::as_str).collect(),
            Self::Totp | Self::RecoveryCode => vec!["otp"],
            Self::Passkey { .. } => vec!["pop", "user"],
            Self::EmailCode { .. } | Self::EmailLink | Self::TrustedBrowser => Vec::new(),
        }
    }

    pub(super) fn is_second_factor(&self) -> bool {
        self.factors() == Factors::Second
    }

    pub(super) fn factors(&self) -> Factors {
        match self {
            Self::Passkey { user_verified: true } => Factors::Both,
            Self::Provider { claims, .. } if claims.is_multi_factor() => Factors::Both,
            Self::Passkey { user_verified: false } => Factors::Either,
            Self::Totp | Self::RecoveryCode | Self::TrustedBrowser => Factors::Second,
            Self::Password | Self::Provider { .. } | Self::EmailCode { .. } | Self::EmailLink => Factors::First,
        }
    }

    /// Without what a provider claims about it.
    pub(super) fn factors_without_claims(&self) -> Factors {
        match self {
            Self::Provider { .. } => Factors::First,
            method => method.factors(),
        }
    }
}

impl From<&Profile> for AuthenticationMethod {
    fn from(profile: &Profile) -> Self {
        Self::Provider { provider: profile.provider.clone(), claims: profile.authentication.clone() }
    }
}
