//! Issues tokens without a sign-in: tokens of another client or of a service account.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::{Body, error_response};
use super::of_provider::OfProvider;
use crate::google;
use crate::microsoft;
use crate::persons::Person;
use crate::state::{Provider, SharedState};
use crate::token_store::{Token, random_text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MintRequest {
    kind: Kind,
    /// Ignored for a service account.
    #[serde(default)]
    person: Option<String>,
    /// Any client id; absent: the registered client.
    #[serde(default)]
    client_id: Option<String>,
    /// Absent: the sign-in scopes.
    #[serde(default)]
    scopes: Option<Vec<String>>,
    #[serde(default)]
    nonce: Option<String>,
    /// Lifetime of the access token, in seconds.
    #[serde(default = "an_hour")]
    expires_in: i64,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    AccessToken,
    IdToken,
    ServiceAccount,
}

/// `POST /control/{provider}/mint`.
pub async fn mint(
    State(shared): State<SharedState>,
    OfProvider(provider): OfProvider,
    body: Body<MintRequest>,
) -> Response {
    let request = match body {
        Ok(Json(request)) => request,
        Err(rejection) => return rejection.into_response(),
    };
    let supported = match request.kind {
        Kind::AccessToken => true,
        Kind::IdToken => matches!(provider, Provider::Google | Provider::Microsoft),
        Kind::ServiceAccount => provider == Provider::Google,
    };
    if !supported {
        let text = "id_token is supported for google and microsoft, service_account for google";
        return error_response(StatusCode::BAD_REQUEST, text);
    }
    let Some((person, client_id)) = holder(&shared, provider, &request) else {
        return error_response(StatusCode::BAD_REQUEST, "unknown person");
    };
    match mint_token(&shared, provider, request, person, client_id).await {
        Ok(answer) => Json(answer).into_response(),
        Err(why) => error_response(StatusCode::BAD_REQUEST, &why),
    }
}

/// A service account is its own client, identified by its number.
fn holder(shared: &SharedState, provider: Provider, request: &MintRequest) -> Option<(Person, String)> {
    let mut state = shared.lock();
    if request.kind == Kind::ServiceAccount {
        let robot =
            Person { id: "robot".to_owned(), ..Person::with_email("robot@sandbox.iam.gserviceaccount.com", None) };
        state.persons.put(robot.clone());
        let client_id = request.client_id.clone().unwrap_or_else(|| robot.sub.clone());
        return Some((robot, client_id));
    }
    let person = state.persons.by_id(request.person.as_deref()?)?.clone();
    let client_id = request.client_id.clone().unwrap_or_else(|| shared.clients().of(provider).id.clone());
    Some((person, client_id))
}

async fn mint_token(
    shared: &SharedState,
    provider: Provider,
    request: MintRequest,
    person: Person,
    client_id: String,
) -> Result<Value, String> {
    let scopes = request.scopes.unwrap_or_else(|| usual(provider).iter().map(|&scope| scope.to_owned()).collect());
    let scopes = match provider {
        Provider::Google => google::scopes_of(&scopes.join(" "))?,
        _ => scopes.into_iter().collect(),
    };
    if request.kind == Kind::IdToken && provider == Provider::Microsoft {
        let token = Token {
            client_id,
            person: person.id.clone(),
            scopes,
            expires_at: None,
            offline: false,
            code: String::new(),
        };
        let id_token = microsoft::credential(shared, &person, &token, request.nonce).await;
        return Ok(json!({"id_token": id_token}));
    }
    if request.kind == Kind::IdToken {
        let id_token = google::credential(shared, &person.id, &client_id, &scopes, request.nonce).await;
        return id_token.map(|token| json!({"id_token": token})).map_err(|error| error.2.to_owned());
    }
    let access = format!("{}{}", prefix(provider), random_text());
    let mut state = shared.lock();
    let expires_at = Some(state.now().saturating_add(request.expires_in));
    let token = Token { client_id, person: person.id, scopes, expires_at, offline: false, code: String::new() };
    state.provider(provider).tokens.access.insert(access.clone(), token);
    Ok(json!({"access_token": access, "expires_in": request.expires_in}))
}

/// Of the provider's access tokens.
fn prefix(provider: Provider) -> &'static str {
    match provider {
        Provider::Github => "gho_",
        Provider::Facebook => "EAA",
        _ => "ya29.a0",
    }
}

fn usual(provider: Provider) -> &'static [&'static str] {
    match provider {
        Provider::Google | Provider::Microsoft => &["openid", "email", "profile"],
        Provider::Github => &["read:user", "user:email"],
        Provider::Facebook => &["public_profile", "email"],
        _ => &[],
    }
}

fn an_hour() -> i64 {
    3599
}
