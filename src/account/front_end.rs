//! A front end hands in what a provider gave it, and its person is signed in: by a cookie, or by tokens.

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use time::Duration;

use super::api_error::ApiError;
use crate::{
    accounts::{Answer, Purpose, Reason, SignUp, User},
    codes::{api::ApiCode, sign_in_error::SignInError},
    oauth::Nonce,
    oidc::{IdTokenErrorKind, NonceRule, unverified_claims},
    providers::{IdentitySource, Profile},
    relying_party::{ExternalTokenError, FlowEvent, Journal, Presented, ReturnTo},
    sessions::{NONCE_LIFETIME, PendingLink, RequestContext, flow_id, random},
    store::{GrantUpdate, SettleOutcome, SettleRequest, SignedIn},
    tokens::{Opening, Pair, Tokens},
};

/// What a front end brings.
#[derive(Debug)]
pub enum ProviderToken {
    /// An id_token.
    Id(SecretString),
    /// An access token.
    Access(SecretString),
}

/// What is to carry the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionDelivery {
    /// A cookie, in the browser that asks.
    Cookie,
    /// Tokens, handed out.
    Tokens,
}

/// A sign-in with what a provider gave to a front end.
#[derive(Debug)]
pub struct FrontEndSignIn {
    /// The provider's slug, as a stranger wrote it.
    pub unverified_provider: String,
    /// What it gave.
    pub token: ProviderToken,
    /// What shows to whom the nonce in the id_token was given, where no cookie does.
    pub nonce_token: Option<SecretString>,
    /// Whether an id_token needs a nonce of ours at all (`API_NONCE`).
    pub nonce_required: bool,
    /// What is to carry the session.
    pub delivery: SessionDelivery,
}

/// Somebody who is signed in now.
#[derive(Debug)]
pub struct TokenSignIn {
    /// Who.
    pub user: User,
    /// The tokens, where they carry the session.
    pub pair: Option<Pair>,
    /// `Set-Cookie` values.
    pub cookies: Vec<HeaderValue>,
}

impl FrontEndSignIn {
    /// Signs in: whom the token names is decided and written as at the callback, and where that prompts, nobody is signed
    /// in here.
    ///
    /// # Errors
    /// [`Declined`]. Nothing was changed then, except that a nonce or token which was good is used up.
    pub async fn complete(self, context: RequestContext, tokens: Tokens) -> Result<TokenSignIn, ApiError> {
        let provider = context.relying_party.provider(&self.unverified_provider).ok_or(ApiCode::UnknownProvider)?;
        let (slug, gives_id_tokens) =
            (provider.slug.to_string(), matches!(provider.spec.identity, IdentitySource::IdToken(_)));
        if matches!(self.token, ProviderToken::Id(_)) && !gives_id_tokens {
            return Err(ApiCode::TokenKindUnsupported.into());
        }
        let mut journal = Journal::new(&slug);
        let nonce = self.nonce(&context)?;
        let profile = self.verify_external_token(&context, &slug, nonce.as_ref(), &mut journal).await?;
        self.use_up(&context, &profile, nonce.as_ref()).await?;
        let cookies = nonce.and_then(|nonce| context.jar.nonces.forget(&context.headers, &nonce, context.clock.now()));
        let welcomed = self.welcome(&context, &tokens, &slug, &profile, &mut journal).await;
        match welcomed {
            Ok(mut welcomed) => {
                welcomed.cookies.extend(cookies);
                Ok(welcomed)
            }
            Err(declined) => Err(declined.with(cookies)),
        }
    }

    /// The nonce of ours that the id_token claims to carry, once it is shown that this device got it; `None` where none is
    /// asked for.
    fn nonce(&self, context: &RequestContext) -> Result<Option<Nonce>, ApiError> {
        let ProviderToken::Id(token) = &self.token else { return Ok(None) };
        if !self.nonce_required {
            return Ok(None);
        }
        let now = context.clock.now();
        if self.nonce_token.is_none() && !context.jar.nonces.has_any(&context.headers, now) {
            return Err(ApiCode::NonceRequired.into());
        }
        let claims = unverified_claims(token.expose_secret());
        if claims.is_null() {
            return Err(ApiCode::ProviderTokenInvalid.into());
        }
        let claimed = claims.get("nonce").and_then(Value::as_str).unwrap_or_default();
        let shown = match &self.nonce_token {
            Some(nonce_token) => context.jar.nonces.of_token(nonce_token.expose_secret(), claimed, now),
            None => context.jar.nonces.of_cookie(&context.headers, claimed, now),
        };
        shown.map(Some).ok_or_else(|| ApiCode::NonceInvalid.into())
    }

    async fn verify_external_token(
        &self,
        context: &RequestContext,
        slug: &str,
        nonce: Option<&Nonce>,
        journal: &mut Journal,
    ) -> Result<Profile, ApiError> {
        let brought = match &self.token {
            ProviderToken::Id(token) => Presented::IdToken {
                token: token.expose_secret(),
                nonce: nonce.map_or(NonceRule::NotSent, NonceRule::Equals),
            },
            ProviderToken::Access(token) => Presented::AccessToken(token),
        };
        context.relying_party.verify_external_token(slug, brought, journal).await.map_err(|error| {
            journal.record(FlowEvent::Refused { because: error.to_string() });
            match &error {
                ExternalTokenError::IdToken(refused) if is_of_another_client(refused.sign_in_error()) => {
                    ApiCode::TokenOfAnotherClient.into()
                }
                _ => error.into(),
            }
        })
    }

    /// An id_token counts once, and so does a nonce. Only what was verified is used up, so that nobody else can use it up.
    async fn use_up(&self, context: &RequestContext, profile: &Profile, nonce: Option<&Nonce>) -> Result<(), ApiError> {
        let ProviderToken::Id(token) = &self.token else { return Ok(()) };
        if let Some(nonce) = nonce {
            let until = context.clock.date() + Duration::seconds(NONCE_LIFETIME + 60);
            if !context.database.mark_flow_used(&flow_id(nonce.expose()), until).await? {
                return Err(ApiCode::NonceInvalid.into());
            }
        }
        if !context.counts_once(&profile.issuer, token.expose_secret()).await? {
            return Err(ApiCode::ProviderTokenUsed.into());
        }
        Ok(())
    }

    async fn welcome(
        &self,
        context: &RequestContext,
        tokens: &Tokens,
        slug: &str,
        profile: &Profile,
        journal: &mut Journal,
    ) -> Result<TokenSignIn, ApiError> {
        let settled = self.settle(context, profile, journal).await?;
        match (settled.decision.answer, settled.signed_in) {
            (Answer::Prompt { user, .. }, _) => {
                let declined = ApiError::from(ApiCode::LinkRequired);
                if self.delivery == SessionDelivery::Tokens {
                    return Err(declined.at_login(SignInError::LinkRequired, slug));
                }
                let waits = PendingLink::keep(context, user, profile.clone(), ReturnTo::default())?;
                Err(declined.at("/link").with([waits]))
            }
            (Answer::Refuse(Reason::UserDisabled), _) => Err(ApiCode::AccountDisabled.into()),
            (Answer::Refuse(Reason::SignUpClosed | Reason::DomainNotAdmitted), _) => Err(ApiCode::NotPermitted.into()),
            (_, None) => Err(ApiCode::ProviderTokenInvalid.into()),
            (_, Some(signed_in)) => {
                let welcomed = self.open(context, tokens, slug, signed_in).await?;
                journal.record(FlowEvent::SessionCreated);
                Ok(welcomed)
            }
        }
    }

    /// Decides as the callback does. Tokens are for whoever asks for them: who is signed in in a browser has no say.
    async fn settle(
        &self,
        context: &RequestContext,
        profile: &Profile,
        journal: &mut Journal,
    ) -> Result<SettleOutcome, ApiError> {
        let here = context.signed_in.as_ref().filter(|_| self.delivery == SessionDelivery::Cookie);
        let settled = context
            .database
            .settle(&SettleRequest {
                purpose: &Purpose::SignIn,
                profile,
                session_user: here.map(|signed_in| signed_in.user.id),
                session: here.map(|signed_in| signed_in.session.id_hash.as_str()),
                sign_up: &SignUp::Open,
                client: &context.client.audit_client(),
                now: context.clock.date(),
                random: random().ok_or(ApiCode::ServerError)?,
                waiting: None,
                granted: GrantUpdate::None,
            })
            .await?;
        let reasons: Vec<&str> = settled.decision.reasons.iter().map(|reason| reason.code()).collect();
        let decision = settled.decision.answer.code();
        journal.record(FlowEvent::Decided { decision, reasons: reasons.join(" ") });
        context.wake_mail();
        Ok(settled)
    }

    async fn open(
        &self,
        context: &RequestContext,
        tokens: &Tokens,
        slug: &str,
        signed_in: SignedIn,
    ) -> Result<TokenSignIn, ApiError> {
        let SignedIn { user, identity } = signed_in;
        if self.delivery == SessionDelivery::Cookie {
            let cookies = context.sign_in(&user, slug, Some(identity)).await?;
            return Ok(TokenSignIn { user, pair: None, cookies });
        }
        // Other services believe the token: somebody who is to have an address first gets none.
        if context.email_requirement.keeps_out(&user) {
            return Err(ApiError::from(ApiCode::AddressRequired).at("/add-email"));
        }
        let client = context.client.audit_client();
        let opening =
            Opening { user: user.id, identity: Some(identity), provider: slug, client: &client, earlier: None };
        let pair = tokens.issue_pair(&opening).await?;
        Ok(TokenSignIn { user, pair: Some(pair), cookies: Vec::new() })
    }
}

fn is_of_another_client(sign_in_error: IdTokenErrorKind) -> bool {
    matches!(sign_in_error, IdTokenErrorKind::WrongAudience | IdTokenErrorKind::WrongAuthorizedParty)
}
