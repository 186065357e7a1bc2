//! Complete sign-ins: the start, the consent at the sandbox, and the callback with the token request, the verified
//! id_token, the user and the session.

use std::{net::SocketAddr, time::Duration};

use latchkey::ui::view::FORM_OWNER;

use crate::{
    Failure,
    http::{Answer, Line},
    load::{self, Client, Outcome},
    world::World,
};

const PERSONS: usize = 16;
const WARM_UP: Duration = Duration::from_secs(2);
const LASTS: Duration = Duration::from_secs(10);

/// The sandbox's own persons who sign in outside the measurement.
pub const ADA: &str = "ada";

/// A person of the sandbox with a browser.
pub struct Visitor {
    origin: String,
    latchkey: Line,
    sandbox_origin: String,
    sandbox: Line,
    person: String,
}

/// Sixteen persons sign in again and again.
pub fn measure(world: &World) -> Result<Outcome, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for number in 0..PERSONS {
        runtime.block_on(introduce(world.sandbox_address()?, world.sandbox.origin(), number))?;
    }
    load::drive(visitors(world)?, WARM_UP);
    Ok(load::drive(visitors(world)?, LASTS))
}

/// Creates a person at the sandbox.
async fn introduce(address: SocketAddr, origin: &str, number: usize) -> Result<(), Failure> {
    let host = origin.trim_start_matches("http://");
    let person = format!(
        r#"{{"id":"person-{number}","email":"person-{number}@gmail.com","name":"Person {number}","email_verified":true}}"#
    );
    let request = format!(
        "POST /control/persons HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{person}",
        person.len()
    );
    let answer = Line::new(address).exchange(request.as_bytes()).await?;
    if answer.status >= 300 {
        return Err(format!("the sandbox rejects the person: {} {}", answer.status, answer.text()).into());
    }
    Ok(())
}

fn visitors(world: &World) -> Result<Vec<Visitor>, Failure> {
    (0..PERSONS).map(|number| Visitor::new(world, &format!("person-{number}"))).collect()
}

impl Visitor {
    pub fn new(world: &World, person: &str) -> Result<Self, Failure> {
        Ok(Self {
            origin: world.origin.clone(),
            latchkey: Line::new(world.latchkey),
            sandbox_origin: world.sandbox.origin().to_owned(),
            sandbox: Line::new(world.sandbox_address()?),
            person: person.to_owned(),
        })
    }

    /// Signs in with an empty cookie jar; returns the session cookie as `name=value`.
    pub async fn sign_in(&mut self) -> Result<String, String> {
        let started = self.open("/auth/google", "").await?;
        let authorize = redirected(&started, &self.sandbox_origin)?;
        let flow = started.values("set-cookie").filter_map(|cookie| cookie.split(';').next());
        let flow = flow.collect::<Vec<_>>().join("; ");

        let consented = self.consent(&authorize, None).await?;
        let callback = redirected(&consented, &self.origin)?;

        let landed = self.open(&callback, &flow).await?;
        match redirected(&landed, "")?.as_str() {
            "/dashboard" => landed.cookie("session=").ok_or_else(|| "no session cookie".to_owned()),
            elsewhere => Err(format!("landed at {elsewhere}")),
        }
    }

    async fn open(&mut self, path: &str, cookies: &str) -> Result<Answer, String> {
        let request = navigation(&self.origin, path, cookies);
        self.latchkey.exchange(request.as_bytes()).await.map_err(|error| format!("Latchkey: {error}"))
    }

    /// Connects Google Drive for a signed-in person, from the form at `/drive` to the grant.
    pub async fn connect_drive(&mut self, session: &str, identity: &str, scope: &str) -> Result<(), String> {
        let page = self.open("/drive", session).await?.text();
        let owner = between(&page, &format!("name=\"{FORM_OWNER}\" value=\""), "\"").ok_or("the page has no owner")?;
        let form = format!("access=drive&identity={identity}&{FORM_OWNER}={owner}");
        let host = self.origin.trim_start_matches("http://");
        let request = format!(
            "POST /grants/connect HTTP/1.1\r\nhost: {host}\r\norigin: {}\r\nsec-fetch-site: same-origin\r\n\
             cookie: {session}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            self.origin,
            form.len()
        );
        let started = self.latchkey.exchange(request.as_bytes()).await.map_err(|error| format!("Latchkey: {error}"))?;
        // `form-action` forbids a redirect: the answer is a page with a meta refresh.
        let onward = started.text();
        let authorize = between(&onward, "content=\"0; url=", "\"").ok_or_else(|| started.status.to_string())?;
        let authorize = authorize.replace("&amp;", "&");
        let authorize = authorize.strip_prefix(&self.sandbox_origin).ok_or("it goes elsewhere")?;
        let flow = started.values("set-cookie").filter_map(|cookie| cookie.split(';').next());
        let cookies = std::iter::once(session).chain(flow).collect::<Vec<_>>().join("; ");
        let consented = self.consent(authorize, Some(scope)).await?;
        let callback = redirected(&consented, &self.origin)?;
        let landed = self.open(&callback, &cookies).await?;
        redirected(&landed, "").map(drop)
    }

    async fn consent(&mut self, authorize: &str, scope: Option<&str>) -> Result<Answer, String> {
        let (path, query) = authorize.split_once('?').ok_or("an authorization request without a query")?;
        let scope = scope.map(|scope| format!("&scope={scope}")).unwrap_or_default();
        let form = format!("person={}&decision=allow{scope}", self.person);
        let request = format!(
            "POST {path}/consent?{query} HTTP/1.1\r\nhost: {}\r\norigin: {}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            self.sandbox_origin.trim_start_matches("http://"),
            self.sandbox_origin,
            form.len()
        );
        self.sandbox.exchange(request.as_bytes()).await.map_err(|error| format!("sandbox: {error}"))
    }
}

impl Client for Visitor {
    async fn once(&mut self) -> Result<(), String> {
        self.sign_in().await.map(drop)
    }
}

/// The text between two others.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}

/// A navigation that wants no compressed page: its text is read, and what it is compared with compresses nothing.
pub fn navigation(origin: &str, path: &str, cookies: &str) -> String {
    let host = origin.trim_start_matches("http://");
    let cookies = if cookies.is_empty() { String::new() } else { format!("cookie: {cookies}\r\n") };
    format!(
        "GET {path} HTTP/1.1\r\nhost: {host}\r\n\
         user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\
         accept: text/html,application/xhtml+xml\r\naccept-language: en\r\naccept-encoding: identity\r\n{cookies}\
         sec-fetch-dest: document\r\nsec-fetch-mode: navigate\r\nsec-fetch-site: none\r\n\r\n"
    )
}

/// The path and query of a URL.
fn redirected(answer: &Answer, origin: &str) -> Result<String, String> {
    let location = answer.header("location");
    match location.strip_prefix(origin).filter(|_| answer.status == 303) {
        Some(path) => Ok(path.to_owned()),
        None => Err(format!("{} {location}", answer.status)),
    }
}
