//! The start of a flow.

use aws_lc_rs::rand;
use url::Url;

use super::{FlowEvent, HttpError, Journal, PendingFlow, RelyingParty, ReturnTo};
use crate::{
    accounts::Purpose,
    oauth::{AuthorizationRequest, Nonce, PkceVerifier, Scopes, State},
    oidc::DiscoveryError,
    providers::{Provider, Who},
};

/// Longest `login_hint` that is passed on, in characters.
const LONGEST_HINT: usize = 254;

/// What the person, or the link that they followed, wishes of a sign-in.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// Where to go afterwards.
    pub return_to: ReturnTo,
    /// `prompt` (OpenID Connect Core §3.1.2.1); left out where the provider does not know it.
    pub prompt: Option<Prompt>,
    /// `login_hint`, passed on as it is.
    pub login_hint: Option<String>,
}

/// The values of `prompt` that we pass through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// Let the person choose an account.
    SelectAccount,
    /// Show the consent screen again.
    Consent,
    /// Show nothing: succeed or say what is missing.
    None,
}

impl Prompt {
    /// The prompt of a query value; `None` for any other.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::SelectAccount, Self::Consent, Self::None].into_iter().find(|prompt| prompt.as_str() == text)
    }

    /// Its value on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SelectAccount => "select_account",
            Self::Consent => "consent",
            Self::None => "none",
        }
    }
}

/// Why a flow could not be started.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// No provider of that slug is switched on.
    #[error("there is no such provider")]
    UnknownProvider,
    /// Its circuit breaker is open.
    #[error("the provider has not answered lately")]
    BreakerOpen,
    /// Its metadata could not be fetched.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// Its metadata is unusable.
    #[error("the provider's metadata: {0}")]
    Metadata(#[from] DiscoveryError),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

impl RelyingParty {
    /// Starts a flow: the address to send the browser to, and what to keep until it comes back.
    ///
    /// # Errors
    /// When there is no such provider, or its metadata cannot be had.
    pub async fn begin(&self, slug: &str, purpose: Purpose, wishes: Wishes) -> Result<(Url, PendingFlow), BeginError> {
        let client = self.client(slug).ok_or(BeginError::UnknownProvider)?;
        let provider = &client.provider;
        let metadata = client.metadata(&self.http, self.clock.now()).await?;
        let flow = PendingFlow {
            provider: slug.to_owned(),
            issuer: provider.metadata.issuer().to_owned(),
            purpose,
            return_to: wishes.return_to.clone(),
            state: State::from_random(random()?),
            nonce: Nonce::from_random(random()?),
            code_verifier: PkceVerifier::from_random(random()?),
            started_at: self.clock.now(),
        };
        let request = AuthorizationRequest {
            authorization_endpoint: &metadata.authorization_endpoint,
            client_id: &provider.client_id,
            redirect_uri: &self.redirect_uri(slug),
            scope: &provider.manners.sign_in_scopes.iter().collect::<Scopes>(),
            state: &flow.state,
            nonce: matches!(provider.manners.who, Who::IdToken(_)).then_some(&flow.nonce),
            code_challenge: &flow.code_verifier.challenge(),
            extra_parameters: &extra_parameters(provider, &flow.purpose, &wishes),
        };
        let url = request.url();
        Journal::new(slug).record(FlowEvent::Started);
        Ok((url, flow))
    }
}

fn extra_parameters<'a>(provider: &'a Provider, purpose: &Purpose, wishes: &'a Wishes) -> Vec<(&'static str, &'a str)> {
    let prompt = wishes.prompt.map(Prompt::as_str).filter(|prompt| provider.manners.prompts.contains(prompt));
    let login_hint = wishes
        .login_hint
        .as_deref()
        .filter(|hint| hint.chars().count() <= LONGEST_HINT && !hint.chars().any(char::is_control));
    let mut parameters = (provider.manners.extra_parameters)(provider);
    parameters.extend(prompt.map(|prompt| ("prompt", prompt)));
    if purpose.asks_again() {
        parameters.retain(|(name, _)| provider.manners.asks_again.iter().all(|(again, _)| again != name));
        parameters.extend(provider.manners.asks_again);
    }
    parameters.extend(login_hint.map(|hint| ("login_hint", hint)));
    parameters
}

fn random() -> Result<[u8; 32], BeginError> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| BeginError::NoRandomness)?;
    Ok(bytes)
}
