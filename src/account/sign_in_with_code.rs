//! The second step of `POST /api/auth`: a code of the user's second factor.

use secrecy::{ExposeSecret, SecretString};

use super::{
    api_request_error::ApiRequestError,
    error::AccountError,
    second_factor::{Finished, finish_sign_in, verify_code},
    sign_in_with_token::TokenSignedIn,
    walkthrough,
};
use crate::{
    codes::{api_error::ApiError, form_error::FormError},
    inspect::FlowKind,
    sessions::RequestContext,
    tokens::Tokens,
};

/// The request.
#[derive(Debug)]
pub struct CodeSignIn {
    /// As the failed first step returned it.
    pub second_factor_token: SecretString,
    /// Of the authenticator app, or a recovery code.
    pub code: SecretString,
}

impl CodeSignIn {
    /// Finishes the sign-in. The session is delivered as the first step asked for it.
    ///
    /// # Errors
    /// [`ApiRequestError`]; nobody is signed in then.
    pub async fn complete(self, context: RequestContext, tokens: Tokens) -> Result<TokenSignedIn, ApiRequestError> {
        walkthrough::began(FlowKind::SecondStep);
        let outcome = self.verify_and_open(&context, &tokens).await;
        outcome.inspect_err(|error| walkthrough::refused(error.error.code()))
    }

    async fn verify_and_open(
        &self,
        context: &RequestContext,
        tokens: &Tokens,
    ) -> Result<TokenSignedIn, ApiRequestError> {
        let now = context.clock.now();
        let pending = context.jar.second_factor.of_token(self.second_factor_token.expose_secret(), now);
        let pending = pending.ok_or(ApiError::SecondFactorExpired)?;
        let method = verify_code(context, &pending, self.code.expose_secret()).await.map_err(api_error)?;
        if !context.database.finish_second_step(pending.user, &pending.id_hash(), false, &context.audit()).await? {
            return Err(ApiError::SecondFactorExpired.into());
        }
        let Finished { user, opening } = finish_sign_in(context, &pending, method).await.map_err(api_error)?;
        if pending.tokens {
            let pair = context.issue_tokens(tokens, user.id, opening).await?;
            return Ok(TokenSignedIn { user, pair: Some(pair), cookies: Vec::new() });
        }
        let mut cookies = context.open(&user, opening).await?;
        cookies.extend(context.jar.second_factor.clear(&context.headers));
        Ok(TokenSignedIn { user, pair: None, cookies })
    }
}

fn api_error(error: AccountError) -> ApiRequestError {
    match error {
        AccountError::Form(FormError::SecondFactorWrong) => ApiError::SecondFactorInvalid.into(),
        AccountError::Form(FormError::TooManyCodes) => ApiError::TooManyRequests.into(),
        AccountError::Form(_) | AccountError::SignedOut => ApiError::SecondFactorExpired.into(),
        AccountError::Store(error) => error.into(),
        AccountError::Session(error) => error.into(),
        AccountError::ReauthenticationRequired | AccountError::NoPage | AccountError::Internal => {
            ApiError::ServerError.into()
        }
    }
}
