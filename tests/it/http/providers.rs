//! Every provider of the sandbox (groups C, F and O): what holds for one holds for all.

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey::{
    providers::{AppleKey, BUILT_IN, IdentitySource, built_in},
    relying_party::Clock,
};
use latchkey_sandbox::{APPLE_CLIENT_ID, APPLE_KEY_ID, APPLE_TEAM_ID, apple_private_key_pem};
use rstest::rstest;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{
    app::App,
    apple,
    browser::{Browser, parameter, with_parameter},
    refusal::assert_rejected,
};
use crate::support::database::Engine;

/// The built-in providers: the sandbox mocks each of them.
fn providers() -> impl Iterator<Item = &'static str> {
    BUILT_IN.into_iter().map(|row| row.slug)
}

/// Those without id_tokens, whose API says who the user is.
fn apis() -> impl Iterator<Item = &'static str> {
    providers().filter(|slug| is_api(slug))
}

fn is_api(slug: &str) -> bool {
    matches!(built_in(slug).expect("built in").spec.identity, IdentitySource::Api(_))
}

/// Those that verify email addresses without running gmail.com: an address that an account here already has needs the user's
/// consent to link. Facebook never verifies one, and Microsoft no foreign ones.
fn verifying() -> impl Iterator<Item = &'static str> {
    providers().filter(|slug| !["google", "facebook", "microsoft"].contains(slug))
}

/// Decides at the provider; returns the path and query of the callback.
async fn decide(app: &App, browser: &Browser, authorize: &str, person: &str, decision: &str) -> String {
    match authorize.contains("response_mode=form_post") {
        true => apple::decide(app, browser, authorize, &format!("person={person}&decision={decision}")).await,
        false => browser.consent(authorize, person, decision).await,
    }
}

async fn callback_url(app: &App, browser: &Browser, person: &str, slug: &str) -> String {
    let authorize = browser.start_flow(&format!("/auth/{slug}")).await;
    decide(app, browser, &authorize, person, "allow").await
}

async fn sign_in(app: &App, browser: &Browser, person: &str, slug: &str) {
    let callback = callback_url(app, browser, person, slug).await;
    let landed = browser.get(&callback).await;
    assert_eq!((landed.status, landed.location()), (303, "/dashboard"), "{slug} {person}: {landed:?}");
}

#[tokio::test]
async fn every_sandbox_provider_is_on_the_login_page_and_tested() {
    let app = App::builder().providers().start().await;
    let clients = app.sandbox.variables().iter().filter_map(|(name, _)| name.strip_suffix("_CLIENT_ID"));
    let mut played: Vec<String> = clients.map(str::to_ascii_lowercase).collect();
    let login = app.browser().get("/login").await.body;
    for slug in &played {
        assert!(login.contains(&format!("href=\"/auth/{slug}\"")), "{slug}");
    }
    played.sort_unstable();
    let mut here: Vec<&str> = providers().collect();
    here.sort_unstable();
    assert_eq!(played, here);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_user_signs_in_twice_with_each_provider(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    for slug in providers() {
        let app = App::builder().engine(engine).providers().start().await;
        let (browser, again) = (app.browser(), app.browser());
        sign_in(&app, &browser, "ada", slug).await;
        let page = browser.get("/dashboard").await.body;
        assert!(page.contains("Ada Lovelace") && page.contains("ada@gmail.com"), "{slug}: {page}");
        sign_in(&app, &again, "ada", slug).await;
        assert_eq!(app.rows().await, (1, 1, 2), "{slug}");
        assert_eq!(app.database.text("SELECT provider FROM identities").await, slug);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_have_a_challenge_and_a_nonce_where_supported() {
    let app = App::builder().providers().start().await;
    for slug in providers() {
        let authorize = app.browser().start_flow(&format!("/auth/{slug}")).await;
        let has_id_token = !is_api(slug);
        let spec = built_in(slug).expect("built in").spec;
        let nonce = matches!(&spec.identity, IdentitySource::IdToken(oidc) if oidc.nonce);
        assert_eq!(parameter(&authorize, "code_challenge_method"), if spec.pkce { "S256" } else { "" }, "{slug}");
        assert_eq!(!parameter(&authorize, "nonce").is_empty(), nonce, "{slug}");
        assert_eq!(parameter(&authorize, "scope").contains("openid"), has_id_token, "{slug}");
        assert!(parameter(&authorize, "redirect_uri").ends_with(&format!("/auth/callback/{slug}")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_sign_in_makes_no_request_to_the_provider() {
    let app = App::builder().providers().start().await;
    for slug in providers() {
        let browser = app.browser();
        let authorize = browser.start_flow(&format!("/auth/{slug}")).await;
        let callback = decide(&app, &browser, &authorize, "ada", "deny").await;
        assert_rejected(&app, &browser, &callback, "cancelled", &[]).await;
        sign_in(&app, &browser, "nomail", slug).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_users_without_an_email_are_two_users() {
    let app = App::builder().providers().start().await;
    let other =
        app.control_sandbox("persons", json!({ "id": "nomail2", "name": "Nina", "email": null, "sub": "7" })).await;
    assert!(other.is_object(), "{other}");
    for (index, slug) in providers().enumerate() {
        for person in ["nomail", "nomail2"] {
            let browser = app.browser();
            sign_in(&app, &browser, person, slug).await;
            assert!(!browser.get("/dashboard").await.body.contains('@'), "{slug} {person}");
        }
        let people = i64::try_from(2 * (index + 1)).expect("few");
        assert_eq!(app.rows().await, (people, people, people));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unverified_email_finds_no_user() {
    let app = App::builder().providers().start().await;
    app.browser().sign_in("ada").await;
    // Linus's account has Ada's email, and no provider has verified it.
    app.control_sandbox("persons/linus", json!({ "email": "ada@gmail.com", "email_verified": false })).await;
    for (index, slug) in providers().enumerate() {
        let browser = app.browser();
        sign_in(&app, &browser, "linus", slug).await;
        assert!(!browser.get("/dashboard").await.body.contains("Ada Lovelace"), "{slug}");
        let people = i64::try_from(index + 2).expect("few");
        assert_eq!(app.rows().await, (people, people, people), "{slug}");
    }
    let owners = "SELECT count(*) FROM users WHERE verified_email = 'ada@gmail.com'";
    assert_eq!(app.database.number(owners).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn facebook_never_verifies_an_email() {
    let app = App::builder().providers().start().await;
    app.browser().sign_in("ada").await;
    let stranger = app.browser();
    sign_in(&app, &stranger, "ada", "facebook").await;
    assert_eq!(app.rows().await, (2, 2, 2), "another user, and Ada's is untouched");
    for slug in verifying() {
        let browser = app.browser();
        let callback = callback_url(&app, &browser, "ada", slug).await;
        assert_eq!(browser.get(&callback).await.location(), "/link", "{slug}");
        assert!(!browser.is_signed_in().await, "{slug}");
    }
    assert_eq!(app.rows().await, (2, 2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_email_at_each_provider_leads_to_the_link_prompt() {
    let app = App::builder().providers().start().await;
    for slug in providers() {
        sign_in(&app, &app.browser(), "nomail", slug).await;
    }
    let all = i64::try_from(BUILT_IN.len()).expect("few");
    assert_eq!(app.rows().await, (all, all, all));
    assert_eq!(app.database.number("SELECT count(DISTINCT issuer) FROM identities").await, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_provider_can_be_linked_to_google_and_back() {
    let app = App::builder().providers().start().await;
    let others = providers().filter(|slug| *slug != "google");
    for (first, second) in others.flat_map(|slug| [("google", slug), (slug, "google")]) {
        let person = format!("{first}-{second}");
        app.control_sandbox("persons", json!({ "id": person, "name": "Both", "email": null })).await;
        let (browser, again) = (app.browser(), app.browser());
        sign_in(&app, &browser, &person, first).await;
        let start = browser.post("/settings/link", &format!("provider={second}")).await;
        let callback = decide(&app, &browser, start.location(), &person, "allow").await;
        assert_eq!(browser.get(&callback).await.location(), "/settings?done=linked", "{person}");
        // Both sign-in methods lead to the same account.
        sign_in(&app, &again, &person, second).await;
        assert_eq!(app.user_of(&again).await, app.user_of(&browser).await, "{person}");
        // A second link says that it is linked already, and another user cannot link it.
        let start = again.post("/settings/link", &format!("provider={first}")).await;
        let callback = decide(&app, &again, start.location(), &person, "allow").await;
        assert_eq!(again.get(&callback).await.location(), "/settings?done=already_linked", "{person}");
    }
    let pairs = 2 * i64::try_from(BUILT_IN.len() - 1).expect("few");
    assert_eq!((app.database.count("users").await, app.database.count("identities").await), (pairs, 2 * pairs));
}

/// Identical subjects at each pair of providers are different users.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_subject_at_another_provider_is_another_user() {
    const SUBJECT: &str = "1234567890123456789";
    // The minimal document of each provider with this subject.
    let says = |slug: &str| match slug {
        "google" | "apple" | "gitlab" | "linkedin" => json!({ "claims": { "sub": SUBJECT } }),
        "x" => json!({ "data": { "id": SUBJECT, "name": "Somebody" } }),
        "github" => json!({ "id": 1_234_567_890_123_456_789_u64, "login": "somebody" }),
        _ => json!({ "id": SUBJECT, "name": "Somebody", "username": "somebody" }),
    };
    let app = App::builder().providers().start().await;
    // Microsoft's subject is a UUID and cannot collide.
    let providers: Vec<&str> = providers().filter(|slug| *slug != "microsoft").collect();
    for (index, slug) in providers.iter().enumerate() {
        if is_api(slug) {
            let error = json!({ "kind": "answer", "status": 200, "body": says(slug).to_string() });
            app.control_sandbox(&format!("{slug}/faults"), json!({ "endpoint": "userinfo", "fault": error })).await;
        } else {
            app.control_sandbox(&format!("{slug}/id_token"), json!({ "patch": says(slug) })).await;
            let error = json!({ "kind": "status", "status": 404 });
            app.control_sandbox(&format!("{slug}/faults"), json!({ "endpoint": "userinfo", "fault": error })).await;
        }
        // The second sign-in finds the same user.
        sign_in(&app, &app.browser(), "nomail", slug).await;
        sign_in(&app, &app.browser(), "nomail", slug).await;
        let people = i64::try_from(index + 1).expect("few");
        assert_eq!(app.rows().await, (people, people, 2 * people), "{slug}");
    }
    assert_eq!(app.database.number("SELECT count(DISTINCT subject) FROM identities").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_counts_only_at_its_own_redirect_uri() {
    let app = App::builder().providers().start().await;
    for (from, to) in pairs() {
        let browser = app.browser();
        let callback = callback_url(&app, &browser, "ada", from).await;
        let moved = callback.replace(&format!("/callback/{from}?"), &format!("/callback/{to}?"));
        assert_rejected(&app, &browser, &moved, "response_mismatch", &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_one_provider_is_rejected_by_another() {
    let app = App::builder().providers().start().await;
    for (from, to) in pairs() {
        let (browser, victim) = (app.browser(), app.browser());
        let stolen = parameter(&callback_url(&app, &victim, "ada", from).await, "code");
        let callback = callback_url(&app, &browser, "grace", to).await;
        let mixed = with_parameter(&callback, "code", Some(&stolen));
        assert_rejected(&app, &browser, &mixed, "provider_refused", &["token"]).await;
    }
}

/// A malicious provider that has an honest one's tokens presents them as its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_one_provider_is_rejected_at_another() {
    let app = App::builder().providers().start().await;
    // The sandbox starts with one key for all providers; here each gets its own.
    for slug in providers() {
        app.control_sandbox(&format!("{slug}/keys"), json!({ "action": "rotate" })).await;
        app.control_sandbox(&format!("{slug}/keys"), json!({ "action": "withdraw_old" })).await;
    }
    for slug in providers() {
        sign_in(&app, &app.browser(), "nomail", slug).await;
    }
    for (from, to) in pairs() {
        let browser = app.browser();
        let stolen = tokens_of(&app, from).await;
        let callback = callback_url(&app, &browser, "nomail", to).await;
        let error = json!({ "kind": "answer", "status": 200, "content_type": "application/json", "body": stolen });
        app.control_sandbox(&format!("{to}/faults"), json!({ "endpoint": "token", "fault": error, "times": 1 })).await;
        let rows = app.rows().await;
        let landed = browser.get(&callback).await;
        // Without an id_token, or by a status that Facebook's API does not document, it is no response at all.
        let code = parameter(landed.location(), "error");
        assert!(["provider_invalid", "provider_response"].contains(&code.as_str()), "{from} {to}: {landed:?}");
        assert_eq!(app.rows().await, rows, "{from} {to}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_may_start_to_send_its_own_iss_only() {
    let app = App::builder().providers().start().await;
    for slug in providers() {
        app.control_sandbox(&format!("{slug}/iss"), json!({ "iss": "right", "times": 1 })).await;
        let browser = app.browser();
        let callback = callback_url(&app, &browser, "nomail", slug).await;
        assert!(!parameter(&callback, "iss").is_empty(), "{callback}");
        assert_eq!(browser.get(&callback).await.location(), "/dashboard", "{slug}");

        app.control_sandbox(&format!("{slug}/iss"), json!({ "iss": "wrong", "times": 1 })).await;
        let callback = callback_url(&app, &browser, "nomail", slug).await;
        assert_eq!(parameter(&callback, "iss"), "https://evil.example");
        assert_rejected(&app, &browser, &callback, "response_mismatch", &[]).await;
        sign_in(&app, &browser, "nomail", slug).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_provider_can_send_the_iss_of_another() {
    let app = App::builder().providers().start().await;
    let state = app.control_sandbox("requests/clear", json!({})).await;
    for (from, to) in pairs() {
        let issuer = state[to]["issuer"].as_str().expect("an issuer");
        let browser = app.browser();
        let callback = callback_url(&app, &browser, "nomail", from).await;
        let mixed = with_parameter(&callback, "iss", Some(issuer));
        assert_rejected(&app, &browser, &mixed, "response_mismatch", &[]).await;
    }
}

/// The answer of a provider's token endpoint for Ada, with a verifier of our own.
async fn tokens_of(app: &App, slug: &str) -> String {
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let browser = app.browser();
    let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, VERIFIER.as_bytes()));
    let authorize = browser.start_flow(&format!("/auth/{slug}")).await;
    let spec = built_in(slug).expect("built in").spec;
    let authorize = if spec.pkce { with_parameter(&authorize, "code_challenge", Some(&challenge)) } else { authorize };
    let code = parameter(&decide(app, &browser, &authorize, "ada", "allow").await, "code");
    let id = format!("sandbox-{slug}");
    let secret = if slug == "apple" { apple_secret(app) } else { format!("{id}-secret") };
    let redirect_uri = parameter(&authorize, "redirect_uri");
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs([("grant_type", "authorization_code"), ("code", &code)]);
    if spec.pkce {
        form.append_pair("code_verifier", VERIFIER);
    }
    form.append_pair("redirect_uri", &redirect_uri);
    // X accepts the secret only in the header, Facebook only in the body.
    if slug != "x" {
        form.extend_pairs([("client_id", &id), ("client_secret", &secret)]);
    }
    let requests = app.requests(app.sandbox.origin()).await;
    let token = requests.iter().find(|entry| entry["provider"] == slug && entry["endpoint"] == "token");
    let url =
        format!("{}{}", app.sandbox.origin(), token.expect("it was asked before")["path"].as_str().expect("a path"));
    let mut request = browser.client.post(url).header("content-type", "application/x-www-form-urlencoded");
    if slug == "x" {
        request = request.basic_auth(&id, Some(&secret));
    }
    let answer = request.header("accept", "application/json").body(form.finish()).send().await.expect("an answer");
    let tokens = answer.text().await.expect("a body");
    assert!(tokens.contains("access_token"), "{slug}: {tokens}");
    tokens
}

fn apple_secret(app: &App) -> String {
    let key = AppleKey::new(APPLE_TEAM_ID.to_owned(), APPLE_KEY_ID.to_owned(), &apple_private_key_pem().into());
    let secret = key.expect("a key").secret(APPLE_CLIENT_ID, &app.sandbox.apple_issuer(), Clock::default().now());
    secret.expect("it signs").expose_secret().to_owned()
}

/// Each pair of providers, in both directions.
fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    providers().flat_map(|from| providers().filter(move |to| *to != from).map(move |to| (from, to)))
}

#[rstest]
#[case::away(json!({ "kind": "status", "status": 503 }), "provider_unavailable")]
#[case::limited(json!({ "kind": "status", "status": 429 }), "provider_unavailable")]
#[case::withheld(json!({ "kind": "status", "status": 403 }), "provider_refused")]
#[case::a_page(json!({ "kind": "answer", "status": 200, "content_type": "text/html", "body": "<html>" }), "provider_response")]
#[case::cut(json!({ "kind": "truncated" }), "provider_response")]
#[case::broken_off(json!({ "kind": "half_closed" }), "provider_unavailable")]
#[case::redirect(json!({ "kind": "redirect", "status": 307 }), "provider_response")]
#[case::huge(json!({ "kind": "huge", "bytes": 1_000_000 }), "provider_response")]
#[case::unpaid(json!({ "kind": "status", "status": 402 }), "site_misconfigured")]
#[tokio::test(flavor = "multi_thread")]
async fn without_the_profile_document_no_user_signs_in(#[case] error: Value, #[case] code: &str) {
    let app = App::builder().providers().start().await;
    for slug in apis() {
        let browser = app.browser();
        let callback = callback_url(&app, &browser, "nomail", slug).await;
        let order = json!({ "endpoint": "userinfo", "fault": error.clone(), "times": 1 });
        app.control_sandbox(&format!("{slug}/faults"), order).await;
        assert_rejected(&app, &browser, &callback, code, &["token", "userinfo"]).await;
        sign_in(&app, &browser, "nomail", slug).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_without_a_subject_signs_nobody_in() {
    let app = App::builder().providers().start().await;
    for (slug, asked) in [
        ("discord", &["token", "userinfo"][..]),
        ("facebook", &["token", "userinfo"]),
        ("github", &["token", "userinfo", "emails"]),
        ("x", &["token", "userinfo"]),
    ] {
        let browser = app.browser();
        let callback = callback_url(&app, &browser, "nomail", slug).await;
        let error = json!({ "kind": "answer", "status": 200, "content_type": "application/json", "body": "{}" });
        app.control_sandbox(&format!("{slug}/faults"), json!({ "endpoint": "userinfo", "fault": error, "times": 1 }))
            .await;
        assert_rejected(&app, &browser, &callback, "provider_invalid", asked).await;
    }
}

#[rstest]
#[case::github("github", 200, r#"{"error":"bad_verification_code","error_description":"x"}"#)]
#[case::facebook("facebook", 400, r#"{"error":{"message":"x","type":"OAuthException","code":100}}"#)]
#[case::facebook_with_200("facebook", 200, r#"{"error":{"message":"x","type":"OAuthException","code":100}}"#)]
#[case::discord("discord", 400, r#"{"error":"invalid_grant","error_description":"x"}"#)]
#[case::gitlab("gitlab", 400, r#"{"error":"invalid_grant","error_description":"x"}"#)]
#[case::linkedin("linkedin", 400, r#"{"error":"invalid_request","error_description":"x"}"#)]
#[case::x("x", 400, r#"{"error":"invalid_request","error_description":"x"}"#)]
#[tokio::test(flavor = "multi_thread")]
async fn each_providers_code_error_is_understood(#[case] slug: &str, #[case] status: u16, #[case] body: &str) {
    let app = App::builder().providers().start().await;
    let browser = app.browser();
    let callback = callback_url(&app, &browser, "ada", slug).await;
    let error = json!({ "kind": "answer", "status": status, "content_type": "application/json", "body": body });
    app.control_sandbox(&format!("{slug}/faults"), json!({ "endpoint": "token", "fault": error, "times": 1 })).await;
    assert_rejected(&app, &browser, &callback, "provider_refused", &["token"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_email_set_by_a_tenant_admin_finds_no_user() {
    let app = App::builder().providers().start().await;
    let (ada, mallory) = (app.browser(), app.browser());
    ada.sign_in("ada").await;
    sign_in(&app, &mallory, "mallory", "microsoft").await;
    assert!(!mallory.get("/dashboard").await.body.contains("Ada Lovelace"));
    assert_eq!(app.rows().await, (2, 2, 2));
    let owners = "SELECT count(*) FROM users WHERE verified_email = 'ada@gmail.com'";
    assert_eq!(app.database.number(owners).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_signs_in_only_its_own_users() {
    let app = App::builder().providers().start().await;
    let browser = app.browser();
    let authorize = browser.start_flow("/auth/microsoft").await;
    let callback = decide(&app, &browser, &authorize, "ada", "deny").await;
    assert_rejected(&app, &browser, &callback, "cancelled", &[]).await;
    sign_in(&app, &browser, "grace", "microsoft").await;
    // A token with another tenant's `tid` does not have that tenant's issuer.
    let other = "00000000-0000-4000-8000-000000000001";
    for tid in [other, "common", "../x"] {
        let patch = json!({ "patch": { "claims": { "tid": tid } }, "times": 1 });
        app.control_sandbox("microsoft/id_token", patch).await;
        let callback = browser.callback_url("grace", "/auth/microsoft").await;
        assert_rejected(&app, &browser, &callback, "provider_invalid", &["token"]).await;
    }
    sign_in(&app, &browser, "grace", "microsoft").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn github_emails_may_be_withheld_but_not_lost() {
    let app = App::builder().providers().start().await;
    let error =
        |status: u16| json!({ "endpoint": "emails", "fault": { "kind": "status", "status": status }, "times": 1 });
    for status in [403, 404] {
        app.control_sandbox("github/faults", error(status)).await;
        let browser = app.browser();
        sign_in(&app, &browser, "ada", "github").await;
        assert!(!browser.get("/dashboard").await.body.contains("ada@gmail.com"));
    }
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/github").await;
    app.control_sandbox("github/faults", error(500)).await;
    assert_rejected(&app, &browser, &callback, "provider_unavailable", &["token", "userinfo", "emails"]).await;
    sign_in(&app, &browser, "ada", "github").await;
    assert!(browser.get("/dashboard").await.body.contains("ada@gmail.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_admitted_workspace_is_checked_in_the_claim() {
    let app = App::builder().with("GOOGLE_HD", "navy.example").start().await;
    let browser = app.browser();
    assert_eq!(parameter(&browser.start_flow("/auth/google").await, "hd"), "navy.example");
    let callback = browser.callback_url("ada", "/auth/google").await;
    assert_rejected(&app, &browser, &callback, "not_permitted", &["token", "certs"]).await;
    browser.sign_in("grace").await;
}
