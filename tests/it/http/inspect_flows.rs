//! The walkthroughs of the other flows: each has its steps, its check and its end, and none of its secrets.

use latchkey::accounts::EmailKind;
use serde_json::json;

use super::{
    account::{PASSWORD, WRONG_PASSWORD, token_of},
    app::App,
    granting::DRIVE,
    inspect::newest,
    passkeys::with_passkey,
};

const ADA: &str = "ada@example.com";
const WRONG_CODE: &str = "2222-2222";

/// Asserts that a page shows all of these and none of those.
fn assert_shows(page: &str, shown: &[&str], hidden: &[&str]) {
    for expected in shown {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    for secret in hidden {
        assert!(!page.contains(secret), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_in_an_email_is_shown_and_its_token_is_not() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.request_sign_up(ADA, PASSWORD).await;
    let token = token_of(&app.one_email().await);
    browser.confirm_email_link(&token).await;
    let (_, page) = newest(&browser).await;
    let shown = ["Link in an email", "a valid link", "Row added to users", "A session begins", "Succeeded"];
    assert_shows(&page, &shown, &[token.expose(), PASSWORD]);

    assert_eq!(browser.submit("/auth/email/verify", &[]).await.location(), "/verify-email?error=email_link_invalid");
    let (_, page) = newest(&browser).await;
    assert_shows(&page, &["Stopped at: Link of the email"], &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_right_or_wrong_and_never_shown() {
    let app = App::builder().start().await;
    let browser = app.browser();
    app.sign_up(&browser, ADA, PASSWORD).await;
    app.browser().sign_in_with_password(ADA, PASSWORD).await;
    let (_, page) = newest(&browser).await;
    assert_shows(&page, &["Sign-in with a password", "Succeeded", "A session begins"], &[PASSWORD]);

    for email in [ADA, "nobody@example.com"] {
        app.browser().try_password(email, WRONG_PASSWORD).await;
        let (_, page) = newest(&browser).await;
        let shown = ["Stopped at: Password", "another password, or no such account"];
        assert_shows(&page, &shown, &[WRONG_PASSWORD, email]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_from_an_email_is_right_or_wrong_and_never_shown() {
    let app = App::builder().start().await;
    let browser = app.browser();
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    browser.submit("/auth/email-code", &[("email", ADA)]).await;
    let EmailKind::SignInCode { code } = app.one_email().await.kind else { panic!("no code") };
    let another = app.browser();
    for (browser, typed, shown) in [
        (&another, code.expose(), "Stopped at: Code from the email<"),
        (&browser, WRONG_CODE, "Stopped at: Code from the email<"),
        (&browser, code.expose(), "A session begins"),
    ] {
        browser.submit("/auth/email-code/sign-in", &[("code", typed)]).await;
        let (_, page) = newest(browser).await;
        let titled = ["Sign-in with a code from an email", "the code that was sent for this browser", shown];
        assert_shows(&page, &titled, &[code.expose(), WRONG_CODE]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_step_is_right_or_wrong_and_never_shown() {
    let app = App::builder().start().await;
    let (owner, browser) = (app.browser(), app.browser());
    app.sign_up(&owner, ADA, PASSWORD).await;
    let (phone, _) = owner.enrol(&app).await;
    browser.first_step(ADA, PASSWORD).await;
    for (typed, shown) in
        [(phone.wrong_code(&app), "Stopped at: Second factor<"), (phone.code(&app), "A session begins")]
    {
        browser.second_step(&typed).await;
        let (_, page) = newest(&browser).await;
        assert_shows(&page, &["Second step of a sign-in", "a valid code, not used before", shown], &[&typed]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reauthentication_on_this_site_is_right_or_wrong() {
    let app = App::builder().start().await;
    let browser = app.browser();
    app.sign_up(&browser, ADA, PASSWORD).await;
    for (typed, shown) in [(WRONG_PASSWORD, "Stopped at: Password<"), (PASSWORD, "The session gets a new secret")] {
        browser.submit("/auth/reauthenticate/password", &[("password", typed)]).await;
        let (_, page) = newest(&browser).await;
        assert_shows(&page, &["Re-authentication</h1>", "by a method of this site", shown], &[typed]);
    }
    let phone = browser.enrol(&app).await.0;
    for (typed, shown) in
        [(phone.wrong_code(&app), "Stopped at: Second factor<"), (phone.code(&app), "The session gets a new secret")]
    {
        browser.submit("/auth/reauthenticate/code", &[("code", &typed)]).await;
        let (_, page) = newest(&browser).await;
        assert_shows(&page, &["Re-authentication</h1>", "a valid code, not used before", shown], &[&typed]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reauthentication_by_an_emailed_code_is_right_or_wrong() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    browser.submit("/auth/reauthenticate/email-code", &[]).await;
    let EmailKind::Code { code } = app.one_email().await.kind else { panic!("no code") };
    for (typed, shown) in
        [(WRONG_CODE, "Stopped at: Code from the email<"), (code.expose(), "The session gets a new secret")]
    {
        browser.submit("/auth/reauthenticate/email-code/check", &[("code", typed)]).await;
        let (_, page) = newest(&browser).await;
        assert_shows(&page, &["Re-authentication</h1>", shown], &[code.expose(), WRONG_CODE]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_signs_a_challenge() {
    let (app, browser, mut device) = with_passkey(App::builder()).await;
    let another = app.browser();
    let signed_in = another.use_passkey(&mut device, "sign_in", "/dashboard").await;
    assert_eq!(signed_in.passkey(), (200, "", "/dashboard"));
    let (_, page) = newest(&browser).await;
    assert_shows(&page, &["Passkey", "a valid signature over this challenge", "A session begins", "Succeeded"], &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_ends_the_session() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    browser.submit("/auth/logout", &[]).await;
    let (_, page) = newest(&browser).await;
    assert_shows(
        &page,
        &["Sign-out", "Row deleted from sessions", "The session ends", "Removes the cookie session"],
        &[],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn linking_step_up_and_reauthentication_are_flows_of_their_own() {
    let app = App::builder().providers().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    app.link_provider(&browser, "github", "ada").await;
    assert_shows(
        &newest(&browser).await.1,
        &["Linking with GitHub", "Linking decision: link", "Row added to outbox"],
        &[],
    );
    browser.step_up(&app, "ada", "drive", "/drive", &[DRIVE]).await;
    let shown = ["Step-up for access with Google", "Linking decision: grant", "Row added to grants", "access_type"];
    assert_shows(&newest(&browser).await.1, &shown, &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_signs_in_refreshes_and_is_caught_with_a_used_token() {
    let app = App::builder().start().await;
    let (device, browser) = (app.browser(), app.browser());
    let (access, first) = device.obtain_tokens(&app, "ada").await;
    let (_, page) = newest(&browser).await;
    assert_shows(
        &page,
        &["Sign-in of a program with Google", "18 checks", "The profile", "A session begins, with tokens"],
        &[&access, &first],
    );

    let second = device.refresh(&first).await.text("refresh_token");
    let (_, page) = newest(&browser).await;
    assert_shows(&page, &["Refresh of a session", "Row changed in refresh_tokens", "Succeeded"], &[&first, &second]);

    device.refresh(&second).await;
    app.browser().refresh(&first).await;
    let (_, page) = newest(&browser).await;
    let shown =
        ["Stopped at: Refresh token", "two parties have it", "Row deleted from sessions", "Row added to outbox"];
    assert_shows(&page, &shown, &[&first, &second]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_of_a_grant_shows_its_request() {
    let app = App::builder().start().await;
    let browser = app.with_drive("ada").await;
    app.advance(3600).await;
    assert_eq!(browser.get("/drive").await.status, 200);
    let (_, page) = newest(&browser).await;
    let shown = ["Refresh of a grant with Google", "Row changed in grants", "Succeeded", "grant_type"];
    assert_shows(&page, &shown, &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_wait_for_one_refresh_name_the_request_that_does_it() {
    let app = App::builder().start().await;
    let browser = app.with_drive("ada").await;
    app.advance(3600).await;
    app.fail_once("refresh", json!({ "kind": "slow", "delay_ms": 1000 })).await;
    let (one, other) = tokio::join!(browser.get("/drive"), browser.get("/drive"));
    let ids = [one, other].map(|page| page.header("x-request-id").to_owned());
    let mut pages = Vec::new();
    for id in &ids {
        pages.push(browser.get(&format!("/inspect/{id}")).await.body);
    }
    let waits = |page: &String| page.contains("Waits for another request, which is refreshing the same tokens");
    let waiting = pages.iter().position(waits).expect("one waits");
    assert!(!waits(&pages[1 - waiting]));
    let link = format!("href=\"/inspect/{}\"", ids[1 - waiting]);
    assert_shows(&pages[waiting], &[&link, "The other request", "Succeeded"], &["grant_type"]);
    assert_shows(&pages[1 - waiting], &["Row changed in grants", "grant_type", "Succeeded"], &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reauthentication_is_a_flow_with_its_provider() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    app.advance(11 * 60).await;
    let fields = [("provider", "google"), ("return_to", "/settings")];
    let start = browser.submit("/auth/reauthenticate/provider", &fields).await;
    let callback = browser.consent(start.location(), "ada", "allow").await;
    assert_eq!(browser.get(&callback).await.location(), "/settings");
    let shown = ["Re-authentication with Google", "auth_time", "The session gets a new secret", "Succeeded"];
    assert_shows(&newest(&browser).await.1, &shown, &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_a_provider_shows_its_checks_and_what_it_did() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let revoked = json!({ "event": "sessions-revoked", "person": "ada" });
    assert_eq!(app.event("google", "google", revoked.clone()).await.0, 202);
    let (_, page) = newest(&browser).await;
    let shown = [
        "Message from Google",
        "The message, taken apart",
        "9 checks",
        "Row added to used_flows",
        "Row deleted from sessions",
        "The message is carried out",
        "sessions_revoked",
        "Succeeded",
        "rfc8935",
    ];
    assert_shows(&page, &shown, &["Refused"]);
    assert!(!browser.is_signed_in().await);

    for (patch, check, without_keys) in [
        (json!({ "claims": { "aud": "another" } }), "aud of the message", true),
        (json!({ "claims": { "iss": "https://evil.example" } }), "iss", true),
        (json!({ "claims": { "nonce": "n" } }), "Kind of message", true),
        (json!({ "claims": { "iat": 1 } }), "Age of the message", true),
        (json!({ "remove": ["jti"] }), "Claims of the message", true),
        (json!({ "sign": "none" }), "Three parts", true),
        (json!({ "sign": "hs256_public_key" }), "Header", true),
        (json!({ "sign": "bad_signature" }), "Signature", false),
        (json!({ "header": { "kid": "unknown" } }), "Key", false),
    ] {
        let mut forged = revoked.clone();
        forged["patch"] = patch;
        assert_eq!(app.event("google", "google", forged).await.0, 400, "{check}");
        let (_, page) = newest(&browser).await;
        assert_shows(&page, &[&format!("Stopped at: {check}<"), "In the log: "], &["The message is carried out"]);
        assert_eq!(page.contains("a key of the provider"), !without_keys, "{check}: keys cost a request");
    }
}

/// GitHub's webhook and Facebook's signed requests are under a MAC.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_in_a_form_of_its_own_shows_its_mac() {
    let app = App::builder().providers().start().await;
    let browser = app.browser();
    for (slug, label, kind) in [("github", "GitHub", "revoked"), ("facebook", "Facebook", "deauthorized")] {
        let callback = browser.callback_url("ada", &format!("/auth/{slug}")).await;
        browser.get(&callback).await;
        let forged = json!({ "event": kind, "person": "ada", "patch": { "sign": "bad_signature" } });
        assert_eq!(app.event(slug, slug, forged).await.0, 400, "{slug}");
        let title = format!("Message from {label}");
        let (_, page) = newest(&browser).await;
        assert_shows(&page, &[&title, "Stopped at: Form and MAC of the message<"], &["The message is carried out"]);
        app.advance(2).await;
        assert_eq!(app.event(slug, slug, json!({ "event": kind, "person": "ada" })).await.0, 200, "{slug}");
        let (_, page) = newest(&browser).await;
        assert_shows(&page, &[&title, "The message is carried out", "consent_revoked", "Succeeded"], &["Stopped at"]);
    }
    assert_eq!(app.event("github", "github", json!({ "event": "ping", "person": "ada" })).await.0, 204);
    let (_, page) = newest(&browser).await;
    assert_shows(&page, &["Message from GitHub", "nothing is done", "Succeeded"], &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_the_settings_is_named_by_its_request() {
    let app = App::builder().start().await;
    let browser = app.browser();
    app.sign_up(&browser, ADA, PASSWORD).await;
    browser.submit("/settings/password", &[("password", "another good password")]).await;
    assert_shows(&newest(&browser).await.1, &["POST /settings/password</h1>"], &["Response without a flow"]);
    browser.get("/auth/callback/google?code=1&state=2").await;
    assert_shows(&newest(&browser).await.1, &["Response without a flow", "Stopped at: Flow of this browser<"], &[]);
}
