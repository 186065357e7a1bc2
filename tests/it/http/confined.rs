//! The program itself, with Landlock: a confined server signs users in on both engines.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, ChildStdout, Stdio},
};

use latchkey::confinement::is_supported;
use latchkey_sandbox::{GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET};
use rstest::rstest;

use super::{app::App, browser::Browser, users_command::latchkey_command};
use crate::support::database::Engine;

/// A second server on the database of an [`App`], in a process of its own.
struct Served {
    child: Child,
    origin: String,
    /// Its first lines.
    log: String,
    /// Open for as long as it writes there.
    _output: BufReader<ChildStdout>,
}

impl Served {
    async fn start(app: &App, settings: &[(&str, &str)]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address");
        let origin = format!("http://localhost:{}", free.port());
        let mut command = latchkey_command(app, &["serve"]);
        command
            .envs([("BASE_URL", origin.as_str()), ("LISTEN_ADDR", &free.to_string())])
            .envs([("GOOGLE_CLIENT_ID", GOOGLE_CLIENT_ID), ("GOOGLE_CLIENT_SECRET", GOOGLE_CLIENT_SECRET)])
            .env("GOOGLE_ISSUER", app.sandbox.google_issuer())
            .envs(settings.iter().copied())
            .stdout(Stdio::piped());
        let started = move || {
            let mut child = command.spawn().expect("it starts");
            let mut output = BufReader::new(child.stdout.take().expect("piped"));
            let mut log = String::new();
            while !log.contains("Latchkey serves ") {
                assert_ne!(output.read_line(&mut log).expect("text"), 0, "it ended: {log}");
            }
            (child, log, output)
        };
        let (child, log, output) = tokio::task::spawn_blocking(started).await.expect("it serves");
        Self { child, origin, log, _output: output }
    }

    /// Landlock needs it: no program that this one starts gets more rights.
    fn has_no_new_privileges(&self) -> bool {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("its status");
        status.lines().any(|line| line.starts_with("NoNewPrivs:") && line.ends_with('1'))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_confined_server_signs_users_in(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let served = Served::start(&app, &[]).await;
    assert_eq!(served.log.contains("Landlock: no other files"), is_supported(), "{}", served.log);
    assert!(!is_supported() || served.has_no_new_privileges());
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
    let browser = Browser::new(&client.expect("a client"), &served.origin, app.owners());
    browser.sign_in("ada").await;
    assert_eq!(browser.get("/dashboard").await.status, 200);
    assert_eq!(app.database.count("sessions").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn landlock_can_be_switched_off() {
    let app = App::builder().start().await;
    let served = Served::start(&app, &[("LANDLOCK", "off")]).await;
    assert!(!served.log.contains("Landlock"), "{}", served.log);
}
