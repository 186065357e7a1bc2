//! Parses and validates the authorization request. Apple shows every error on its own page.

use crate::clients::is_allowed_redirect_uri;
use crate::fields::Fields;
use crate::pkce::challenge;
use crate::token_store::Scopes;

#[derive(Debug)]
pub struct AuthorizationRequest {
    pub client_id: String,
    pub redirect_uri: String,
    /// `response_mode=form_post`; otherwise the query.
    pub by_form: bool,
    pub state: Option<String>,
    pub nonce: Option<String>,
    pub scopes: Scopes,
    /// PKCE (S256). Apple does not document it.
    pub challenge: Option<String>,
    /// The query, repeated in the forms of the pages.
    pub query: String,
}

#[derive(Debug, PartialEq)]
pub struct RequestError(pub &'static str, pub String);

pub fn read(query: &str, known_client: &str) -> Result<AuthorizationRequest, RequestError> {
    let fields = Fields::parse(query);
    let invalid = |why: &str| RequestError("invalid_request", why.to_owned());
    let client_id = fields.get("client_id").ok_or_else(|| invalid("Missing client_id."))?;
    if client_id != known_client {
        return Err(RequestError("invalid_client", format!("Unknown client {client_id}.")));
    }
    let redirect_uri = fields.get("redirect_uri").unwrap_or_default().to_owned();
    if !is_allowed_redirect_uri(&redirect_uri) {
        return Err(invalid("Invalid web redirect url."));
    }
    if let Some(name) = fields.repeated() {
        return Err(RequestError("invalid_request", format!("Repeated parameter: {name}")));
    }
    if fields.get("response_type") != Some("code") {
        return Err(RequestError("unsupported_response_type", "The response_type is not code.".to_owned()));
    }
    let scopes = scopes(fields.get("scope").unwrap_or_default())?;
    let by_form = match fields.get("response_mode") {
        None | Some("query") => false,
        Some("form_post") => true,
        Some(_) => return Err(invalid("Invalid response_mode.")),
    };
    if !by_form && (scopes.contains("name") || scopes.contains("email")) {
        return Err(invalid("response_mode must be form_post when name or email scope is requested."));
    }
    Ok(AuthorizationRequest {
        client_id: client_id.to_owned(),
        by_form,
        state: fields.get("state").map(str::to_owned),
        nonce: fields.get("nonce").map(str::to_owned),
        scopes,
        challenge: challenge(&fields).map_err(|why| RequestError("invalid_request", why))?,
        query: fields.without("person"),
        redirect_uri,
    })
}

fn scopes(text: &str) -> Result<Scopes, RequestError> {
    let known = |scope: &str| match scope {
        "name" | "email" | "openid" => Ok(scope.to_owned()),
        other => Err(RequestError("invalid_scope", format!("Unknown scope: {other}"))),
    };
    text.split(' ').filter(|scope| !scope.is_empty()).map(known).collect()
}
