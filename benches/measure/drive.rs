//! Lists of files with a warm grant, against the same requests sent straight to the sandbox; and the cost of many
//! concurrent readers with an expired token.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use latchkey::{
    accounts::Identity,
    drive::{FileQuery, OpenFolder, list},
    grants::{DriveMetadataReadonly, Grants},
    store::FoundGrant,
};
use secrecy::ExposeSecret;
use serde_json::Value;
use time::OffsetDateTime;
use tokio::task::JoinSet;
use tower_sessions::session::Id;

use crate::{
    Failure,
    dashboard::id_hash,
    http::{Answer, Line},
    load::{self, Outcome, Reader},
    processor,
    sign_ins::{ADA, Visitor, navigation},
    world::World,
};

const SCOPE: &str = "https://www.googleapis.com/auth/drive.metadata.readonly";
const READERS: usize = 16;
const AT_ONCE: usize = 200;
const WARM_UP: Duration = Duration::from_secs(1);
const LASTS: Duration = Duration::from_secs(2);
const ROUNDS: usize = 5;
/// Seconds for which Google's access tokens are valid.
const HOUR: i64 = 3_600;

/// The results.
#[derive(Default)]
pub struct Drive {
    /// Lists through the grant: take the token, call Google, parse the answer.
    pub lists: Vec<Outcome>,
    /// The same requests by the same HTTP client, and nothing else.
    pub straight: Vec<Outcome>,
    /// Whole pages at `/drive`.
    pub pages: Vec<Outcome>,
    /// The length of such a page in bytes.
    pub page: usize,
    /// Concurrent readers with an expired token.
    pub at_once: usize,
    /// Refreshes of the token for them.
    pub renewals: usize,
    /// Readers that got no page.
    pub refused: usize,
}

/// They alternate, so that other load on the machine affects all of them.
pub fn measure(world: &World) -> Result<Drive, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut visitor = Visitor::new(world, ADA)?;
    let session = runtime.block_on(visitor.sign_in())?;
    let identity = identity(world, &session)?;
    runtime.block_on(visitor.connect_drive(&session, &identity.id.to_string(), SCOPE))?;

    let request = navigation(&world.origin, "/drive", &session).into_bytes();
    let page = runtime.block_on(Line::new(world.latchkey).exchange(&request))?;
    if page.status != 200 || !page.text().contains("page_token=") {
        return Err(format!("the page lists no files: {}", page.status).into());
    }
    let mut drive = Drive { page: page.body.len(), at_once: AT_ONCE, ..Drive::default() };
    let through = Through { grants: world.grants.clone(), identity: Arc::new(identity.clone()) };
    let straight = straight(world, &runtime, &identity)?;
    run(world, WARM_UP, || through.clone().once());
    run(world, WARM_UP, || straight.clone().once());
    for _ in 0..ROUNDS {
        drive.lists.push(run(world, LASTS, || through.clone().once()));
        drive.straight.push(run(world, LASTS, || straight.clone().once()));
        drive.pages.push(load::drive(Reader::several(world.latchkey, &request), LASTS));
    }

    world.clock.advance(HOUR);
    let sandbox = Sandbox { line: Line::new(world.sandbox_address()?), host: host(world) };
    (drive.renewals, drive.refused) = runtime.block_on(all_at_once(world, sandbox, &request))?;
    Ok(drive)
}

/// The subject of the session's user at Google.
fn identity(world: &World, session: &str) -> Result<Identity, Failure> {
    let id: Id = session.trim_start_matches("session=").parse()?;
    let database = world.database()?;
    world.others.block_on(async {
        let active = database.load_session(&id_hash(&id), OffsetDateTime::now_utc()).await?.ok_or("no session")?;
        database.identities(active.user.id).await?.pop().ok_or_else(|| "no identity".into())
    })
}

/// Concurrent readers on the server's threads, each starting again as soon as it is done.
fn run<F>(world: &World, lasts: Duration, once: impl Fn() -> F) -> Outcome
where
    F: Future<Output = Result<(), String>> + Send + 'static,
{
    let (begun, before) = (Instant::now(), processor::times());
    let mut outcome = Outcome::default();
    let mut errors: BTreeMap<String, u64> = BTreeMap::new();
    world.threads().block_on(async {
        let mut asking = JoinSet::new();
        for _ in 0..READERS {
            asking.spawn(once());
        }
        while let Some(done) = asking.join_next().await {
            match done.expect("a reader does not panic") {
                Ok(()) => outcome.done += 1,
                Err(error) => *errors.entry(error).or_default() += 1,
            }
            if begun.elapsed() < lasts {
                asking.spawn(once());
            }
        }
    });
    outcome.errors = errors;
    outcome.took = begun.elapsed();
    outcome.times = processor::times().since(&before);
    outcome
}

#[derive(Clone)]
struct Through {
    grants: Grants,
    identity: Arc<Identity>,
}

impl Through {
    async fn once(self) -> Result<(), String> {
        let told = |error: &dyn std::error::Error| error.to_string();
        let mut granted =
            self.grants.take::<DriveMetadataReadonly>(&self.identity).await.map_err(|error| told(&error))?;
        let page = list(&self.grants, &mut granted, &FileQuery::default(), Some(&OpenFolder::root()))
            .await
            .map_err(|error| told(&error))?;
        if page.files.len() == 50 { Ok(()) } else { Err(format!("{} files", page.files.len())) }
    }
}

#[derive(Clone)]
struct Straight {
    client: reqwest::Client,
    address: String,
    token: String,
}

impl Straight {
    async fn once(self) -> Result<(), String> {
        let answer = self.client.get(&self.address).bearer_auth(&self.token).send().await;
        let answer = answer.map_err(|error| error.to_string())?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(|error| error.to_string())?;
        if status.is_success() && body.len() > 1000 { Ok(()) } else { Err(status.to_string()) }
    }
}

/// The latest request of the server, with its token.
fn straight(world: &World, runtime: &tokio::runtime::Runtime, identity: &Identity) -> Result<Straight, Failure> {
    let database = world.database()?;
    let FoundGrant::Live(open) = world.others.block_on(database.open_grant(identity))? else {
        return Err("there is no grant".into());
    };
    let mut sandbox = Sandbox { line: Line::new(world.sandbox_address()?), host: host(world) };
    let asked = runtime.block_on(sandbox.requests("files"))?;
    let asked = asked.last().ok_or("nothing was asked")?;
    let query = asked["query"].as_object().ok_or("a query")?;
    let query = query.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default()));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    Ok(Straight {
        client: reqwest::Client::builder().no_proxy().pool_max_idle_per_host(32).build()?,
        address: format!("{}/drive/v3/files?{query}", world.sandbox.google_api_url()),
        token: open.access_token.expose_secret().to_owned(),
    })
}

/// The number of refreshes, and of readers without a page.
async fn all_at_once(world: &World, mut sandbox: Sandbox, request: &[u8]) -> Result<(usize, usize), Failure> {
    sandbox.tell("clock", &format!(r#"{{"offset_seconds":{HOUR}}}"#)).await?;
    sandbox.tell("requests/clear", "{}").await?;
    let mut asking = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (address, request) = (world.latchkey, request.to_vec());
        asking.spawn(async move { Line::new(address).exchange(&request).await.map(|answer| answer.status) });
    }
    let answers = asking.join_all().await;
    let refused = answers.iter().filter(|answer| !matches!(answer, Ok(200))).count();
    let renewals = sandbox.requests("token").await?;
    let is_renewal = |request: &&Value| request["form"]["grant_type"] == "refresh_token";
    Ok((renewals.iter().filter(is_renewal).count(), refused))
}

fn host(world: &World) -> String {
    world.sandbox.origin().trim_start_matches("http://").to_owned()
}

/// The control API of the sandbox.
struct Sandbox {
    line: Line,
    host: String,
}

impl Sandbox {
    async fn tell(&mut self, path: &str, order: &str) -> Result<Answer, Failure> {
        let request = format!(
            "POST /control/{path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{order}",
            self.host,
            order.len()
        );
        let answer = self.line.exchange(request.as_bytes()).await?;
        if answer.status < 300 { Ok(answer) } else { Err(format!("{path}: {}", answer.status).into()) }
    }

    async fn requests(&mut self, endpoint: &str) -> Result<Vec<Value>, Failure> {
        let request = format!("GET /control/requests?endpoint={endpoint} HTTP/1.1\r\nhost: {}\r\n\r\n", self.host);
        let answer = self.line.exchange(request.as_bytes()).await?;
        let log: Value = serde_json::from_slice(&answer.body)?;
        Ok(log["requests"].as_array().cloned().unwrap_or_default())
    }
}
