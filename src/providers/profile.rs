//! The common form of every provider's documents.

use serde::{Deserialize, Serialize};

use crate::oidc::AuthenticationClaims;

/// Our normalised view of a provider's claims or API documents.
///
/// The documents are verified; names and email addresses in them are still only what the provider says. `accounts` decides
/// what to trust.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// `iss` of the id_token, or the constant of a provider without one. With `subject` it is the identity's key.
    pub issuer: String,
    /// The provider's stable, never reassigned identifier of the user (`sub`, or GitHub's numeric `id` as text). Opaque and
    /// case-sensitive.
    pub subject: String,
    /// The provider's slug, as in `/auth/google`.
    pub provider: String,
    pub email: Option<ProfileEmail>,
    /// For display only.
    pub name: Option<String>,
    /// URL of the user's picture.
    pub picture: Option<String>,
    /// How the provider says that it authenticated the user. Empty for a provider without id_tokens.
    #[serde(default)]
    pub authentication: AuthenticationClaims,
}

/// What a provider says about an email address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileEmail {
    /// The address as the provider wrote it: unparsed, of any form and length.
    pub unverified_email: String,
    /// The provider says that it has verified the address, by the claim that its page requires (a boolean `true`; for
    /// Microsoft `xms_edov`; for Facebook never).
    pub verified_by_provider: bool,
    /// The provider runs the mailbox: Google for gmail.com and for accounts with `hd`. Without this, a verified address may
    /// belong to another person today.
    pub provider_is_authoritative: bool,
}
