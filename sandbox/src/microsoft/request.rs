//! Parses and validates the authorization request.

use super::error::OAuthError;
use super::scopes;
use super::tenant::Tenant;
use crate::clients::{Client, is_allowed_redirect_uri};
use crate::fields::Fields;
use crate::pkce::challenge;
use crate::token_store::Scopes;

#[derive(Debug)]
pub struct AuthorizationRequest {
    pub tenant: Tenant,
    pub path: String,
    pub client_id: String,
    pub target: ResponseTarget,
    pub nonce: Option<String>,
    pub scopes: Scopes,
    pub prompt: Option<Prompt>,
    /// An email address or user name.
    pub login_hint: Option<String>,
    /// PKCE (S256).
    pub challenge: Option<String>,
    /// The query, repeated in the forms of the pages.
    pub query: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ResponseTarget {
    pub redirect_uri: String,
    /// `response_mode=form_post`; otherwise the query.
    pub by_form: bool,
    pub state: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Prompt {
    /// Always ask to sign in.
    Login,
    None,
    Consent,
    SelectAccount,
}

#[derive(Debug, PartialEq)]
pub enum RequestError {
    /// Unknown tenant, client or redirect URI: show a page, never redirect (RFC 6749 §4.1.2.1).
    Page(OAuthError),
    /// Returned to the client.
    Back(OAuthError, ResponseTarget),
}

pub fn read(segment: &str, query: &str, client: &Client) -> Result<AuthorizationRequest, RequestError> {
    let fields = Fields::parse(query);
    let tenant = Tenant::read(segment).ok_or_else(|| RequestError::Page(OAuthError::tenant(segment)))?;
    let client_id = fields.get("client_id").ok_or_else(|| RequestError::Page(missing("client_id")))?;
    if client_id != client.id {
        let why = format!("Application with identifier '{client_id}' was not found in the directory '{segment}'.");
        return Err(RequestError::Page(OAuthError("unauthorized_client", 700_016, why)));
    }
    let redirect_uri = fields.get("redirect_uri").unwrap_or_default().to_owned();
    if !is_allowed_redirect_uri(&redirect_uri) || fields.all("redirect_uri").count() > 1 {
        let why = format!(
            "The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs configured for the application '{client_id}'."
        );
        return Err(RequestError::Page(OAuthError("invalid_request", 50_011, why)));
    }
    let by_form = fields.get("response_mode") == Some("form_post");
    let target = ResponseTarget { redirect_uri, by_form, state: fields.get("state").map(str::to_owned) };
    let parameters = parameters(&fields).map_err(|why| RequestError::Back(why, target.clone()))?;
    Ok(AuthorizationRequest {
        tenant,
        path: format!("/microsoft/{segment}/{}", super::AUTHORIZE),
        client_id: client_id.to_owned(),
        target,
        nonce: fields.get("nonce").map(str::to_owned),
        scopes: parameters.scopes,
        prompt: parameters.prompt,
        login_hint: fields.get("login_hint").map(str::to_owned),
        challenge: parameters.challenge,
        query: fields.without("person"),
    })
}

fn missing(name: &str) -> OAuthError {
    OAuthError("invalid_request", 900_144, format!("The request body must contain the following parameter: '{name}'."))
}

/// Parameters whose errors are returned to the client.
struct Parameters {
    scopes: Scopes,
    prompt: Option<Prompt>,
    challenge: Option<String>,
}

fn parameters(fields: &Fields) -> Result<Parameters, OAuthError> {
    let invalid = |why: String| OAuthError("invalid_request", 90_023, why);
    if let Some(name) = fields.repeated() {
        return Err(OAuthError("invalid_request", 9_000_411, format!("The parameter '{name}' is duplicated.")));
    }
    match fields.get("response_type") {
        Some("code") => {}
        None => return Err(missing("response_type")),
        Some(other) => {
            let why = format!("response_type '{other}' is not enabled for the application.");
            return Err(OAuthError("unsupported_response_type", 700_054, why));
        }
    }
    if let Some(mode) = fields.get("response_mode").filter(|mode| !matches!(*mode, "query" | "form_post")) {
        return Err(invalid(format!("Unsupported 'response_mode' value: {mode}.")));
    }
    let scope = fields.get("scope").ok_or_else(|| missing("scope"))?;
    let unknown = |scope: &str| {
        OAuthError(
            "invalid_scope",
            70_011,
            format!("The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."),
        )
    };
    let prompt = match fields.get("prompt") {
        None => None,
        Some("login") => Some(Prompt::Login),
        Some("none") => Some(Prompt::None),
        Some("consent") => Some(Prompt::Consent),
        Some("select_account") => Some(Prompt::SelectAccount),
        Some(_) => return Err(invalid("Unsupported 'prompt' value.".to_owned())),
    };
    Ok(Parameters {
        scopes: scopes::read(scope).map_err(unknown)?,
        prompt,
        challenge: challenge(fields).map_err(invalid)?,
    })
}
