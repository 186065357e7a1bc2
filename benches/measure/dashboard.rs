//! The signed-in dashboard against a bare Axum handler that sends the same bytes after one query with sqlx's own driver: what
//! the framework and the database cost where nothing is checked and nothing rendered.

use std::{hint::black_box, net::Ipv4Addr, net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
    serve::ListenerExt,
};
use latchkey::sealing::sha256_base64url;
use sqlx::{SqlitePool, sqlite::SqlitePoolOptions};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tower_sessions::session::Id;

use crate::{
    Failure,
    http::Line,
    load::{self, Outcome, Reader},
    log::Log,
    sign_ins::{ADA, Visitor, navigation},
    world::World,
};

const WARM_UP: Duration = Duration::from_secs(2);
const LASTS: Duration = Duration::from_secs(2);
const ROUNDS: usize = 7;
/// As many as Latchkey opens to SQLite.
const CONNECTIONS: u32 = 8;

/// The results of each round.
#[derive(Default)]
pub struct Rounds {
    /// The dashboard with the log level of production.
    pub dashboard: Vec<Outcome>,
    /// The dashboard with a log of warnings only.
    pub quiet: Vec<Outcome>,
    /// The bare handler, which logs nothing.
    pub bare: Vec<Outcome>,
    /// The length of the page in bytes.
    pub page: usize,
}

/// Dashboard, quiet dashboard and bare handler alternate, so that other load on the machine affects all of them.
pub fn measure(world: &World, log: &Log) -> Result<Rounds, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let cookie = runtime.block_on(Visitor::new(world, ADA)?.sign_in())?;
    let request = navigation(&world.origin, "/dashboard", &cookie).into_bytes();
    let page = runtime.block_on(Line::new(world.latchkey).exchange(&request))?;
    if page.status != 200 || !page.text().contains("Ada Lovelace") {
        return Err(format!("the dashboard does not open: {}", page.status).into());
    }
    let mut rounds = Rounds { page: page.body.len(), ..Rounds::default() };
    let bare = serve_bare(world, page.body.into())?;
    let run = |address, lasts| load::drive(Reader::several(address, &request), lasts);

    run(world.latchkey, WARM_UP);
    run(bare, WARM_UP);
    for _ in 0..ROUNDS {
        rounds.dashboard.push(run(world.latchkey, LASTS));
        log.warnings_only();
        rounds.quiet.push(run(world.latchkey, LASTS));
        log.as_in_production();
        rounds.bare.push(run(bare, LASTS));
    }
    Ok(rounds)
}

#[derive(Clone)]
struct Bare {
    pool: SqlitePool,
    page: Bytes,
}

fn serve_bare(world: &World, page: Bytes) -> Result<SocketAddr, Failure> {
    let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS);
    let bare = Bare { pool: world.others.block_on(pool.connect(world.database_url()))?, page };
    let app = Router::new().route("/dashboard", get(answer)).with_state(bare);
    let listener = world.others.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
    let address = listener.local_addr()?;
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    world.others.spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

/// The id hash of a session.
pub fn id_hash(id: &Id) -> String {
    sha256_base64url(id.0.to_le_bytes())
}

async fn answer(State(bare): State<Bare>, headers: HeaderMap) -> Response {
    match look_up(&bare.pool, &headers).await {
        Ok(true) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], bare.page).into_response(),
        Ok(false) => StatusCode::UNAUTHORIZED.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// The user's name, email and picture, by the session.
async fn look_up(pool: &SqlitePool, headers: &HeaderMap) -> Result<bool, sqlx::Error> {
    let Some(id_hash) = session_of(headers) else { return Ok(false) };
    let row: Option<(Option<String>, Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT users.name, users.verified_email, users.picture FROM sessions JOIN users ON users.id = sessions.user_id \
         WHERE sessions.id_hash = $1 AND sessions.expires_at > $2",
    )
    .bind(id_hash)
    .bind(OffsetDateTime::now_utc().unix_timestamp())
    .fetch_optional(pool)
    .await?;
    Ok(black_box(row).is_some())
}

/// The id hash of the session in a request's cookie.
pub fn session_of(headers: &HeaderMap) -> Option<String> {
    let cookie = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    cookie.strip_prefix("session=").and_then(|id| id.parse::<Id>().ok()).map(|id| id_hash(&id))
}
