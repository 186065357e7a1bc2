//! A browser as far as the protocol sees one: a cookie jar, Fetch Metadata, and redirects followed one by one.

use std::{collections::BTreeMap, sync::Mutex};

use reqwest::{
    Client, Response,
    header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE},
    redirect::Policy,
};

/// A person's browser with its cookies.
pub struct Browser {
    pub client: Client,
    app: String,
    sandbox: String,
    jar: Mutex<BTreeMap<String, String>>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    /// Where it redirects to; empty when it does not.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// A header's value; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The `Set-Cookie` values.
    pub fn set_cookies(&self) -> Vec<String> {
        self.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().expect("text").to_owned()).collect()
    }
}

impl Browser {
    /// A browser with an empty jar.
    pub fn new(app: &str, sandbox: &str) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().expect("a client");
        Self { client, app: app.to_owned(), sandbox: sandbox.to_owned(), jar: Mutex::default() }
    }

    /// A click: GET of a path of Latchkey, as a top-level navigation.
    pub async fn get(&self, path: &str) -> Page {
        self.navigate(self.client.get(format!("{}{path}", self.app))).await
    }

    /// A form of our own pages, posted.
    pub async fn post(&self, path: &str, form: &str) -> Page {
        let request = self
            .client
            .post(format!("{}{path}", self.app))
            .header("origin", &self.app)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned());
        self.navigate(request).await
    }

    /// Any request to Latchkey with this browser's cookies.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Page {
        let cookies = self.cookies();
        let line = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let request = if line.is_empty() { request } else { request.header(COOKIE, line) };
        let response = request.send().await.expect("an answer");
        self.keep_cookies(&response);
        read(response).await
    }

    /// The whole way: start, provider, consent, callback. Gives the callback's answer.
    pub async fn sign_in_as(&self, person: &str) -> Page {
        let callback = self.callback_url(person, "/auth/google").await;
        self.get(&callback).await
    }

    /// Starts at `start`, lets the person consent at the sandbox, and gives the path and query of the callback
    /// without going there.
    pub async fn callback_url(&self, person: &str, start: &str) -> String {
        let authorize = self.start(start).await;
        self.consent(&authorize, person, "allow").await
    }

    /// Starts a flow and gives the authorization request's address.
    pub async fn start(&self, start: &str) -> String {
        let page = self.get(start).await;
        assert_eq!(page.status, 303, "{start}: {}", page.body);
        page.location().to_owned()
    }

    /// Decides at the sandbox and gives the path and query that it sends the browser back to.
    pub async fn consent(&self, authorize: &str, person: &str, decision: &str) -> String {
        let (endpoint, query) = authorize.split_once('?').expect("a query");
        let answer = self
            .client
            .post(format!("{endpoint}/consent?{query}"))
            .header("origin", &self.sandbox)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("person={person}&decision={decision}"))
            .send()
            .await
            .expect("the sandbox answers");
        let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let location = location.unwrap_or_else(|| panic!("the sandbox sends nobody back: {}", answer.status()));
        location.strip_prefix(&self.app).expect("back to Latchkey").to_owned()
    }

    /// The cookies, by name.
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.jar.lock().expect("a jar").clone()
    }

    /// Puts a cookie into the jar, as an attacker might.
    pub fn plant(&self, name: &str, value: &str) {
        self.jar.lock().expect("a jar").insert(name.to_owned(), value.to_owned());
    }

    /// Forgets a cookie.
    pub fn forget(&self, name: &str) {
        self.jar.lock().expect("a jar").remove(name);
    }

    /// Whether the dashboard opens.
    pub async fn is_signed_in(&self) -> bool {
        self.get("/dashboard").await.status == 200
    }

    async fn navigate(&self, request: reqwest::RequestBuilder) -> Page {
        let request = request
            .header("accept", "text/html,application/xhtml+xml")
            .header("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document");
        self.send(request).await
    }

    fn keep_cookies(&self, response: &Response) {
        let mut jar = self.jar.lock().expect("a jar");
        for value in response.headers().get_all(SET_COOKIE) {
            let text = value.to_str().expect("a cookie is text");
            let (name, rest) = text.split_once('=').expect("a name");
            if rest.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), rest.split(';').next().unwrap_or_default().to_owned());
            }
        }
    }
}

async fn read(response: Response) -> Page {
    Page {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.text().await.expect("a body"),
    }
}
