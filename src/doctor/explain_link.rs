//! `latchkey explain-link`: why a sign-in was linked, prompted or refused, or what a simulated sign-in would come to.
//! Read-only.
//!
//! # The JSON
//! One object. Members may be added; any other change increments `schema`.
//!
//! | member | what |
//! |---|---|
//! | `schema` | `1` |
//! | `simulated` | whether it is about a simulated sign-in |
//! | `decisions` | the newest first; empty if nothing was found |
//!
//! Each decision has `at` (RFC 3339), `event`, `request`, `device`, `ip` (all `null` if simulated), `purpose` (a code),
//! `provider` (its slug), `user` (an id, or `null`), `answer` (`{"code", "sentence"}`), `methods` (by which a prompted
//! user can confirm) `reasons` (`[{"code", "sentence"}]` in the order in which they were found) and `provider_said` (the
//! provider's words about the error that ended a sign-in, one printable line, or `null`) and `authentication` (`{"auth_time", "amr", "acr"}` as the
//! provider's id_token has them, or `null`). A sign-in that failed before the
//! policy was asked has the answer `failed`. Codes are stable,
//! sentences may change. The sentence of a code that another version of Latchkey recorded is `null`.
//!
//! # The exit status
//! 0 with decisions, 1 without, 2 if the request could not be answered.

use secrecy::ExposeSecret;
use time::OffsetDateTime;

use super::explanation::{Explained, Explanation};
use crate::{
    accounts::{EmailAddress, Facts, Purpose, UserId},
    config::Config,
    oidc::AuthenticationClaims,
    providers::{Profile, ProfileEmail, Provider},
    store::{Admission, Database, DatabaseCheckup, Reach, StoreError},
};

/// The decisions that are shown of one user.
const SHOWN: u32 = 100;

#[derive(Clone, Debug)]
pub enum About {
    /// The past decisions about a user, by id or verified email address.
    User(String),
    /// One past decision, by the id of its event or of its request.
    Event(String),
    SimulatedSignIn(SimulatedSignIn),
}

#[derive(Clone, Debug, Default)]
pub struct SimulatedSignIn {
    /// The provider's slug.
    pub provider: String,
    /// Its issuer, where it is not a configured provider's.
    pub issuer: Option<String>,
    /// Without it, an identity that is not linked to a user.
    pub subject: Option<String>,
    /// As the provider would send it.
    pub email: Option<String>,
    /// Whether the provider would say that the email address is verified.
    pub verified: bool,
    /// Whether the provider is the authority for the email address.
    pub authoritative: bool,
    /// The signed-in user who would link; without it, it is a sign-in.
    pub link_for: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// The arguments are unusable; the text says why.
    #[error("{0}")]
    Arguments(String),
    /// The text says why, and what to do.
    #[error("the database: {0}")]
    Database(String),
}

impl From<StoreError> for ExplainError {
    fn from(error: StoreError) -> Self {
        Self::Database(error.to_string())
    }
}

/// Checks that the database exists with the schema of this build: connecting would create SQLite's file, and a failed
/// query would explain less.
///
/// # Errors
/// [`ExplainError::Database`] when it is not.
pub async fn check_schema(config: &Config) -> Result<(), ExplainError> {
    match DatabaseCheckup::of(config.database_url.expose_secret()).await?.reach {
        Reach::Reached { migrations: Some(migrations), .. } if migrations.are_current() => Ok(()),
        Reach::Reached { .. } => {
            Err(ExplainError::Database("its schema is not that of this version; run `latchkey doctor`".to_owned()))
        }
        Reach::NoFile => Err(ExplainError::Database("it does not exist yet; the first start creates it".to_owned())),
        Reach::Unreachable(error) => Err(error.into()),
    }
}

/// # Errors
/// [`ExplainError`]; finding nothing is none.
pub async fn explain_link(database: &Database, config: &Config, about: &About) -> Result<Explanation, ExplainError> {
    match about {
        About::User(text) => {
            let decisions = match whose(database, text).await? {
                Some(user) => database.decisions_about(user, SHOWN).await?,
                None => Vec::new(),
            };
            Ok(Explanation::past(decisions))
        }
        About::Event(id) => Ok(Explanation::past(database.decisions_of(id).await?)),
        About::SimulatedSignIn(simulated) => simulate(database, config, simulated).await,
    }
}

/// An id is not looked up: the audit trail outlives the user.
async fn whose(database: &Database, text: &str) -> Result<Option<UserId>, ExplainError> {
    if let Ok(id) = UserId::parse(text) {
        return Ok(Some(id));
    }
    match EmailAddress::parse(text) {
        Ok(email) => Ok(database.owner_of(&email).await?),
        Err(_) => Err(ExplainError::Arguments("--user takes a user's id or email address".to_owned())),
    }
}

async fn simulate(
    database: &Database,
    config: &Config,
    simulated: &SimulatedSignIn,
) -> Result<Explanation, ExplainError> {
    let facts = Facts::of(&profile(&config.providers, simulated)?)
        .map_err(|_| ExplainError::Arguments("--issuer or --subject is unusable".to_owned()))?;
    let session_user = simulated.link_for.as_deref().map(UserId::parse).transpose();
    let session_user = session_user.map_err(|_| ExplainError::Arguments("--link-for takes a user's id".to_owned()))?;
    let purpose = session_user.map_or(Purpose::SignIn, |user| Purpose::Link { user });
    let admission = Admission { sign_up: &config.sign_up, opened: None, now: OffsetDateTime::now_utc() };
    let decision = database.simulate(&purpose, &facts, session_user, &admission, config.second_factor).await?;
    let explained = decision.map(|decision| Explained::simulated(&purpose, &facts.provider, &decision));
    Ok(Explanation::simulated(explained))
}

fn profile(providers: &[Provider], simulated: &SimulatedSignIn) -> Result<Profile, ExplainError> {
    /// No provider issues this subject.
    const NEW_SUBJECT: &str = "(new)";
    let provider = &simulated.provider;
    let configured = providers.iter().find(|known| known.slug.as_str() == provider);
    let issuer = simulated.issuer.as_deref().or(configured.map(|known| known.metadata.issuer()));
    let issuer = issuer
        .ok_or_else(|| ExplainError::Arguments(format!("no provider `{provider}` is configured: pass its --issuer")))?;
    Ok(Profile {
        issuer: issuer.to_owned(),
        subject: simulated.subject.clone().unwrap_or_else(|| NEW_SUBJECT.to_owned()),
        provider: provider.clone(),
        email: simulated.email.clone().map(|unverified_email| ProfileEmail {
            unverified_email,
            verified_by_provider: simulated.verified,
            provider_is_authoritative: simulated.authoritative,
        }),
        name: None,
        picture: None,
        authentication: AuthenticationClaims::default(),
    })
}
