//! The JSON API as front ends in a browser and native apps call it.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{
    app::App,
    browser::{Browser, Page},
};

#[derive(Debug)]
pub struct Answer {
    pub page: Page,
    pub json: Value,
}

impl Answer {
    /// The status and the error code, which is empty after a success.
    pub fn outcome(&self) -> (u16, &str) {
        (self.page.status, self.json["error"]["code"].as_str().unwrap_or_default())
    }

    /// A string member of the JSON.
    pub fn text(&self, member: &str) -> String {
        self.json[member].as_str().unwrap_or_else(|| panic!("no {member}: {self:?}")).to_owned()
    }
}

impl Browser {
    /// A `fetch` of a script on one of our pages.
    pub fn fetch(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).header("origin", self.origin()).header("sec-fetch-site", "same-origin")
    }

    /// Sends a request and parses the response as JSON.
    pub async fn ask(&self, request: RequestBuilder) -> Answer {
        let page = self.send(request).await;
        let json = serde_json::from_str(&page.body).unwrap_or(Value::Null);
        Answer { page, json }
    }

    pub async fn get_json(&self, path: &str) -> Answer {
        self.ask(self.fetch(Method::GET, path)).await
    }

    pub async fn post_json(&self, path: &str, body: &Value) -> Answer {
        let request = self.fetch(Method::POST, path).header("content-type", "application/json");
        self.ask(request.body(body.to_string())).await
    }

    pub async fn get_as_bearer(&self, path: &str, token: &str) -> Answer {
        self.ask(self.request(Method::GET, path).bearer_auth(token)).await
    }

    /// A nonce and its `nonce_token`.
    pub async fn nonce(&self) -> (String, String) {
        let answer = self.get_json("/api/auth/nonce").await;
        assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
        (answer.text("nonce"), answer.text("nonce_token"))
    }

    /// Signs in with an id_token of Google's that has a nonce of this browser.
    pub async fn sign_in_with_id_token(&self, app: &App, person: &str, mode: &str) -> Answer {
        let (nonce, _) = self.nonce().await;
        let token = app.id_token(person, json!({ "nonce": nonce })).await;
        self.post_json("/api/auth", &json!({ "provider": "google", "id_token": token, "mode": mode })).await
    }

    /// Signs in with an id_token; returns the access token and the refresh token.
    pub async fn obtain_tokens(&self, app: &App, person: &str) -> (String, String) {
        let answer = self.sign_in_with_id_token(app, person, "token").await;
        assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
        (answer.text("access_token"), answer.text("refresh_token"))
    }

    pub async fn refresh(&self, token: &str) -> Answer {
        self.post_json("/api/auth/refresh", &json!({ "refresh_token": token })).await
    }
}

impl App {
    /// An id_token of the sandbox's Google for our client, as a front end gets it.
    pub async fn id_token(&self, person: &str, more: Value) -> String {
        self.mint("google", person, "id_token", more).await
    }

    /// An access token of a sandbox provider for our client.
    pub async fn access_token(&self, provider: &str, person: &str, more: Value) -> String {
        self.mint(provider, person, "access_token", more).await
    }

    async fn mint(&self, provider: &str, person: &str, kind: &str, more: Value) -> String {
        let mut request = json!({ "kind": kind, "person": person });
        request.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let minted = self.control_sandbox(&format!("{provider}/mint"), request).await;
        minted[kind].as_str().expect("a token").to_owned()
    }
}
