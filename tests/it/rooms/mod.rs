//! The rooms of `src/` and the arrows between them: every path that begins at the crate's root is checked against the
//! table below, which is that of the tour in `lib.rs`. `examples.rs` shows that each check finds what it should find.

mod examples;
mod sandbox;

use std::{fs, path::Path};

use crate::source::{Code, Place, SourceFile, read, source_files};

/// The rooms in reading order. A room may name itself and those before it.
const ROOMS: [&str; 28] = [
    "codes",
    "oauth",
    "oidc",
    "webauthn",
    "totp",
    "providers",
    "accounts",
    "sealing",
    "inspect",
    "traces",
    "limits",
    "metrics",
    "passwords",
    "store",
    "relying_party",
    "grants",
    "drive",
    "calendar",
    "tokens",
    "sessions",
    "mail",
    "account",
    "admin",
    "ui",
    "confinement",
    "config",
    "doctor",
    "web",
];

/// The files of the binary, which may name every room: arguments, and one file per command.
const BINARY: [&str; 2] = ["main", "commands"];

/// The mock providers' crate: only the binary names it.
const SANDBOX: &str = "latchkey_sandbox";

/// Rooms that may name `config`, beside the binary. The other rooms get settings as arguments.
const READERS_OF_CONFIG: [&str; 2] = ["doctor", "web"];

/// Rooms without I/O: they take time and randomness as arguments.
const PURE: [&str; 6] = ["oauth", "oidc", "webauthn", "totp", "providers", "accounts"];

/// What a pure room must not name outside its tests.
const IMPURE: [&str; 17] = [
    "axum",
    "hyper",
    "leptos",
    "reqwest",
    "sqlx",
    "tokio",
    "tower",
    "tower_http",
    "tower_sessions",
    "aws_lc_rs::rand",
    "std::env",
    "std::fs",
    "std::net::TcpStream",
    "std::thread",
    "SystemTime::now",
    "Instant::now",
    "OffsetDateTime::now_utc",
];

#[test]
fn every_file_and_folder_in_src_is_a_room() {
    for entry in fs::read_dir("src").unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let is_known = name == "lib" || BINARY.contains(&name) || ROOMS.contains(&name);
        assert!(is_known, "{} is no room", path.display());
    }
}

#[test]
fn the_tour_lists_the_rooms_in_order() {
    let tour = fs::read_to_string("src/lib.rs").unwrap();
    let shown: Vec<_> =
        read(&tour).unwrap().modules.iter().map(|name| ROOMS.iter().position(|room| *room == name)).collect();
    assert!(shown.len() >= 10, "only {} rooms found", shown.len());
    assert!(shown.iter().all(Option::is_some) && shown.is_sorted(), "the order of lib.rs is not that of the table");
}

#[test]
fn rooms_import_only_earlier_rooms() {
    assert_clean(|source| wrong_arrows(source.room, source.code));
}

#[test]
fn pure_rooms_have_no_clock_randomness_or_io() {
    assert_clean(|source| if PURE.contains(&source.room) { impurities(source.code) } else { Vec::new() });
}

#[test]
fn features_switch_whole_rooms_only() {
    assert_clean(|source| {
        if source.room == "lib" || BINARY.contains(&source.room) { Vec::new() } else { features(source.code) }
    });
}

#[test]
fn only_config_reads_the_environment() {
    assert_clean(|source| if source.room == "config" { Vec::new() } else { environment(source.code) });
}

/// Runs a check over every file of a room and fails with all findings.
fn assert_clean(check: impl Fn(&Source) -> Vec<Finding>) {
    let mut found = Vec::new();
    for SourceFile { path, code } in source_files("src") {
        let first = Path::new(path).components().nth(1).unwrap().as_os_str().to_str().unwrap();
        let name = first.trim_end_matches(".rs");
        let Some(room) = ["lib"].into_iter().chain(BINARY).chain(ROOMS).find(|room| *room == name) else { continue };
        let findings = check(&Source { room, code });
        found.extend(findings.into_iter().map(|Finding { line, what }| format!("{path}:{line}: {what}")));
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

struct Source {
    room: &'static str,
    code: &'static Code,
}

#[derive(Debug, PartialEq)]
struct Finding {
    line: usize,
    what: String,
}

fn wrong_arrows(from: &str, code: &Code) -> Vec<Finding> {
    let finding = |place: &Place, what: String| Some(Finding { line: place.line, what });
    let judge = |place: &Place| {
        if !BINARY.contains(&from) && place.names(SANDBOX) {
            return finding(place, format!("{from} → {SANDBOX}: only the binary names the sandbox"));
        }
        let to = place.room(&ROOMS)?;
        if BINARY.contains(&from) || to == from {
            return None;
        }
        let Some(end) = ROOMS.iter().position(|room| *room == to) else {
            return finding(place, format!("{to} is no room"));
        };
        let begin = ROOMS.iter().position(|room| *room == from)?;
        if to == "config" && !READERS_OF_CONFIG.contains(&from) {
            return finding(place, format!("{from} → {to}: only doctor, web and the binary name {to}"));
        }
        if end > begin {
            return finding(place, format!("{from} → {to}: arrows run to earlier rooms"));
        }
        None
    };
    let mut found: Vec<_> = code.places.iter().filter_map(judge).collect();
    // A tree of `use` is one arrow, however many branches it has.
    found.dedup();
    found
}

fn impurities(code: &Code) -> Vec<Finding> {
    let judge = |place: &Place| {
        let impure = IMPURE.into_iter().find(|impure| place.names(impure))?;
        (!place.in_tests).then(|| Finding { line: place.line, what: format!("a pure room names {impure}") })
    };
    code.places.iter().filter_map(judge).collect()
}

fn features(code: &Code) -> Vec<Finding> {
    code.features
        .iter()
        .map(|line| Finding { line: *line, what: "cfg(feature …) outside lib.rs and the binary".to_owned() })
        .collect()
}

fn environment(code: &Code) -> Vec<Finding> {
    const READERS: [&str; 6] = ["var", "vars", "var_os", "vars_os", "set_var", "remove_var"];
    let judge = |place: &Place| {
        let after = place.path.iter().position(|name| name == "env").map(|at| &place.path[at + 1..])?;
        let reads = match after {
            // `use std::env;` makes all of them reachable.
            [] => place.path.first().is_some_and(|first| first == "std"),
            [reader, ..] => READERS.contains(&reader.as_str()) || reader == "*",
        };
        reads.then(|| Finding { line: place.line, what: "only config reads the environment".to_owned() })
    };
    code.places.iter().filter_map(judge).collect()
}
