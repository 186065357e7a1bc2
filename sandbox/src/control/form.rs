//! Control for people: the forms of the control page give the same orders as the JSON.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::order::{OrderError, carry_out};
use crate::fields::Fields;
use crate::page::{Page, escape};
use crate::world::{Provider, World};

/// `POST /control/form` with `order` and its fields; back to the control page.
pub async fn submit(State(world): State<World>, body: String) -> Response {
    match obey(&world, &Fields::parse(&body)).await {
        Ok(()) => (StatusCode::SEE_OTHER, [(LOCATION, "/control")]).into_response(),
        Err(error) => {
            let main = format!(
                r#"<h1>That did not work</h1><p>{}</p><p><a href="/control">Back</a></p>"#,
                escape(&error.to_string())
            );
            Page { status: StatusCode::BAD_REQUEST, ..Page::new("providers", "That did not work", main) }
                .into_response()
        }
    }
}

async fn obey(world: &World, form: &Fields) -> Result<(), OrderError> {
    let person = form.get("person");
    let times = form.get("times").and_then(|times| times.parse::<u32>().ok());
    let name = form.get("order").unwrap_or_default();
    let body = match name {
        "reset" => {
            world.reset();
            return Ok(());
        }
        "clear_requests" => {
            world.state().log.clear();
            return Ok(());
        }
        "clear_letters" => {
            world.state().mail.clear();
            return Ok(());
        }
        "mail" => {
            let order = json!({"behave": form.get("behave").unwrap_or_default(), "times": times});
            world.state().mail.behave(serde_json::from_value(order)?);
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
    // Without a provider, such as from "Behave again": all of them.
    let named = form.get("provider");
    let meant = || Provider::ALL.iter().filter(|provider| named.is_none_or(|named| named == provider.slug()));
    if meant().next().is_none() {
        return Err(OrderError::Unknown(name.to_owned()));
    }
    for provider in meant() {
        carry_out(world, *provider, name, body.clone()).await?;
    }
    Ok(())
}
