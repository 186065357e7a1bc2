//! `latchkey explain-link`: why somebody was linked, asked or refused, or what would become of a sign-in now. It changes
//! nothing.
//!
//! # The JSON
//! One object. Members may be added; what is here stays, or `schema` counts up.
//!
//! | member | what |
//! |---|---|
//! | `schema` | `1` |
//! | `supposed` | whether it is about a sign-in that did not happen |
//! | `decisions` | the newest first; empty when nothing was found |
//!
//! Each decision has `at` (RFC 3339), `event`, `request`, `device`, `address` (all `null` when it was supposed), `purpose`
//! (what was going on: a word), `provider` (its slug), `user` (an id, or `null` for nobody known), `answer` (`{"code",
//! "sentence"}`), `ways` (how the user who is asked can show that they are it) and `reasons` (`[{"code", "sentence"}]` in
//! the order in which they were found). Codes stay, sentences may change.
//!
//! # The exit status
//! 0 when there is something to tell, 1 when nothing was found, 2 when the question could not be put.

use std::error::Error;

use secrecy::ExposeSecret;

use super::explanation::{Explained, Explanation};
use crate::{
    accounts::{EmailAddress, Facts, Purpose, SignUp, UserId},
    config::Config,
    providers::{Profile, ProfileEmail, Provider},
    store::{Database, DatabaseCheckup, Reach, StoreError},
};

/// The decisions that are shown of one user.
const SHOWN: u32 = 100;

/// What is to be explained.
#[derive(Clone, Debug)]
pub enum About {
    /// The past decisions about a user, by their id or their verified address.
    User(String),
    /// One past decision, by the id of its event or of its request.
    Event(String),
    /// A sign-in that did not happen.
    SimulatedSignIn(SimulatedSignIn),
}

/// A sign-in that did not happen.
#[derive(Clone, Debug, Default)]
pub struct SimulatedSignIn {
    /// The provider's slug.
    pub provider: String,
    /// Its issuer, where it is not a configured provider's.
    pub issuer: Option<String>,
    /// What the provider would call the person; without it, somebody who is linked to nobody.
    pub subject: Option<String>,
    /// The address that the provider would tell.
    pub email: Option<String>,
    /// Whether it would say that it verified the address.
    pub verified: bool,
    /// Whether it runs the mailbox.
    pub authoritative: bool,
    /// Who, signed in, would be linking; without it, somebody signs in.
    pub link_for: Option<String>,
}

/// Why there is no explanation.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// The question makes no sense; the text says why, and what would.
    #[error("{0}")]
    Question(String),
    /// The database cannot be asked; the text says why, and what to do.
    #[error("the database: {0}")]
    Database(String),
}

impl From<StoreError> for ExplainError {
    fn from(error: StoreError) -> Self {
        Self::Database(error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}")))
    }
}

/// Whether the database is there with the schema of this Latchkey. To connect would make SQLite's file, and a query that
/// finds no table says less.
///
/// # Errors
/// [`ExplainError::Database`] when it is not.
pub async fn check_schema(config: &Config) -> Result<(), ExplainError> {
    match DatabaseCheckup::of(config.database_url.expose_secret()).await?.reach {
        Reach::Reached(found) if found.are_current() => Ok(()),
        Reach::Reached(_) => Err(ExplainError::Database(
            "its schema is not the one of this Latchkey; `latchkey doctor` says what to do".to_owned(),
        )),
        Reach::NoFile => Err(ExplainError::Database("it is not there yet; the first start makes it".to_owned())),
        Reach::Away(error) => Err(error.into()),
    }
}

/// Explains. `providers` are those that are configured.
///
/// # Errors
/// [`ExplainError`]; nothing found is no error.
pub async fn explain_link(
    database: &Database,
    providers: &[Provider],
    about: &About,
) -> Result<Explanation, ExplainError> {
    match about {
        About::User(text) => {
            let decisions = match whose(database, text).await? {
                Some(user) => database.decisions_about(user, SHOWN).await?,
                None => Vec::new(),
            };
            Ok(Explanation::of_the_past(decisions))
        }
        About::Event(id) => Ok(Explanation::of_the_past(database.decisions_of(id).await?)),
        About::SimulatedSignIn(supposed) => suppose(database, providers, supposed).await,
    }
}

/// A user by id or address. An id is taken as it is: the trail outlives the user.
async fn whose(database: &Database, text: &str) -> Result<Option<UserId>, ExplainError> {
    if let Ok(id) = UserId::parse(text) {
        return Ok(Some(id));
    }
    match EmailAddress::parse(text) {
        Ok(address) => Ok(database.owner_of(&address).await?),
        Err(_) => Err(ExplainError::Question("--user wants a user's id or an e-mail address".to_owned())),
    }
}

async fn suppose(
    database: &Database,
    providers: &[Provider],
    supposed: &SimulatedSignIn,
) -> Result<Explanation, ExplainError> {
    let facts = Facts::of(&profile(providers, supposed)?)
        .map_err(|_| ExplainError::Question("--issuer or --subject cannot be that of an identity".to_owned()))?;
    let session_user = supposed.link_for.as_deref().map(UserId::parse).transpose();
    let session_user =
        session_user.map_err(|_| ExplainError::Question("--link-for wants the id of a user".to_owned()))?;
    let purpose = session_user.map_or(Purpose::SignIn, |user| Purpose::Link { user });
    let decision = database.suppose(&purpose, &facts, session_user, &SignUp::Open).await?;
    let explained = decision.map(|decision| Explained::supposed(&purpose, &facts.provider, &decision));
    Ok(Explanation::supposed(explained))
}

/// What the provider would tell of the person.
fn profile(providers: &[Provider], supposed: &SimulatedSignIn) -> Result<Profile, ExplainError> {
    /// No provider calls anybody this.
    const NOBODY: &str = "(somebody new)";
    let provider = &supposed.provider;
    let configured = providers.iter().find(|known| known.slug.as_str() == provider);
    let issuer = supposed.issuer.as_deref().or(configured.map(|known| known.metadata.issuer()));
    let issuer = issuer
        .ok_or_else(|| ExplainError::Question(format!("no provider `{provider}` is configured: name its --issuer")))?;
    Ok(Profile {
        issuer: issuer.to_owned(),
        subject: supposed.subject.clone().unwrap_or_else(|| NOBODY.to_owned()),
        provider: provider.clone(),
        email: supposed.email.clone().map(|unverified_address| ProfileEmail {
            unverified_address,
            verified_by_provider: supposed.verified,
            provider_is_authoritative: supposed.authoritative,
        }),
        name: None,
        picture: None,
    })
}
