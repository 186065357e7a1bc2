//! Complete sign-ins: the start at Latchkey, the consent at the sandbox, the callback at Latchkey with the token request,
//! the verified id_token, the user and the session behind it.

use std::{net::SocketAddr, time::Duration};

use crate::{
    Failure,
    http::{Answer, Line},
    load::{self, Client, Outcome},
    world::World,
};

const PERSONS: usize = 16;
const WARM_UP: Duration = Duration::from_secs(2);
const LASTS: Duration = Duration::from_secs(10);

/// The persons of the sandbox's own that the benchmark signs in as outside the measurement.
pub const ADA: &str = "ada";

/// A person with a browser.
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

/// Makes a person at the sandbox.
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
        return Err(format!("the sandbox takes nobody in: {} {}", answer.status, answer.text()).into());
    }
    Ok(())
}

fn visitors(world: &World) -> Result<Vec<Visitor>, Failure> {
    (0..PERSONS).map(|number| Visitor::new(world, &format!("person-{number}"))).collect()
}

impl Visitor {
    /// A visitor who will be this person of the sandbox.
    pub fn new(world: &World, person: &str) -> Result<Self, Failure> {
        Ok(Self {
            origin: world.origin.clone(),
            latchkey: Line::new(world.latchkey),
            sandbox_origin: world.sandbox.origin().to_owned(),
            sandbox: Line::new(world.sandbox_address()?),
            person: person.to_owned(),
        })
    }

    /// Signs in from an empty cookie jar; gives the session's cookie as `name=value`.
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

    /// Lets Latchkey see what a scope stands for: the step-up of one who is signed in, from the form on.
    pub async fn let_in(&mut self, session: &str, form: &str, scope: &str) -> Result<(), String> {
        let host = self.origin.trim_start_matches("http://");
        let request = format!(
            "POST /grants/connect HTTP/1.1\r\nhost: {host}\r\norigin: {}\r\nsec-fetch-site: same-origin\r\n\
             cookie: {session}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            self.origin,
            form.len()
        );
        let started = self.latchkey.exchange(request.as_bytes()).await.map_err(|error| format!("Latchkey: {error}"))?;
        let authorize = redirected(&started, &self.sandbox_origin)?;
        let flow = started.values("set-cookie").filter_map(|cookie| cookie.split(';').next());
        let cookies = std::iter::once(session).chain(flow).collect::<Vec<_>>().join("; ");
        let consented = self.consent(&authorize, Some(scope)).await?;
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

/// What a browser sends when a person opens a page.
pub fn navigation(origin: &str, path: &str, cookies: &str) -> String {
    let host = origin.trim_start_matches("http://");
    let cookies = if cookies.is_empty() { String::new() } else { format!("cookie: {cookies}\r\n") };
    format!(
        "GET {path} HTTP/1.1\r\nhost: {host}\r\n\
         user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\
         accept: text/html,application/xhtml+xml\r\naccept-language: en\r\naccept-encoding: gzip, br\r\n{cookies}\
         sec-fetch-dest: document\r\nsec-fetch-mode: navigate\r\nsec-fetch-site: none\r\n\r\n"
    )
}

/// The path and query behind an origin that an answer redirects to.
fn redirected(answer: &Answer, origin: &str) -> Result<String, String> {
    let location = answer.header("location");
    match location.strip_prefix(origin).filter(|_| answer.status == 303) {
        Some(path) => Ok(path.to_owned()),
        None => Err(format!("{} {location}", answer.status)),
    }
}
