//! Extracts and validates the authorization request.

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::grant::send_error;
use super::request::{AuthorizationRequest, RequestError, read};
use super::{AuthorizePage, pages};
use crate::fields::Fields;
use crate::state::{Provider, SharedState};

/// A valid authorization request; the extractor answers an invalid one itself.
pub struct AuthorizeContext {
    pub shared: SharedState,
    pub page: &'static AuthorizePage,
    pub request: AuthorizationRequest,
    /// The path of the authorization endpoint, as the browser sees it.
    pub path: String,
    pub query: String,
}

impl AuthorizeContext {
    /// 303 to a page below the authorization endpoint; `""` is the chooser.
    pub fn redirect(&self, page: &str) -> Response {
        let location = format!("{}{page}", self.path);
        (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
    }

    pub fn restart(&self) -> Response {
        self.redirect(&format!("?{}", self.request.query))
    }
}

impl FromRequestParts<SharedState> for AuthorizeContext {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, shared: &SharedState) -> Result<Self, Response> {
        let Some(page) = parts.extensions.get::<&'static AuthorizePage>().copied() else {
            return Err(StatusCode::INTERNAL_SERVER_ERROR.into_response());
        };
        let uri = parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
        let query = uri.query().unwrap_or_default().to_owned();
        if let Some(prompt) = rejected_prompt(shared, page, &query) {
            return Err(pages::invalid_request(page, &format!("Unsupported prompt: {prompt}")).into_response());
        }
        match read(page, &query, page.client(shared)) {
            Ok(request) => Ok(Self { shared: shared.clone(), page, request, path: endpoint(uri.path()), query }),
            Err(RequestError::Page(why)) => Err(pages::invalid_request(page, &why).into_response()),
            Err(RequestError::Redirect { code, why, redirect_uri, state }) => Err(send_error(
                shared,
                page,
                &redirect_uri,
                state.as_deref(),
                &[("error", code), ("error_description", &why)],
            )),
        }
    }
}

/// The generic provider can be configured to end on a page for a value of `prompt`, as several do, whatever their metadata
/// lists.
fn rejected_prompt(shared: &SharedState, page: &AuthorizePage, query: &str) -> Option<String> {
    let prompt = Fields::parse(query).get("prompt").map(str::to_owned)?;
    let rejects = page.provider == Provider::Oidc && shared.lock().oidc.rejected_prompts.contains(&prompt);
    rejects.then_some(prompt)
}

fn endpoint(path: &str) -> String {
    let page = ["/person", "/consent"].iter().find_map(|page| path.strip_suffix(page));
    page.unwrap_or(path).to_owned()
}
