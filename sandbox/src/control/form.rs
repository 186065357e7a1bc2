//! The control page's forms run the same commands as the JSON API.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::command::{CommandError, execute};
use super::event::send_as_asked;
use crate::fields::Fields;
use crate::page::{Page, escape};
use crate::state::{Provider, SharedState};

/// `POST /control/form` with `command` and its fields; redirects back to the control page.
pub async fn submit(State(shared): State<SharedState>, body: String) -> Response {
    match apply(&shared, &Fields::parse(&body)).await {
        Ok(()) => (StatusCode::SEE_OTHER, [(LOCATION, "/control")]).into_response(),
        Err(error) => {
            let main = format!(
                r#"<h1>Command failed</h1><p>{}</p><p><a href="/control">Back</a></p>"#,
                escape(&error.to_string())
            );
            Page { status: StatusCode::BAD_REQUEST, ..Page::new("providers", "Command failed", main) }.into_response()
        }
    }
}

async fn apply(shared: &SharedState, form: &Fields) -> Result<(), CommandError> {
    let person = form.get("person");
    let times = form.get("times").and_then(|times| times.parse::<u32>().ok());
    let name = form.get("command").unwrap_or_default();
    let body = match name {
        "reset" => {
            shared.reset();
            return Ok(());
        }
        "clear_requests" => {
            shared.lock().log.clear();
            return Ok(());
        }
        "clear_emails" => {
            shared.lock().mail.clear();
            return Ok(());
        }
        "mail" => {
            let behaviour = json!({"behave": form.get("behave").unwrap_or_default(), "times": times});
            shared.lock().mail.set_behaviour(serde_json::from_value(behaviour)?);
            return Ok(());
        }
        "event" => {
            let slug = form.get("provider").unwrap_or_default();
            let provider = serde_json::from_value(json!(slug))?;
            let (event, person) = (form.get("event").unwrap_or_default(), person.unwrap_or_default());
            let answer = send_as_asked(shared, provider, event, person).await.map_err(CommandError::Message)?;
            return match answer["status"].as_u64() {
                Some(200 | 202 | 204) => Ok(()),
                _ => Err(CommandError::Message(answer.to_string())),
            };
        }
        "presets" => {
            json!({"preset": form.get("preset").unwrap_or_default(), "person": person, "times": times})
        }
        "auto_consent" => json!({"person": person, "times": times}),
        "keys" => json!({"action": form.get("action").unwrap_or_default()}),
        "iss" => json!({"iss": form.get("iss").unwrap_or_default(), "person": person, "times": times}),
        _ => Value::Object(serde_json::Map::new()),
    };
    // "Disarm all" and "Forget consent" send no provider: they apply to all.
    let named = form.get("provider");
    let providers = || Provider::ALL.iter().filter(|provider| named.is_none_or(|named| named == provider.slug()));
    if providers().next().is_none() {
        return Err(CommandError::Unknown(name.to_owned()));
    }
    for provider in providers() {
        execute(shared, *provider, name, body.clone()).await?;
    }
    Ok(())
}
