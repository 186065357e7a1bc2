//! Sign in with a token that a provider gave to a front end: `POST /api/auth`.

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use time::Duration;

use super::{api_request_error::ApiRequestError, walkthrough};
use crate::{
    accounts::{Answer, AuthenticationMethod, Authentications, Purpose, Reason, User},
    codes::{api_error::ApiError, sign_in_error::SignInError},
    inspect::{self, FlowKind, Step},
    oauth::Nonce,
    oidc::{IdTokenErrorKind, NonceRule, unverified_claims},
    providers::{IdentitySource, Profile},
    relying_party::{ExternalTokenError, FlowEvent, Journal, Presented, ReturnTo},
    sessions::{NONCE_LIFETIME, Opening, PendingLink, PendingSecondFactor, RequestContext, SignIn, flow_id},
    store::{GrantUpdate, OpeningCondition, SettleOutcome, SettleRequest, SignedIn},
    tokens::{TokenPair, Tokens},
};

/// A provider's token, unverified.
#[derive(Debug)]
pub enum ProviderToken {
    Id(SecretString),
    Access(SecretString),
}

/// How the front end wants to receive the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionDelivery {
    /// As cookies of the browser that sends the request.
    Cookie,
    /// As tokens in the answer.
    Tokens,
}

/// The request.
#[derive(Debug)]
pub struct TokenSignIn {
    pub unverified_provider: String,
    pub token: ProviderToken,
    /// Binds the nonce of the id_token to the device, where no cookie does.
    pub nonce_token: Option<SecretString>,
    /// Whether an id_token must carry our nonce (`API_NONCE`).
    pub nonce_required: bool,
    pub delivery: SessionDelivery,
}

/// A user who is signed in now.
#[derive(Debug)]
pub struct TokenSignedIn {
    pub user: User,
    /// With [`SessionDelivery::Tokens`].
    pub pair: Option<TokenPair>,
    /// `Set-Cookie` values.
    pub cookies: Vec<HeaderValue>,
}

impl TokenSignIn {
    /// Signs in. The linking decision is made and written as at the callback; where the callback would show the link prompt,
    /// this fails with `link_required`.
    ///
    /// # Errors
    /// [`ApiRequestError`]. Nothing was changed, except that a valid nonce or id_token is used up.
    pub async fn complete(self, context: RequestContext, tokens: Tokens) -> Result<TokenSignedIn, ApiRequestError> {
        let provider = context.relying_party.provider(&self.unverified_provider).ok_or(ApiError::UnknownProvider)?;
        let (slug, issues_id_tokens) =
            (provider.slug.to_string(), matches!(provider.spec.identity, IdentitySource::IdToken(_)));
        if matches!(self.token, ProviderToken::Id(_)) && !issues_id_tokens {
            return Err(ApiError::TokenKindUnsupported.into());
        }
        inspect::record(|_| Step::Began { kind: FlowKind::Api, provider: inspect::Value::configured(&provider.label) });
        let outcome = self.complete_at(&slug, &context, &tokens).await;
        outcome.inspect_err(|error| walkthrough::refused(error.error.code()))
    }

    async fn complete_at(
        &self,
        slug: &str,
        context: &RequestContext,
        tokens: &Tokens,
    ) -> Result<TokenSignedIn, ApiRequestError> {
        let mut journal = Journal::new(slug);
        let nonce = self.nonce(context)?;
        let profile = self.verify(context, slug, nonce.as_ref(), &mut journal).await?;
        self.use_up(context, &profile, nonce.as_ref()).await?;
        let cleared = nonce.and_then(|nonce| context.jar.nonces.forget(&context.headers, &nonce, context.clock.now()));
        match self.settle_and_sign_in(context, tokens, slug, &profile, &mut journal).await {
            Ok(mut signed_in) => {
                signed_in.cookies.extend(cleared);
                Ok(signed_in)
            }
            Err(error) => Err(error.with(cleared)),
        }
    }

    /// The nonce that the id_token claims to carry, if this device received it from us. `None` if no nonce is required.
    fn nonce(&self, context: &RequestContext) -> Result<Option<Nonce>, ApiRequestError> {
        let ProviderToken::Id(token) = &self.token else { return Ok(None) };
        if !self.nonce_required {
            return Ok(None);
        }
        let now = context.clock.now();
        if self.nonce_token.is_none() && !context.jar.nonces.has_any(&context.headers, now) {
            return Err(ApiError::NonceRequired.into());
        }
        let claims = unverified_claims(token.expose_secret());
        if claims.is_null() {
            return Err(ApiError::ProviderTokenInvalid.into());
        }
        let claimed = claims.get("nonce").and_then(Value::as_str).unwrap_or_default();
        let nonce = match &self.nonce_token {
            Some(nonce_token) => context.jar.nonces.of_token(nonce_token.expose_secret(), claimed, now),
            None => context.jar.nonces.of_cookie(&context.headers, claimed, now),
        };
        nonce.map(Some).ok_or_else(|| ApiError::NonceInvalid.into())
    }

    async fn verify(
        &self,
        context: &RequestContext,
        slug: &str,
        nonce: Option<&Nonce>,
        journal: &mut Journal,
    ) -> Result<Profile, ApiRequestError> {
        let presented = match &self.token {
            ProviderToken::Id(token) => Presented::IdToken {
                token: token.expose_secret(),
                nonce: nonce.map_or(NonceRule::NotSent, NonceRule::Equals),
            },
            ProviderToken::Access(token) => {
                self.spend_token_check(context, slug, token)?;
                Presented::AccessToken(token)
            }
        };
        context.relying_party.verify_external_token(slug, presented, journal).await.map_err(|error| {
            journal.record(FlowEvent::Refused { because: error.to_string(), next_step: None });
            match &error {
                ExternalTokenError::IdToken(error) if is_of_another_client(error.kind()) => {
                    ApiError::TokenOfAnotherClient.into()
                }
                _ => error.into(),
            }
        })
    }

    /// Each access token that its provider can have issued costs a request there.
    fn spend_token_check(
        &self,
        context: &RequestContext,
        slug: &str,
        token: &SecretString,
    ) -> Result<(), ApiRequestError> {
        if !context.relying_party.is_plausible_access_token(slug, token) {
            return Ok(());
        }
        context.token_checks.spend(context.client.ip).map_err(|exceeded| {
            tracing::info!(?exceeded, "no more access tokens are checked for now");
            ApiRequestError { retry_after: Some(exceeded.seconds()), ..ApiError::TooManyRequests.into() }
        })
    }

    /// An id_token and a nonce work once. Both are used up after the verification, so that a forged token uses up neither.
    async fn use_up(
        &self,
        context: &RequestContext,
        profile: &Profile,
        nonce: Option<&Nonce>,
    ) -> Result<(), ApiRequestError> {
        let ProviderToken::Id(token) = &self.token else { return Ok(()) };
        if let Some(nonce) = nonce {
            let until = context.clock.date() + Duration::seconds(NONCE_LIFETIME + 60);
            if !context.database.mark_flow_used(&flow_id(nonce.expose()), until).await? {
                return Err(ApiError::NonceInvalid.into());
            }
        }
        if !context.use_id_token(&profile.issuer, token.expose_secret()).await? {
            return Err(ApiError::ProviderTokenUsed.into());
        }
        Ok(())
    }

    async fn settle_and_sign_in(
        &self,
        context: &RequestContext,
        tokens: &Tokens,
        slug: &str,
        profile: &Profile,
        journal: &mut Journal,
    ) -> Result<TokenSignedIn, ApiRequestError> {
        let settled = self.settle(context, profile, journal).await?;
        match (settled.decision.answer, settled.signed_in) {
            (Answer::Prompt { user, .. }, _) => {
                let error = ApiRequestError::from(ApiError::LinkRequired);
                if self.delivery == SessionDelivery::Tokens {
                    return Err(error.at_login(SignInError::LinkRequired, slug));
                }
                let pending = PendingLink::keep(context, user, profile.clone(), ReturnTo::default())?;
                Err(error.at("/link").with([pending]))
            }
            (Answer::Refuse(Reason::UserDisabled), _) => Err(ApiError::AccountDisabled.into()),
            (Answer::Refuse(Reason::SignUpClosed), _) => Err(ApiError::SignUpClosed.into()),
            (Answer::Refuse(Reason::NotInvited), _) => Err(ApiError::InvitationRequired.into()),
            (Answer::Refuse(Reason::DomainNotAdmitted), _) => Err(ApiError::EmailNotPermitted.into()),
            (_, None) => Err(ApiError::ProviderTokenInvalid.into()),
            (_, Some(signed_in)) => {
                let signed_in = self.sign_in(context, tokens, profile, signed_in).await?;
                journal.record(FlowEvent::SessionCreated);
                Ok(signed_in)
            }
        }
    }

    /// Decides as the callback does. For tokens, the session of the browser does not matter.
    async fn settle(
        &self,
        context: &RequestContext,
        profile: &Profile,
        journal: &mut Journal,
    ) -> Result<SettleOutcome, ApiRequestError> {
        let current = context.signed_in.as_ref().filter(|_| self.delivery == SessionDelivery::Cookie);
        let settled = context
            .database
            .settle(&SettleRequest {
                purpose: &Purpose::SignIn,
                profile,
                session_user: current.map(|signed_in| signed_in.user.id),
                session: current.map(|signed_in| signed_in.session.at_version()),
                // The link of an invitation is opened on a page, and not by a front end.
                admission: context.admission(None),
                second_factor: context.second_factor,
                client: &context.client,
                now: context.clock.date(),
                waiting: None,
                granted: GrantUpdate::None,
            })
            .await?;
        journal.record(FlowEvent::decided(&settled.decision));
        context.wake_mail();
        Ok(settled)
    }

    async fn sign_in(
        &self,
        context: &RequestContext,
        tokens: &Tokens,
        profile: &Profile,
        signed_in: SignedIn,
    ) -> Result<TokenSignedIn, ApiRequestError> {
        let SignedIn { user, identity } = signed_in;
        let method = AuthenticationMethod::from(profile);
        if self.delivery == SessionDelivery::Cookie {
            return match context.sign_in(&user, method, Some(identity)).await? {
                SignIn::Complete(cookies) => Ok(TokenSignedIn { user, pair: None, cookies }),
                SignIn::SecondFactor(pending) => Err(second_factor_required(context, &pending)?),
            };
        }
        // Other services accept the token without asking us: a user who must add an email address first gets none.
        if context.email_requirement.keeps_out(&user) {
            return Err(ApiRequestError::from(ApiError::AddressRequired).at("/add-email"));
        }
        let steps = Authentications::by(method, context.clock.date());
        let opening = Opening { steps, identity: Some(identity), condition: OpeningCondition::None };
        match context.sign_in_with_tokens(tokens, user.id, opening).await? {
            SignIn::Complete(pair) => Ok(TokenSignedIn { user, pair: Some(pair), cookies: Vec::new() }),
            SignIn::SecondFactor(pending) => Err(second_factor_required(context, &pending)?),
        }
    }
}

/// A front end sends the code itself, or leads its user to the page: a user without a second factor sets one up there.
fn second_factor_required(
    context: &RequestContext,
    pending: &PendingSecondFactor,
) -> Result<ApiRequestError, ApiRequestError> {
    let now = context.clock.now();
    let error = ApiRequestError::from(ApiError::SecondFactorRequired);
    let error = match pending.enrols {
        true => error,
        false => error.with_second_factor_token(context.jar.second_factor.token(pending, now)?),
    };
    // A program has no browser with our cookie: its user begins again there.
    Ok(match pending.tokens {
        true => error.at("/login"),
        false => error.at("/second-factor").with([context.jar.second_factor.keep(pending, now)?]),
    })
}

fn is_of_another_client(error: IdTokenErrorKind) -> bool {
    matches!(error, IdTokenErrorKind::WrongAudience | IdTokenErrorKind::WrongAuthorizedParty)
}
