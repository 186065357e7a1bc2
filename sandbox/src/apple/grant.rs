//! The authorization response: a code, with `user` the first time; or an error after Cancel.

use axum::response::Response;
use serde_json::{Value, json};

use super::account::{self, HIDDEN};
use super::request::AuthorizationRequest;
use crate::fields::Fields;
use crate::form_post::form_post_back;
use crate::persons::Person;
use crate::response::redirect_back;
use crate::state::{Provider, SharedState};
use crate::token_store::{Code, Scopes, random_text};

/// Seconds. (Apple: five minutes.)
const CODE_LIFETIME: i64 = 60;
/// Always stored, so that a consent without scopes counts as one too.
const KNOWN: &str = "openid";

/// The user's choices on the consent page.
#[derive(Default)]
pub struct Choice {
    hide: bool,
    first_name: Option<String>,
    last_name: Option<String>,
}

impl Choice {
    /// The fields `email=share|hide`, `firstName`, `lastName`.
    pub fn of(form: &Fields) -> Self {
        let text = |name: &str| form.get(name).map(|text| text.chars().take(200).collect());
        Self { hide: form.get("email") == Some("hide"), first_name: text("firstName"), last_name: text("lastName") }
    }
}

/// Issues a code and returns it to the client, with `user` on the first authorization.
pub fn allow(shared: &SharedState, request: &AuthorizationRequest, person: &Person, choice: Choice) -> Response {
    let code = format!("c{}.0.r{}", random_text(), random_text());
    let mut state = shared.lock();
    let expires_at = state.now() + CODE_LIFETIME;
    let tokens = &mut state.providers[Provider::Apple].tokens;
    let known = tokens.consent(&person.id, &request.client_id);
    let first = known.is_empty();
    let mut scopes: Scopes = known.union(&request.scopes).cloned().collect();
    scopes.insert(KNOWN.to_owned());
    if first && choice.hide {
        scopes.insert(HIDDEN.to_owned());
    }
    tokens.add_consent(&person.id, &request.client_id, &scopes);
    let user = first.then(|| user(request, person, &choice, &shared.clients().apple.team_id, &scopes)).flatten();
    let bound = Code {
        client_id: request.client_id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        person: person.id.clone(),
        scopes,
        nonce: request.nonce.clone(),
        auth_time: None,
        amr: false,
        challenge: request.challenge.clone(),
        with_refresh: true,
        offline: true,
        expires_at,
        spent: false,
    };
    tokens.codes.insert(code.clone(), bound);
    drop(state);
    let mut parameters = vec![("code", code)];
    parameters.extend(user.map(|user| ("user", user.to_string())));
    respond(shared, request, parameters, Some(&person.id))
}

pub fn deny(shared: &SharedState, request: &AuthorizationRequest, person: Option<&str>) -> Response {
    respond(shared, request, vec![("error", "user_cancelled_authorize".to_owned())], person)
}

/// The `user` parameter: unsigned and sent only once.
fn user(
    request: &AuthorizationRequest,
    person: &Person,
    choice: &Choice,
    team: &str,
    scopes: &Scopes,
) -> Option<Value> {
    let mut user = json!({});
    if request.scopes.contains("name") {
        let (given, family) = person.names();
        let first = choice.first_name.as_deref().or(given).unwrap_or_default();
        let last = choice.last_name.as_deref().or(family).unwrap_or_default();
        user["name"] = json!({"firstName": first, "lastName": last});
    }
    let email = account::email(person, team, scopes).filter(|_| request.scopes.contains("email"));
    if let Some(email) = email {
        user["email"] = json!(email);
    }
    user.as_object().is_some_and(|members| !members.is_empty()).then_some(user)
}

fn respond(
    shared: &SharedState,
    request: &AuthorizationRequest,
    parameters: Vec<(&str, String)>,
    person: Option<&str>,
) -> Response {
    let state = request.state.clone().map(|state| ("state", state));
    let pairs = state.into_iter().chain(parameters).map(|(name, value)| (name.to_owned(), value)).collect();
    let send = if request.by_form { form_post_back } else { redirect_back };
    send(shared, Provider::Apple, &request.redirect_uri, pairs, person)
}
