//! The authorization request, read and checked. What does not fit ends at a page, whatever it is.

use crate::clients::is_allowed_redirect_uri;
use crate::fields::Fields;
use crate::pkce::challenge;
use crate::token_store::Scopes;

/// A request that Apple would take.
#[derive(Debug)]
pub struct AuthorizationRequest {
    /// Which client asks.
    pub client_id: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// `response_mode=form_post`, and not in the query.
    pub by_form: bool,
    /// Handed back as it came.
    pub state: Option<String>,
    /// For the id_token.
    pub nonce: Option<String>,
    /// What is asked for; may be nothing.
    pub scopes: Scopes,
    /// PKCE, S256. Apple does not document it.
    pub challenge: Option<String>,
    /// The query again, for the forms of the pages.
    pub query: String,
}

/// Why a request is not taken: Apple's code and what is wrong.
#[derive(Debug, PartialEq)]
pub struct RequestError(pub &'static str, pub String);

/// Reads the query of an authorization request of the client.
pub fn read(query: &str, known_client: &str) -> Result<AuthorizationRequest, RequestError> {
    let fields = Fields::parse(query);
    let invalid = |why: &str| RequestError("invalid_request", why.to_owned());
    let client_id = fields.get("client_id").ok_or_else(|| invalid("Missing client_id."))?;
    if client_id != known_client {
        return Err(RequestError("invalid_client", format!("There is no client {client_id}.")));
    }
    let redirect_uri = fields.get("redirect_uri").unwrap_or_default().to_owned();
    if !is_allowed_redirect_uri(&redirect_uri) {
        return Err(invalid("Invalid web redirect url."));
    }
    if let Some(name) = fields.repeated() {
        return Err(RequestError("invalid_request", format!("Parameter given more than once: {name}")));
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
