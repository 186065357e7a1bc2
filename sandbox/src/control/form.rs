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

/// `POST /control/form` with `command` and its fields; redirects back to the control page, except that the answer to a message
/// is shown.
pub async fn submit(State(shared): State<SharedState>, body: String) -> Response {
    let form = Fields::parse(&body);
    let outcome = match form.get("command") {
        Some("event") => send(&shared, &form).await.map(|answer| sent(&answer).into_response()),
        _ => apply(&shared, &form).await.map(|()| (StatusCode::SEE_OTHER, [(LOCATION, "/control")]).into_response()),
    };
    match outcome {
        Ok(response) => response,
        Err(error) => {
            let main = format!(
                r#"<h1>Command failed</h1><p>{}</p><p><a href="/control">Back</a></p>"#,
                escape(&error.to_string())
            );
            Page { status: StatusCode::BAD_REQUEST, ..Page::new("providers", "Command failed", main) }.into_response()
        }
    }
}

/// Returns what the application answered, if it accepted the message.
async fn send(shared: &SharedState, form: &Fields) -> Result<Value, CommandError> {
    let slug = form.get("provider").unwrap_or_default();
    let provider = serde_json::from_value(json!(slug))?;
    let (event, person) = (form.get("event").unwrap_or_default(), form.get("person").unwrap_or_default());
    let answer = send_as_asked(shared, provider, event, person).await.map_err(CommandError::Message)?;
    match answer["status"].as_u64() {
        Some(200 | 202 | 204) => Ok(answer),
        _ => Err(CommandError::Message(answer.to_string())),
    }
}

/// The answer to Facebook's request to delete data has the page that tells its user what became of it.
fn sent(answer: &Value) -> Page {
    let body = answer["body"].as_str().unwrap_or_default();
    let status_page = serde_json::from_str::<Value>(body).ok().and_then(|body| Some(body["url"].as_str()?.to_owned()));
    let link = status_page.map_or_else(String::new, |url| {
        let url = escape(&url);
        format!(r#"<p>Facebook shows its user this page: <a href="{url}">{url}</a></p>"#)
    });
    let shown = if body.is_empty() {
        String::new()
    } else {
        format!(r#"<pre class="email" tabindex="0" role="region" aria-label="Answer">{}</pre>"#, escape(body))
    };
    let main = format!(
        r#"<h1>Message accepted</h1><p>The application answered with status {}.</p>{link}{shown}<p><a href="/control">Back to control</a></p>"#,
        answer["status"]
    );
    Page::new("providers", "Message accepted", main)
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
