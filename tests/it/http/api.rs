//! The JSON API as its callers see it: front ends in a browser, and programs without one.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{
    app::App,
    browser::{Browser, Page},
};

/// An answer, with its JSON.
#[derive(Debug)]
pub struct Answer {
    pub page: Page,
    pub json: Value,
}

impl Answer {
    /// Status and code; the code is empty where nothing went wrong.
    pub fn outcome(&self) -> (u16, &str) {
        (self.page.status, self.json["error"]["code"].as_str().unwrap_or_default())
    }

    /// A member of the answer that is a text.
    pub fn text(&self, member: &str) -> String {
        self.json[member].as_str().unwrap_or_else(|| panic!("no {member}: {self:?}")).to_owned()
    }
}

impl Browser {
    /// A request of a script on one of our own pages.
    pub fn fetch(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).header("origin", self.origin()).header("sec-fetch-site", "same-origin")
    }

    /// Sends a request, and reads the answer as JSON.
    pub async fn ask(&self, request: RequestBuilder) -> Answer {
        let page = self.send(request).await;
        let json = serde_json::from_str(&page.body).unwrap_or(Value::Null);
        Answer { page, json }
    }

    /// A GET of a script on one of our own pages.
    pub async fn asks(&self, path: &str) -> Answer {
        self.ask(self.fetch(Method::GET, path)).await
    }

    /// A POST of JSON of a script on one of our own pages.
    pub async fn tells(&self, path: &str, body: &Value) -> Answer {
        let request = self.fetch(Method::POST, path).header("content-type", "application/json");
        self.ask(request.body(body.to_string())).await
    }

    /// A GET of a program with an access token.
    pub async fn asks_as_bearer(&self, path: &str, token: &str) -> Answer {
        self.ask(self.request(Method::GET, path).bearer_auth(token)).await
    }

    /// A nonce, and the text that shows that it is this device's.
    pub async fn nonce(&self) -> (String, String) {
        let given = self.asks("/api/auth/nonce").await;
        assert_eq!(given.outcome(), (200, ""), "{given:?}");
        (given.text("nonce"), given.text("nonce_token"))
    }

    /// Hands in an id_token of Google's for this person, with a nonce of this browser.
    pub async fn hands_in(&self, app: &App, person: &str, mode: &str) -> Answer {
        let (nonce, _) = self.nonce().await;
        let token = app.id_token(person, json!({ "nonce": nonce })).await;
        self.tells("/api/auth", &json!({ "provider": "google", "id_token": token, "mode": mode })).await
    }

    /// Signs in for tokens, which must work: access token and refresh token.
    pub async fn gets_tokens(&self, app: &App, person: &str) -> (String, String) {
        let answer = self.hands_in(app, person, "token").await;
        assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
        (answer.text("access_token"), answer.text("refresh_token"))
    }

    /// Brings a refresh token.
    pub async fn refreshes(&self, token: &str) -> Answer {
        self.tells("/api/auth/refresh", &json!({ "refresh_token": token })).await
    }
}

impl App {
    /// An id_token of the sandbox Google's for our client, as a front end would have got it.
    pub async fn id_token(&self, person: &str, more: Value) -> String {
        self.mint("google", person, "id_token", more).await
    }

    /// An access token of a sandbox provider's for our client.
    pub async fn access_token(&self, provider: &str, person: &str, more: Value) -> String {
        self.mint(provider, person, "access_token", more).await
    }

    async fn mint(&self, provider: &str, person: &str, kind: &str, more: Value) -> String {
        let mut order = json!({ "kind": kind, "person": person });
        order.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let minted = self.tell_sandbox(&format!("{provider}/mint"), order).await;
        minted[kind].as_str().expect("a token").to_owned()
    }
}
