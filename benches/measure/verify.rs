//! `/auth/verify`, which a proxy calls before each request: by session cookie against a bare Axum handler with the same
//! query, and by access token, which needs no query, against one without any. Both send the same headers.

use std::{net::Ipv4Addr, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
    serve::ListenerExt,
};
use latchkey::store::Database;
use time::OffsetDateTime;
use tokio::net::TcpListener;

use crate::{
    Failure,
    api::{Application, Pairs},
    dashboard::session_of,
    http::Line,
    load::{self, Reader},
    sign_ins::{ADA, Visitor},
    world::World,
};

const WARM_UP: Duration = Duration::from_secs(1);
const LASTS: Duration = Duration::from_secs(2);
const ROUNDS: usize = 7;

/// The results.
pub struct Found {
    /// With the session cookie.
    pub by_cookie: Pairs,
    /// With an access token.
    pub by_bearer: Pairs,
}

/// The server and the bare handler alternate, so that other load on the machine affects both.
pub fn measure(world: &World) -> Result<Found, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let cookie = runtime.block_on(Visitor::new(world, ADA)?.sign_in())?;
    let token = runtime.block_on(Application::start(world))?.access;
    let ask = |path: &str, credential: &str| {
        let host = world.origin.trim_start_matches("http://");
        format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nx-original-uri: /docs/\r\n{credential}\r\n\r\n")
    };
    let (cookie, bearer) = (format!("cookie: {cookie}"), format!("authorization: Bearer {token}"));
    for credential in [&cookie, &bearer] {
        let answer =
            runtime.block_on(Line::new(world.latchkey).exchange(ask("/auth/verify", credential).as_bytes()))?;
        if answer.status != 200 {
            return Err(format!("/auth/verify answers {}", answer.status).into());
        }
    }
    let bare = serve_bare(world)?;
    Ok(Found {
        by_cookie: in_turns(world, bare, &ask("/auth/verify", &cookie), &ask("/by-cookie", &cookie)),
        by_bearer: in_turns(world, bare, &ask("/auth/verify", &bearer), &ask("/by-nothing", &bearer)),
    })
}

fn in_turns(world: &World, bare: SocketAddr, ours: &str, bares: &str) -> Pairs {
    let run = |address, request: &str, lasts| load::drive(Reader::several(address, request.as_bytes()), lasts);
    run(world.latchkey, ours, WARM_UP);
    run(bare, bares, WARM_UP);
    let mut pairs = Pairs::default();
    for _ in 0..ROUNDS {
        pairs.ours.push(run(world.latchkey, ours, LASTS));
        pairs.bare.push(run(bare, bares, LASTS));
    }
    pairs
}

fn serve_bare(world: &World) -> Result<SocketAddr, Failure> {
    let app = Router::new().route("/by-cookie", get(by_cookie)).route("/by-nothing", get(answer));
    let app = app.with_state(Arc::new(world.database()?));
    let listener = world.others.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
    let address = listener.local_addr()?;
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    world.others.spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

async fn by_cookie(State(database): State<Arc<Database>>, headers: HeaderMap) -> Response {
    let Some(session) = session_of(&headers) else { return StatusCode::UNAUTHORIZED.into_response() };
    match database.load_session(&session, OffsetDateTime::now_utc()).await {
        Ok(Some(_)) => answer().await.into_response(),
        Ok(None) => StatusCode::UNAUTHORIZED.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn answer() -> impl IntoResponse {
    [
        (header::CACHE_CONTROL.as_str(), "no-store"),
        ("x-user-id", "01a213c4-6600-7fa2-8540-e71a49a3b1db"),
        ("x-user-email", "ada@gmail.com"),
        ("x-user-name", "Ada Lovelace"),
    ]
}
