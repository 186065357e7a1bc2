//! Send the browser from a form to a provider.

use super::{
    error::AccountError,
    reply::{ProviderRequest, Reply},
};
use crate::{
    accounts::Purpose,
    codes::form_error::FormError,
    inspect::{self, Step, Value},
    relying_party::{AuthorizationOptions, BeginError, ProviderFailure},
    sessions::RequestContext,
};

/// Begins a flow and keeps it in a cookie.
pub(super) async fn start_flow(
    context: &RequestContext,
    slug: &str,
    purpose: Purpose,
    options: AuthorizationOptions,
) -> Result<Reply, AccountError> {
    let (url, flow) = match context.relying_party.begin(slug, purpose, options).await {
        Ok(begun) => begun,
        Err(BeginError::UnknownProvider | BeginError::NotOffered) => return Err(FormError::NotFound.into()),
        Err(error) => {
            tracing::warn!(provider = %slug, %error, "cannot start a flow");
            inspect::record(|_| Step::Refused { because: Value::of_log(&error.to_string()), next_step: None });
            return Err(form_error((&error).into()).into());
        }
    };
    let cookies = context.jar.flows.keep(&context.headers, &flow, context.clock.now())?;
    let provider =
        context.relying_party.provider(slug).map_or_else(|| slug.to_owned(), |provider| provider.label.clone());
    Ok(Reply::to_provider(ProviderRequest { provider, url: url.into() }).with(cookies))
}

const fn form_error(failure: ProviderFailure) -> FormError {
    match failure {
        ProviderFailure::Unavailable { .. } => FormError::ProviderUnavailable,
        ProviderFailure::Metadata | ProviderFailure::Keys | ProviderFailure::Response => FormError::ProviderUnusable,
        ProviderFailure::Algorithm | ProviderFailure::Misconfigured => FormError::SiteMisconfigured,
        ProviderFailure::Internal => FormError::ServerError,
    }
}
