//! A browser as the protocol sees it: a cookie jar, Fetch Metadata, and redirects followed one by one.

use std::sync::Mutex;

use latchkey::account::FORMS;
use reqwest::{
    Client, Method, RequestBuilder, Response,
    header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE},
};
use url::{Url, form_urlencoded};

use super::owners::Owners;

pub struct Browser {
    pub client: Client,
    app: String,
    owners: Owners,
    jar: Mutex<Jar>,
}

/// The session cookies of the two modes. Tests put invalid values into the last.
pub const SESSIONS: [&str; 2] = ["refresh_token", "session"];

/// Names and values of cookies in the order of their creation, in which browsers send them.
pub type Jar = Vec<(String, String)>;

/// A response with its body.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
    onward: Option<String>,
}

impl Page {
    /// Where the browser goes next, by a redirect or by a page with a meta refresh; empty when it stays. Without the
    /// fragment, which no server sees.
    pub fn location(&self) -> &str {
        let redirect = self.header("location");
        let next = if redirect.is_empty() { self.onward.as_deref().unwrap_or_default() } else { redirect };
        next.split('#').next().unwrap_or_default()
    }

    /// The part of the next page that the browser scrolls to.
    pub fn fragment(&self) -> &str {
        self.header("location").split_once('#').map_or("", |(_, fragment)| fragment)
    }

    /// Empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn set_cookies(&self) -> Vec<String> {
        self.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().expect("text").to_owned()).collect()
    }
}

impl Browser {
    /// The origin of the server.
    pub fn origin(&self) -> &str {
        &self.app
    }

    pub fn new(client: &Client, app: &str, owners: Owners) -> Self {
        Self { client: client.clone(), app: app.to_owned(), owners, jar: Mutex::default() }
    }

    /// Navigates to a path of the server, as a click does.
    pub async fn get(&self, path: &str) -> Page {
        self.send(navigating(self.request(Method::GET, path))).await
    }

    /// Posts a form of one of our pages, with the hidden owner field for the signed-in user.
    pub async fn post(&self, path: &str, form: &str) -> Page {
        let form = match FORMS.iter().any(|form| form.path == path) {
            true => self.owners.added_to(form, &self.cookies()).await,
            false => form.to_owned(),
        };
        self.post_unchanged(path, &form).await
    }

    /// A form with its owner: the user who is signed in here.
    pub async fn with_owner(&self, form: &str) -> String {
        self.owners.added_to(form, &self.cookies()).await
    }

    /// Posts a form without adding the owner field.
    pub async fn post_unchanged(&self, path: &str, form: &str) -> Page {
        let request = self
            .request(Method::POST, path)
            .header("origin", &self.app)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned());
        self.send(navigating(request)).await
    }

    /// A bare request to the server, for [`send`](Self::send).
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.app))
    }

    /// Sends a request with the cookies of this browser, and keeps those of the response.
    pub async fn send(&self, request: RequestBuilder) -> Page {
        let line = self.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let request = if line.is_empty() { request } else { request.header(COOKIE, line) };
        let response = request.send().await.expect("an answer");
        self.keep_cookies(&response);
        read(response).await
    }

    /// Goes through the whole flow at Google, and returns the response of the callback.
    pub async fn try_sign_in(&self, person: &str) -> Page {
        let callback = self.callback_url(person, "/auth/google").await;
        self.get(&callback).await
    }

    /// Signs in with Google; must end at `/dashboard`.
    pub async fn sign_in(&self, person: &str) {
        let page = self.try_sign_in(person).await;
        assert_eq!((page.status, page.location()), (303, "/dashboard"), "{page:?}");
    }

    /// Starts a flow at `start` and consents at the sandbox; returns the path and query of the callback without opening it.
    pub async fn callback_url(&self, person: &str, start: &str) -> String {
        let authorize = self.start_flow(start).await;
        self.consent(&authorize, person, "allow").await
    }

    /// Starts a flow and returns the authorization URL.
    pub async fn start_flow(&self, start: &str) -> String {
        let page = self.get(start).await;
        assert_eq!(page.status, 303, "{start}: {}", page.body);
        page.location().to_owned()
    }

    /// Decides at the sandbox, and returns the path and query that it redirects to.
    pub async fn consent(&self, authorize: &str, person: &str, decision: &str) -> String {
        let (endpoint, query) = authorize.split_once('?').unwrap_or_else(|| panic!("no request: {authorize}"));
        let request = self
            .client
            .post(format!("{endpoint}/consent?{query}"))
            .header("origin", Url::parse(endpoint).expect("a URL").origin().ascii_serialization())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("person={person}&decision={decision}"));
        self.redirect_of(request).await
    }

    /// Opens an authorization URL that needs no interaction (`prompt=none`).
    pub async fn authorize_silently(&self, authorize: &str) -> String {
        self.redirect_of(self.client.get(authorize)).await
    }

    async fn redirect_of(&self, request: RequestBuilder) -> String {
        let answer = request.send().await.expect("the sandbox answers");
        let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let location = location.unwrap_or_else(|| panic!("the sandbox did not redirect: {}", answer.status()));
        location.strip_prefix(&self.app).expect("a URL of the server").to_owned()
    }

    pub fn cookies(&self) -> Jar {
        self.jar.lock().expect("a jar").clone()
    }

    /// The value of the session cookie or the refresh token.
    pub fn session(&self) -> Option<String> {
        SESSIONS.iter().find_map(|name| self.cookie(name))
    }

    /// Sets the session cookie or the refresh token.
    pub fn set_session(&self, value: &str) {
        self.delete_cookie("access_token");
        self.set_cookie(if value.starts_with("lkr_") { "refresh_token" } else { "session" }, value);
    }

    /// The flow cookies.
    pub fn flows(&self) -> Jar {
        self.cookies().into_iter().filter(|(name, _)| name.starts_with("flow-")).collect()
    }

    /// Replaces all cookies.
    pub fn replace_cookies(&self, jar: Jar) {
        *self.jar.lock().expect("a jar") = jar;
    }

    /// Requests `/auth/verify` as a proxy does for a page.
    pub async fn forward_auth(&self) -> Page {
        self.send(self.request(Method::GET, "/auth/verify").header("x-original-uri", "/docs/?page=2")).await
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        keep(&mut self.jar.lock().expect("a jar"), name, value);
    }

    pub fn delete_cookie(&self, name: &str) {
        self.jar.lock().expect("a jar").retain(|(known, _)| known != name);
    }

    pub async fn is_signed_in(&self) -> bool {
        self.get("/dashboard").await.status == 200
    }

    fn keep_cookies(&self, response: &Response) {
        let mut jar = self.jar.lock().expect("a jar");
        for value in response.headers().get_all(SET_COOKIE) {
            let text = value.to_str().expect("a cookie is text");
            let (name, rest) = text.split_once('=').expect("a name");
            if rest.contains("Max-Age=0") {
                jar.retain(|(known, _)| known != name);
            } else {
                keep(&mut jar, name, rest.split(';').next().unwrap_or_default());
            }
        }
    }
}

/// A new value does not make an old cookie younger (RFC 6265 §5.3).
fn keep(jar: &mut Jar, name: &str, value: &str) {
    match jar.iter_mut().find(|(known, _)| known == name) {
        Some((_, kept)) => value.clone_into(kept),
        None => jar.push((name.to_owned(), value.to_owned())),
    }
}

/// Adds the headers of a top-level navigation.
pub fn navigating(request: RequestBuilder) -> RequestBuilder {
    request
        .header("accept", "text/html,application/xhtml+xml")
        .header("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
}

/// A decoded query parameter; empty when there is none.
pub fn parameter(url: &str, name: &str) -> String {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// The URL with one parameter set or removed.
pub fn with_parameter(url: &str, name: &str, value: Option<&str>) -> String {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key != name);
    let pairs = pairs.chain(value.map(|value| (name.into(), value.into())));
    format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

async fn read(response: Response) -> Page {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.text().await.expect("a body");
    Page { status, headers, onward: refresh_of(&body), body }
}

/// The URL of a document's meta refresh.
fn refresh_of(document: &str) -> Option<String> {
    let tag = document.split('<').find(|tag| tag.starts_with("meta ") && tag.contains("http-equiv=\"refresh\""))?;
    let (_, rest) = tag.split_once("content=\"0; url=")?;
    rest.split_once('"').map(|(url, _)| url.replace("&amp;", "&"))
}
