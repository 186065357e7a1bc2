//! Access tokens, verified for the first time and again, and refresh token exchanges.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use latchkey::{
    accounts::{AuthenticationMethod, Authentications, ClientInfo, Purpose, SignUp, UserId},
    oidc::AuthenticationClaims,
    providers::Profile,
    relying_party::Clock,
    sealing::Sealer,
    store::{Admission, Database, GrantUpdate, SettleRequest, TokenHolder},
    tokens::{NewTokenSession, TokenPair, Tokens},
};
use secrecy::ExposeSecret;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use time::OffsetDateTime;
use tokio::task::JoinSet;

use crate::Failure;

/// Sessions, each with one token to verify.
const SESSIONS: usize = 500;
/// Repeated verifications of one token.
const AGAIN: u32 = 200_000;
/// Applications that refresh concurrently, each with its own session.
const AT_ONCE: usize = 16;
const LASTS: Duration = Duration::from_secs(4);

/// The results on one engine.
pub struct Found {
    pub engine: &'static str,
    /// A token that was never verified before.
    pub cold: Duration,
    /// A token that was just verified.
    pub cached: Duration,
    /// Refreshes per second.
    pub refreshes: f64,
}

/// On SQLite, and on PostgreSQL under `scripts/with-postgres`.
pub fn measure() -> Result<Vec<Found>, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().thread_name("tokens").enable_all().build()?;
    let folder = tempfile::tempdir()?;
    let sqlite = format!("sqlite://{}", folder.path().join("tokens.db").display());
    runtime.block_on(async {
        let mut found = vec![on("SQLite", &sqlite).await?];
        if let Ok(cluster) = std::env::var("LATCHKEY_TEST_POSTGRES_URL") {
            found.push(on("PostgreSQL", &postgres(&cluster, "tokens").await?).await?);
        }
        Ok(found)
    })
}

/// An empty PostgreSQL database under `scripts/with-postgres`.
pub fn postgres_of_its_own(of: &str) -> Result<Option<String>, Failure> {
    let Ok(cluster) = std::env::var("LATCHKEY_TEST_POSTGRES_URL") else { return Ok(None) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(postgres(&cluster, of)).map(Some)
}

/// Creates a database.
async fn postgres(cluster: &str, of: &str) -> Result<String, Failure> {
    let name = format!("bench_{}_{of}", std::process::id());
    let mut connection = PgConnection::connect(cluster).await?;
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await?;
    connection.close().await?;
    let mut url = url::Url::parse(cluster)?;
    url.set_path(&name);
    Ok(url.into())
}

async fn on(engine: &'static str, url: &str) -> Result<Found, Failure> {
    let database = Database::connect(url, Sealer::new([[7; 32].as_slice()].into_iter(), "database")?).await?;
    database.migrate().await?;
    let database = Arc::new(database);
    let us = || Tokens::new(database.clone(), "https://app.example", None, Clock::default());
    let tokens = us();
    let mut pairs = Vec::new();
    for number in 0..SESSIONS {
        pairs.push(pair(&tokens, user(&database, number).await?).await?);
    }
    // A second server, which has seen none of them.
    let machine = us();
    machine.jwks().await?;
    let begun = Instant::now();
    for pair in &pairs {
        machine.verify(pair.access_token.expose_secret()).await?;
    }
    let cold = begun.elapsed() / u32::try_from(SESSIONS)?;
    let begun = Instant::now();
    for _ in 0..AGAIN {
        machine.verify(pairs[0].access_token.expose_secret()).await?;
    }
    let cached = begun.elapsed() / AGAIN;
    let refreshes = refresh(&tokens, pairs.split_off(SESSIONS - AT_ONCE)).await?;
    database.close().await;
    Ok(Found { engine, cold, cached, refreshes })
}

/// One of many: a user has a limited number of sessions.
async fn user(database: &Database, number: usize) -> Result<UserId, Failure> {
    let profile = Profile {
        issuer: "https://accounts.google.com".into(),
        subject: number.to_string(),
        provider: "google".into(),
        email: None,
        name: Some("Ada".into()),
        picture: None,
        authentication: AuthenticationClaims::default(),
    };
    let settle_request = SettleRequest {
        purpose: &Purpose::SignIn,
        profile: &profile,
        session_user: None,
        session: None,
        admission: Admission { sign_up: &SignUp::Open, opened: None, now: OffsetDateTime::now_utc() },
        second_factor: latchkey::accounts::SecondFactorPolicy::Optional,
        client: &ClientInfo::default(),
        now: OffsetDateTime::now_utc(),
        waiting: None,
        granted: GrantUpdate::None,
    };
    let settled = database.settle(&settle_request).await?;
    Ok(settled.signed_in.ok_or("nobody is signed in")?.user.id)
}

async fn pair(tokens: &Tokens, user: UserId) -> Result<TokenPair, Failure> {
    let origin = ClientInfo::default();
    let opening = NewTokenSession {
        condition: latchkey::store::OpeningCondition::None,
        browser: None,
        user,
        identity: None,
        authentications: Authentications::by(AuthenticationMethod::provider("google"), OffsetDateTime::now_utc()),
        client: &origin,
        holder: TokenHolder::Program,
        earlier: None,
    };
    Ok(tokens.issue_pair(&opening).await?)
}

/// Each presents its latest token, again and again.
async fn refresh(tokens: &Tokens, pairs: Vec<TokenPair>) -> Result<f64, Failure> {
    let (done, begun) = (Arc::new(AtomicU32::new(0)), Instant::now());
    let mut applications = JoinSet::new();
    for mut pair in pairs {
        let (tokens, done) = (tokens.clone(), done.clone());
        applications.spawn(async move {
            while begun.elapsed() < LASTS {
                match tokens.refresh(pair.refresh_token.expose(), &ClientInfo::default()).await {
                    Ok(next) => pair = next,
                    Err(error) => return Err(error.to_string()),
                }
                done.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        });
    }
    for outcome in applications.join_all().await {
        outcome?;
    }
    Ok(f64::from(done.load(Ordering::Relaxed)) / begun.elapsed().as_secs_f64())
}
