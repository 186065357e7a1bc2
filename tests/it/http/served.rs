//! The program itself, as a process.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    process::{Child, ChildStdout, Command, Stdio},
};

use latchkey_sandbox::{GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET};

use super::{app::App, users_command::latchkey_command};

/// A second server on the database of an [`App`], in a process of its own.
pub struct Served {
    child: Child,
    pub origin: String,
    /// Its first lines.
    pub log: String,
    output: BufReader<ChildStdout>,
}

impl Served {
    pub async fn start(app: &App, settings: &[(&str, &str)]) -> Self {
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
        Self { child, origin, log, output }
    }

    /// Landlock needs it: no program that this one starts gets more rights.
    pub fn has_no_new_privileges(&self) -> bool {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("its status");
        status.lines().any(|line| line.starts_with("NoNewPrivs:") && line.ends_with('1'))
    }

    /// Asks it to end, and returns what it wrote since its start.
    pub fn end(mut self) -> String {
        // The shell's own: the program is not installed everywhere.
        let asked =
            Command::new("sh").args(["-c", "kill \"$0\"", &self.child.id().to_string()]).status().expect("a shell");
        assert!(asked.success());
        let mut log = String::new();
        self.output.read_to_string(&mut log).expect("text");
        log
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
