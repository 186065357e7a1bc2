//! `latchkey users` and `latchkey events` on the database of a running server.

use std::process::{Command, Output};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use latchkey::accounts::EmailKind;
use rstest::rstest;
use serde_json::{Value, json};

use super::{
    account::{PASSWORD, token_of},
    app::App,
};
use crate::support::database::{Engine, KEY};

const ADA: &str = "ada@gmail.com";
const UNKNOWN: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// Runs `latchkey` beside the server, with its database and secret key.
pub async fn latchkey(app: &App, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    let mut command = latchkey_command(app, arguments);
    command.envs(settings.iter().copied());
    tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("it ends")
}

pub fn latchkey_command(app: &App, arguments: &[&str]) -> Command {
    // With which the server seals its emails, too.
    let key = STANDARD.encode(KEY);
    let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
    command.args(arguments).current_dir(std::env::temp_dir()).env_clear();
    command.envs([("DATABASE_URL", app.database.url.as_str()), ("SECRET_KEY", key.as_str())]);
    command
}

/// The JSON of a command that succeeds.
async fn json_of(app: &App, arguments: &[&str]) -> Value {
    let output = latchkey(app, &[arguments, &["--json"]].concat(), &[]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON and nothing else");
    assert_eq!(json["schema"], 1);
    json
}

async fn changed(app: &App, arguments: &[&str]) -> bool {
    json_of(app, arguments).await["changed"].as_bool().expect("a change")
}

/// Exit status and standard error of a command that fails.
async fn failure(app: &App, arguments: &[&str]) -> (i32, String) {
    let output = latchkey(app, arguments, &[]).await;
    assert!(output.stdout.is_empty(), "{output:?}");
    (output.status.code().expect("a status"), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A user who lost phone and recovery codes writes to the operator, who checks who they are first.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_operator_removes_a_lost_second_factor(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.browser();
    app.sign_up(&browser, "grace@example.com", PASSWORD).await;
    browser.enrol(&app).await;
    app.emails().await;
    let shown = json_of(&app, &["users", "methods", "grace@example.com"]).await;
    assert_eq!(shown["second_factor"]["recovery_codes"], 10, "{shown}");
    app.browser().first_step("grace@example.com", PASSWORD).await;
    assert!(changed(&app, &["users", "methods", "grace@example.com", "--remove", "second_factor"]).await);
    // The app's clock is ahead of the command's: by time, the first step comes later.
    let actor = "SELECT actor FROM events WHERE kind = 'second_factor' AND outcome = 'removed'";
    assert_eq!(app.database.text(actor).await, "operator");
    assert!(!browser.is_signed_in().await, "every session ends");
    app.browser().sign_in_with_password("grace@example.com", PASSWORD).await;
    assert_eq!(failure(&app, &["users", "methods", "grace@example.com", "--remove", "second_factor"]).await.0, 1);
}

/// The last event of a kind: its outcome, and who did it.
async fn last_event(app: &App, kind: &str) -> (String, String) {
    let sql =
        |column| format!("SELECT COALESCE({column}, '-') FROM events WHERE kind = '{kind}' ORDER BY id DESC LIMIT 1");
    (app.database.text(&sql("outcome")).await, app.database.text(&sql("actor")).await)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_user_is_out_at_once_and_an_enabled_one_gets_in(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let (ada, grace) = (app.browser(), app.browser());
    ada.sign_in("ada").await;
    grace.sign_in("grace").await;
    let (access, _) = app.browser().obtain_tokens(&app, "ada").await;
    assert_eq!(ada.forward_auth().await.status, 200);

    assert!(changed(&app, &["users", "disable", ADA]).await);
    assert_eq!(ada.forward_auth().await.status, 401);
    assert!(!ada.is_signed_in().await);
    assert_eq!(app.browser().get_as_bearer("/api/me", &access).await.outcome(), (401, "invalid_token"));
    assert_eq!(app.browser().try_sign_in("ada").await.location(), "/login?error=account_disabled&provider=google");
    assert!(grace.is_signed_in().await, "only Ada");
    assert!(!changed(&app, &["users", "disable", ADA]).await);
    assert_eq!(last_event(&app, "account").await, ("disabled".to_owned(), "operator".to_owned()));

    assert!(changed(&app, &["users", "enable", ADA]).await);
    assert!(!changed(&app, &["users", "enable", ADA]).await);
    assert!(!ada.is_signed_in().await, "the sessions do not come back");
    ada.sign_in("ada").await;
    assert!(ada.is_signed_in().await);
    assert_eq!(last_event(&app, "account").await, ("enabled".to_owned(), "operator".to_owned()));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_signed_out_everywhere_at_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let (first, second) = (app.browser(), app.browser());
    first.sign_in("ada").await;
    second.sign_in("ada").await;
    let id = app.user_of(&first).await.expect("Ada");
    assert!(changed(&app, &["users", "sign-out", &id]).await);
    for browser in [&first, &second] {
        assert!(!browser.is_signed_in().await && browser.forward_auth().await.status == 401);
    }
    assert!(!changed(&app, &["users", "sign-out", &id]).await);
    assert_eq!(last_event(&app, "session").await, ("all_ended".to_owned(), "operator".to_owned()));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_user_is_gone_with_everything(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let (ada, grace) = (app.browser(), app.browser());
    ada.sign_in("ada").await;
    grace.sign_in("grace").await;
    app.emails().await;
    assert!(changed(&app, &["users", "delete", ADA]).await);
    assert!(!ada.is_signed_in().await && grace.is_signed_in().await);
    assert_eq!(app.rows().await, (1, 1, 1));
    assert!(matches!(app.one_email().await.kind, EmailKind::AccountDeleted { .. }));
    assert_eq!(last_event(&app, "account").await, ("deleted".to_owned(), "operator".to_owned()));
    assert_eq!(failure(&app, &["users", "delete", ADA]).await.0, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_operator_changes_an_email_which_its_owner_can_undo(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    let (ada, grace) = (app.browser(), app.browser());
    app.sign_up(&ada, "ada@example.com", PASSWORD).await;
    app.sign_up(&grace, "grace@example.com", PASSWORD).await;
    let ada_id = app.user_of(&ada).await.expect("Ada");
    let taken = failure(&app, &["users", "email", &ada_id, "grace@example.com"]).await;
    assert_eq!(taken.0, 2);
    assert!(ada.is_signed_in().await, "nothing changed");

    assert!(changed(&app, &["users", "email", "ada@example.com", "ada@example.org"]).await);
    assert!(!ada.is_signed_in().await);
    assert_eq!(app.owner_of("ada@example.org").await.as_ref(), Some(&ada_id));
    assert_eq!(last_event(&app, "email").await, ("changed".to_owned(), "operator".to_owned()));
    let message = app.one_email().await;
    assert_eq!(message.to.as_str(), "ada@example.com");
    app.browser().confirm_email_link(&token_of(&message)).await;
    assert_eq!(app.owner_of("ada@example.com").await, Some(ada_id));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_method_is_removed_but_never_the_last(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let ada = app.browser();
    ada.sign_in("ada").await;
    let id = app.user_of(&ada).await.expect("Ada");
    ada.submit("/settings/password", &[("password", PASSWORD)]).await;
    app.emails().await;
    let methods = json_of(&app, &["users", "methods", ADA]).await;
    assert!(methods["password"]["set_at"].is_number(), "{methods}");
    let identity = methods["identities"][0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(failure(&app, &["users", "methods", ADA, "--remove", UNKNOWN]).await.0, 1);
    assert_eq!(failure(&app, &["users", "methods", ADA, "--remove", "google"]).await.0, 2);

    assert!(changed(&app, &["users", "methods", ADA, "--remove", &identity]).await);
    assert!(!ada.is_signed_in().await);
    assert_eq!(last_event(&app, "unlink").await, ("unlinked".to_owned(), "operator".to_owned()));
    assert!(matches!(app.one_email().await.kind, EmailKind::MethodRemoved { .. }));
    let (status, said) = failure(&app, &["users", "methods", &id, "--remove", "password"]).await;
    assert!(status == 2 && said.contains("only sign-in method"), "{said}");
    app.browser().sign_in_with_password(ADA, PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn users_and_events_are_listed_page_by_page(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    for person in ["ada", "grace", "linus"] {
        app.browser().sign_in(person).await;
    }
    let all = json_of(&app, &["users", "list"]).await;
    let ids = |page: &Value, list: &str| -> Vec<String> {
        let rows = page[list].as_array().expect("a list").iter();
        rows.map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
    };
    assert_eq!((ids(&all, "users").len(), &all["next"]), (3, &Value::Null));
    let mut paged = Vec::new();
    let mut after = json!(null);
    loop {
        let mut arguments = vec!["users", "list", "--limit", "2"];
        let id = after.as_str().map(str::to_owned);
        arguments.extend(id.iter().flat_map(|id| ["--after", id]));
        let page = json_of(&app, &arguments).await;
        paged.extend(ids(&page, "users"));
        after = page["next"].clone();
        if after.is_null() {
            break;
        }
    }
    assert_eq!(paged, ids(&all, "users"));

    let found = json_of(&app, &["users", "list", "--email", ADA]).await;
    assert_eq!(found["users"][0]["verified_email"], ADA);
    let ada = found["users"][0]["id"].as_str().expect("an id");
    changed(&app, &["users", "disable", ada]).await;
    assert_eq!(ids(&json_of(&app, &["users", "list", "--disabled"]).await, "users"), [ada]);

    let events = json_of(&app, &["events", "--user", ADA]).await;
    assert_eq!(events["events"][0]["actor"], json!({ "kind": "operator" }));
    assert_eq!(events["events"][1]["actor"], json!({ "kind": "user" }));
    let first = json_of(&app, &["events", "--user", ADA, "--limit", "1"]).await;
    let next = first["next"].as_str().expect("another page");
    let second = json_of(&app, &["events", "--user", ADA, "--limit", "1", "--after", next]).await;
    assert_eq!(second["events"][0], events["events"][1]);
    let everyones = json_of(&app, &["events"]).await;
    assert!(ids(&everyones, "events").len() >= 4, "{everyones}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_names_what_the_json_does() {
    let app = App::builder().start().await;
    let ada = app.browser();
    ada.sign_in("ada").await;
    let id = app.user_of(&ada).await.expect("Ada");
    for (arguments, said) in [
        (&["users", "list"][..], "ada@gmail.com"),
        (&["users", "show", ADA], "sessions:"),
        (&["users", "methods", ADA], "google"),
        (&["users", "invite", "grace@example.com"], "is invited until"),
        (&["events"], "sign_in create google  by user"),
        (&["users", "sign-out", ADA], "signed out everywhere"),
    ] {
        let output = latchkey(&app, arguments, &[]).await;
        let text = String::from_utf8(output.stdout.clone()).expect("text");
        assert!(text.contains(said) && text.ends_with('\n'), "{arguments:?}: {output:?}");
    }
    let shown = json_of(&app, &["users", "show", &id]).await;
    assert_eq!((shown["user"]["id"].as_str(), &shown["password"]), (Some(id.as_str()), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_exist_or_is_not_allowed_has_its_status() {
    let app = App::builder().start().await;
    for user in [UNKNOWN, "nobody@example.com", "nobody", ""] {
        for command in ["show", "disable", "enable", "sign-out", "delete", "methods"] {
            let (status, said) = failure(&app, &["users", command, user]).await;
            assert!(status == 1 && said.contains("no such user"), "{command} {user}: {said}");
        }
    }
    for arguments in [
        &["users", "invite", "not an address"][..],
        &["users", "list", "--after", "x"],
        &["users", "list", "--email", "x"],
        &["events", "--after", "x"],
    ] {
        assert_eq!(failure(&app, arguments).await.0, 2, "{arguments:?}");
    }
    // An unverified address names nobody.
    app.database
        .execute(&format!("INSERT INTO users (id, claimed_email, created_at) VALUES ('{UNKNOWN}', 'x@y.example', 1)"))
        .await;
    assert_eq!(failure(&app, &["users", "show", "x@y.example"]).await.0, 1);
    assert_eq!(json_of(&app, &["users", "show", UNKNOWN]).await["user"]["claimed_email"], "x@y.example");
    let closed = latchkey(&app, &["users", "invite", "a@b.example"], &[("SIGN_UP", "closed")]).await;
    assert_eq!(closed.status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_by_command_reaches_the_servers_queue() {
    let app = App::builder().with("SIGN_UP", "invited").start().await;
    let mail = [("SMTP_URL", "smtp://127.0.0.1:9"), ("MAIL_FROM", "a@app.example"), ("SIGN_UP", "invited")];
    let sent = latchkey(&app, &["users", "invite", "ada@example.com", "--json"], &mail).await;
    let sent: Value = serde_json::from_slice(&sent.stdout).expect("JSON");
    assert_eq!((&sent["email"], &sent["email_queued"]), (&json!("ada@example.com"), &json!(true)));
    let message = app.one_email().await;
    let browser = app.browser();
    assert_eq!(browser.open_email_link(&token_of(&message)).await.location(), "/invitation");
    let by_hand = json_of(&app, &["users", "invite", "grace@example.com"]).await;
    assert_eq!(by_hand["email_queued"], false);
    assert!(app.emails().await.is_empty());
}
