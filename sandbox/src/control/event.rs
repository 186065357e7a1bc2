//! Sends messages of a provider to the application: logout tokens, security event tokens, Apple's notifications, and those in
//! Facebook's and GitHub's own form.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::api::{Body, error_response};
use super::of_provider::OfProvider;
use super::own_message::{DATA_DELETION, own_message};
use super::post;
use crate::apple;
use crate::id_token::{Patch, sign_patched};
use crate::oidc;
use crate::persons::Person;
use crate::state::{Provider, SharedState};
use crate::token_store::random_text;

/// Seconds.
const LOGOUT_LIFETIME: i64 = 120;
const LOGOUT: &str = "logout";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventRequest {
    /// `logout`, or the last part of an event type's URI; of Apple, its `type`; of Facebook `deauthorized` or
    /// `data-deletion`, of GitHub `revoked` or the name of another event.
    event: String,
    person: String,
    /// Of `account-disabled`.
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    patch: Patch,
    /// The application's endpoint, on loopback. Absent: the token is only returned.
    #[serde(default)]
    to: Option<String>,
}

/// How a message travels.
enum Format {
    /// Back-Channel Logout §2.5.
    Logout,
    /// RFC 8935.
    SecurityEvent,
    Apple,
}

/// `POST /control/{provider}/event`.
pub async fn event(
    State(shared): State<SharedState>,
    OfProvider(provider): OfProvider,
    body: Body<EventRequest>,
) -> Response {
    let request = match body {
        Ok(Json(request)) => request,
        Err(rejection) => return rejection.into_response(),
    };
    match send(&shared, provider, request).await {
        Ok(answer) => Json(answer).into_response(),
        Err(why) => error_response(StatusCode::BAD_REQUEST, &why),
    }
}

/// Sends one message as the control page's form asks for it.
pub async fn send_as_asked(
    shared: &SharedState,
    provider: Provider,
    event: &str,
    person: &str,
) -> Result<Value, String> {
    let application = shared.links().first().map(|(_, url)| url.clone()).ok_or("no application is known")?;
    let application = url::Url::parse(&application).map_err(|error| error.to_string())?;
    let suffix = if event == DATA_DELETION { "/deletion" } else { "" };
    let to =
        application.join(&format!("/auth/events/{}{suffix}", provider.slug())).map_err(|error| error.to_string())?;
    let (event, reason) = match event.split_once(' ') {
        Some((event, reason)) => (event, Some(reason.to_owned())),
        None => (event, None),
    };
    let (event, person, to) = (event.to_owned(), person.to_owned(), Some(to.to_string()));
    send(shared, provider, EventRequest { event, person, reason, patch: Patch::default(), to }).await
}

async fn send(shared: &SharedState, provider: Provider, request: EventRequest) -> Result<Value, String> {
    let format = match provider {
        _ if request.event == LOGOUT => Format::Logout,
        Provider::Apple => Format::Apple,
        _ => Format::SecurityEvent,
    };
    let (person, now) = {
        let state = shared.lock();
        let person = state.persons.by_id(&request.person).cloned();
        (person.ok_or_else(|| format!("unknown person {:?}", request.person))?, state.now())
    };
    if let Some(message) = own_message(shared, provider, &request.event, &person, &request.patch, now) {
        let Some(to) = request.to else { return Ok(json!({ "body": message.body, "headers": message.headers })) };
        let (status, answer) = post::post(&to, message.media_type, &message.headers, &message.body).await?;
        return Ok(json!({ "status": status, "body": answer }));
    }
    let claims = claims(shared, provider, &format, &request, &person, now);
    let mut patch = request.patch;
    let typ = match format {
        Format::Logout => "logout+jwt",
        Format::SecurityEvent => "secevent+jwt",
        Format::Apple => "JWT",
    };
    patch.header.entry("typ".to_owned()).or_insert_with(|| json!(typ));
    let token = sign_patched(shared, provider, claims, &patch).await;
    let Some(to) = request.to else { return Ok(json!({ "token": token })) };
    let (media_type, body) = match format {
        Format::Logout => ("application/x-www-form-urlencoded", format!("logout_token={token}")),
        Format::SecurityEvent => ("application/secevent+jwt", token.clone()),
        Format::Apple => ("application/json", json!({ "payload": token }).to_string()),
    };
    let (status, answer) = post::post(&to, media_type, &[], &body).await?;
    Ok(json!({ "token": token, "status": status, "body": answer }))
}

fn claims(
    shared: &SharedState,
    provider: Provider,
    format: &Format,
    request: &EventRequest,
    person: &Person,
    now: i64,
) -> Map<String, Value> {
    let issuer = format!("{}{}", shared.origin(), provider.facts().issuer);
    let subject = subject(shared, provider, person);
    let mut claims = Map::new();
    let mut set = |name: &str, value: Value| drop(claims.insert(name.to_owned(), value));
    set("aud", json!(shared.clients().of(provider).id));
    set("iat", json!(now));
    set("jti", json!(random_text()));
    match format {
        Format::Logout => {
            set("iss", json!(issuer));
            set("exp", json!(now + LOGOUT_LIFETIME));
            set("sub", json!(subject));
            set("sid", json!(oidc::session_id(person)));
            set("events", json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
        }
        Format::SecurityEvent => {
            // Google's ends with a slash here, and in id_tokens it does not.
            let issuer = if provider == Provider::Google { format!("{issuer}/") } else { issuer };
            let mut event = json!({ "subject": { "subject_type": "iss-sub", "iss": issuer, "sub": subject } });
            if let Some(reason) = &request.reason {
                event["reason"] = json!(reason);
            }
            let family = if request.event.starts_with("token") { "oauth" } else { "risc" };
            let uri = format!("https://schemas.openid.net/secevent/{family}/event-type/{}", request.event);
            set("iss", json!(issuer));
            set("events", json!({ uri: event }));
        }
        Format::Apple => {
            let mut event = json!({ "type": request.event, "sub": subject, "event_time": now * 1000 });
            if request.event.starts_with("email-") {
                event["email"] = json!(person.email);
                event["is_private_email"] = json!("true");
            }
            set("iss", json!(issuer));
            set("events", json!(event.to_string()));
        }
    }
    claims
}

/// `sub` in the provider's id_tokens.
fn subject(shared: &SharedState, provider: Provider, person: &Person) -> String {
    match provider {
        Provider::Apple => apple::subject_of(shared, person),
        Provider::Oidc => oidc::subject(person),
        _ => person.sub.clone(),
    }
}
