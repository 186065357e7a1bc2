//! Password sign-ins, and the response time of the dashboard during two hundred concurrent ones.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use latchkey::{accounts::EmailAddress, passwords::PasswordPool};
use time::OffsetDateTime;

use crate::{
    Failure,
    http::Line,
    load::{self, Client, Outcome},
    sign_ins::{ADA, Visitor, navigation},
    world::World,
};

const ADDRESS: &str = "bench@example.org";
const PASSWORD: &str = "a key under the mat";
const AT_ONCE: usize = 200;
const WARM_UP: Duration = Duration::from_secs(1);
const LASTS: Duration = Duration::from_secs(8);
/// The pause between two requests of the reader: a user who clicks, not a flood.
const PAUSE: Duration = Duration::from_millis(5);

/// The results.
pub struct Passwords {
    /// Two hundred clients that sign in again and again.
    pub sign_ins: Outcome,
    /// The p99 of the dashboard for one reader on an idle server.
    pub idle: Duration,
    /// The p99 during the sign-ins.
    pub meanwhile: Duration,
}

/// First idle, then during the sign-ins.
pub fn measure(world: &World) -> Result<Passwords, Failure> {
    squatted(world)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let cookie = runtime.block_on(Visitor::new(world, ADA)?.sign_in())?;
    let request: Arc<[u8]> = navigation(&world.origin, "/dashboard", &cookie).into_bytes().into();
    let look = |until: Until| percentile(watch(world.latchkey, request.clone(), until));

    look(Until::Elapsed(WARM_UP))?;
    let idle = look(Until::Elapsed(LASTS))?;
    let done = Arc::new(AtomicBool::new(false));
    let watching = {
        let (address, request, done) = (world.latchkey, request.clone(), done.clone());
        std::thread::spawn(move || {
            percentile(watch(address, request, Until::Set(done))).map_err(|error| error.to_string())
        })
    };
    let people = (0..AT_ONCE).map(|_| Person::new(world)).collect();
    let sign_ins = load::drive(people, LASTS);
    done.store(true, Ordering::Relaxed);
    let meanwhile = watching.join().expect("the reader does not panic")?;
    Ok(Passwords { sign_ins, idle, meanwhile })
}

fn squatted(world: &World) -> Result<(), Failure> {
    let database = world.database()?;
    world.others.block_on(async {
        let pool = PasswordPool::new(false);
        let password = pool.choose(&PASSWORD.to_owned().into(), &[ADDRESS], None).await??;
        let hash = pool.hash(&password, None).await?;
        database.create_demo_account(&EmailAddress::parse(ADDRESS)?, &hash, OffsetDateTime::now_utc()).await?;
        Ok(())
    })
}

enum Until {
    Elapsed(Duration),
    Set(Arc<AtomicBool>),
}

/// The response times of one reader.
fn watch(address: SocketAddr, request: Arc<[u8]>, until: Until) -> Result<Vec<Duration>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut line, begun, mut waits) = (Line::new(address), Instant::now(), Vec::new());
        loop {
            let over = match &until {
                Until::Elapsed(lasts) => begun.elapsed() >= *lasts,
                Until::Set(done) => done.load(Ordering::Relaxed),
            };
            if over {
                return Ok(waits);
            }
            let asked = Instant::now();
            let answer = line.exchange(&request).await?;
            if answer.status != 200 {
                return Err(format!("the dashboard does not open: {}", answer.status).into());
            }
            waits.push(asked.elapsed());
            tokio::time::sleep(PAUSE).await;
        }
    })
}

fn percentile(waits: Result<Vec<Duration>, Failure>) -> Result<Duration, Failure> {
    let mut waits = waits?;
    waits.sort_unstable();
    waits.get(waits.len() * 99 / 100).copied().ok_or_else(|| "no page was read".into())
}

/// A client that signs in with a password, each time with an empty cookie jar.
struct Person {
    line: Line,
    request: Vec<u8>,
}

impl Person {
    fn new(world: &World) -> Self {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("email", ADDRESS)
            .append_pair("password", PASSWORD)
            .finish();
        let host = world.origin.trim_start_matches("http://");
        let request = format!(
            "POST /auth/password/sign-in HTTP/1.1\r\nhost: {host}\r\norigin: {}\r\nsec-fetch-site: same-origin\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            world.origin,
            form.len()
        );
        Self { line: Line::new(world.latchkey), request: request.into_bytes() }
    }
}

impl Client for Person {
    async fn once(&mut self) -> Result<(), String> {
        let answer = self.line.exchange(&self.request).await.map_err(|error| error.to_string())?;
        match (answer.status, answer.header("location")) {
            (303, "/dashboard") => Ok(()),
            (status, location) => Err(format!("{status} {location}")),
        }
    }
}
