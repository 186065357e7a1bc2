//! What the store's queries cost on a large database, relative to a small one: `make bench-large`.
//!
//!     large [USERS [postgres://…]]
//!
//! Without a URL, on SQLite in a temporary folder. Each user has five sessions and ten events, in rows that set-based SQL
//! writes. Each query runs on rows spread over the whole table, with and without statistics (`ANALYZE`).

mod fill;
mod requests;

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use latchkey::{
    accounts::{ClientInfo, Purpose, SignUp, UserId},
    oidc::AuthenticationClaims,
    providers::{Profile, ProfileEmail},
    sealing::Sealer,
    store::{Admission, Database, GrantUpdate, SettleRequest, SweepStep},
};
use time::OffsetDateTime;

/// An error that prevents a measurement.
type Failure = Box<dyn std::error::Error>;

/// Users of the database that others are compared with.
const SMALL: u32 = 1000;
/// Of each query.
const REPETITIONS: u32 = 400;
/// Queries, and requests, of other rows before those that are timed: a server that runs has the upper pages of its tables in memory.
const WARM_UP: u32 = 10_000;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("bench-large: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let users = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let url = arguments.next();
    let folder = tempfile::tempdir()?;
    let mut columns = Vec::new();
    for (name, users, analyzed) in [("small", SMALL, false), ("large", users, false), ("large, analyzed", users, true)]
    {
        let url = fill::database(url.as_deref(), folder.path(), users).await?;
        if analyzed {
            fill::analyze(&url).await?;
        }
        let database = Database::connect(&url, sealer()?).await?;
        println!("{name}: {users} users");
        let mut column = measure(&database, users).await?;
        database.close().await;
        column.extend(measure_requests(&url, users).await?);
        columns.push(column);
    }
    print(&columns);
    Ok(())
}

fn sealer() -> Result<Sealer, Failure> {
    Ok(Sealer::new([[7; 32].as_slice()].into_iter(), "database")?)
}

type Column = Vec<(&'static str, Duration)>;

fn print(columns: &[Column]) {
    println!("\n| query | small | large | ratio | analyzed | ratio |\n|---|---|---|---|---|---|");
    for (row, (name, small)) in columns[0].iter().enumerate() {
        let microseconds = |time: Duration| format!("{:.0} µs", time.as_secs_f64() * 1e6);
        let ratio = |time: Duration| format!("{:.2}", time.as_secs_f64() / small.as_secs_f64());
        let (large, analyzed) = (columns[1][row].1, columns[2][row].1);
        println!(
            "| {name} | {} | {} | {} | {} | {} |",
            microseconds(*small),
            microseconds(large),
            ratio(large),
            microseconds(analyzed),
            ratio(analyzed)
        );
    }
}

/// Adds the median time of a query, or of a request.
macro_rules! median {
    ($column:ident, $name:literal, $round:ident, $query:expr) => {{
        let mut times = Vec::new();
        for $round in 0..REPETITIONS {
            let began = Instant::now();
            $query;
            times.push(began.elapsed());
        }
        times.sort_unstable();
        $column.push(($name, times[times.len() / 2]));
    }};
}

/// A stride that visits rows all over a table.
fn spread(round: u32, users: u32) -> u32 {
    round.wrapping_mul(2_654_435_761) % users + 1
}

/// The median time of each query.
async fn measure(database: &Database, users: u32) -> Result<Column, Failure> {
    let now = OffsetDateTime::from_unix_timestamp(fill::NOW)?;
    let user = |round: u32| spread(round, users);
    let mut column = Vec::new();
    for round in 0..WARM_UP.min(users) {
        let session = 3 * users + user(round);
        database.load_session(&format!("h{session}"), now).await?.ok_or("no session")?;
        database.user_sessions(fill::user_id(user(round))?, now).await?;
    }
    median!(column, "session and user of a page, or of /auth/verify", round, {
        database.load_session(&format!("h{}", user(round)), now).await?.ok_or("no session")?
    });
    median!(column, "noting the last use", round, {
        database.touch_session(&fill::session_id(user(round)), now, now).await?
    });
    median!(column, "devices of a user", round, database.user_sessions(fill::user_id(user(round))?, now).await?);
    median!(column, "identities of a user", round, database.identities(fill::user_id(user(round))?).await?);
    median!(column, "sign-in of a known user", round, sign_in(database, &format!("s{}", user(round)), now).await?);
    median!(column, "first sign-in", round, { sign_in(database, &format!("new{round}-{}", began_at()), now).await? });
    median!(column, "one round of the sweeper with nothing to do", _round, {
        for step in SweepStep::ALL {
            database.sweep(step, OffsetDateTime::UNIX_EPOCH, 500).await?;
        }
    });
    Ok(column)
}

/// The median time of each request, of sessions spread over the whole table.
async fn measure_requests(url: &str, users: u32) -> Result<Column, Failure> {
    // Not those of the queries, which look for other hashes. The last one is the administrator's.
    let session = |round: u32| spread(round, users) + users;
    let other = |round: u32| spread(round, users) + 2 * users;
    let administrator = 5 * users;
    let others = WARM_UP.min(users);
    requests::open(url, (0..REPETITIONS).map(session).chain((0..others).map(other)).chain([administrator])).await?;
    let server = requests::Server::start(url).await?;
    for round in 0..others {
        server.get("/dashboard", requests::id(other(round))).await?;
        if round % 10 == 0 {
            server.get("/settings/security", requests::id(other(round))).await?;
        }
    }
    let mut column = Vec::new();
    let id = |round| requests::id(session(round));
    median!(column, "whole request: the dashboard", round, server.get("/dashboard", id(round)).await?);
    median!(column, "whole request: `/auth/verify`", round, server.get("/auth/verify", id(round)).await?);
    median!(column, "whole request: the devices", round, server.get("/settings/security", id(round)).await?);
    let administrator = requests::id(administrator);
    median!(column, "whole request: the first users", _round, server.get("/admin", administrator).await?);
    median!(column, "whole request: a search for users", _round, server.get("/admin?q=s77", administrator).await?);
    server.stop().await;
    Ok(column)
}

/// Makes subjects distinct between runs on one database.
fn began_at() -> i128 {
    OffsetDateTime::now_utc().unix_timestamp_nanos()
}

async fn sign_in(database: &Database, subject: &str, now: OffsetDateTime) -> Result<UserId, Failure> {
    let email = ProfileEmail {
        unverified_email: format!("{subject}@example.com"),
        verified_by_provider: true,
        provider_is_authoritative: false,
    };
    let profile = Profile {
        issuer: "https://accounts.google.com".into(),
        subject: subject.into(),
        provider: "google".into(),
        email: Some(email),
        name: None,
        picture: None,
        authentication: AuthenticationClaims::default(),
    };
    let request = SettleRequest {
        purpose: &Purpose::SignIn,
        profile: &profile,
        session_user: None,
        session: None,
        admission: Admission { sign_up: &SignUp::Open, opened: None, now },
        second_factor: latchkey::accounts::SecondFactorPolicy::Optional,
        client: &ClientInfo::default(),
        now,
        waiting: None,
        granted: GrantUpdate::None,
    };
    let outcome = database.settle(&request).await?;
    Ok(outcome.signed_in.ok_or("no sign-in")?.user.id)
}
