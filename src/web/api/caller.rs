//! Authentication: an `Authorization` header decides alone, valid or not; without one the browser's session does.
//!
//! The threat: if an invalid header fell back to the cookie, a front end with an expired token would continue as the user who
//! is signed in in the browser.

use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::error::ErrorResponse;
use crate::{
    account::ApiRequestError,
    codes::api_error::ApiError,
    sessions::{ClientInfo, RequestContext, SessionHandle, SignedIn},
    tokens::AccessTokenError,
    web::state::AppState,
};

/// A request as the use cases see it.
pub struct ApiContext(pub RequestContext);

/// A signed-in user who has an email address if one is required.
pub struct Caller {
    pub context: RequestContext,
    pub signed_in: SignedIn,
}

/// How a request authenticates.
#[derive(Debug)]
pub enum Authentication<'a> {
    /// By an access token, unverified.
    Bearer(&'a str),
    /// By an `Authorization` header that is no single bearer token.
    Unreadable,
    /// By the browser's session, if it has one.
    Cookie,
}

/// Removes the cookies of a request with an `Authorization` header.
pub async fn authorization_decides(mut request: Request, next: Next) -> Response {
    if request.headers().contains_key(header::AUTHORIZATION) {
        request.headers_mut().remove(header::COOKIE);
    }
    next.run(request).await
}

impl Authentication<'_> {
    pub fn of(headers: &HeaderMap) -> Authentication<'_> {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let Some(value) = values.next() else { return Authentication::Cookie };
        let bearer = value.to_str().ok().and_then(|value| value.split_once(' '));
        match bearer {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && values.next().is_none() => {
                Authentication::Bearer(token.trim())
            }
            _ => Authentication::Unreadable,
        }
    }
}

impl FromRequestParts<AppState> for ApiContext {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Response> {
        let extensions = &parts.extensions;
        let (Some(session), Some(client)) = (extensions.get::<SessionHandle>(), extensions.get::<ClientInfo>()) else {
            return Err(StatusCode::INTERNAL_SERVER_ERROR.into_response());
        };
        let signed_in = extensions.get::<SignedIn>().cloned();
        Ok(Self(app.context(&parts.headers, session.clone(), signed_in, client.clone())))
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Response> {
        let ApiContext(mut context) = ApiContext::from_request_parts(parts, app).await?;
        let signed_in = signed_in(app, &context).await.map_err(IntoResponse::into_response)?;
        if context.email_requirement.keeps_out(&signed_in.user) {
            let error = ApiRequestError::from(ApiError::AddressRequired).at("/add-email");
            return Err(ErrorResponse::of(app, error).into_response());
        }
        context.signed_in = Some(signed_in.clone());
        Ok(Self { context, signed_in })
    }
}

/// The signed-in user. Every request reads the database, so that revocation takes effect immediately.
pub async fn signed_in(app: &AppState, context: &RequestContext) -> Result<SignedIn, ErrorResponse> {
    match Authentication::of(&context.headers) {
        Authentication::Cookie => context.signed_in.clone().ok_or_else(|| ApiError::NotSignedIn.into()),
        Authentication::Unreadable => Err(ApiError::InvalidToken.into()),
        Authentication::Bearer(token) => {
            let claims = app.tokens.verify(token).await.map_err(|error| invalid_token(app, error))?;
            let now = context.clock.date();
            let active = context.database.load_session_version(claims.session(), claims.version(), now).await;
            let active = active.map_err(|error| ErrorResponse::of(app, error.into()))?;
            match active {
                Some(active) if active.user.id == claims.user() => {
                    Ok(SignedIn { user: active.user, session: active.session })
                }
                _ => Err(ApiError::InvalidToken.into()),
            }
        }
    }
}

/// The log has the failed check.
pub fn invalid_token(app: &AppState, error: AccessTokenError) -> ErrorResponse {
    match error {
        AccessTokenError::Internal(error) => ErrorResponse::of(app, error.into()),
        error => {
            tracing::info!(%error, "invalid access token");
            ApiError::InvalidToken.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn authentication(values: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        format!("{:?}", Authentication::of(&headers))
    }

    #[test]
    fn any_authorization_header_decides() {
        assert_eq!(authentication(&[]), "Cookie");
        assert_eq!(authentication(&["Bearer abc"]), r#"Bearer("abc")"#);
        assert_eq!(authentication(&["bEARER  abc "]), r#"Bearer("abc")"#);
        for odd in ["", "Bearer", "Basic YTpi", "Bearerabc", "DPoP abc"] {
            assert_eq!(authentication(&[odd]), "Unreadable", "{odd}");
        }
        assert_eq!(authentication(&["Bearer abc", "Bearer abc"]), "Unreadable");
    }
}
