//! Sign out.

use axum::http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::reply::{ProviderRequest, Reply, send};
use crate::{
    accounts::Identity,
    sessions::{self, RequestContext},
};

/// POST `/auth/logout`: ends the session, clears the cookies, and goes to the login page, or on to the provider that opened the
/// session if that is to be signed out, too (`OIDC_<NAME>_LOGOUT`). Otherwise the provider's own session stays, as the page
/// says. If the database is down the status is 503, and the session is still valid.
#[server(name = SignOut, prefix = "/auth", endpoint = "logout")]
pub async fn sign_out() -> Result<(), ServerFnError> {
    let reply = expect_context::<ResponseOptions>();
    let sign_out = expect_context::<sessions::SignOut>();
    let context = sign_out.0.clone();
    match sign_out.complete().await {
        Ok(cookies) => {
            let onward = at_provider(&context).await;
            let reply = onward.map_or_else(|| Reply::to("/login?signed_out=1"), Reply::to_provider);
            send(Ok(reply.with(cookies).clearing_site_data()), "/login");
        }
        Err(error) => {
            tracing::error!(%error, "cannot end the session");
            reply.set_status(StatusCode::SERVICE_UNAVAILABLE);
            reply.insert_header(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
    }
    Ok(())
}

/// The request that ends the session of the provider by which this session was opened.
async fn at_provider(context: &RequestContext) -> Option<ProviderRequest> {
    let session = &context.signed_in.as_ref()?.session;
    let slug = session.provider.as_deref().filter(|slug| context.relying_party.ends_session_of(slug))?;
    let identities = context.database.identities(session.user).await.unwrap_or_default();
    let identity = identities.into_iter().find(|identity| Some(identity.id) == session.identity);
    let hint = identity.and_then(|Identity { email, .. }| email);
    let url = context.relying_party.end_session_url(slug, hint.as_ref().map(|email| email.as_str())).await?;
    let provider = context.relying_party.provider(slug)?.label.clone();
    Some(ProviderRequest { provider, url })
}
