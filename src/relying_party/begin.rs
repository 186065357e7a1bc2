//! The start of a flow.

use aws_lc_rs::rand;
use url::Url;

use super::{FlowEvent, HttpError, Journal, PendingFlow, RelyingParty, ReturnTo};
use crate::{
    accounts::Purpose,
    codes::access::Access,
    oauth::{AuthorizationRequest, Nonce, PkceVerifier, Scopes, State},
    oidc::DiscoveryError,
    providers::{IdentitySource, Provider},
};

/// Longest `login_hint` that is passed on, in characters.
const LONGEST_HINT: usize = 254;

/// What the person, or the link that they followed, wishes of a sign-in.
#[derive(Clone, Debug, Default)]
pub struct AuthorizationOptions {
    /// Where to go afterwards.
    pub return_to: ReturnTo,
    /// `prompt` (OpenID Connect Core §3.1.2.1); left out where the provider does not know it.
    pub prompt: Option<Prompt>,
    /// `login_hint`, passed on as it is.
    pub login_hint: Option<String>,
    /// What the person is to let us see, beyond who they are: a step-up.
    pub access: Option<Access>,
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
    /// It has nothing of the kind for us to see.
    #[error("the provider does not offer that")]
    NotOffered,
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
    pub async fn begin(
        &self,
        slug: &str,
        purpose: Purpose,
        options: AuthorizationOptions,
    ) -> Result<(Url, PendingFlow), BeginError> {
        let client = self.client(slug).ok_or(BeginError::UnknownProvider)?;
        let provider = &client.provider;
        if options.access.is_some_and(|access| !provider.offers(access)) {
            return Err(BeginError::NotOffered);
        }
        let metadata = client.metadata(&self.http, self.clock.now()).await?;
        let flow = PendingFlow {
            provider: slug.to_owned(),
            issuer: provider.metadata.issuer().to_owned(),
            purpose,
            return_to: options.return_to.clone(),
            access: options.access,
            state: State::from_random(random()?),
            nonce: Nonce::from_random(random()?),
            code_verifier: PkceVerifier::from_random(random()?),
            started_at: self.clock.now(),
        };
        let challenge = flow.code_verifier.challenge();
        let request = AuthorizationRequest {
            authorization_endpoint: &metadata.authorization_endpoint,
            client_id: &provider.client_id,
            redirect_uri: &self.redirect_uri(slug),
            scope: &scopes(provider, flow.access),
            state: &flow.state,
            nonce: sends_nonce(provider).then_some(&flow.nonce),
            code_challenge: provider.spec.pkce.then_some(&challenge),
            extra_parameters: &extra_parameters(provider, &flow.purpose, &options),
        };
        let url = request.url();
        Journal::new(slug).record(FlowEvent::Started);
        Ok((url, flow))
    }
}

fn sends_nonce(provider: &Provider) -> bool {
    matches!(&provider.spec.identity, IdentitySource::IdToken(spec) if spec.nonce)
}

/// What is asked for: who the person is, and what they are to let us see. The former with the latter, too: only the id_token
/// tells whose tokens came back.
pub(super) fn scopes(provider: &Provider, access: Option<Access>) -> Scopes {
    let more = access.map(|access| provider.scopes_of(access)).unwrap_or_default();
    provider.spec.sign_in_scopes.iter().chain(more).collect()
}

fn extra_parameters<'a>(
    provider: &'a Provider,
    purpose: &Purpose,
    options: &'a AuthorizationOptions,
) -> Vec<(&'static str, &'a str)> {
    let prompt = options.prompt.map(Prompt::as_str).filter(|prompt| provider.spec.prompts.contains(prompt));
    let login_hint = options
        .login_hint
        .as_deref()
        .filter(|hint| hint.chars().count() <= LONGEST_HINT && !hint.chars().any(char::is_control));
    let mut parameters = (provider.spec.extra_parameters)(provider);
    parameters.extend(prompt.map(|prompt| ("prompt", prompt)));
    let mut insist = |on: &[(&'static str, &'static str)]| {
        parameters.retain(|(name, _)| on.iter().all(|(other, _)| other != name));
        parameters.extend(on);
    };
    if purpose.asks_again() {
        insist(provider.spec.reauthentication);
    }
    if let (Some(_), Some(api_access)) = (options.access, &provider.spec.api_access) {
        insist(api_access.offline);
    }
    parameters.extend(login_hint.map(|hint| ("login_hint", hint)));
    parameters
}

fn random() -> Result<[u8; 32], BeginError> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| BeginError::NoRandomness)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{accounts::IdentityKey, accounts::UserId, providers::for_tests::provider};

    fn google() -> Provider {
        provider("google")
    }

    fn grant() -> Purpose {
        let identity = IdentityKey::new("https://accounts.google.com", "1").unwrap();
        Purpose::Grant { user: UserId::NOBODY, identity }
    }

    #[test]
    fn a_step_up_asks_for_who_it_is_and_one_thing_more() {
        let sign_in = scopes(&google(), None);
        assert_eq!(sign_in.to_string(), "openid email profile");
        for access in Access::ALL {
            let asked = scopes(&google(), Some(*access));
            assert_eq!(asked.iter().count(), sign_in.iter().count() + 1);
            assert!(sign_in.iter().all(|scope| asked.contains(scope)));
        }
    }

    #[test]
    fn it_insists_on_consent_whatever_else_was_wished() {
        let prompt = Some(Prompt::None);
        let options = AuthorizationOptions { prompt, access: Some(Access::Drive), ..AuthorizationOptions::default() };
        let google = google();
        let parameters = extra_parameters(&google, &grant(), &options);
        let expected = [("access_type", "offline"), ("include_granted_scopes", "true"), ("prompt", "consent")];
        assert_eq!(parameters, expected);
        let options = AuthorizationOptions { prompt, ..AuthorizationOptions::default() };
        assert_eq!(extra_parameters(&google, &Purpose::SignIn, &options), [("prompt", "none")]);
    }
}
