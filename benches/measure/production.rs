//! The production binary of `make build`: its start-up time, its memory, and the size of its client code.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{
    Failure,
    http::{Answer, Line},
    load::{self, Reader},
    sign_ins::navigation,
};

const STARTS: usize = 11;
const GIVES_UP: Duration = Duration::from_secs(20);
const SETTLES: Duration = Duration::from_secs(1);
const LASTS: Duration = Duration::from_secs(4);
/// Fewer than the usual limit of open files.
const CONNECTIONS: usize = 800;
/// A connection gives its buffers back after a second, and the allocator them to the system a little later.
const IS_IDLE: Duration = Duration::from_secs(4);

/// The results.
pub struct Production {
    /// From the start of the process to its first response, on an empty database, for each start.
    pub starts: Vec<Duration>,
    /// Resident memory after the first response, in bytes; `None` where the system does not report it.
    pub memory: Option<u64>,
    /// Resident memory after more pages.
    pub memory_after: Option<u64>,
    /// The number of those pages.
    pub pages: u64,
    /// Resident memory of a connection that has had a page and is kept open, in bytes.
    pub memory_of_connection: Option<u64>,
    /// The client code of the login page.
    pub client: ClientCode,
    /// Scripts and modules that an error page refers to.
    pub scripts_on_error_page: usize,
}

/// Bytes after brotli.
#[derive(Default)]
pub struct ClientCode {
    pub wasm: usize,
    /// The JavaScript glue with its imports.
    pub js: usize,
}

/// Measures the binary at this path.
pub fn measure(program: &Path) -> Result<Production, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut starts = Vec::new();
    for _ in 1..STARTS {
        starts.push(Running::start(program, &runtime)?.took);
    }
    let running = Running::start(program, &runtime)?;
    starts.push(running.took);

    std::thread::sleep(SETTLES);
    let memory = running.memory();
    let login = navigation(&running.origin(), "/login", "").into_bytes();
    let outcome = load::drive(Reader::several(running.address, &login), LASTS);
    if outcome.failed() > 0 {
        return Err(format!("the login page fails: {:?}", outcome.errors).into());
    }
    std::thread::sleep(SETTLES);
    let (pages, memory_after) = (outcome.done, running.memory());

    let memory_of_connection = runtime.block_on(memory_of_connection(&running, &login))?;

    let missing = runtime.block_on(running.get("/nowhere"))?;
    if missing.status != 404 {
        return Err(format!("/nowhere answers {}", missing.status).into());
    }
    let page = missing.text();
    let scripts_on_error_page =
        ["<script", "modulepreload", ".wasm", ".js"].iter().map(|mark| page.matches(mark).count()).sum();
    let client = runtime.block_on(client_code(&running))?;
    Ok(Production { starts, memory, memory_after, pages, memory_of_connection, client, scripts_on_error_page })
}

async fn memory_of_connection(running: &Running, request: &[u8]) -> Result<Option<u64>, Failure> {
    let before = running.memory();
    let mut lines: Vec<Line> = (0..CONNECTIONS).map(|_| Line::new(running.address)).collect();
    for line in &mut lines {
        line.exchange(request).await?;
    }
    tokio::time::sleep(IS_IDLE).await;
    let after = running.memory();
    // They are all still open: on one that is closed a request fails.
    for line in &mut lines {
        line.exchange(request).await?;
    }
    Ok(before.zip(after).map(|(before, after)| after.saturating_sub(before) / CONNECTIONS as u64))
}

/// The server; stops when dropped.
struct Running {
    process: Child,
    address: SocketAddr,
    took: Duration,
    _folder: TempDir,
}

impl Running {
    /// Starts it in an empty folder and waits for its first response.
    fn start(program: &Path, runtime: &Runtime) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let begun = Instant::now();
        let process = Command::new(program)
            .env_clear()
            .current_dir(folder.path())
            .env("LISTEN_ADDR", address.to_string())
            .env("BASE_URL", format!("http://localhost:{}", address.port()))
            .env("DATABASE_URL", "sqlite://data/latchkey.db")
            .env("SECRET_KEY", "bm90IGEgc2VjcmV0LCBhIG1lYXN1cmVtZW50J3Mga2V5IQ==")
            .env("GOOGLE_CLIENT_ID", "nobody.apps.googleusercontent.com")
            .env("GOOGLE_CLIENT_SECRET", "nothing")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let mut running = Self { process, address, took: Duration::ZERO, _folder: folder };
        runtime.block_on(running.first_answer(begun))?;
        running.took = begun.elapsed();
        Ok(running)
    }

    async fn first_answer(&mut self, begun: Instant) -> Result<(), Failure> {
        loop {
            match self.get("/healthz").await {
                Ok(answer) if answer.status == 200 => return Ok(()),
                Ok(answer) => return Err(format!("/healthz answers {}", answer.status).into()),
                Err(_) if begun.elapsed() > GIVES_UP => return Err("the production binary does not answer".into()),
                Err(_) => {}
            }
            if let Some(status) = self.process.try_wait()? {
                return Err(format!("the production binary ended at once: {status}").into());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn origin(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    async fn get(&self, path: &str) -> std::io::Result<Answer> {
        Line::new(self.address).exchange(navigation(&self.origin(), path, "").as_bytes()).await
    }

    /// `VmRSS` of proc(5).
    fn memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The files that the login page makes a browser load.
async fn client_code(running: &Running) -> Result<ClientCode, Failure> {
    let page = running.get("/login").await?.text();
    let glue = boot(&page, "data-glue").ok_or("the login page names no glue")?;
    let module = boot(&page, "data-module").ok_or("the login page names no module")?;
    let mut code = ClientCode { wasm: compressed(running, &module).await?, js: compressed(running, &glue).await? };
    for import in imports(&plain(running, &glue).await?) {
        code.js += compressed(running, &format!("/pkg/{import}")).await?;
    }
    Ok(code)
}

/// A URL that the page's boot script loads.
fn boot(page: &str, attribute: &str) -> Option<String> {
    let url = page.split_once(&format!("{attribute}=\""))?.1;
    Some(url.split('"').next()?.to_owned())
}

/// The modules that a module imports.
fn imports(module: &str) -> Vec<String> {
    let addresses = module.split(" from ").skip(1).filter_map(|rest| {
        let rest = rest.trim_start();
        rest.strip_prefix(['\'', '"'])?.split(['\'', '"']).next()
    });
    addresses.filter_map(|address| address.strip_prefix("./")).map(str::to_owned).collect()
}

async fn compressed(running: &Running, address: &str) -> Result<usize, Failure> {
    let request = format!("GET {address} HTTP/1.1\r\nhost: localhost\r\naccept-encoding: br\r\n\r\n");
    let answer = Line::new(running.address).exchange(request.as_bytes()).await?;
    if answer.status != 200 || answer.header("content-encoding") != "br" {
        let remedy = "build the front end first: make build";
        return Err(format!("{address} is not there in brotli ({}); {remedy}", answer.status).into());
    }
    Ok(answer.body.len())
}

async fn plain(running: &Running, address: &str) -> Result<String, Failure> {
    let request = format!("GET {address} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    Ok(Line::new(running.address).exchange(request.as_bytes()).await?.text())
}
