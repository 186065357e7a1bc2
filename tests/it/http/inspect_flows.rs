//! The walkthroughs of the other flows: each has its steps, its check and its end, and none of its secrets.

use latchkey::web::Arm;
use serde_json::json;

use super::{
    account::{PASSWORD, WRONG_PASSWORD, token_of},
    app::App,
    granting::DRIVE,
    inspect::newest,
    passkeys::with_passkey,
};

const ADA: &str = "ada@example.com";

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
        &["Linking with github", "Linking decision: link", "Row added to outbox"],
        &[],
    );
    browser.step_up(&app, "ada", "drive", "/drive", &[DRIVE]).await;
    let shown = ["Step-up for access with google", "Linking decision: grant", "Row added to grants", "access_type"];
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
        &["Sign-in of a program with google", "18 checks", "A session begins, with tokens"],
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
    let shown = ["Refresh of a grant with google", "Row changed in grants", "Succeeded", "grant_type"];
    assert_shows(&page, &shown, &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_attack_is_stopped_by_the_check_that_its_button_names() {
    let app = App::builder().start().await;
    let browser = app.browser();
    assert!(!browser.get("/inspect").await.body.contains("Attack it"), "only with the sandbox");
    assert_eq!(browser.submit("/inspect/attack", &[("attack", "wrong_nonce")]).await.status, 404);
    let (client, url) = (browser.client.clone(), format!("{}/control/google/presets", app.sandbox.origin()));
    app.state.allow_attacks(Arm::new(move |preset| {
        let body = json!({ "preset": preset, "person": "ada", "times": 1 }).to_string();
        let request = client.post(&url).header("content-type", "application/json").body(body);
        async move { request.send().await.map(drop).map_err(|error| error.to_string()) }
    }));
    let list = browser.get("/inspect").await.body;
    let buttons = list.split("name=\"attack\" value=\"").skip(1);
    let attacks: Vec<String> = buttons.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect();
    assert!(attacks.len() >= 12, "{attacks:?}");
    for attack in &attacks {
        let (_, rest) = list.split_once(&format!("value=\"{attack}\"")).expect("a form");
        let before = &list[..list.len() - rest.len()];
        let (_, stopped_by) = before.rsplit_once("Stopped by: </strong>").expect("a check");
        let stopped_by = stopped_by.split('.').next().unwrap_or_default().trim_start_matches("<!---->");
        let victim = app.browser();
        let begun = victim.submit("/inspect/attack", &[("attack", attack)]).await;
        let callback = victim.callback_url("ada", begun.location()).await;
        assert!(victim.get(&callback).await.location().starts_with("/login?error="), "{attack}");
        let (_, page) = newest(&victim).await;
        assert!(page.contains(&format!("Stopped at: {stopped_by}<")), "{attack}: {stopped_by}: {page}");
        assert!(!victim.is_signed_in().await);
    }
    browser.sign_in("ada").await;
}
