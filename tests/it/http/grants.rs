//! Threat group M: a person lets us see something at Google, and lets us see it no more.

use std::collections::HashSet;

use latchkey::{
    accounts::EmailKind,
    codes::access::Access,
    grants::{CalendarEventsReadonly, DriveMetadataReadonly, GrantError},
    store::{GrantEndReason, GrantStatus, RevocationStatus},
};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{
    app::App,
    browser::{navigating, parameter},
    granting::{CALENDAR, DRIVE, with_drive},
    log,
};
use crate::support::database::Engine;

#[tokio::test(flavor = "multi_thread")]
async fn a_step_up_asks_for_the_one_scope_with_consent_and_a_sign_in_does_not() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    let identity = app.google_identity(&browser).await;
    for (access, scope) in [("drive", DRIVE), ("calendar", CALENDAR)] {
        let authorize = browser.starts_to_connect(&identity, access).await;
        assert_eq!(parameter(&authorize, "scope"), format!("openid email profile {scope}"));
        let asked =
            ["access_type", "include_granted_scopes", "prompt", "login_hint"].map(|name| parameter(&authorize, name));
        assert_eq!(asked, ["offline", "true", "consent", "ada@gmail.com"]);
        assert!(!parameter(&authorize, "nonce").is_empty() && !parameter(&authorize, "code_challenge").is_empty());
    }
    let authorize = browser.start("/auth/google?access=drive&scope=x").await;
    assert_eq!(parameter(&authorize, "scope"), "openid email profile");
    assert_eq!(parameter(&authorize, "access_type"), "");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_granted_is_kept_and_the_session_stays(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    let (identity, session) = (app.google_identity(&browser).await, browser.session());
    let denied = app.grants.take::<DriveMetadataReadonly>(&identity).await;
    assert!(matches!(denied, Err(GrantError::NotGranted)), "{denied:?}");

    let page = browser.connects(&identity, "ada", "drive", &[DRIVE]).await;
    assert_eq!((page.status, page.location()), (303, "/drive"), "{page:?}");
    assert_eq!((browser.session(), app.rows().await), (session, (1, 1, 1)));
    let grant = app.grant_of(&identity).await.expect("a grant");
    assert!(grant.scopes.contains(DRIVE) && !grant.scopes.contains(CALENDAR));
    assert_eq!((grant.state, grant.renewable, grant.used_at), (GrantStatus::Live, true, None));
    let left = grant.access_expires_at.expect("an end") - app.now();
    assert!((3500..=3600).contains(&left.whole_seconds()), "{left}");
    assert!(app.events().await.contains("grant google grant"), "{}", app.events().await);
    app.grants.take::<DriveMetadataReadonly>(&identity).await.expect("granted");
    assert!(app.grant_of(&identity).await.expect("a grant").used_at.is_some());
    let other = app.grants.take::<CalendarEventsReadonly>(&identity).await;
    assert!(matches!(other, Err(GrantError::NotGranted)), "{other:?}");

    // A second thing to see: one grant for both.
    let page = browser.connects(&identity, "ada", "calendar", &[CALENDAR]).await;
    assert_eq!(page.location(), "/calendar");
    assert_eq!(app.database.count("grants").await, 1);
    app.grants.take::<DriveMetadataReadonly>(&identity).await.expect("granted");
    app.grants.take::<CalendarEventsReadonly>(&identity).await.expect("granted");
    assert_eq!(app.renewals().await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_thing_more_makes_a_grant_no_younger_and_a_new_beginning_does(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (app, browser, identity) = with_drive(engine).await;
    let given_at = app.grant_of(&identity).await.expect("a grant").given_at;
    app.grants.take::<DriveMetadataReadonly>(&identity).await.expect("granted");
    let used_at = app.grant_of(&identity).await.expect("a grant").used_at.expect("used");
    app.advance(600).await;
    browser.connects(&identity, "ada", "calendar", &[DRIVE, CALENDAR]).await;
    let grant = app.grant_of(&identity).await.expect("a grant");
    assert!(grant.scopes.contains(CALENDAR));
    assert_eq!((grant.given_at, grant.used_at), (given_at, Some(used_at)));
    assert!(!browser.get("/settings").await.says("Not used yet"));

    // What was ended begins anew.
    browser.disconnects(&identity).await;
    browser.connects(&identity, "ada", "calendar", &[CALENDAR]).await;
    let grant = app.grant_of(&identity).await.expect("a grant");
    assert_eq!(grant.used_at, None);
    assert!((grant.given_at - given_at).whole_seconds() >= 600, "{grant:?}");
    assert!(browser.get("/settings").await.says("Not used yet"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_goes_back_to_where_one_was_and_nowhere_else() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    let identity = app.google_identity(&browser).await.id.to_string();
    for (return_to, lands) in [
        ("/drive?account=1&q=a%20b", "/drive?account=1&q=a%20b"),
        ("/dashboard", "/dashboard"),
        ("https://evil.example", "/drive"),
        ("//evil.example", "/drive"),
        ("/auth/logout", "/drive"),
    ] {
        let fields = [("access", "drive"), ("identity", identity.as_str()), ("return_to", return_to)];
        let authorize = browser.submit("/grants/connect", &fields).await;
        let callback = browser.agrees(authorize.location(), "ada", &[DRIVE]).await;
        assert_eq!(browser.get(&callback).await.location(), lands, "{return_to}");
        // The same response once more goes there quietly.
        assert_eq!(browser.get(&callback).await.location(), "/dashboard");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_declined_scope_is_told_and_no_token_is_kept(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    let identity = app.google_identity(&browser).await;
    let page = browser.connects(&identity, "ada", "drive", &[]).await;
    assert_eq!((page.status, page.location()), (303, "/drive?error=scope_declined"));
    assert_eq!(app.database.count("grants").await, 0);
    assert!(browser.is_signed_in().await && app.events().await.contains("grant google scope_declined"));

    // The twin; and then another thing is declined, which takes nothing of the first away.
    assert_eq!(browser.connects(&identity, "ada", "drive", &[DRIVE]).await.location(), "/drive");
    let page = browser.connects(&identity, "ada", "calendar", &[]).await;
    assert_eq!(page.location(), "/calendar?error=scope_declined");
    app.grants.take::<DriveMetadataReadonly>(&identity).await.expect("granted");
    let other = app.grants.take::<CalendarEventsReadonly>(&identity).await;
    assert!(matches!(other, Err(GrantError::NotGranted)), "{other:?}");
}

#[rstest]
#[case::another_account("grace", "allow", "account_mismatch")]
#[case::cancelled("ada", "deny", "cancelled")]
#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_fails_leaves_everything_as_it_was(
    #[case] person: &str,
    #[case] decision: &str,
    #[case] code: &str,
) {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    let (identity, session) = (app.google_identity(&browser).await, browser.session());
    for access in ["drive", "calendar"] {
        let authorize = browser.starts_to_connect(&identity, access).await;
        let both = format!("{decision}&scope={DRIVE}&scope={CALENDAR}");
        let callback = browser.consent(&authorize, person, &both).await;
        let page = browser.get(&callback).await;
        assert_eq!((page.status, page.location()), (303, &*format!("/{access}?error={code}&provider=google")));
        assert_eq!((browser.session(), app.rows().await), (session.clone(), (1, 1, 1)));
        assert_eq!(app.database.count("grants").await, 0);
    }
    assert_eq!(browser.connects(&identity, "ada", "drive", &[DRIVE]).await.location(), "/drive");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_signed_out_meanwhile_grants_nothing() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    let identity = app.google_identity(&browser).await;
    let authorize = browser.starts_to_connect(&identity, "drive").await;
    let callback = browser.agrees(&authorize, "ada", &[DRIVE]).await;
    let flows = browser.flows();
    browser.post("/auth/logout", "").await;
    flows.iter().for_each(|(name, value)| browser.set_cookie(name, value));
    let page = browser.get(&callback).await;
    assert!(page.location().starts_with("/login?error="), "{page:?}");
    assert_eq!((app.database.count("grants").await, browser.session()), (0, None));

    // Nor who is somebody else by now.
    browser.signs_in_as("ada").await;
    let authorize = browser.starts_to_connect(&identity, "drive").await;
    let callback = browser.agrees(&authorize, "ada", &[DRIVE]).await;
    browser.signs_in_as("grace").await;
    let page = browser.get(&callback).await;
    assert_eq!(page.location(), "/drive?error=flow_unknown&provider=google");
    assert_eq!(app.database.count("grants").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_a_form_of_ours_and_ones_own_identity() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    let (browser, grace) = (app.browser(), app.browser());
    browser.signs_in_as("ada").await;
    grace.signs_in_as("grace").await;
    let identity = app.google_identity(&browser).await;
    let id = identity.id.to_string();
    for path in ["/grants/connect", "/grants/disconnect"] {
        assert_eq!(browser.get(path).await.status, 405, "{path}");
        let form = format!("access=drive&identity={id}");
        let foreign = browser
            .request(Method::POST, path)
            .header("origin", "https://evil.example")
            .header("sec-fetch-site", "cross-site")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.clone());
        assert_eq!(browser.send(navigating(foreign)).await.status, 403, "{path}");
        assert!(app.browser().post(path, &form).await.location().starts_with("/login?return_to="), "{path}");
    }
    let answers = [
        // Somebody else's identity.
        (&grace, "drive", id.as_str(), "/drive?error=not_found"),
        (&browser, "drive", "x", "/drive?error=not_found"),
        (&browser, "mail", &id, "/settings?error=not_found"),
        (&browser, "", &id, "/settings?error=not_found"),
    ];
    for (browser, access, identity, location) in answers {
        let page = browser.submit("/grants/connect", &[("access", access), ("identity", identity)]).await;
        assert_eq!((page.status, page.location()), (303, location));
        assert!(page.set_cookies().is_empty());
    }
    assert_eq!(grace.disconnects(&identity).await.location(), "/settings?error=not_found");
    assert_eq!(browser.disconnects(&identity).await.location(), "/settings?error=not_found");

    // A provider that has nothing for us to see.
    let other = app.browser();
    let callback = other.callback_url("long", "/auth/github").await;
    assert_eq!(other.get(&callback).await.location(), "/dashboard");
    let user = app.user_of(&other).await.expect("a user");
    let at_github = app.identity_of(&user, "github").await;
    let page = other.submit("/grants/connect", &[("access", "drive"), ("identity", &at_github)]).await;
    assert_eq!(page.location(), "/drive?error=not_found");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn no_token_is_to_be_read_anywhere(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let from = log::length();
    let (app, browser, identity) = with_drive(engine).await;
    let mut tokens = app.token_texts(&identity).await;
    app.advance(3600).await;
    app.grants.take::<DriveMetadataReadonly>(&identity).await.expect("renewed");
    tokens.extend(app.token_texts(&identity).await);
    let mut seen = String::new();
    for path in ["/dashboard", "/settings", "/settings/data.json"] {
        seen.push_str(&browser.get(path).await.body);
    }
    // What waits to be revoked holds a token as well.
    app.error("revoke", json!({ "kind": "status", "status": 500 })).await;
    seen.push_str(&dump(&app, engine).await);
    browser.disconnects(&identity).await;
    assert_eq!(app.waiting_revocations().await, 1);
    seen.push_str(&dump(&app, engine).await);
    seen.push_str(&app.events().await);
    let log = log::since(from);
    let distinct: HashSet<_> = tokens.iter().collect();
    assert_eq!((tokens.len(), distinct.len()), (4, 3), "the refresh token stayed, the access token is another");
    for token in distinct {
        assert!(token.len() > 30, "{token}");
        assert!(!seen.contains(token.as_str()) && !log.contains(token.as_str()), "{token}");
    }
    let asked = app.requests(app.sandbox.origin()).await;
    assert!(asked.iter().all(|request| !request["query"].to_string().contains("token")), "{asked:?}");
    assert!(seen.contains(DRIVE), "the person may know what was granted");
}

/// All that the database holds: of SQLite the files as they are.
async fn dump(app: &App, engine: Engine) -> String {
    match engine {
        Engine::Sqlite => {
            let file = app.database.url.trim_start_matches("sqlite://").to_owned();
            let mut bytes = std::fs::read(&file).expect("the file");
            bytes.extend(std::fs::read(format!("{file}-wal")).unwrap_or_default());
            String::from_utf8_lossy(&bytes).into_owned()
        }
        Engine::Postgres => {
            app.database
                .text(
                    "SELECT (SELECT COALESCE(string_agg(grants::text, ';'), '') FROM grants) \
                     || (SELECT COALESCE(string_agg(outbox::text, ';'), '') FROM outbox) \
                     || (SELECT COALESCE(string_agg(sessions::text, ';'), '') FROM sessions)",
                )
                .await
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_may_take_along_says_what_was_granted() {
    let (app, browser, identity) = with_drive(Engine::Sqlite).await;
    let data: Value = serde_json::from_str(&browser.get("/settings/data.json").await.body).expect("JSON");
    let grant = &data["grants"][0];
    assert_eq!((&grant["provider"], &grant["status"]["state"]), (&json!("google"), &json!("live")));
    assert!(grant["scopes"].as_array().expect("scopes").contains(&json!(DRIVE)));
    browser.disconnects(&identity).await;
    let data: Value = serde_json::from_str(&browser.get("/settings/data.json").await.body).expect("JSON");
    assert_eq!(data["grants"][0]["status"]["revocation"], "done");
    assert_eq!(app.database.count("grants").await, 1);
}

// Disconnecting.

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn disconnecting_deletes_the_tokens_and_tells_google(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, browser, identity) = with_drive(engine).await;
    let session = browser.session();
    let fields = [("identity", &*identity.id.to_string()), ("return_to", "/drive?account=1")];
    let page = browser.submit("/grants/disconnect", &fields).await;
    assert_eq!((page.status, page.location()), (303, "/drive?account=1&done=disconnected"));
    assert_eq!((app.kept_tokens().await, app.waiting_revocations().await), (0, 0));
    let asked = app.requests_to("revoke").await;
    assert_eq!(asked.len(), 1);
    assert_eq!(
        (&asked[0]["status"], &asked[0]["person"], &asked[0]["query"]),
        (&json!(200), &json!("ada"), &json!({}))
    );
    let state = app.standing_of(&identity).await;
    let done = matches!(state, GrantStatus::Disconnected { revocation: RevocationStatus::Done { .. }, .. });
    assert!(done, "{state:?}");
    let taken = app.grants.take::<DriveMetadataReadonly>(&identity).await;
    assert!(matches!(taken, Err(GrantError::NotGranted)), "{taken:?}");
    assert!(app.events().await.contains("grant google disconnected"));
    // The sign-in is another matter.
    assert_eq!(browser.session(), session);
    assert!(browser.is_signed_in().await);
    assert_eq!(browser.disconnects(&identity).await.location(), "/settings?error=not_found");
    assert_eq!(app.requests_to("revoke").await.len(), 1);

    assert_eq!(browser.connects(&identity, "ada", "drive", &[DRIVE]).await.location(), "/drive");
    app.grants.take::<DriveMetadataReadonly>(&identity).await.expect("granted anew");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn unlinking_and_leaving_give_back_what_google_gave(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    for leaves in [false, true] {
        let app = App::start_with_other(engine).await;
        let browser = app.browser();
        browser.signs_in_as("ada").await;
        let identity = app.google_identity(&browser).await;
        let start = browser.submit("/settings/link", &[("provider", "other")]).await;
        let callback = browser.consent(start.location(), "grace", "allow").await;
        assert_eq!(browser.get(&callback).await.location(), "/settings?done=linked");
        let page = format!("/settings/{}", if leaves { "delete" } else { "unlink?identity=" });
        let page = if leaves { page } else { format!("{page}{}", identity.id) };
        assert!(!browser.get(&page).await.says("will be revoked"), "there is nothing yet");
        assert_eq!(browser.connects(&identity, "ada", "drive", &[DRIVE]).await.location(), "/drive");
        assert!(browser.get(&page).await.says("Latchkey's access to Google Drive will be revoked."));
        app.emails().await;

        let page = match leaves {
            true => browser.submit("/settings/delete", &[("word", "delete")]).await,
            false => browser.submit("/settings/unlink", &[("identity", &identity.id.to_string())]).await,
        };
        assert!(page.location().contains("?done="), "{page:?}");
        let told = match app.message().await.matter {
            EmailKind::MethodRemoved { revoked_access, .. } | EmailKind::AccountDeleted { revoked_access } => {
                revoked_access
            }
            other => panic!("{other:?}"),
        };
        assert_eq!((told.len(), told[0].provider.as_str(), &*told[0].sees), (1, "google", &[Access::Drive][..]));
        assert_eq!((app.database.count("grants").await, app.waiting_revocations().await), (0, 1));
        assert_eq!(
            app.database.number("SELECT count(*) FROM outbox WHERE kind = 'revocation' AND user_id IS NULL").await,
            1
        );
        app.revoke_due().await;
        let asked = app.requests_to("revoke").await;
        assert_eq!((asked.len(), &asked[0]["person"]), (1, &json!("ada")));
        assert_eq!(app.waiting_revocations().await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_a_link_back_gives_back_what_came_with_it() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    app.signs_up(&browser, "petra@example.org", super::account::PASSWORD).await;
    app.emails().await;
    let start = browser.submit("/settings/link", &[("provider", "google")]).await;
    let callback = browser.consent(start.location(), "grace", "allow").await;
    assert_eq!(browser.get(&callback).await.location(), "/settings?done=linked");
    let identity = app.google_identity(&browser).await;
    assert_eq!(browser.connects(&identity, "grace", "drive", &[DRIVE]).await.location(), "/drive");

    let latchkey::accounts::EmailKind::MethodAdded { undo, .. } = app.message().await.matter else { panic!("no undo") };
    let mailbox = app.browser();
    mailbox.follows(&undo).await;
    assert!(mailbox.submit("/auth/undo", &[]).await.location().contains("undone"));
    assert_eq!((app.database.count("grants").await, app.waiting_revocations().await), (0, 1));
    app.revoke_due().await;
    assert_eq!(app.requests_to("revoke").await.len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn connecting_anew_takes_back_a_revocation_that_waits(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (app, browser, identity) = with_drive(engine).await;
    app.error("revoke", json!({ "kind": "status", "status": 500 })).await;
    browser.disconnects(&identity).await;
    assert_eq!(app.waiting_revocations().await, 1);
    assert_eq!(browser.connects(&identity, "ada", "drive", &[DRIVE]).await.location(), "/drive");
    assert_eq!(app.waiting_revocations().await, 0);
    app.advance(3600).await;
    app.revoke_due().await;
    assert_eq!(app.requests_to("revoke").await.len(), 1);
    app.grants.take::<DriveMetadataReadonly>(&identity).await.expect("still granted");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_account_under_another_identity_takes_it_back_as_well() {
    let (app, browser, identity) = with_drive(Engine::Sqlite).await;
    // The account goes, and its revocation is on the way; the person comes back and connects.
    browser.submit("/settings/delete", &[("word", "delete")]).await;
    assert_eq!(app.waiting_revocations().await, 1);
    browser.signs_in_as("ada").await;
    let again = app.google_identity(&browser).await;
    assert_ne!(again.id, identity.id);
    assert_eq!(browser.connects(&again, "ada", "drive", &[DRIVE]).await.location(), "/drive");
    app.revoke_due().await;
    assert!(app.requests_to("revoke").await.is_empty());
    app.grants.take::<DriveMetadataReadonly>(&again).await.expect("granted");
    // Grace's would have stayed.
    let grace = app.browser();
    grace.signs_in_as("grace").await;
    let hers = app.google_identity(&grace).await;
    assert_eq!(grace.connects(&hers, "grace", "drive", &[DRIVE]).await.location(), "/drive");
    grace.submit("/settings/delete", &[("word", "delete")]).await;
    assert_eq!(browser.connects(&again, "ada", "drive", &[DRIVE]).await.location(), "/drive");
    assert_eq!(app.waiting_revocations().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_was_lost_can_be_put_away() {
    let (app, browser, identity) = with_drive(Engine::Sqlite).await;
    app.preset("refresh_invalid_grant").await;
    app.advance(3600).await;
    let taken = app.grants.take::<DriveMetadataReadonly>(&identity).await;
    assert!(matches!(taken, Err(GrantError::Lost(GrantEndReason::Revoked))), "{taken:?}");
    assert_eq!(browser.disconnects(&identity).await.location(), "/settings?done=disconnected");
    assert!(app.requests_to("revoke").await.is_empty(), "there is nothing to revoke");
    let state = app.standing_of(&identity).await;
    let done = matches!(state, GrantStatus::Disconnected { revocation: RevocationStatus::Done { .. }, .. });
    assert!(done, "{state:?}");
}
