//! Whole requests, through every layer of the server.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use latchkey::{
    config::{Config, Environment},
    relying_party::Clock,
    sealing::sha256_base64url,
    store::Database,
    web::{self, AppState},
};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use tower::ServiceExt;
use tower_sessions::session::Id;

use crate::{Failure, fill};

const ORIGIN: &str = "http://localhost:3000";

/// A server on a filled database, in this process, at the time of its rows.
pub struct Server {
    router: Router,
    database: Arc<Database>,
}

impl Server {
    pub async fn start(url: &str) -> Result<Self, Failure> {
        let administrator = fill::user_id(1)?.to_string();
        let environment: Environment = [
            ("BASE_URL", ORIGIN),
            ("SECRET_KEY", "bm90IGEgc2VjcmV0LCBhIG1lYXN1cmVtZW50J3Mga2V5IQ=="),
            ("DATABASE_URL", url),
            ("RATE_LIMITS", "off"),
            ("INSPECT", "off"),
            ("GOOGLE_CLIENT_ID", "id"),
            ("GOOGLE_CLIENT_SECRET", "secret"),
            ("ADMINS", &administrator),
        ]
        .into_iter()
        .collect();
        let clock = Clock::default();
        clock.advance(fill::NOW - clock.now());
        let database = Arc::new(Database::connect(url, crate::sealer()?).await?);
        let app = AppState::new(&Config::parse(&environment)?, Arc::clone(&database), clock, None, None)?;
        Ok(Self { router: web::router(&app)?, database })
    }

    /// # Errors
    /// An answer other than 200.
    pub async fn get(&self, path: &str, session: Id) -> Result<(), Failure> {
        let request = Request::get(path)
            .header(header::HOST, "localhost:3000")
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, format!("session={session}"))
            .header("sec-fetch-site", "none");
        let answer = self.router.clone().oneshot(request.body(Body::empty())?).await?;
        let status = answer.status();
        to_bytes(answer.into_body(), usize::MAX).await?;
        if status == StatusCode::OK { Ok(()) } else { Err(format!("{path}: {status}").into()) }
    }

    pub async fn stop(self) {
        self.database.close().await;
    }
}

/// Gives filled sessions an id that a cookie can have: the table has only its hash. They were just used, so that no request
/// notes it.
pub async fn open(url: &str, sessions: impl Iterator<Item = u32>) -> Result<(), Failure> {
    let mut connection = AnyConnection::connect(url).await?;
    sqlx::raw_sql("BEGIN").execute(&mut connection).await?;
    for number in sessions {
        let hash = sha256_base64url(id(number).0.to_le_bytes());
        let now = fill::NOW;
        let by = format!(r#"[{{"by":{{"method":"provider","provider":"google"}},"at":{now}}}]"#);
        let statement = format!(
            "UPDATE sessions SET id_hash = '{hash}', last_seen_at = {now}, reauthenticated_at = {now}, \
             signed_in_by = '{by}', reauthenticated_by = '{by}' WHERE id_hash = 'h{number}'"
        );
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
    }
    sqlx::raw_sql("COMMIT").execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// The id of the session with this number.
pub fn id(number: u32) -> Id {
    Id(i128::from(number))
}
