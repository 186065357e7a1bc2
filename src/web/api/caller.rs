//! Who asks: an `Authorization` header decides alone, valid or not; without one the browser's session does.
//!
//! Two ways at once would let one of them cover for the other: a front end whose token has just died would go on as whoever
//! is signed in in the browser.

use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::failure::Failure;
use crate::{
    account::ApiError,
    codes::api::ApiCode,
    sessions::{ClientInfo, RequestContext, SessionHandle, SignedIn},
    tokens::AccessTokenError,
    web::state::AppState,
};

/// A request as an intention sees it.
pub struct ApiContext(pub RequestContext);

/// Somebody who is signed in, and may see what is behind the sign-in.
pub struct Caller {
    /// The request, with them signed in.
    pub context: RequestContext,
    /// Who they are.
    pub signed_in: SignedIn,
}

/// By what somebody says who they are.
#[derive(Debug)]
pub enum Means<'a> {
    /// An access token of ours, they say.
    Bearer(&'a str),
    /// An `Authorization` that is nothing of ours.
    Unreadable,
    /// The browser's session, if there is one.
    Cookie,
}

/// With an `Authorization` header, nobody looks at the cookies.
pub async fn authorization_decides(mut request: Request, next: Next) -> Response {
    if request.headers().contains_key(header::AUTHORIZATION) {
        request.headers_mut().remove(header::COOKIE);
    }
    next.run(request).await
}

impl Means<'_> {
    /// What the headers say.
    pub fn of(headers: &HeaderMap) -> Means<'_> {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let Some(value) = values.next() else { return Means::Cookie };
        let bearer = value.to_str().ok().and_then(|value| value.split_once(' '));
        match bearer {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && values.next().is_none() => {
                Means::Bearer(token.trim())
            }
            _ => Means::Unreadable,
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
            let declined = ApiError::from(ApiCode::AddressRequired).at("/add-email");
            return Err(Failure::of(app, declined).into_response());
        }
        context.signed_in = Some(signed_in.clone());
        Ok(Self { context, signed_in })
    }
}

/// Whoever is signed in by this request: the database is asked for each, so that an end is felt at once.
pub async fn signed_in(app: &AppState, context: &RequestContext) -> Result<SignedIn, Failure> {
    match Means::of(&context.headers) {
        Means::Cookie => context.signed_in.clone().ok_or_else(|| ApiCode::NotSignedIn.into()),
        Means::Unreadable => Err(ApiCode::InvalidToken.into()),
        Means::Bearer(token) => {
            let claims = app.tokens.verify(token).await.map_err(|error| refused(app, error))?;
            let active = context.database.load_session(claims.session(), context.clock.date()).await;
            let active = active.map_err(|error| Failure::of(app, error.into()))?;
            match active {
                Some(active) if active.user.id == claims.user() => {
                    Ok(SignedIn { user: active.user, session: active.session })
                }
                _ => Err(ApiCode::InvalidToken.into()),
            }
        }
    }
}

/// Which check failed is for the log.
pub fn refused(app: &AppState, error: AccessTokenError) -> Failure {
    match error {
        AccessTokenError::Internal(error) => Failure::of(app, error.into()),
        error => {
            tracing::info!(%error, "an access token was refused");
            ApiCode::InvalidToken.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn means(values: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        format!("{:?}", Means::of(&headers))
    }

    #[test]
    fn one_header_of_the_scheme_is_a_token_and_everything_else_decides_too() {
        assert_eq!(means(&[]), "Cookie");
        assert_eq!(means(&["Bearer abc"]), r#"Bearer("abc")"#);
        assert_eq!(means(&["bEARER  abc "]), r#"Bearer("abc")"#);
        for odd in ["", "Bearer", "Basic YTpi", "Bearerabc", "DPoP abc"] {
            assert_eq!(means(&[odd]), "Unreadable", "{odd}");
        }
        assert_eq!(means(&["Bearer abc", "Bearer abc"]), "Unreadable");
    }
}
