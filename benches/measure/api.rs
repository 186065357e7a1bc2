//! The API over HTTP: `/api/me` by cookie and by access token, and token refreshes, each against a bare Axum handler with
//! the same queries and the same response.

use std::{net::Ipv4Addr, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt,
};
use latchkey::{accounts::ClientInfo, relying_party::Clock, store::Database, tokens::Tokens};
use serde_json::Value;
use time::OffsetDateTime;
use tokio::net::TcpListener;

use crate::{
    Failure,
    dashboard::session_of,
    http::Line,
    load::{self, Client, Outcome, Reader},
    sign_ins::{ADA, Visitor},
    world::World,
};

const WARM_UP: Duration = Duration::from_secs(1);
const LASTS: Duration = Duration::from_secs(2);
const ROUNDS: usize = 5;
/// Applications that refresh concurrently, each with its own session.
const APPLICATIONS: usize = 16;

/// Rounds of the server, each followed by one of the bare handler.
#[derive(Default)]
pub struct Pairs {
    pub ours: Vec<Outcome>,
    pub bare: Vec<Outcome>,
}

/// The results on one engine.
pub struct Found {
    pub engine: &'static str,
    /// `/api/me` with the session cookie.
    pub me_by_cookie: Pairs,
    /// `/api/me` with an access token.
    pub me_by_bearer: Pairs,
    /// `/api/auth/refresh`.
    pub refreshes: Pairs,
}

/// The server and the bare handler alternate, so that other load on the machine affects both.
pub fn measure(world: &World) -> Result<Found, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let cookie = runtime.block_on(Visitor::new(world, ADA)?.sign_in())?;
    let first = runtime.block_on(Application::start(world))?;
    let by_cookie = get_me(world, &format!("cookie: {cookie}"));
    let by_bearer = get_me(world, &format!("authorization: Bearer {}", first.access));
    let me = runtime.block_on(Line::new(world.latchkey).exchange(by_bearer.as_bytes()))?;
    if me.status != 200 {
        return Err(format!("/api/me answers {} {}", me.status, me.text()).into());
    }
    let bare = serve_bare(world, me.body.into())?;
    Ok(Found {
        engine: world.engine,
        me_by_cookie: in_turns(world, bare, |address| Ok(Reader::several(address, by_cookie.as_bytes())), &by_cookie)?,
        me_by_bearer: in_turns(world, bare, |address| Ok(Reader::several(address, by_bearer.as_bytes())), &by_cookie)?,
        refreshes: refreshes(world, bare, &runtime)?,
    })
}

fn get_me(world: &World, credential: &str) -> String {
    let host = world.origin.trim_start_matches("http://");
    format!("GET /api/me HTTP/1.1\r\nhost: {host}\r\naccept: application/json\r\n{credential}\r\n\r\n")
}

/// The bare handler always gets the cookie: it looks the session up and knows no tokens.
fn in_turns(
    world: &World,
    bare: SocketAddr,
    ours: impl Fn(SocketAddr) -> Result<Vec<Reader>, Failure>,
    bare_request: &str,
) -> Result<Pairs, Failure> {
    let bares = || Reader::several(bare, bare_request.as_bytes());
    load::drive(ours(world.latchkey)?, WARM_UP);
    load::drive(bares(), WARM_UP);
    let mut pairs = Pairs::default();
    for _ in 0..ROUNDS {
        pairs.ours.push(load::drive(ours(world.latchkey)?, LASTS));
        pairs.bare.push(load::drive(bares(), LASTS));
    }
    Ok(pairs)
}

fn refreshes(world: &World, bare: SocketAddr, runtime: &tokio::runtime::Runtime) -> Result<Pairs, Failure> {
    let mut pairs = Pairs::default();
    for _ in 0..ROUNDS {
        for (address, outcomes) in [(world.latchkey, &mut pairs.ours), (bare, &mut pairs.bare)] {
            let mut applications = Vec::new();
            for _ in 0..APPLICATIONS {
                let mut application = runtime.block_on(Application::start(world))?;
                application.line = Line::new(address);
                applications.push(application);
            }
            outcomes.push(load::drive(applications, LASTS));
        }
    }
    Ok(pairs)
}

/// An application with tokens: presents its latest refresh token.
pub struct Application {
    line: Line,
    host: String,
    pub access: String,
    refresh: String,
}

impl Application {
    /// Signs in with an access token of the sandbox.
    pub async fn start(world: &World) -> Result<Self, Failure> {
        let (host, mut line) = (world.origin.trim_start_matches("http://").to_owned(), Line::new(world.latchkey));
        let sandbox = world.sandbox.origin().trim_start_matches("http://");
        let order = format!(r#"{{"kind":"access_token","person":"{ADA}"}}"#);
        let minted = json_of(&mut Line::new(world.sandbox_address()?), sandbox, "/control/google/mint", &order).await?;
        let token = minted["access_token"].as_str().unwrap_or_default();
        let body = format!(r#"{{"provider":"google","access_token":"{token}","mode":"token"}}"#);
        let answer = json_of(&mut line, &host, "/api/auth", &body).await?;
        let member = |name: &str| answer[name].as_str().map(str::to_owned).ok_or(format!("no {name}: {answer}"));
        Ok(Self { access: member("access_token")?, refresh: member("refresh_token")?, line, host })
    }
}

impl Client for Application {
    async fn once(&mut self) -> Result<(), String> {
        let body = format!(r#"{{"refresh_token":"{}"}}"#, self.refresh);
        let answer = json_of(&mut self.line, &self.host, "/api/auth/refresh", &body).await?;
        match answer["refresh_token"].as_str() {
            Some(next) => next.clone_into(&mut self.refresh),
            None => return Err(answer.to_string()),
        }
        Ok(())
    }
}

async fn json_of(line: &mut Line, host: &str, path: &str, body: &str) -> Result<Value, String> {
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = line.exchange(request.as_bytes()).await.map_err(|error| error.to_string())?;
    serde_json::from_slice(&answer.body).map_err(|error| error.to_string())
}

#[derive(Clone)]
struct Bare {
    database: Arc<Database>,
    tokens: Tokens,
    me: Bytes,
}

fn serve_bare(world: &World, me: Bytes) -> Result<SocketAddr, Failure> {
    let database = Arc::new(world.database()?);
    let tokens = Tokens::new(database.clone(), &world.origin, None, Clock::default());
    let app = Router::new().route("/api/me", get(who)).route("/api/auth/refresh", post(next));
    let app = app.with_state(Bare { database, tokens, me });
    let listener = world.others.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
    let address = listener.local_addr()?;
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    world.others.spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

async fn who(State(bare): State<Bare>, headers: HeaderMap) -> Response {
    let Some(session) = session_of(&headers) else { return StatusCode::UNAUTHORIZED.into_response() };
    match bare.database.load_session(&session, OffsetDateTime::now_utc()).await {
        Ok(Some(_)) => ([(header::CONTENT_TYPE, "application/json")], bare.me).into_response(),
        Ok(None) => StatusCode::UNAUTHORIZED.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// The same rotation and signature, without anything around it.
async fn next(State(bare): State<Bare>, body: Bytes) -> Response {
    use secrecy::ExposeSecret;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    match bare.tokens.refresh(body["refresh_token"].as_str().unwrap_or_default(), &ClientInfo::default()).await {
        Ok(pair) => axum::Json(serde_json::json!({
            "success": true,
            "access_token": pair.access_token.expose_secret(),
            "refresh_token": pair.refresh_token.expose(),
            "expires_in": pair.expires_in,
            "token_type": "Bearer",
        }))
        .into_response(),
        Err(_) => StatusCode::UNAUTHORIZED.into_response(),
    }
}
