//! A real PostgreSQL for the tests: the one that `LATCHKEY_TEST_POSTGRES_URL` names, or else one that this process
//! starts for itself in a temporary folder. There is no skipping: without PostgreSQL the tests fail.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// The URL of a database in which databases can be created.
pub fn cluster_url() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| match std::env::var("LATCHKEY_TEST_POSTGRES_URL") {
        Ok(url) => url,
        Err(_) => {
            static CLUSTER: OnceLock<Cluster> = OnceLock::new();
            CLUSTER.get_or_init(Cluster::start).url.clone()
        }
    })
}

struct Cluster {
    url: String,
    /// The pipe whose end the watchdog waits for.
    _watchdog: Child,
}

impl Cluster {
    fn start() -> Self {
        let programs = programs();
        let folder =
            tempfile::Builder::new().prefix("latchkey-postgres-").tempdir().expect("a temporary folder").keep();
        let data = folder.join("data");
        // Before there is anything to clean up.
        let watchdog = watchdog(&programs, &folder);

        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&folder));
        }
        run(as_ordinary_user(&programs.join("initdb"))
            .arg("--pgdata")
            .arg(&data)
            .args(["--username=latchkey", "--auth=trust", "--no-sync"])
            .args(["--encoding=UTF8", "--locale=C"]));
        let port = free_port();
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={} -c fsync=off \
             -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=32MB",
            folder.display()
        );
        run(as_ordinary_user(&programs.join("pg_ctl"))
            .arg("--pgdata")
            .arg(&data)
            .arg("--log")
            .arg(folder.join("log"))
            .args(["--options", &options])
            .args(["--wait", "--timeout=60", "start"]));
        Self { url: format!("postgres://latchkey@127.0.0.1:{port}/postgres"), _watchdog: watchdog }
    }
}

/// Stops and removes the cluster when this process ends in any way: the system then closes its end of the pipe.
/// In its own process group, so that Ctrl-C ends the tests but not the clean-up.
fn watchdog(programs: &Path, folder: &Path) -> Child {
    let stop = format!(
        "{} '{}' --pgdata '{}' --mode=immediate stop",
        if is_root() { "runuser -u postgres --" } else { "exec_as_is" },
        programs.join("pg_ctl").display(),
        folder.join("data").display()
    );
    let script = format!("exec_as_is() {{ \"$@\"; }}; cd /; read -r _; {stop}; rm -rf '{}'", folder.display());
    Command::new("sh")
        .arg("-c")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("sh runs")
}

/// Debian keeps them out of the PATH.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<PathBuf> = debian
        .chain(std::env::split_paths(&path))
        .filter(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
        .collect();
    // The newest of Debian's, if there is one; otherwise the first of the PATH.
    found.sort_by_key(|folder| !folder.starts_with("/usr/lib/postgresql"));
    found.into_iter().next().expect(
        "The store is tested on a real PostgreSQL: install it (Debian: apt-get install postgresql), or set \
         LATCHKEY_TEST_POSTGRES_URL to one in which databases can be made",
    )
}

/// `initdb` refuses to run as root.
fn as_ordinary_user(program: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    id.stdout.trim_ascii() == b"0"
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
