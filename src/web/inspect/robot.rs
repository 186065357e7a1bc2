//! Plays a browser, or a program, against this server and its sandbox: for attacks that take two browsers or several answers.
//! In development alone; both are on loopback.

use axum::http::{StatusCode, header};
use reqwest::{Client, RequestBuilder, redirect::Policy};
use serde_json::{Value, json};
use url::Url;

use crate::web::request_log::REQUEST_ID;

/// Whom the sandbox signs in.
const PERSON: &str = "ada";

#[derive(Debug, thiserror::Error)]
pub enum RobotError {
    #[error("no answer: {0}")]
    NoAnswer(#[from] reqwest::Error),
    #[error("the answer has no {0}")]
    Without(&'static str),
    #[error("the sandbox answered with status {0}")]
    Refused(StatusCode),
}

pub(super) struct Robot {
    http: Client,
    /// Of this server.
    origin: String,
    sandbox: String,
    /// Names and values of cookies.
    pub jar: Vec<(String, String)>,
}

pub(super) struct Answer {
    location: Option<String>,
    /// By which the record of the request is found.
    pub request_id: String,
    body: Value,
}

impl Robot {
    pub fn new(origin: &str, sandbox: &str) -> Result<Self, RobotError> {
        let http = Client::builder().no_proxy().redirect(Policy::none()).build()?;
        Ok(Self { http, origin: origin.to_owned(), sandbox: sandbox.to_owned(), jar: Vec::new() })
    }

    /// Makes the sandbox's Google misbehave once, by the name of a preset.
    pub async fn arm(&self, preset: &str) -> Result<(), RobotError> {
        self.control("presets", json!({ "preset": preset, "person": PERSON, "times": 1 })).await.map(drop)
    }

    /// An id_token as a program gets it, with this nonce.
    pub async fn id_token(&self, nonce: &str) -> Result<String, RobotError> {
        let order = json!({ "kind": "id_token", "person": PERSON, "nonce": nonce });
        text(&self.control("mint", order).await?, "id_token")
    }

    async fn control(&self, command: &str, order: Value) -> Result<Value, RobotError> {
        let url = format!("{}/control/google/{command}", self.sandbox);
        let request = self.http.post(url).header(header::CONTENT_TYPE, "application/json").body(order.to_string());
        let answer = request.send().await?;
        match answer.status() {
            status if status.is_success() => Ok(serde_json::from_slice(&answer.bytes().await?).unwrap_or_default()),
            status => Err(RobotError::Refused(status)),
        }
    }

    /// Begins a sign-in and agrees at the sandbox. Returns the URL of the callback, which nobody has opened yet.
    pub async fn callback(&mut self) -> Result<String, RobotError> {
        let authorize = self.get("/auth/google").await?.location.ok_or(RobotError::Without("authorization request"))?;
        let (endpoint, query) = authorize.split_once('?').ok_or(RobotError::Without("parameters"))?;
        let request = self
            .http
            .post(format!("{endpoint}/consent?{query}"))
            .header(header::ORIGIN, &self.sandbox)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(format!("person={PERSON}&decision=allow"));
        let answer = request.send().await?;
        let location = answer.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
        location.map(str::to_owned).ok_or(RobotError::Without("callback"))
    }

    /// `path` may be a URL of this server.
    pub async fn get(&mut self, path: &str) -> Result<Answer, RobotError> {
        let request = self.http.get(format!("{}{}", self.origin, path.trim_start_matches(&self.origin)));
        self.send(request).await
    }

    pub async fn post_json(&mut self, path: &str, body: &Value) -> Result<Answer, RobotError> {
        let request = self.http.post(format!("{}{path}", self.origin));
        self.send(request.header(header::CONTENT_TYPE, "application/json").body(body.to_string())).await
    }

    async fn send(&mut self, request: RequestBuilder) -> Result<Answer, RobotError> {
        let cookies: Vec<String> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = match cookies.is_empty() {
            true => request,
            false => request.header(header::COOKIE, cookies.join("; ")),
        };
        let answer = request.header(header::ORIGIN, &self.origin).send().await?;
        for cookie in answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok()) {
            self.keep(cookie);
        }
        let of = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (location, request_id) = (of(header::LOCATION), of(REQUEST_ID).unwrap_or_default());
        let body = serde_json::from_slice(&answer.bytes().await?).unwrap_or_default();
        Ok(Answer { location, request_id, body })
    }

    fn keep(&mut self, cookie: &str) {
        let Some((name, rest)) = cookie.split_once('=') else { return };
        self.jar.retain(|(known, _)| known != name);
        if !rest.contains("Max-Age=0") {
            let value = rest.split(';').next().unwrap_or_default();
            self.jar.push((name.to_owned(), value.to_owned()));
        }
    }
}

impl Answer {
    /// A member of the JSON that was answered.
    pub fn text(&self, name: &'static str) -> Result<String, RobotError> {
        text(&self.body, name)
    }
}

fn text(body: &Value, name: &'static str) -> Result<String, RobotError> {
    body[name].as_str().map(str::to_owned).ok_or(RobotError::Without(name))
}

/// The URL with this parameter taken from another one.
pub(super) fn with_parameter_of(url: &str, name: &'static str, other: &str) -> Result<String, RobotError> {
    let (url, other) = (Url::parse(url), Url::parse(other));
    let (Ok(url), Ok(other)) = (url, other) else { return Err(RobotError::Without("URL")) };
    let taken = other.query_pairs().find(|(known, _)| known == name).ok_or(RobotError::Without(name))?.1;
    let pairs = url.query_pairs().map(|(known, value)| {
        let value = if known == name { taken.clone() } else { value };
        (known.into_owned(), value.into_owned())
    });
    let pairs: Vec<(String, String)> = pairs.collect();
    let mut changed = url;
    changed.query_pairs_mut().clear().extend_pairs(pairs);
    Ok(changed.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_parameter_is_taken_from_another_url() {
        let (one, other) = ("http://localhost/x?code=1&state=2", "http://localhost/x?code=3&state=4");
        assert_eq!(with_parameter_of(one, "code", other).unwrap(), "http://localhost/x?code=3&state=2");
        assert!(with_parameter_of(one, "iss", other).is_err());
    }

    #[test]
    fn a_jar_keeps_the_last_value_and_drops_what_was_removed() {
        let mut robot = Robot::new("http://localhost:1", "http://localhost:2").unwrap();
        for cookie in ["a=1; Path=/", "b=2; Path=/", "a=3; Path=/", "b=; Max-Age=0"] {
            robot.keep(cookie);
        }
        assert_eq!(robot.jar, [("a".to_owned(), "3".to_owned())]);
    }
}
