//! The start of a flow: the authorization request and the pending flow.

use url::Url;

use super::{FlowEvent, HttpError, Journal, PendingFlow, ProviderFailure, RelyingParty, ReturnTo};
use crate::{
    accounts::Purpose,
    codes::access::Access,
    inspect::{self, FlowKind, Step, Value},
    oauth::{AuthorizationRequest, Nonce, PkceVerifier, Scopes, State},
    oidc::DiscoveryError,
    providers::{IdentitySource, Provider},
    sealing::{RandomError, random_bytes},
};

/// Longest `login_hint` that is passed on, in characters.
const MAX_HINT_CHARACTERS: usize = 254;

/// The caller's options for an authorization request.
#[derive(Clone, Debug, Default)]
pub struct AuthorizationOptions {
    /// Where to redirect after the flow.
    pub return_to: ReturnTo,
    /// `prompt` (OpenID Connect Core §3.1.2.1); omitted if the provider does not support the value.
    pub prompt: Option<Prompt>,
    /// `login_hint`; omitted if longer than 254 characters or with control characters.
    pub login_hint: Option<String>,
    /// API access to request beyond sign-in (incremental authorization).
    pub access: Option<Access>,
}

/// The supported values of `prompt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// The user chooses an account, by whatever value the provider understands.
    SelectAccount,
    /// The provider shows the consent screen again.
    Consent,
    /// The provider shows nothing: it succeeds or returns an error.
    None,
}

impl Prompt {
    /// Parses a parameter value.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::SelectAccount, Self::Consent, Self::None].into_iter().find(|prompt| prompt.as_str() == text)
    }

    /// The parameter value.
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
    /// No provider with this slug is enabled.
    #[error("unknown provider")]
    UnknownProvider,
    /// The provider does not offer the requested API access.
    #[error("API access not offered by the provider")]
    NotOffered,
    /// The provider's circuit breaker is open.
    #[error("circuit breaker open")]
    BreakerOpen,
    /// Another sign-in's request for the metadata failed, which this one waited for.
    #[error("{0}, as another sign-in has found")]
    Shared(ProviderFailure),
    /// The provider's metadata could not be fetched.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The provider's metadata was rejected.
    #[error("metadata: {0}")]
    Metadata(#[from] DiscoveryError),
    /// The system's random number generator failed.
    #[error("the system's random number generator failed")]
    NoRandomness,
}

impl From<RandomError> for BeginError {
    fn from(_: RandomError) -> Self {
        Self::NoRandomness
    }
}

impl RelyingParty {
    /// Starts a flow: returns the URL to redirect the browser to and the pending flow to seal into its cookie.
    ///
    /// # Errors
    /// [`BeginError`]; nothing was sent to the provider but a request for its metadata.
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
        inspect::record(|_| Step::Began { kind: kind_of(&purpose), provider: Value::configured(&provider.label) });
        let metadata = client.metadata(&self.http, self.clock.now()).await?;
        let flow = PendingFlow {
            provider: slug.to_owned(),
            issuer: provider.metadata.issuer().to_owned(),
            purpose,
            return_to: options.return_to.clone(),
            access: options.access,
            state: State::from_random(random_bytes()?),
            nonce: Nonce::from_random(random_bytes()?),
            code_verifier: PkceVerifier::from_random(random_bytes()?),
            started_at: self.clock.now(),
        };
        let challenge = flow.code_verifier.challenge();
        let request = AuthorizationRequest {
            authorization_endpoint: &metadata.authorization_endpoint,
            client_id: &provider.client_id,
            redirect_uri: &self.redirect_uri(slug),
            scope: &requested_scopes(provider, flow.access),
            state: &flow.state,
            nonce: sends_nonce(provider).then_some(&flow.nonce),
            code_challenge: provider.spec.pkce.then_some(&challenge),
            extra_parameters: &extra_parameters(provider, &flow.purpose, &options),
        };
        let url = request.url();
        inspect::record(|redactor| Step::AuthorizationRequest {
            endpoint: Value::url(&url),
            parameters: redactor.urlencoded(url.query().unwrap_or_default()),
        });
        Journal::new(slug).record(FlowEvent::Started);
        Ok((url, flow))
    }
}

/// What the walkthrough calls it.
const fn kind_of(purpose: &Purpose) -> FlowKind {
    match purpose {
        Purpose::SignIn => FlowKind::SignIn,
        Purpose::Link { .. } => FlowKind::Link,
        Purpose::Grant { .. } => FlowKind::Grant,
        Purpose::Reauthenticate { .. } => FlowKind::Reauthenticate,
        Purpose::ResolveLink { .. } => FlowKind::ResolveLink,
    }
}

fn sends_nonce(provider: &Provider) -> bool {
    matches!(&provider.spec.identity, IdentitySource::IdToken(spec) if spec.nonce)
}

/// The sign-in scopes and those of the requested API access. Sign-in scopes are always included: without the id_token
/// the owner of the returned tokens would be unknown.
pub(super) fn requested_scopes(provider: &Provider, access: Option<Access>) -> Scopes {
    let more = access.map(|access| provider.scopes_of(access)).unwrap_or_default();
    provider.sign_in_scopes.iter().chain(more.iter().copied()).collect()
}

/// The provider's value for what the caller wants.
fn supported_prompt(provider: &Provider, prompt: Prompt) -> Option<&'static str> {
    match prompt {
        Prompt::SelectAccount => provider.spec.another_account,
        Prompt::Consent | Prompt::None => provider.spec.prompts.iter().copied().find(|own| *own == prompt.as_str()),
    }
}

fn extra_parameters<'a>(
    provider: &'a Provider,
    purpose: &Purpose,
    options: &'a AuthorizationOptions,
) -> Vec<(&'static str, &'a str)> {
    let prompt = options.prompt.and_then(|prompt| supported_prompt(provider, prompt));
    let login_hint = options
        .login_hint
        .as_deref()
        .filter(|hint| hint.chars().count() <= MAX_HINT_CHARACTERS && !hint.chars().any(char::is_control));
    let mut parameters = (provider.spec.extra_parameters)(provider);
    parameters.extend(prompt.map(|prompt| ("prompt", prompt)));
    let mut replace = |required: &[(&'static str, &'static str)]| {
        parameters.retain(|(name, _)| required.iter().all(|(other, _)| other != name));
        parameters.extend(required);
    };
    if purpose.requires_authentication() {
        replace(provider.spec.reauthentication);
    }
    if let (Some(_), Some(lets_see)) = (options.access, &provider.spec.api_access) {
        replace(lets_see.offline);
    }
    parameters.extend(login_hint.map(|hint| ("login_hint", hint)));
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{accounts::IdentityKey, accounts::UserId, providers::for_tests::provider};

    fn google() -> Provider {
        provider("google")
    }

    fn grant_purpose() -> Purpose {
        let identity = IdentityKey::new("https://accounts.google.com", "1").unwrap();
        Purpose::Grant { user: UserId::NOBODY, identity }
    }

    #[test]
    fn access_request_adds_one_scope_to_sign_in() {
        let sign_in = requested_scopes(&google(), None);
        assert_eq!(sign_in.to_string(), "openid email profile");
        for access in Access::ALL {
            let requested = requested_scopes(&google(), Some(*access));
            assert_eq!(requested.iter().count(), sign_in.iter().count() + 1);
            assert!(sign_in.iter().all(|scope| requested.contains(scope)));
        }
    }

    #[test]
    fn access_request_overrides_the_prompt_with_consent() {
        let prompt = Some(Prompt::None);
        let options = AuthorizationOptions { prompt, access: Some(Access::Drive), ..AuthorizationOptions::default() };
        let google = google();
        let parameters = extra_parameters(&google, &grant_purpose(), &options);
        let expected = [("access_type", "offline"), ("include_granted_scopes", "true"), ("prompt", "consent")];
        assert_eq!(parameters, expected);
        let options = AuthorizationOptions { prompt, ..AuthorizationOptions::default() };
        assert_eq!(extra_parameters(&google, &Purpose::SignIn, &options), [("prompt", "none")]);
    }
}
