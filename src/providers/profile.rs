//! What every provider's documents come down to.

use serde::{Deserialize, Serialize};

/// Our normalised view of a provider's claims or userinfo document.
///
/// The documents were verified where they came from; what they say about names and addresses is still only
/// what the provider says. `accounts` judges it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Who vouches: the `iss` of the id_token, or the constant of a provider without one. With `subject` it
    /// is the identity's key.
    pub issuer: String,
    /// The provider's own, never reassigned name for the person (`sub`, or GitHub's numeric `id` as text).
    /// Opaque and case-sensitive.
    pub subject: String,
    /// The provider's slug in our addresses, as in `/auth/google`.
    pub provider: String,
    /// The e-mail address, if the provider told one.
    pub email: Option<ProfileEmail>,
    /// The person's name for display.
    pub name: Option<String>,
    /// Address of the person's picture.
    pub picture: Option<String>,
}

/// A provider's word about an e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileEmail {
    /// The address as the provider wrote it: unparsed, of any form and length.
    pub unverified_address: String,
    /// The provider says that it has verified the address, in the way which that provider's page requires
    /// (a boolean `true`; for Microsoft `xms_edov`; for Facebook never).
    pub verified_by_provider: bool,
    /// The provider runs the mailbox, so that nobody else can vouch better: Google for gmail.com and for
    /// accounts with `hd`. A verified flag without this can be out of date.
    pub provider_is_authoritative: bool,
}
