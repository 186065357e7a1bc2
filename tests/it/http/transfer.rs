//! `latchkey import` and `latchkey export` on the database of a running server.

use std::{fmt::Write as _, fs, io::Write as _, process::Stdio};

use rstest::rstest;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::{
    app::App,
    users_command::{latchkey, latchkey_command},
};
use crate::support::database::Engine;

/// Runs `latchkey import` on these lines; returns the exit status and the report.
pub async fn import(app: &App, lines: &[Value], more: &[&str]) -> (i32, Value) {
    let text = lines.iter().fold(String::new(), |mut text, line| {
        _ = writeln!(text, "{line}");
        text
    });
    import_text(app, &text, more).await
}

const PROVIDERS: [(&str, &str); 4] = [
    ("GOOGLE_CLIENT_ID", "client"),
    ("GOOGLE_CLIENT_SECRET", "hush"),
    ("GITHUB_CLIENT_ID", "client"),
    ("GITHUB_CLIENT_SECRET", "hush"),
];

pub async fn import_text(app: &App, text: &str, more: &[&str]) -> (i32, Value) {
    let file = NamedTempFile::new().expect("a file");
    fs::write(file.path(), text).expect("written");
    let path = file.path().to_str().expect("a path");
    let output = latchkey(app, &[&["import", path, "--json"], more].concat(), &PROVIDERS).await;
    let report = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().expect("a status"), report)
}

pub fn counts(report: &Value) -> (u64, u64, u64) {
    let count = |name: &str| report[name].as_u64().expect("a number");
    (count("created"), count("existing"), count("failed"))
}

/// One of each kind that `latchkey import` reads.
const HASHES: [(&str, &str, &str); 6] = [
    ("bcrypt@example.com", "U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    (
        "firebase@example.com",
        "user1password",
        "$firebase-scrypt$ln=14,r=8$42xEC+ixf3L2lw==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
    ),
    ("pbkdf2@example.com", "password", "$pbkdf2-sha256$i=4096$c2FsdA==$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o="),
    ("django@example.com", "l\u{e8}tmein", "pbkdf2_sha256$10000$seasalt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY="),
    (
        "argon2@example.com",
        "password",
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    ),
    ("scrypt@example.com", "pleaseletmein", SCRYPT),
];
const SCRYPT: &str = "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw";

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn imported_users_sign_in_and_their_hashes_are_renewed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    let lines = HASHES.map(|(email, _, hash)| json!({ "email": email, "email_verified": true, "password": hash }));
    let (status, report) = import(&app, &lines, &[]).await;
    assert_eq!((status, counts(&report)), (0, (6, 0, 0)), "{report}");
    for (email, password, _) in HASHES {
        let wrong = app.browser().try_password(email, "tangerine submarines hum softly").await;
        assert_eq!(wrong.location(), "/login?error=wrong_credentials", "{email}");
        app.browser().sign_in_with_password(email, password).await;
        app.browser().sign_in_with_password(email, password).await;
    }
    let renewed = "SELECT count(*) FROM passwords WHERE hash LIKE '$argon2id$v=19$m=19456%'";
    assert_eq!(app.database.number(renewed).await, 6);
    assert_eq!(app.database.number("SELECT count(*) FROM events WHERE outcome = 'imported'").await, 6);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_import_can_be_repeated_and_changes_nobody(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let ada = app.browser();
    ada.sign_in("ada").await;
    let subject = app.database.text("SELECT subject FROM identities").await;
    let issuer = app.database.text("SELECT issuer FROM identities").await;
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let lines = [
        // Ada, by her address and by her identity: neither gets what the line brings.
        json!({ "email": "ada@gmail.com", "email_verified": true, "password": SCRYPT }),
        json!({ "identities": [
            { "provider": "google", "issuer": issuer, "subject": subject },
            { "provider": "google", "subject": "another" },
        ] }),
        json!({ "id": id, "name": "Grace", "email": "grace@example.com", "created_at": 1_700_000_000, "disabled_at": 5,
            "identities": [{ "provider": "google", "subject": "grace", "email": "grace@example.com" }] }),
    ];
    let before = app.methods().await;
    let (status, report) = import(&app, &lines, &["--dry-run"]).await;
    assert_eq!((status, counts(&report), app.methods().await), (0, (1, 2, 0), before.clone()), "{report}");
    let (_, report) = import(&app, &lines, &[]).await;
    assert_eq!(counts(&report), (1, 2, 0));
    let grace = format!(
        "SELECT issuer || ' ' || claimed_email || ' ' || disabled_at FROM users JOIN identities ON users.id = user_id WHERE users.id = '{id}'"
    );
    assert_eq!(app.database.text(&grace).await, "https://accounts.google.com grace@example.com 5");
    let after = app.methods().await;
    let (_, report) = import(&app, &lines, &[]).await;
    assert_eq!((counts(&report), app.methods().await), ((0, 3, 0), after));
    assert_eq!(app.database.count("passwords").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_cannot_be_imported_is_named_and_the_others_are_imported() {
    let app = App::builder().start().await;
    let good = json!({ "email": "ada@example.com", "email_verified": true }).to_string();
    let bad = [
        "{",
        "[]",
        r#"{"emial":"a@b.example"}"#,
        r#"{"email":"a@b.example"}"#,
        r#"{"email":"no address","email_verified":true}"#,
        r#"{"email":"a@b.example","email_verified":true,"password":"plain"}"#,
        r#"{"email":"a@b.example","email_verified":true,"email_verified_by":"trust me"}"#,
        r#"{"identities":[{"provider":"elsewhere","subject":"1"}]}"#,
        r#"{"identities":[{"provider":"google","subject":""}]}"#,
        r#"{"id":"1","identities":[{"provider":"google","subject":"1"}]}"#,
        r#"{"identities":[{"provider":"google","subject":"1"}],"created_at":99999999999999}"#,
        r#"{"identities":[{"provider":"google","subject":"1"}],"created_at":4102444800}"#,
        r#"{"identities":[{"provider":"google","subject":"1"},{"provider":"google","subject":"1"}]}"#,
        r#"{"identities":[{"provider":"Google","subject":"1","issuer":"https://accounts.google.com"}]}"#,
        &format!(r#"{{"name":"{}"}}"#, "x".repeat(70_000)),
    ];
    let text = format!("{}\n\n{good}\n", bad.join("\n"));
    let (status, report) = import_text(&app, &text, &[]).await;
    assert_eq!((status, counts(&report)), (1, (1, 0, 15)), "{report}");
    let problems = report["problems"].as_array().expect("a list");
    assert_eq!(
        problems.iter().map(|it| it["line"].as_u64().expect("a line")).collect::<Vec<_>>(),
        (1..=15).collect::<Vec<_>>()
    );
    assert!(!report.to_string().contains("plain"), "no value of a line is repeated");
    assert_eq!(latchkey(&app, &["import", "/no/such/file"], &[]).await.status.code(), Some(2));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_imported_elsewhere(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let from = App::builder().engine(engine).start().await;
    from.browser().sign_in("ada").await;
    from.browser().sign_in("linus").await;
    from.sign_up(&from.browser(), "grace@example.com", super::account::PASSWORD).await;
    let plain = latchkey(&from, &["export"], &[]).await;
    let plain = String::from_utf8(plain.stdout).expect("text");
    assert!(plain.lines().count() == 3 && !plain.contains("argon2"), "{plain}");
    let exported = latchkey(&from, &["export", "--passwords"], &[]).await;
    let exported = String::from_utf8(exported.stdout).expect("text");

    let to = App::builder().start().await;
    let (status, report) = import_text(&to, &exported, &[]).await;
    assert_eq!((status, counts(&report)), (0, (3, 0, 0)), "{report}");
    to.browser().sign_in_with_password("grace@example.com", super::account::PASSWORD).await;
    let again = latchkey(&to, &["export", "--passwords"], &[]).await;
    assert_eq!(String::from_utf8(again.stdout).expect("text"), exported);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_killed_is_completed_by_the_next(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    let line = |n: u32| {
        json!({ "email": format!("user{n}@example.com"), "email_verified": true, "password": SCRYPT,
            "identities": [{ "provider": "google", "issuer": "https://accounts.google.com", "subject": n.to_string() }] })
    };
    let lines: Vec<Value> = (0..450).map(line).collect();
    // It waits for the other half of a batch when it is killed.
    let mut first = latchkey_command(&app, &["import", "-"]).stdin(Stdio::piped()).spawn().expect("it runs");
    let half = lines[..250].iter().fold(String::new(), |text, line| format!("{text}{line}\n"));
    first.stdin.as_mut().expect("a pipe").write_all(half.as_bytes()).expect("written");
    while app.database.count("users").await < 200 {
        tokio::task::yield_now().await;
    }
    first.kill().expect("killed");
    first.wait().expect("it ends");
    for table in ["users", "passwords", "identities"] {
        assert_eq!(app.database.count(table).await, 200, "{table}");
    }
    let (status, report) = import(&app, &lines, &[]).await;
    assert_eq!((status, counts(&report)), (0, (250, 200, 0)), "{report}");
    for table in ["users", "passwords", "identities"] {
        assert_eq!(app.database.count(table).await, 450, "{table}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_verified_address_is_taken_from_those_who_only_claim_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    let google =
        |subject: &str| json!([{ "provider": "google", "issuer": "https://accounts.google.com", "subject": subject }]);
    let eve = json!({ "email": "ada@example.com", "password": SCRYPT, "identities": google("eve") });
    let (_, report) = import(&app, &[eve], &[]).await;
    assert_eq!(counts(&report), (1, 0, 0));
    assert_eq!(app.database.count("passwords").await, 0, "no password for an address that nobody has verified");
    let ada = json!({ "email": "ada@example.com", "email_verified": true, "identities": google("ada") });
    import(&app, std::slice::from_ref(&ada), &["--dry-run"]).await;
    let claims = "SELECT count(*) FROM users WHERE claimed_email = 'ada@example.com'";
    assert_eq!(app.database.number(claims).await, 1);
    let (_, report) = import(&app, &[ada], &[]).await;
    assert_eq!((counts(&report), app.database.number(claims).await), ((1, 0, 0), 0), "{report}");
    let owner =
        "SELECT subject FROM users JOIN identities ON user_id = users.id WHERE verified_email = 'ada@example.com'";
    assert_eq!(app.database.text(owner).await, "ada");
}
