//! What a signed-in person changes: by POST from our own pages, with a fresh proof, in their own account alone.

use latchkey::{accounts::EmailKind, web::FORMS};
use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::{
    account::{NEW_PASSWORD, PASSWORD, TABLES, WRONG_PASSWORD, token_of},
    app::{App, Stage},
    browser::{Browser, navigating, parameter},
};
use crate::support::database::Engine;

const ADA: &str = "ada@example.com";
const LATER: i64 = 10 * 60;

type Fields = &'static [(&'static str, &'static str)];
type Sensitive = (&'static str, Fields, &'static str);

/// Every form that wants a fresh proof, with fields that would be right, and where it comes back to.
const SENSITIVE: [Sensitive; 5] = [
    ("/settings/link", &[("provider", "google")], "/settings/link?provider=google"),
    (
        "/settings/unlink",
        &[("identity", "01890a5d-0000-7000-8000-000000000000")],
        "/settings/unlink?identity=01890a5d-0000-7000-8000-000000000000",
    ),
    ("/settings/password", &[("password", NEW_PASSWORD)], "/settings/password"),
    ("/settings/email", &[("email", "new@example.com")], "/settings/email"),
    ("/settings/delete", &[("word", "delete")], "/settings/delete"),
];

/// The forms of a signed-in person that want none.
const OTHERS: [(&str, Fields); 7] = [
    ("/settings/profile", &[("name", "Countess")]),
    ("/settings/sessions/end", &[("session", "x")]),
    ("/settings/sessions/end-others", &[]),
    ("/auth/reauthenticate/password", &[("password", PASSWORD)]),
    ("/auth/email/change/confirm", &[]),
    ("/grants/connect", &[("access", "drive"), ("identity", "x")]),
    ("/grants/disconnect", &[("identity", "x")]),
];

async fn ada(stage: Stage) -> (App, Browser) {
    let app = App::start(stage).await;
    let browser = app.browser();
    app.signs_up(&browser, ADA, PASSWORD).await;
    (app, browser)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn without_a_fresh_proof_nothing_happens_and_the_person_comes_back_with_one(
    #[values("server", "jwt")] mode: &str,
) {
    let (app, browser) = ada(Stage::of(Engine::Sqlite, mode)).await;
    app.advance(LATER).await;
    let (methods, rows) = (app.methods().await, app.all_rows().await);
    for (path, fields, page) in SENSITIVE {
        let answer = browser.submit(path, fields).await;
        assert_eq!(answer.status, 303);
        assert!(answer.location().starts_with("/confirm?"), "{path}: {answer:?}");
        assert_eq!(parameter(answer.location(), "return_to"), page);
        let renewed =
            |cookie: &String| cookie.starts_with("access_token=ey") || cookie.starts_with("refresh_token=lkr_");
        assert!(answer.set_cookies().iter().all(renewed), "{path}: {answer:?}");
    }
    assert_eq!((app.methods().await, app.all_rows().await), (methods, rows));
    assert_eq!(app.emails().await, []);

    // A wrong proof is none.
    let fields = [("password", WRONG_PASSWORD), ("return_to", "/settings/email")];
    let page = browser.submit("/auth/reauthenticate/password", &fields).await;
    assert_eq!(page.location(), "/confirm?return_to=%2Fsettings%2Femail&error=wrong_password");
    assert!(
        browser.submit("/settings/email", &[("email", "new@example.com")]).await.location().starts_with("/confirm")
    );
    // The right one leads back, under a new session id, and then it works.
    let session = browser.session();
    let fields = [("password", PASSWORD), ("return_to", "/settings/email")];
    let page = browser.submit("/auth/reauthenticate/password", &fields).await;
    assert_eq!(page.location(), "/settings/email");
    assert_ne!(browser.session(), session);
    assert_eq!(app.user_of_session(&session.expect("a session")).await, None);
    let page = browser.submit("/settings/email", &[("email", "new@example.com")]).await;
    assert_eq!(page.location(), "/check-inbox?for=email_change&return_to=%2Fsettings");
    // And for ten minutes.
    app.advance(LATER - 60).await;
    assert_eq!(
        browser.submit("/settings/unlink", &[("identity", "x")]).await.location(),
        "/settings/unlink?identity=x&error=not_found"
    );
    app.advance(60).await;
    assert!(browser.submit("/settings/unlink", &[("identity", "x")]).await.location().starts_with("/confirm?"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_round_trip_to_a_linked_provider_is_a_proof_and_another_account_there_is_not(
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    app.advance(LATER).await;
    let fields = [("provider", "google"), ("return_to", "/settings/password")];
    let start = browser.submit("/auth/reauthenticate/provider", &fields).await;
    let session = browser.session();
    let callback = browser.consent(start.location(), "grace", "allow").await;
    let page = browser.get(&callback).await;
    assert!(page.location().starts_with("/confirm?return_to=%2Fsettings%2Fpassword"), "{page:?}");
    assert_eq!(parameter(page.location(), "error"), "reauthentication_mismatch");
    assert_eq!((app.rows().await, browser.session()), ((1, 1, 1), session.clone()));
    assert!(browser.submit("/settings/password", &[("password", PASSWORD)]).await.location().starts_with("/confirm"));

    let start = browser.submit("/auth/reauthenticate/provider", &fields).await;
    let callback = browser.consent(start.location(), "ada", "allow").await;
    assert_eq!(browser.get(&callback).await.location(), "/settings/password");
    assert_ne!(browser.session(), session);
    // A first password for who only had a provider.
    let page = browser.submit("/settings/password", &[("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/settings?done=password_set");
    assert!(matches!(app.message().await.matter, EmailKind::PasswordChanged { first: true, .. }));
    app.browser().signs_in_with("ada@gmail.com", PASSWORD).await;
    // A provider that is not linked is no proof.
    let page = browser.submit("/auth/reauthenticate/provider", &[("provider", "nowhere")]).await;
    assert_eq!(page.location(), "/confirm?return_to=%2Fdashboard&error=not_found");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_proof_that_somebody_else_brings_back_proves_nothing(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    let (ada, grace, nobody) = (app.browser(), app.browser(), app.browser());
    ada.signs_in_as("ada").await;
    grace.signs_in_as("grace").await;
    app.advance(LATER).await;
    let fields = [("provider", "google"), ("return_to", "/settings/password")];
    for browser in [&grace, &nobody] {
        let start = ada.submit("/auth/reauthenticate/provider", &fields).await;
        let callback = browser.consent(start.location(), "ada", "allow").await;
        let page = browser.get(&callback).await;
        assert!(page.location().contains("error=flow_unknown"), "{page:?}");
        // Not with the flow's cookie either.
        let start = ada.submit("/auth/reauthenticate/provider", &fields).await;
        let callback = browser.consent(start.location(), "ada", "allow").await;
        for (name, value) in ada.flows() {
            browser.set_cookie(&name, &value);
        }
        let page = browser.get(&callback).await;
        assert!(
            page.location().contains("error=flow_unknown") || page.location().contains("error=provider_invalid"),
            "{page:?}"
        );
    }
    assert!(!nobody.is_signed_in().await);
    for browser in [&ada, &grace] {
        assert!(
            browser.submit("/settings/password", &[("password", PASSWORD)]).await.location().starts_with("/confirm")
        );
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_out_signs_in_first(#[values("server", "jwt")] mode: &str) {
    let (app, _) = ada(Stage::of(Engine::Sqlite, mode)).await;
    let stranger = app.browser();
    let (methods, rows) = (app.methods().await, app.all_rows().await);
    for (path, fields, page) in SENSITIVE {
        let answer = stranger.submit(path, fields).await;
        assert!(answer.location().starts_with("/login?"), "{path}: {answer:?}");
        assert_eq!(parameter(answer.location(), "return_to"), page);
    }
    for (path, fields) in OTHERS {
        let answer = stranger.submit(path, fields).await;
        assert!(answer.location().starts_with("/login?return_to="), "{path}: {answer:?}");
    }
    assert_eq!((app.methods().await, app.all_rows().await), (methods, rows));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn no_form_is_taken_from_elsewhere(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(Stage::of(Engine::Sqlite, mode)).await;
    let (methods, rows) = (app.methods().await, app.all_rows().await);
    let foreign: [&[(&str, &str)]; 8] = [
        &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "same-site"), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "cross-site"), ("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[],
    ];
    for path in FORMS {
        for headers in foreign {
            let request =
                browser.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
            let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            let body = "provider=google&word=delete&email=eve%40evil.example&password=correct+horse+battery+staple";
            let page = browser.send(navigating(request.body(body))).await;
            assert_eq!((page.status, page.set_cookies().len()), (403, 0), "{path} {headers:?}");
        }
    }
    assert_eq!((app.methods().await, app.all_rows().await), (methods, rows));
    assert_eq!(app.emails().await, []);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn no_form_is_taken_in_another_shape(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(Stage::of(Engine::Sqlite, mode)).await;
    let (methods, rows) = (app.methods().await, app.all_rows().await);
    let own = |method: Method, path: &str| {
        navigating(browser.request(method, path)).header("origin", &app.origin).header("sec-fetch-site", "same-origin")
    };
    let form = "word=delete&password=correct+horse+battery+staple&provider=google";
    for path in FORMS {
        for kind in [
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/json",
            "application/cbor",
            "application/octet-stream",
            "",
        ] {
            let request = own(Method::POST, path);
            let request = if kind.is_empty() { request } else { request.header("content-type", kind) };
            assert_eq!(browser.send(request.body(form)).await.status, 415, "{path} {kind}");
        }
        let urlencoded = |body: &str| {
            own(Method::POST, path).header("content-type", "application/x-www-form-urlencoded").body(body.to_owned())
        };
        for twice in ["word=delete&word=x", "password=a&password=b", "a=1&%61=2", &format!("{form}&provider=github")] {
            assert_eq!(browser.send(urlencoded(twice)).await.status, 400, "{path} {twice}");
        }
        let long = format!("password={}", "a".repeat(40 * 1024));
        assert_eq!(browser.send(urlencoded(&long)).await.status, 413, "{path}");
        for method in [Method::PUT, Method::PATCH, Method::DELETE] {
            assert_eq!(browser.send(own(method.clone(), path)).await.status, 405, "{method} {path}");
        }
    }
    assert_eq!((app.methods().await, app.all_rows().await), (methods, rows));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn no_form_is_sent_by_following_a_link(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(Stage::of(Engine::Sqlite, mode)).await;
    let (methods, rows) = (app.methods().await, app.all_rows().await);
    for path in FORMS {
        let query =
            "?provider=google&word=delete&password=correct+horse+battery+staple&session=x&email=e%40evil.example";
        for method in [Method::GET, Method::HEAD] {
            let request = navigating(browser.request(method.clone(), &format!("{path}{query}")));
            let page = browser.send(request).await;
            // Some paths have a page as well.
            let is_page = page.status == 200 && path.starts_with("/settings/");
            assert!(is_page || matches!(page.status, 404 | 405), "{method} {path}: {page:?}");
            assert_eq!(page.set_cookies(), Vec::<String>::new(), "{path}");
        }
    }
    assert_eq!((app.methods().await, app.all_rows().await), (methods, rows));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_linked_and_unlinked(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, browser) = ada(Stage::of(engine, mode)).await;
    let other = app.browser();
    other.signs_in_with(ADA, PASSWORD).await;
    let session = browser.session();
    assert_eq!(app.links(&browser, "google", "grace").await.location(), "/settings?done=linked");
    assert_ne!(browser.session(), session, "under a new id");
    let message = app.message().await;
    assert_eq!(message.to.as_str(), ADA);
    assert!(matches!(message.matter, EmailKind::MethodAdded { .. }));
    let user = app.user_of(&browser).await.expect("a user");
    let grace = app.browser();
    grace.signs_in_as("grace").await;
    assert_eq!(app.user_of(&grace).await.as_ref(), Some(&user));
    assert_eq!(app.links(&browser, "google", "grace").await.location(), "/settings?done=already_linked");
    // A second identity of the same provider.
    assert_eq!(app.links(&browser, "google", "plain").await.location(), "/settings?done=linked");
    app.emails().await;
    assert_eq!(app.rows().await.1, 2);

    let subject = "SELECT id FROM identities WHERE email = 'grace@navy.example'";
    let identity = app.database.text(subject).await;
    let session = browser.session();
    let page = browser.submit("/settings/unlink", &[("identity", &identity)]).await;
    assert_eq!(page.location(), "/settings?done=unlinked");
    assert_ne!(browser.session(), session);
    assert_eq!(app.rows().await, (1, 1, 1), "the other sessions end");
    assert!(browser.is_signed_in().await && !grace.is_signed_in().await && !other.is_signed_in().await);
    assert!(matches!(app.message().await.matter, EmailKind::MethodRemoved { .. }));
    let page = browser.submit("/settings/unlink", &[("identity", &identity)]).await;
    assert_eq!(parameter(page.location(), "error"), "not_found");
    grace.signs_in_as("grace").await;
    assert_ne!(app.user_of(&grace).await, Some(user), "somebody of her own");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_somebody_else_finishes_links_nothing(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    let (eve, victim) = (app.browser(), app.browser());
    eve.signs_in_as("mallory").await;
    victim.signs_in_as("ada").await;
    for victim in [&victim, &app.browser()] {
        let methods = app.methods().await;
        // The victim is led to the provider by Eve, and consents with an account that nobody has here.
        let start = eve.submit("/settings/link", &[("provider", "google")]).await;
        let callback = victim.consent(start.location(), "grace", "allow").await;
        let page = victim.get(&callback).await;
        assert!(page.location().starts_with("/login?error=flow_unknown"), "{page:?}");
        // Even with Eve's cookie: who finishes it is somebody else, or nobody.
        let start = eve.submit("/settings/link", &[("provider", "google")]).await;
        let callback = victim.consent(start.location(), "grace", "allow").await;
        for (name, value) in eve.flows() {
            victim.set_cookie(&name, &value);
        }
        let page = victim.get(&callback).await;
        assert!(page.location().contains("error="), "{page:?}");
        assert_eq!(app.methods().await, methods);
    }
    // A link that was started signed in and comes back after signing in as somebody else.
    let start = eve.submit("/settings/link", &[("provider", "google")]).await;
    let callback = eve.consent(start.location(), "grace", "allow").await;
    eve.signs_in_as("plain").await;
    let methods = app.methods().await;
    assert!(eve.get(&callback).await.location().contains("error="));
    assert_eq!(app.methods().await, methods);
    // The twin.
    assert_eq!(app.links(&eve, "google", "grace").await.location(), "/settings?done=linked");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn linking_starts_by_post_alone(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(Stage::of(Engine::Sqlite, mode)).await;
    for start in ["/auth/google?link=1", "/auth/google?purpose=link", "/auth/google?user=x&link=true"] {
        let callback = browser.callback_url("grace", start).await;
        browser.get(&callback).await;
        // It was a sign-in, of somebody else.
        assert_ne!(app.user_of(&browser).await, app.owner_of(ADA).await);
        browser.signs_in_with(ADA, PASSWORD).await;
    }
    let ada = app.owner_of(ADA).await.expect("a user");
    let linked = format!("SELECT count(*) FROM identities WHERE user_id = '{ada}'");
    assert_eq!(app.database.number(&linked).await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_identity_of_another_user_does_not_move(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(Stage::of(Engine::Sqlite, mode)).await;
    app.browser().signs_in_as("grace").await;
    let methods = app.methods().await;
    let page = app.links(&browser, "google", "grace").await;
    assert_eq!(parameter(page.location(), "error"), "linked_elsewhere", "{page:?}");
    assert!(page.location().starts_with("/settings?"));
    assert_eq!(app.methods().await, methods);
    assert_eq!(app.emails().await, []);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_another_users_is_not_there(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, ada) = ada(Stage::of(engine, mode)).await;
    let eve = app.browser();
    app.links(&ada, "google", "grace").await;
    app.signs_up(&eve, "eve@example.com", PASSWORD).await;
    app.links(&eve, "google", "mallory").await;
    app.emails().await;
    let user = app.user_of(&ada).await.expect("a user");
    let identity = app.identity_of(&user, "google").await;
    let session = app.database.text(&format!("SELECT id_hash FROM sessions WHERE user_id = '{user}'")).await;
    let (methods, rows) = (app.methods().await, app.all_rows().await);
    for id in [identity.as_str(), "x", "", "' OR '1' = '1"] {
        let page = eve.submit("/settings/unlink", &[("identity", id)]).await;
        assert_eq!(parameter(page.location(), "error"), "not_found", "{id}: {page:?}");
    }
    for id in [session.as_str(), &ada.session().expect("a session"), "x", "", "%"] {
        let page = eve.submit("/settings/sessions/end", &[("session", id)]).await;
        assert_eq!(page.location(), "/settings?error=not_found", "{id}");
    }
    assert_eq!((app.methods().await, app.all_rows().await), (methods, rows));
    assert!(ada.is_signed_in().await);
    // The twins.
    assert_eq!(ada.submit("/settings/unlink", &[("identity", &identity)]).await.location(), "/settings?done=unlinked");
    let elsewhere = app.browser();
    elsewhere.signs_in_with(ADA, PASSWORD).await;
    let sql = format!("SELECT id_hash FROM sessions WHERE user_id = '{user}' ORDER BY created_at DESC, id_hash");
    assert!(!app.database.text(&sql).await.is_empty());
    assert_eq!(elsewhere.submit("/settings/sessions/end-others", &[]).await.location(), "/settings?done=others_ended");
    assert!(!ada.is_signed_in().await && elsewhere.is_signed_in().await && eve.is_signed_in().await);
    ada.signs_in_with(ADA, PASSWORD).await;
    let session = format!(
        "SELECT id_hash FROM sessions WHERE user_id = '{user}' AND id_hash NOT IN (SELECT max(id_hash) FROM sessions WHERE user_id = '{user}')"
    );
    let session = app.database.text(&session).await;
    assert_eq!(
        ada.submit("/settings/sessions/end", &[("session", &session)]).await.location(),
        "/settings?done=device_ended"
    );
    assert!(ada.is_signed_in().await != elsewhere.is_signed_in().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_the_last_two_ways_one_stays_however_fast_both_are_unlinked(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::start(Stage::of(engine, mode)).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    app.links(&browser, "google", "grace").await;
    app.emails().await;
    let ids = app.database.text("SELECT string_agg(id, ' ') FROM identities").await;
    let mut all = tokio::task::JoinSet::new();
    for id in ids.split(' ').cycle().take(10).map(str::to_owned) {
        let twin = app.browser();
        twin.put_back(browser.cookies());
        all.spawn(async move {
            let page = twin.submit("/settings/unlink", &[("identity", &id)]).await;
            (page.status, page.location().to_owned())
        });
    }
    let all = all.join_all().await;
    assert!(all.iter().all(|(status, _)| *status == 303), "{all:?}");
    assert_eq!(app.rows().await.1, 1, "{all:?}");
    assert_eq!(all.iter().filter(|(_, location)| location == "/settings?done=unlinked").count(), 1, "{all:?}");
    let left = app.database.text("SELECT id FROM identities").await;
    let who = if app.database.text("SELECT email FROM identities").await.starts_with("ada") { "ada" } else { "grace" };
    browser.signs_in_as(who).await;
    let page = browser.submit("/settings/unlink", &[("identity", &left)]).await;
    assert_eq!(parameter(page.location(), "error"), "last_sign_in_method");
    assert_eq!(app.rows().await.1, 1);
    // With a password it is not the last.
    browser.submit("/settings/password", &[("password", PASSWORD)]).await;
    assert_eq!(browser.submit("/settings/unlink", &[("identity", &left)]).await.location(), "/settings?done=unlinked");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_ends_every_other_session(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, browser) = ada(Stage::of(engine, mode)).await;
    let other = app.browser();
    other.signs_in_with(ADA, PASSWORD).await;
    for (weak, code) in [("short", "password_short"), ("password123", "password_common"), ("", "password_short")] {
        let page = browser.submit("/settings/password", &[("password", weak)]).await;
        assert_eq!(page.location(), format!("/settings/password?error={code}"));
    }
    assert!(other.is_signed_in().await);
    let session = browser.session().expect("a session");
    let page = browser.submit("/settings/password", &[("password", NEW_PASSWORD)]).await;
    assert_eq!(page.location(), "/settings?done=password_changed");
    assert!(browser.is_signed_in().await && !other.is_signed_in().await);
    assert_ne!(browser.session(), Some(session.clone()));
    assert_eq!(app.user_of_session(&session).await, None);
    assert_eq!(other.tries_password(ADA, PASSWORD).await.location(), "/login?error=wrong_credentials");
    other.signs_in_with(ADA, NEW_PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_proven_address_sets_no_password(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    for person in ["nomail", "linus"] {
        let browser = app.browser();
        browser.signs_in_as(person).await;
        let page = browser.submit("/settings/password", &[("password", PASSWORD)]).await;
        assert_eq!(page.location(), "/settings/password?error=email_needed", "{person}");
        let email = format!("{person}@example.net");
        browser.submit("/settings/email", &[("email", &email)]).await;
        assert_eq!(browser.finishes(&token_of(&app.message().await)).await.location(), "/settings?done=email_changed");
        assert_eq!(app.emails().await, [], "there is no old address to write to");
        let page = browser.submit("/settings/password", &[("password", PASSWORD)]).await;
        assert_eq!(page.location(), "/settings?done=password_set");
        app.emails().await;
        app.browser().signs_in_with(&email, PASSWORD).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_changed_in_the_account_that_asked_and_in_no_other(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, eve) = ada(Stage::of(engine, mode)).await;
    let (victim, stranger) = (app.browser(), app.browser());
    app.signs_up(&victim, "victim@example.com", PASSWORD).await;
    let page = eve.submit("/settings/email", &[("email", "Wanted@Example.com")]).await;
    assert_eq!(page.location(), "/check-inbox?for=email_change&return_to=%2Fsettings");
    let message = app.message().await;
    assert_eq!((message.to.as_str(), &message.name), ("wanted@example.com", &None));
    let token = token_of(&message);
    let methods = app.methods().await;
    assert_eq!(stranger.finishes(&token).await.location(), "/login?return_to=%2Fconfirm-email");
    assert_eq!(victim.finishes(&token).await.location(), "/confirm-email?error=email_link_of_another_user");
    assert_eq!(app.methods().await, methods);

    let session = eve.session();
    let elsewhere = app.browser();
    elsewhere.signs_in_with(ADA, PASSWORD).await;
    assert_eq!(eve.finishes(&token).await.location(), "/settings?done=email_changed");
    assert_ne!(eve.session(), session);
    assert!(eve.is_signed_in().await && !elsewhere.is_signed_in().await);
    assert_eq!(app.owner_of("wanted@example.com").await, app.user_of(&eve).await);
    let message = app.message().await;
    assert_eq!(message.to.as_str(), ADA);
    assert!(matches!(message.matter, EmailKind::EmailChanged { .. }));
    assert_eq!(eve.finishes(&token).await.location(), "/verify-email?error=email_link_invalid");
    assert_eq!(eve.tries_password(ADA, PASSWORD).await.location(), "/login?error=wrong_credentials");
    elsewhere.signs_in_with("wanted@example.com", PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_address_is_not_taken_and_who_asks_is_told_nothing(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(Stage::of(Engine::Sqlite, mode)).await;
    app.signs_up(&app.browser(), "owner@example.com", PASSWORD).await;
    let page = browser.submit("/settings/email", &[("email", "owner@example.com")]).await;
    assert_eq!(page.location(), "/check-inbox?for=email_change&return_to=%2Fsettings");
    let message = app.message().await;
    assert_eq!((message.to.as_str(), &message.matter), ("owner@example.com", &EmailKind::EmailTaken));
    // One that is taken between the letter and its link.
    browser.submit("/settings/email", &[("email", "free@example.com")]).await;
    let token = token_of(&app.message().await);
    let other = app.browser();
    app.signs_up(&other, "free@example.com", PASSWORD).await;
    assert_eq!(browser.finishes(&token).await.location(), "/confirm-email?error=email_link_invalid");
    assert_eq!(app.owner_of("free@example.com").await, app.user_of(&other).await);
    assert_eq!(app.owner_of(ADA).await, app.user_of(&browser).await);
    let page = browser.submit("/settings/email", &[("email", "ADA@example.com")]).await;
    assert_eq!(page.location(), "/settings/email?error=email_unchanged");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_newer_wish_for_an_address_makes_the_older_one_void(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(Stage::of(Engine::Sqlite, mode)).await;
    browser.submit("/settings/email", &[("email", "one@example.com")]).await;
    let older = token_of(&app.message().await);
    browser.submit("/settings/email", &[("email", "two@example.com")]).await;
    let newer = token_of(&app.message().await);
    assert_eq!(browser.finishes(&older).await.location(), "/verify-email?error=email_link_invalid");
    app.advance(24 * 3600 - 60).await;
    assert_eq!(browser.finishes(&newer).await.location(), "/settings?done=email_changed");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_account_leaves_one_event_that_names_nobody_and_a_letter(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::start(Stage::of(engine, mode)).await;
    let (ada, other, elsewhere) = (app.browser(), app.browser(), app.browser());
    app.signs_up(&ada, ADA, PASSWORD).await;
    let user = app.user_of(&ada).await.expect("a user");
    app.links(&ada, "google", "grace").await;
    elsewhere.signs_in_as("grace").await;
    app.browser().forgets(ADA).await;
    ada.submit("/settings/email", &[("email", "new@example.com")]).await;
    ada.submit("/settings/password", &[("password", NEW_PASSWORD)]).await;
    app.signs_up(&other, "other@example.com", PASSWORD).await;

    for word in ["", "no", "delete everything"] {
        let page = ada.submit("/settings/delete", &[("word", word)]).await;
        assert_eq!(page.location(), "/settings/delete?error=confirmation_missing");
    }
    let page = ada.submit("/settings/delete", &[("word", "Delete ")]).await;
    assert_eq!(page.location(), "/login?done=deleted");
    assert!(!ada.is_signed_in().await && !elsewhere.is_signed_in().await && other.is_signed_in().await);
    let message = app.message().await;
    assert_eq!((message.to.as_str(), &message.matter), (ADA, &EmailKind::AccountDeleted { revoked_access: vec![] }));
    for table in TABLES {
        let column = if table == "users" { "id" } else { "user_id" };
        let sql = format!("SELECT count(*) FROM {table} WHERE {column} = '{user}'");
        assert_eq!(app.database.number(&sql).await, 0, "{table}");
    }
    let left = app
        .database
        .text("SELECT kind || COALESCE(user_id, '') || COALESCE(ip, '') || COALESCE(user_agent, '') || COALESCE(request_id, '') FROM events WHERE outcome = 'deleted'")
        .await;
    assert_eq!(left, "account");
    // The address and the identity are free again.
    assert_eq!(ada.tries_password(ADA, NEW_PASSWORD).await.location(), "/login?error=wrong_credentials");
    let again = app.browser();
    app.signs_up(&again, ADA, PASSWORD).await;
    assert_ne!(app.user_of(&again).await, Some(user));
    elsewhere.signs_in_as("grace").await;
    assert_ne!(app.user_of(&elsewhere).await, app.user_of(&again).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_name_stays_and_is_only_a_name(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    let page = browser.submit("/settings/profile", &[("name", "<script>alert(1)</script>\u{202e}\r\n")]).await;
    assert_eq!(page.location(), "/settings?done=profile_saved");
    let page = browser.get("/dashboard").await.body;
    assert!(!page.contains("<script>alert"), "{page}");
    browser.submit("/settings/profile", &[("name", "Countess")]).await;
    app.tell_sandbox("persons/ada", json!({ "name": "Ada King" })).await;
    browser.signs_in_as("ada").await;
    assert!(browser.get("/dashboard").await.body.contains("Countess"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_after_a_deletion_writes_nothing_about_who_is_gone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::start(Stage::of(engine, mode)).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    let fields = [("provider", "google"), ("return_to", "/settings")];
    let start = browser.submit("/auth/reauthenticate/provider", &fields).await;
    let callback = browser.consent(start.location(), "ada", "allow").await;
    let flow = browser.cookies();
    browser.submit("/settings/delete", &[("word", "delete")]).await;
    assert_eq!(app.rows().await, (0, 0, 0));
    // The other tab still holds the flow.
    for (name, value) in flow.iter().filter(|(name, _)| name != "session") {
        browser.set_cookie(name, value);
    }
    assert!(browser.get(&callback).await.location().starts_with("/login?error="));
    assert!(app.events().await.contains("reauthenticate"), "{}", app.events().await);
    assert_eq!(app.database.number("SELECT count(*) FROM events WHERE user_id IS NOT NULL").await, 0);
}
