//! Connecting requests one scope and keeps what was granted.

use latchkey::{
    grants::{CalendarEventsReadonly, DriveMetadataReadonly, GrantError},
    store::GrantStatus,
};
use reqwest::Method;
use rstest::rstest;

use crate::{
    http::{
        app::App,
        browser::{navigating, parameter},
        granting::{CALENDAR, DRIVE, with_drive},
    },
    support::database::Engine,
};

#[tokio::test(flavor = "multi_thread")]
async fn connecting_requests_one_more_scope_with_consent() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let identity = app.google_identity(&browser).await;
    for (access, scope) in [("drive", DRIVE), ("calendar", CALENDAR)] {
        let authorize = browser.start_connect(&identity, access).await;
        assert_eq!(parameter(&authorize, "scope"), format!("openid email profile {scope}"));
        let asked =
            ["access_type", "include_granted_scopes", "prompt", "login_hint"].map(|name| parameter(&authorize, name));
        assert_eq!(asked, ["offline", "true", "consent", "ada@gmail.com"]);
        assert!(!parameter(&authorize, "nonce").is_empty() && !parameter(&authorize, "code_challenge").is_empty());
    }
    let authorize = browser.start_flow("/auth/google?access=drive&scope=x").await;
    assert_eq!(parameter(&authorize, "scope"), "openid email profile");
    assert_eq!(parameter(&authorize, "access_type"), "");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_granted_scope_is_stored_and_the_session_stays(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let (identity, session) = (app.google_identity(&browser).await, browser.session());
    let denied = app.grants.take::<DriveMetadataReadonly>(&identity).await;
    assert!(matches!(denied, Err(GrantError::NotGranted)), "{denied:?}");

    let page = browser.connect(&identity, "ada", "drive", &[DRIVE]).await;
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

    // A second scope: one grant for both.
    let page = browser.connect(&identity, "ada", "calendar", &[CALENDAR]).await;
    assert_eq!(page.location(), "/calendar");
    assert_eq!(app.database.count("grants").await, 1);
    app.grants.take::<DriveMetadataReadonly>(&identity).await.expect("granted");
    app.grants.take::<CalendarEventsReadonly>(&identity).await.expect("granted");
    assert_eq!(app.renewals().await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_second_scope_keeps_the_dates_of_the_grant(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, browser, identity) = with_drive(engine).await;
    let given_at = app.grant_of(&identity).await.expect("a grant").given_at;
    app.grants.take::<DriveMetadataReadonly>(&identity).await.expect("granted");
    let used_at = app.grant_of(&identity).await.expect("a grant").used_at.expect("used");
    app.advance(600).await;
    browser.connect(&identity, "ada", "calendar", &[DRIVE, CALENDAR]).await;
    let grant = app.grant_of(&identity).await.expect("a grant");
    assert!(grant.scopes.contains(CALENDAR));
    assert_eq!((grant.given_at, grant.used_at), (given_at, Some(used_at)));
    assert!(!browser.get("/settings/connections").await.shows("Not used yet"));

    // After disconnecting, a new grant begins.
    browser.disconnect(&identity).await;
    browser.connect(&identity, "ada", "calendar", &[CALENDAR]).await;
    let grant = app.grant_of(&identity).await.expect("a grant");
    assert_eq!(grant.used_at, None);
    assert!((grant.given_at - given_at).whole_seconds() >= 600, "{grant:?}");
    assert!(browser.get("/settings/connections").await.shows("Not used yet"));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_connecting_the_user_returns_to_a_local_page() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
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
        let callback = browser.consent_to(authorize.location(), "ada", &[DRIVE]).await;
        assert_eq!(browser.get(&callback).await.location(), lands, "{return_to}");
        // The same response again is quiet.
        assert_eq!(browser.get(&callback).await.location(), "/dashboard");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_declined_scope_is_reported_and_no_token_is_stored(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let identity = app.google_identity(&browser).await;
    let page = browser.connect(&identity, "ada", "drive", &[]).await;
    assert_eq!((page.status, page.location()), (303, "/drive?error=scope_declined"));
    assert_eq!(app.database.count("grants").await, 0);
    assert!(browser.is_signed_in().await && app.events().await.contains("grant google scope_declined"));

    // The counterpart. Declining a second scope then leaves the first.
    assert_eq!(browser.connect(&identity, "ada", "drive", &[DRIVE]).await.location(), "/drive");
    let page = browser.connect(&identity, "ada", "calendar", &[]).await;
    assert_eq!(page.location(), "/calendar?error=scope_declined");
    app.grants.take::<DriveMetadataReadonly>(&identity).await.expect("granted");
    let other = app.grants.take::<CalendarEventsReadonly>(&identity).await;
    assert!(matches!(other, Err(GrantError::NotGranted)), "{other:?}");
}

#[rstest]
#[case::another_account("grace", "allow", "account_mismatch")]
#[case::cancelled("ada", "deny", "cancelled")]
#[tokio::test(flavor = "multi_thread")]
async fn a_failed_attempt_changes_nothing(#[case] person: &str, #[case] decision: &str, #[case] code: &str) {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let (identity, session) = (app.google_identity(&browser).await, browser.session());
    for access in ["drive", "calendar"] {
        let authorize = browser.start_connect(&identity, access).await;
        let both = format!("{decision}&scope={DRIVE}&scope={CALENDAR}");
        let callback = browser.consent(&authorize, person, &both).await;
        let page = browser.get(&callback).await;
        assert_eq!((page.status, page.location()), (303, &*format!("/{access}?error={code}&provider=google")));
        assert_eq!((browser.session(), app.rows().await), (session.clone(), (1, 1, 1)));
        assert_eq!(app.database.count("grants").await, 0);
    }
    assert_eq!(browser.connect(&identity, "ada", "drive", &[DRIVE]).await.location(), "/drive");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_needs_the_session_that_requested_it() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let identity = app.google_identity(&browser).await;
    let authorize = browser.start_connect(&identity, "drive").await;
    let callback = browser.consent_to(&authorize, "ada", &[DRIVE]).await;
    let flows = browser.flows();
    browser.post("/auth/logout", "").await;
    flows.iter().for_each(|(name, value)| browser.set_cookie(name, value));
    let page = browser.get(&callback).await;
    assert!(page.location().starts_with("/login?error="), "{page:?}");
    assert_eq!((app.database.count("grants").await, browser.session()), (0, None));

    // Nor for another user who has signed in meanwhile.
    browser.sign_in("ada").await;
    let authorize = browser.start_connect(&identity, "drive").await;
    let callback = browser.consent_to(&authorize, "ada", &[DRIVE]).await;
    browser.sign_in("grace").await;
    let page = browser.get(&callback).await;
    assert_eq!(page.location(), "/drive?error=flow_unknown&provider=google");
    assert_eq!(app.database.count("grants").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn connecting_needs_our_form_and_the_users_own_identity() {
    let app = App::builder().providers().start().await;
    let (browser, grace) = (app.browser(), app.browser());
    browser.sign_in("ada").await;
    grace.sign_in("grace").await;
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
        // Another user's identity.
        (&grace, "drive", id.as_str(), "/drive?error=not_found"),
        (&browser, "drive", "x", "/drive?error=not_found"),
        (&browser, "mail", &id, "/settings/connections?error=not_found"),
        (&browser, "", &id, "/settings/connections?error=not_found"),
    ];
    for (browser, access, identity, location) in answers {
        let page = browser.submit("/grants/connect", &[("access", access), ("identity", identity)]).await;
        assert_eq!((page.status, page.location()), (303, location));
        assert!(page.set_cookies().is_empty());
    }
    assert_eq!(grace.disconnect(&identity).await.location(), "/settings/connections?error=not_found");
    assert_eq!(browser.disconnect(&identity).await.location(), "/settings/connections?error=not_found");

    // A provider without scopes to connect.
    let other = app.browser();
    let callback = other.callback_url("long", "/auth/github").await;
    assert_eq!(other.get(&callback).await.location(), "/dashboard");
    let user = app.user_of(&other).await.expect("a user");
    let at_github = app.identity_of(&user, "github").await;
    let page = other.submit("/grants/connect", &[("access", "drive"), ("identity", &at_github)]).await;
    assert_eq!(page.location(), "/drive?error=not_found");
}
