//! Changes in the settings: by POST from our own pages, with recent re-authentication, in the user's own account only.

use latchkey::{account::FORMS, accounts::EmailKind};
use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::{
    account::{NEW_PASSWORD, PASSWORD, TABLES, WRONG_PASSWORD, token_of},
    app::{App, AppBuilder},
    browser::{Browser, navigating, parameter},
};
use crate::support::database::Engine;

const ADA: &str = "ada@example.com";
const LATER: i64 = 10 * 60;

type Fields = &'static [(&'static str, &'static str)];
type Sensitive = (&'static str, Fields, &'static str);

/// Every form that needs recent re-authentication, with valid fields, and the page that it returns to.
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

/// The forms of a signed-in user that need none.
const OTHERS: [(&str, Fields); 7] = [
    ("/settings/profile", &[("name", "Countess")]),
    ("/settings/sessions/end", &[("session", "x")]),
    ("/settings/sessions/end-others", &[]),
    ("/auth/reauthenticate/password", &[("password", PASSWORD)]),
    ("/auth/email/change/confirm", &[]),
    ("/grants/connect", &[("access", "drive"), ("identity", "x")]),
    ("/grants/disconnect", &[("identity", "x")]),
];

async fn ada(app: AppBuilder) -> (App, Browser) {
    let app = app.start().await;
    let browser = app.browser();
    app.sign_up(&browser, ADA, PASSWORD).await;
    (app, browser)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sensitive_forms_need_reauthentication_and_return(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(App::builder().mode(mode)).await;
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

    // A wrong password does not re-authenticate.
    let fields = [("password", WRONG_PASSWORD), ("return_to", "/settings/email")];
    let page = browser.submit("/auth/reauthenticate/password", &fields).await;
    assert_eq!(page.location(), "/confirm?return_to=%2Fsettings%2Femail&error=wrong_password");
    assert!(
        browser.submit("/settings/email", &[("email", "new@example.com")]).await.location().starts_with("/confirm")
    );
    // The right one returns with a new session id, and the form works.
    let session = browser.session();
    let fields = [("password", PASSWORD), ("return_to", "/settings/email")];
    let page = browser.submit("/auth/reauthenticate/password", &fields).await;
    assert_eq!(page.location(), "/settings/email");
    assert_ne!(browser.session(), session);
    assert_eq!(app.user_of_session(&session.expect("a session")).await, None);
    let page = browser.submit("/settings/email", &[("email", "new@example.com")]).await;
    assert_eq!(page.location(), "/check-inbox?for=email_change&return_to=%2Fsettings");
    // It lasts for ten minutes.
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
async fn only_a_linked_account_reauthenticates(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
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
    // A first password for a user who only had a provider.
    let page = browser.submit("/settings/password", &[("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/settings?done=password_set");
    assert!(matches!(app.one_email().await.kind, EmailKind::PasswordChanged { first: true, .. }));
    app.browser().sign_in_with_password("ada@gmail.com", PASSWORD).await;
    // A provider that is not linked does not re-authenticate.
    let page = browser.submit("/auth/reauthenticate/provider", &[("provider", "nowhere")]).await;
    assert_eq!(page.location(), "/confirm?return_to=%2Fdashboard&error=not_found");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn reauthentication_delivered_by_another_user_is_rejected(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let (ada, grace, anonymous) = (app.browser(), app.browser(), app.browser());
    ada.sign_in("ada").await;
    grace.sign_in("grace").await;
    app.advance(LATER).await;
    let fields = [("provider", "google"), ("return_to", "/settings/password")];
    for browser in [&grace, &anonymous] {
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
    assert!(!anonymous.is_signed_in().await);
    for browser in [&ada, &grace] {
        assert!(
            browser.submit("/settings/password", &[("password", PASSWORD)]).await.location().starts_with("/confirm")
        );
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn signed_out_users_sign_in_first(#[values("server", "jwt")] mode: &str) {
    let (app, _) = ada(App::builder().mode(mode)).await;
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
async fn cross_site_forms_are_rejected(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(App::builder().mode(mode)).await;
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
    for path in FORMS.map(|form| form.path) {
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
async fn forms_in_another_shape_are_rejected(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(App::builder().mode(mode)).await;
    let (methods, rows) = (app.methods().await, app.all_rows().await);
    let own = |method: Method, path: &str| {
        navigating(browser.request(method, path)).header("origin", &app.origin).header("sec-fetch-site", "same-origin")
    };
    let form = "word=delete&password=correct+horse+battery+staple&provider=google";
    for path in FORMS.map(|form| form.path) {
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
async fn forms_reject_get(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(App::builder().mode(mode)).await;
    let (methods, rows) = (app.methods().await, app.all_rows().await);
    for path in FORMS.map(|form| form.path) {
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
    let (app, browser) = ada(App::builder().engine(engine).mode(mode)).await;
    let other = app.browser();
    other.sign_in_with_password(ADA, PASSWORD).await;
    let session = browser.session();
    assert_eq!(app.link_provider(&browser, "google", "grace").await.location(), "/settings?done=linked");
    assert_ne!(browser.session(), session, "under a new id");
    let message = app.one_email().await;
    assert_eq!(message.to.as_str(), ADA);
    assert!(matches!(message.kind, EmailKind::MethodAdded { .. }));
    let user = app.user_of(&browser).await.expect("a user");
    let grace = app.browser();
    grace.sign_in("grace").await;
    assert_eq!(app.user_of(&grace).await.as_ref(), Some(&user));
    assert_eq!(app.link_provider(&browser, "google", "grace").await.location(), "/settings?done=already_linked");
    // A second identity of the same provider.
    assert_eq!(app.link_provider(&browser, "google", "plain").await.location(), "/settings?done=linked");
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
    assert!(matches!(app.one_email().await.kind, EmailKind::MethodRemoved { .. }));
    let page = browser.submit("/settings/unlink", &[("identity", &identity)]).await;
    assert_eq!(parameter(page.location(), "error"), "not_found");
    grace.sign_in("grace").await;
    assert_ne!(app.user_of(&grace).await, Some(user), "another user");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_link_finished_by_another_user_is_rejected(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let (eve, victim) = (app.browser(), app.browser());
    eve.sign_in("mallory").await;
    victim.sign_in("ada").await;
    for victim in [&victim, &app.browser()] {
        let methods = app.methods().await;
        // Eve sends the victim to the provider, who consents with an account that is not linked here.
        let start = eve.submit("/settings/link", &[("provider", "google")]).await;
        let callback = victim.consent(start.location(), "grace", "allow").await;
        let page = victim.get(&callback).await;
        assert!(page.location().starts_with("/login?error=flow_unknown"), "{page:?}");
        // Even with Eve's cookie, another user or a signed-out browser finishes it.
        let start = eve.submit("/settings/link", &[("provider", "google")]).await;
        let callback = victim.consent(start.location(), "grace", "allow").await;
        for (name, value) in eve.flows() {
            victim.set_cookie(&name, &value);
        }
        let page = victim.get(&callback).await;
        assert!(page.location().contains("error="), "{page:?}");
        assert_eq!(app.methods().await, methods);
    }
    // A link that was started signed in, and finished after signing in as another user.
    let start = eve.submit("/settings/link", &[("provider", "google")]).await;
    let callback = eve.consent(start.location(), "grace", "allow").await;
    eve.sign_in("plain").await;
    let methods = app.methods().await;
    assert!(eve.get(&callback).await.location().contains("error="));
    assert_eq!(app.methods().await, methods);
    // The counterpart.
    assert_eq!(app.link_provider(&eve, "google", "grace").await.location(), "/settings?done=linked");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn linking_starts_by_post_only(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(App::builder().mode(mode)).await;
    for start in ["/auth/google?link=1", "/auth/google?purpose=link", "/auth/google?user=x&link=true"] {
        let callback = browser.callback_url("grace", start).await;
        browser.get(&callback).await;
        // It was a sign-in of another user.
        assert_ne!(app.user_of(&browser).await, app.owner_of(ADA).await);
        browser.sign_in_with_password(ADA, PASSWORD).await;
    }
    let ada = app.owner_of(ADA).await.expect("a user");
    let linked = format!("SELECT count(*) FROM identities WHERE user_id = '{ada}'");
    assert_eq!(app.database.number(&linked).await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn another_users_identity_is_not_moved(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(App::builder().mode(mode)).await;
    app.browser().sign_in("grace").await;
    let methods = app.methods().await;
    let page = app.link_provider(&browser, "google", "grace").await;
    assert_eq!(parameter(page.location(), "error"), "linked_elsewhere", "{page:?}");
    assert!(page.location().starts_with("/settings?"));
    assert_eq!(app.methods().await, methods);
    assert_eq!(app.emails().await, []);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn another_users_rows_are_not_found(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, ada) = ada(App::builder().engine(engine).mode(mode)).await;
    let eve = app.browser();
    app.link_provider(&ada, "google", "grace").await;
    app.sign_up(&eve, "eve@example.com", PASSWORD).await;
    app.link_provider(&eve, "google", "mallory").await;
    app.emails().await;
    let user = app.user_of(&ada).await.expect("a user");
    let identity = app.identity_of(&user, "google").await;
    let session = app.database.text(&format!("SELECT id FROM sessions WHERE user_id = '{user}'")).await;
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
    // The counterparts.
    assert_eq!(ada.submit("/settings/unlink", &[("identity", &identity)]).await.location(), "/settings?done=unlinked");
    let elsewhere = app.browser();
    elsewhere.sign_in_with_password(ADA, PASSWORD).await;
    let sql = format!("SELECT id FROM sessions WHERE user_id = '{user}' ORDER BY created_at DESC, id");
    assert!(!app.database.text(&sql).await.is_empty());
    assert_eq!(elsewhere.submit("/settings/sessions/end-others", &[]).await.location(), "/settings?done=others_ended");
    assert!(!ada.is_signed_in().await && elsewhere.is_signed_in().await && eve.is_signed_in().await);
    ada.sign_in_with_password(ADA, PASSWORD).await;
    let session = format!(
        "SELECT id FROM sessions WHERE user_id = '{user}' AND id NOT IN (SELECT max(id) FROM sessions WHERE user_id = '{user}')"
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
async fn concurrent_unlinks_leave_one_sign_in_method(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    app.link_provider(&browser, "google", "grace").await;
    app.emails().await;
    let ids = app.database.text("SELECT string_agg(id, ' ') FROM identities").await;
    let mut all = tokio::task::JoinSet::new();
    for id in ids.split(' ').cycle().take(10).map(str::to_owned) {
        let twin = app.browser();
        twin.replace_cookies(browser.cookies());
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
    browser.sign_in(who).await;
    let page = browser.submit("/settings/unlink", &[("identity", &left)]).await;
    assert_eq!(parameter(page.location(), "error"), "last_sign_in_method");
    assert_eq!(app.rows().await.1, 1);
    // With a password it is not the last.
    browser.submit("/settings/password", &[("password", PASSWORD)]).await;
    assert_eq!(browser.submit("/settings/unlink", &[("identity", &left)]).await.location(), "/settings?done=unlinked");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_password_change_ends_every_other_session(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, browser) = ada(App::builder().engine(engine).mode(mode)).await;
    let other = app.browser();
    other.sign_in_with_password(ADA, PASSWORD).await;
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
    assert_eq!(other.try_password(ADA, PASSWORD).await.location(), "/login?error=wrong_credentials");
    other.sign_in_with_password(ADA, NEW_PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_password_needs_a_verified_email(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    for person in ["nomail", "linus"] {
        let browser = app.browser();
        browser.sign_in(person).await;
        let page = browser.submit("/settings/password", &[("password", PASSWORD)]).await;
        assert_eq!(page.location(), "/settings/password?error=email_needed", "{person}");
        let email = format!("{person}@example.net");
        browser.submit("/settings/email", &[("email", &email)]).await;
        assert_eq!(
            browser.confirm_email_link(&token_of(&app.one_email().await)).await.location(),
            "/settings?done=email_changed"
        );
        assert_eq!(app.emails().await, [], "there is no old address to write to");
        let page = browser.submit("/settings/password", &[("password", PASSWORD)]).await;
        assert_eq!(page.location(), "/settings?done=password_set");
        app.emails().await;
        app.browser().sign_in_with_password(&email, PASSWORD).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_email_change_counts_only_in_the_requesting_account(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, eve) = ada(App::builder().engine(engine).mode(mode)).await;
    let (victim, stranger) = (app.browser(), app.browser());
    app.sign_up(&victim, "victim@example.com", PASSWORD).await;
    let page = eve.submit("/settings/email", &[("email", "Wanted@Example.com")]).await;
    assert_eq!(page.location(), "/check-inbox?for=email_change&return_to=%2Fsettings");
    let message = app.one_email().await;
    assert_eq!((message.to.as_str(), &message.name), ("wanted@example.com", &None));
    let token = token_of(&message);
    let methods = app.methods().await;
    assert_eq!(stranger.confirm_email_link(&token).await.location(), "/login?return_to=%2Fconfirm-email");
    assert_eq!(victim.confirm_email_link(&token).await.location(), "/confirm-email?error=email_link_of_another_user");
    assert_eq!(app.methods().await, methods);

    let session = eve.session();
    let elsewhere = app.browser();
    elsewhere.sign_in_with_password(ADA, PASSWORD).await;
    assert_eq!(eve.confirm_email_link(&token).await.location(), "/settings?done=email_changed");
    assert_ne!(eve.session(), session);
    assert!(eve.is_signed_in().await && !elsewhere.is_signed_in().await);
    assert_eq!(app.owner_of("wanted@example.com").await, app.user_of(&eve).await);
    let message = app.one_email().await;
    assert_eq!(message.to.as_str(), ADA);
    assert!(matches!(message.kind, EmailKind::EmailChanged { .. }));
    assert_eq!(eve.confirm_email_link(&token).await.location(), "/verify-email?error=email_link_invalid");
    assert_eq!(eve.try_password(ADA, PASSWORD).await.location(), "/login?error=wrong_credentials");
    elsewhere.sign_in_with_password("wanted@example.com", PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_taken_email_is_not_changed_and_not_revealed(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(App::builder().mode(mode)).await;
    app.sign_up(&app.browser(), "owner@example.com", PASSWORD).await;
    let page = browser.submit("/settings/email", &[("email", "owner@example.com")]).await;
    assert_eq!(page.location(), "/check-inbox?for=email_change&return_to=%2Fsettings");
    let message = app.one_email().await;
    assert_eq!((message.to.as_str(), &message.kind), ("owner@example.com", &EmailKind::EmailTaken));
    // An email that is taken between the request and the confirmation.
    browser.submit("/settings/email", &[("email", "free@example.com")]).await;
    let token = token_of(&app.one_email().await);
    let other = app.browser();
    app.sign_up(&other, "free@example.com", PASSWORD).await;
    assert_eq!(browser.confirm_email_link(&token).await.location(), "/confirm-email?error=email_link_invalid");
    assert_eq!(app.owner_of("free@example.com").await, app.user_of(&other).await);
    assert_eq!(app.owner_of(ADA).await, app.user_of(&browser).await);
    let page = browser.submit("/settings/email", &[("email", "ADA@example.com")]).await;
    assert_eq!(page.location(), "/settings/email?error=email_unchanged");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_newer_email_change_invalidates_the_older(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(App::builder().mode(mode)).await;
    browser.submit("/settings/email", &[("email", "one@example.com")]).await;
    let older = token_of(&app.one_email().await);
    browser.submit("/settings/email", &[("email", "two@example.com")]).await;
    let newer = token_of(&app.one_email().await);
    assert_eq!(browser.confirm_email_link(&older).await.location(), "/verify-email?error=email_link_invalid");
    app.advance(24 * 3600 - 60).await;
    assert_eq!(browser.confirm_email_link(&newer).await.location(), "/settings?done=email_changed");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_account_leaves_one_anonymous_event_and_an_email(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let (ada, other, elsewhere) = (app.browser(), app.browser(), app.browser());
    app.sign_up(&ada, ADA, PASSWORD).await;
    let user = app.user_of(&ada).await.expect("a user");
    app.link_provider(&ada, "google", "grace").await;
    elsewhere.sign_in("grace").await;
    app.browser().request_reset(ADA).await;
    ada.submit("/settings/email", &[("email", "new@example.com")]).await;
    ada.submit("/settings/password", &[("password", NEW_PASSWORD)]).await;
    app.sign_up(&other, "other@example.com", PASSWORD).await;

    for word in ["", "no", "delete everything"] {
        let page = ada.submit("/settings/delete", &[("word", word)]).await;
        assert_eq!(page.location(), "/settings/delete?error=confirmation_missing");
    }
    let page = ada.submit("/settings/delete", &[("word", "Delete ")]).await;
    assert_eq!(page.location(), "/login?done=deleted");
    assert!(!ada.is_signed_in().await && !elsewhere.is_signed_in().await && other.is_signed_in().await);
    let message = app.one_email().await;
    assert_eq!((message.to.as_str(), &message.kind), (ADA, &EmailKind::AccountDeleted { revoked_access: vec![] }));
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
    // The email and the identity are free again.
    assert_eq!(ada.try_password(ADA, NEW_PASSWORD).await.location(), "/login?error=wrong_credentials");
    let again = app.browser();
    app.sign_up(&again, ADA, PASSWORD).await;
    assert_ne!(app.user_of(&again).await, Some(user));
    elsewhere.sign_in("grace").await;
    assert_ne!(app.user_of(&elsewhere).await, app.user_of(&again).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_name_is_kept_and_escaped(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let page = browser.submit("/settings/profile", &[("name", "<script>alert(1)</script>\u{202e}\r\n")]).await;
    assert_eq!(page.location(), "/settings?done=profile_saved");
    let page = browser.get("/dashboard").await.body;
    assert!(!page.contains("<script>alert"), "{page}");
    browser.submit("/settings/profile", &[("name", "Countess")]).await;
    app.control_sandbox("persons/ada", json!({ "name": "Ada King" })).await;
    browser.sign_in("ada").await;
    assert!(browser.get("/dashboard").await.body.contains("Countess"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn requests_after_a_deletion_write_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let fields = [("provider", "google"), ("return_to", "/settings")];
    let start = browser.submit("/auth/reauthenticate/provider", &fields).await;
    let callback = browser.consent(start.location(), "ada", "allow").await;
    let flow = browser.cookies();
    browser.submit("/settings/delete", &[("word", "delete")]).await;
    assert_eq!(app.rows().await, (0, 0, 0));
    // The other tab still has the flow.
    for (name, value) in flow.iter().filter(|(name, _)| name != "session") {
        browser.set_cookie(name, value);
    }
    assert!(browser.get(&callback).await.location().starts_with("/login?error="));
    assert!(app.events().await.contains("reauthenticate"), "{}", app.events().await);
    assert_eq!(app.database.number("SELECT count(*) FROM events WHERE user_id IS NOT NULL").await, 0);
}
