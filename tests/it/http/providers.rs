//! Every provider of the sandbox, each with its manners (groups C, F and O): what holds for one holds for all.

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey::{
    providers::{AppleKey, BUILT_IN, ClientSecret, IdentitySource, built_in},
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
    refusal::is_refused,
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

/// The person decides at the provider, and is sent back: the path and query.
async fn decides(app: &App, browser: &Browser, authorize: &str, person: &str, decision: &str) -> String {
    match authorize.contains("response_mode=form_post") {
        true => apple::decide(app, browser, authorize, &format!("person={person}&decision={decision}")).await,
        false => browser.consent(authorize, person, decision).await,
    }
}

async fn callback_of(app: &App, browser: &Browser, person: &str, mock: &str) -> String {
    let authorize = browser.start(&format!("/auth/{mock}")).await;
    decides(app, browser, &authorize, person, "allow").await
}

async fn arrives(app: &App, browser: &Browser, person: &str, mock: &str) {
    let callback = callback_of(app, browser, person, mock).await;
    let landed = browser.get(&callback).await;
    assert_eq!((landed.status, landed.location()), (303, "/dashboard"), "{mock} {person}: {landed:?}");
}

#[tokio::test]
async fn the_sandbox_mocks_every_provider_of_the_table() {
    let app = App::start_with_providers(Engine::Sqlite).await;
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
async fn a_person_signs_in_with_each_and_again_as_the_same(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    for mock in providers() {
        let app = App::start_with_providers(engine).await;
        let (browser, again) = (app.browser(), app.browser());
        arrives(&app, &browser, "ada", mock).await;
        let page = browser.get("/dashboard").await.body;
        assert!(page.contains("Ada Lovelace") && page.contains("ada@gmail.com"), "{mock}: {page}");
        arrives(&app, &again, "ada", mock).await;
        assert_eq!(app.rows().await, (1, 1, 2), "{mock}");
        assert_eq!(app.database.text("SELECT provider FROM identities").await, mock);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_has_a_challenge_and_a_nonce_only_where_an_id_token_can_carry_it() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    for mock in providers() {
        let authorize = app.browser().start(&format!("/auth/{mock}")).await;
        let has_id_token = !is_api(mock);
        let spec = built_in(mock).expect("built in").spec;
        let nonce = matches!(&spec.identity, IdentitySource::IdToken(oidc) if oidc.nonce);
        assert_eq!(parameter(&authorize, "code_challenge_method"), if spec.pkce { "S256" } else { "" }, "{mock}");
        assert_eq!(!parameter(&authorize, "nonce").is_empty(), nonce, "{mock}");
        assert_eq!(parameter(&authorize, "scope").contains("openid"), has_id_token, "{mock}");
        assert!(parameter(&authorize, "redirect_uri").ends_with(&format!("/auth/callback/{mock}")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cancels_is_told_so_and_nothing_is_asked_of_the_provider() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    for mock in providers() {
        let browser = app.browser();
        let authorize = browser.start(&format!("/auth/{mock}")).await;
        let callback = decides(&app, &browser, &authorize, "ada", "deny").await;
        is_refused(&app, &browser, &callback, "cancelled", &[]).await;
        arrives(&app, &browser, "nomail", mock).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_without_an_address_are_two_people() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    let other =
        app.tell_sandbox("persons", json!({ "id": "nomail2", "name": "Nina", "email": null, "sub": "7" })).await;
    assert!(other.is_object(), "{other}");
    for (index, mock) in providers().enumerate() {
        for person in ["nomail", "nomail2"] {
            let browser = app.browser();
            arrives(&app, &browser, person, mock).await;
            assert!(!browser.get("/dashboard").await.body.contains('@'), "{mock} {person}");
        }
        let people = i64::try_from(2 * (index + 1)).expect("few");
        assert_eq!(app.rows().await, (people, people, people));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_nobody_verified_finds_nobody() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    app.browser().signs_in_as("ada").await;
    // Linus's account says Ada's address, and no provider has verified it.
    app.tell_sandbox("persons/linus", json!({ "email": "ada@gmail.com", "email_verified": false })).await;
    for (index, mock) in providers().enumerate() {
        let browser = app.browser();
        arrives(&app, &browser, "linus", mock).await;
        assert!(!browser.get("/dashboard").await.body.contains("Ada Lovelace"), "{mock}");
        let people = i64::try_from(index + 2).expect("few");
        assert_eq!(app.rows().await, (people, people, people), "{mock}");
    }
    let owners = "SELECT count(*) FROM users WHERE verified_email = 'ada@gmail.com'";
    assert_eq!(app.database.number(owners).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn facebooks_word_never_verifies_and_a_verified_address_leads_to_a_question() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    app.browser().signs_in_as("ada").await;
    let stranger = app.browser();
    arrives(&app, &stranger, "ada", "facebook").await;
    assert_eq!(app.rows().await, (2, 2, 2), "another user, and Ada's is untouched");
    for mock in verifying() {
        let browser = app.browser();
        let callback = callback_of(&app, &browser, "ada", mock).await;
        assert_eq!(browser.get(&callback).await.location(), "/link", "{mock}");
        assert!(!browser.is_signed_in().await, "{mock}");
    }
    assert_eq!(app.rows().await, (2, 2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_person_at_each_provider_is_an_identity_each() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    for mock in providers() {
        arrives(&app, &app.browser(), "nomail", mock).await;
    }
    let all = i64::try_from(BUILT_IN.len()).expect("few");
    assert_eq!(app.rows().await, (all, all, all));
    assert_eq!(app.database.number("SELECT count(DISTINCT issuer) FROM identities").await, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_provider_is_linked_to_an_account_of_google_and_google_to_one_of_each() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    let others = providers().filter(|mock| *mock != "google");
    for (first, second) in others.flat_map(|mock| [("google", mock), (mock, "google")]) {
        let person = format!("{first}-{second}");
        app.tell_sandbox("persons", json!({ "id": person, "name": "Both", "email": null })).await;
        let (browser, again) = (app.browser(), app.browser());
        arrives(&app, &browser, &person, first).await;
        let start = browser.post("/settings/link", &format!("provider={second}")).await;
        let callback = decides(&app, &browser, start.location(), &person, "allow").await;
        assert_eq!(browser.get(&callback).await.location(), "/settings?done=linked", "{person}");
        // Either way in leads to the same account.
        arrives(&app, &again, &person, second).await;
        assert_eq!(app.user_of(&again).await, app.user_of(&browser).await, "{person}");
        // What is linked once is linked already the second time, and to nobody else.
        let start = again.post("/settings/link", &format!("provider={first}")).await;
        let callback = decides(&app, &again, start.location(), &person, "allow").await;
        assert_eq!(again.get(&callback).await.location(), "/settings?done=already_linked", "{person}");
    }
    let pairs = 2 * i64::try_from(BUILT_IN.len() - 1).expect("few");
    assert_eq!((app.database.count("users").await, app.database.count("identities").await), (pairs, 2 * pairs));
}

/// The same subject, letter by letter, at each pair of providers: what counts is whose it is.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_subject_at_another_provider_is_somebody_else() {
    const SUBJECT: &str = "1234567890123456789";
    // Where each says it, and how a document looks that says nothing else.
    let says = |mock: &str| match mock {
        "google" | "apple" | "gitlab" | "linkedin" => json!({ "claims": { "sub": SUBJECT } }),
        "x" => json!({ "data": { "id": SUBJECT, "name": "Somebody" } }),
        "github" => json!({ "id": 1_234_567_890_123_456_789_u64, "login": "somebody" }),
        _ => json!({ "id": SUBJECT, "name": "Somebody", "username": "somebody" }),
    };
    let app = App::start_with_providers(Engine::Sqlite).await;
    // Microsoft's is a UUID and can be no one else's.
    let providers: Vec<&str> = providers().filter(|mock| *mock != "microsoft").collect();
    for (index, mock) in providers.iter().enumerate() {
        if is_api(mock) {
            let error = json!({ "kind": "answer", "status": 200, "body": says(mock).to_string() });
            app.tell_sandbox(&format!("{mock}/faults"), json!({ "endpoint": "userinfo", "fault": error })).await;
        } else {
            app.tell_sandbox(&format!("{mock}/id_token"), json!({ "patch": says(mock) })).await;
            let error = json!({ "kind": "status", "status": 404 });
            app.tell_sandbox(&format!("{mock}/faults"), json!({ "endpoint": "userinfo", "fault": error })).await;
        }
        // Twice: the second time as the same.
        arrives(&app, &app.browser(), "nomail", mock).await;
        arrives(&app, &app.browser(), "nomail", mock).await;
        let people = i64::try_from(index + 1).expect("few");
        assert_eq!(app.rows().await, (people, people, 2 * people), "{mock}");
    }
    assert_eq!(app.database.number("SELECT count(DISTINCT subject) FROM identities").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_counts_on_its_own_providers_redirect_uri_only() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    for (from, to) in pairs() {
        let browser = app.browser();
        let callback = callback_of(&app, &browser, "ada", from).await;
        let moved = callback.replace(&format!("/callback/{from}?"), &format!("/callback/{to}?"));
        is_refused(&app, &browser, &moved, "response_mismatch", &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_one_provider_buys_nothing_at_another() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    for (from, to) in pairs() {
        let (browser, victim) = (app.browser(), app.browser());
        let stolen = parameter(&callback_of(&app, &victim, "ada", from).await, "code");
        let callback = callback_of(&app, &browser, "grace", to).await;
        let mixed = with_parameter(&callback, "code", Some(&stolen));
        is_refused(&app, &browser, &mixed, "provider_refused", &["token"]).await;
    }
}

/// An evil provider that has got hold of an honest one's tokens hands them out as its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_one_provider_says_nothing_at_another() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    // Sandboxes have one first key for all providers; each gets one of its own, as in life.
    for mock in providers() {
        app.tell_sandbox(&format!("{mock}/keys"), json!({ "action": "rotate" })).await;
        app.tell_sandbox(&format!("{mock}/keys"), json!({ "action": "withdraw_old" })).await;
    }
    for mock in providers() {
        arrives(&app, &app.browser(), "nomail", mock).await;
    }
    for (from, to) in pairs() {
        let browser = app.browser();
        let stolen = tokens_of(&app, from).await;
        let callback = callback_of(&app, &browser, "nomail", to).await;
        let error = json!({ "kind": "answer", "status": 200, "content_type": "application/json", "body": stolen });
        app.tell_sandbox(&format!("{to}/faults"), json!({ "endpoint": "token", "fault": error, "times": 1 })).await;
        let rows = app.rows().await;
        let landed = browser.get(&callback).await;
        assert_eq!(parameter(landed.location(), "error"), "provider_invalid", "{from} {to}: {landed:?}");
        assert_eq!(app.rows().await, rows, "{from} {to}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_may_begin_to_name_itself_and_not_to_name_another() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    for mock in providers() {
        app.tell_sandbox(&format!("{mock}/iss"), json!({ "iss": "right", "times": 1 })).await;
        let browser = app.browser();
        let callback = callback_of(&app, &browser, "nomail", mock).await;
        assert!(!parameter(&callback, "iss").is_empty(), "{callback}");
        assert_eq!(browser.get(&callback).await.location(), "/dashboard", "{mock}");

        app.tell_sandbox(&format!("{mock}/iss"), json!({ "iss": "wrong", "times": 1 })).await;
        let callback = callback_of(&app, &browser, "nomail", mock).await;
        assert_eq!(parameter(&callback, "iss"), "https://evil.example");
        is_refused(&app, &browser, &callback, "response_mismatch", &[]).await;
        arrives(&app, &browser, "nomail", mock).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_provider_may_name_another_that_is_switched_on() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    let state = app.tell_sandbox("requests/clear", json!({})).await;
    for (from, to) in pairs() {
        let issuer = state[to]["issuer"].as_str().expect("an issuer");
        let browser = app.browser();
        let callback = callback_of(&app, &browser, "nomail", from).await;
        let mixed = with_parameter(&callback, "iss", Some(issuer));
        is_refused(&app, &browser, &mixed, "response_mismatch", &[]).await;
    }
}

/// What the token endpoint of a provider gives out for Ada, who was led there with a verifier of our own.
async fn tokens_of(app: &App, mock: &str) -> String {
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let browser = app.browser();
    let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, VERIFIER.as_bytes()));
    let authorize = browser.start(&format!("/auth/{mock}")).await;
    let authorize = with_parameter(&authorize, "code_challenge", Some(&challenge));
    let code = parameter(&decides(app, &browser, &authorize, "ada", "allow").await, "code");
    let id = format!("sandbox-{mock}");
    let secret = if mock == "apple" { apple_secret(app) } else { format!("{id}-secret") };
    let redirect_uri = parameter(&authorize, "redirect_uri");
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs([("grant_type", "authorization_code"), ("code", &code)]);
    if built_in(mock).expect("built in").spec.pkce {
        form.append_pair("code_verifier", VERIFIER);
    }
    form.append_pair("redirect_uri", &redirect_uri);
    // X takes the secret in the header alone, and Facebook in the body alone.
    if mock != "x" {
        form.extend_pairs([("client_id", &id), ("client_secret", &secret)]);
    }
    let requests = app.requests(app.sandbox.origin()).await;
    let token = requests.iter().find(|entry| entry["provider"] == mock && entry["endpoint"] == "token");
    let url =
        format!("{}{}", app.sandbox.origin(), token.expect("it was asked before")["path"].as_str().expect("a path"));
    let mut request = browser.client.post(url).header("content-type", "application/x-www-form-urlencoded");
    if mock == "x" {
        request = request.basic_auth(&id, Some(&secret));
    }
    let answer = request.header("accept", "application/json").body(form.finish()).send().await.expect("an answer");
    let tokens = answer.text().await.expect("a body");
    assert!(tokens.contains("access_token"), "{mock}: {tokens}");
    tokens
}

fn apple_secret(app: &App) -> String {
    let key = AppleKey::new(APPLE_TEAM_ID.to_owned(), APPLE_KEY_ID.to_owned(), &apple_private_key_pem().into());
    let secret = ClientSecret::Apple(key.expect("a key"));
    let secret = secret.at(APPLE_CLIENT_ID, &app.sandbox.apple_issuer(), Clock::default().now());
    secret.expect("it signs").expose_secret().to_owned()
}

/// Each two providers, both ways round.
fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    providers().flat_map(|from| providers().filter(move |to| *to != from).map(move |to| (from, to)))
}

#[rstest]
#[case::away(json!({ "kind": "status", "status": 503 }), "provider_unavailable")]
#[case::limited(json!({ "kind": "status", "status": 429 }), "provider_unavailable")]
#[case::withheld(json!({ "kind": "status", "status": 403 }), "provider_invalid")]
#[case::a_page(json!({ "kind": "answer", "status": 200, "content_type": "text/html", "body": "<html>" }), "provider_invalid")]
#[case::cut(json!({ "kind": "truncated" }), "provider_invalid")]
#[case::broken_off(json!({ "kind": "half_closed" }), "provider_unavailable")]
#[case::redirect(json!({ "kind": "redirect", "status": 307 }), "provider_invalid")]
#[case::huge(json!({ "kind": "huge", "bytes": 1_000_000 }), "provider_unavailable")]
#[tokio::test(flavor = "multi_thread")]
async fn without_the_document_that_says_who_it_is_nobody_signs_in(#[case] error: Value, #[case] code: &str) {
    let app = App::start_with_providers(Engine::Sqlite).await;
    for mock in apis() {
        let browser = app.browser();
        let callback = callback_of(&app, &browser, "nomail", mock).await;
        let order = json!({ "endpoint": "userinfo", "fault": error.clone(), "times": 1 });
        app.tell_sandbox(&format!("{mock}/faults"), order).await;
        is_refused(&app, &browser, &callback, code, &["token", "userinfo"]).await;
        arrives(&app, &browser, "nomail", mock).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_name_nobody_sign_nobody_in() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    for (mock, asked) in [
        ("discord", &["token", "userinfo"][..]),
        ("facebook", &["token", "userinfo"]),
        ("github", &["token", "userinfo", "emails"]),
        ("x", &["token", "userinfo"]),
    ] {
        let browser = app.browser();
        let callback = callback_of(&app, &browser, "nomail", mock).await;
        let error = json!({ "kind": "answer", "status": 200, "content_type": "application/json", "body": "{}" });
        app.tell_sandbox(&format!("{mock}/faults"), json!({ "endpoint": "userinfo", "fault": error, "times": 1 }))
            .await;
        is_refused(&app, &browser, &callback, "provider_invalid", asked).await;
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
async fn each_providers_way_to_refuse_a_code_is_understood(
    #[case] mock: &str,
    #[case] status: u16,
    #[case] body: &str,
) {
    let app = App::start_with_providers(Engine::Sqlite).await;
    let browser = app.browser();
    let callback = callback_of(&app, &browser, "ada", mock).await;
    let error = json!({ "kind": "answer", "status": status, "content_type": "application/json", "body": body });
    app.tell_sandbox(&format!("{mock}/faults"), json!({ "endpoint": "token", "fault": error, "times": 1 })).await;
    is_refused(&app, &browser, &callback, "provider_refused", &["token"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_a_tenants_administrator_typed_in_finds_nobody() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    let (ada, mallory) = (app.browser(), app.browser());
    ada.signs_in_as("ada").await;
    arrives(&app, &mallory, "mallory", "microsoft").await;
    assert!(!mallory.get("/dashboard").await.body.contains("Ada Lovelace"));
    assert_eq!(app.rows().await, (2, 2, 2));
    let owners = "SELECT count(*) FROM users WHERE verified_email = 'ada@gmail.com'";
    assert_eq!(app.database.number(owners).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_speaks_for_itself_only_and_its_cancel_is_a_cancel() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    let browser = app.browser();
    let authorize = browser.start("/auth/microsoft").await;
    let callback = decides(&app, &browser, &authorize, "ada", "deny").await;
    is_refused(&app, &browser, &callback, "cancelled", &[]).await;
    arrives(&app, &browser, "grace", "microsoft").await;
    // A token whose `tid` is another tenant's does not carry that tenant's issuer.
    let other = "00000000-0000-4000-8000-000000000001";
    for tid in [other, "common", "../x"] {
        let patch = json!({ "patch": { "claims": { "tid": tid } }, "times": 1 });
        app.tell_sandbox("microsoft/id_token", patch).await;
        let callback = browser.callback_url("grace", "/auth/microsoft").await;
        is_refused(&app, &browser, &callback, "provider_invalid", &["token"]).await;
    }
    arrives(&app, &browser, "grace", "microsoft").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn githubs_addresses_may_be_withheld_but_not_lost() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    let error =
        |status: u16| json!({ "endpoint": "emails", "fault": { "kind": "status", "status": status }, "times": 1 });
    for status in [403, 404] {
        app.tell_sandbox("github/faults", error(status)).await;
        let browser = app.browser();
        arrives(&app, &browser, "ada", "github").await;
        assert!(!browser.get("/dashboard").await.body.contains("ada@gmail.com"));
    }
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/github").await;
    app.tell_sandbox("github/faults", error(500)).await;
    is_refused(&app, &browser, &callback, "provider_unavailable", &["token", "userinfo", "emails"]).await;
    arrives(&app, &browser, "ada", "github").await;
    assert!(browser.get("/dashboard").await.body.contains("ada@gmail.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_that_is_the_only_one_admitted_is_checked_in_the_claim() {
    let app = App::start_with(Engine::Sqlite, &[("GOOGLE_HD", "navy.example")]).await;
    let browser = app.browser();
    assert_eq!(parameter(&browser.start("/auth/google").await, "hd"), "navy.example");
    let callback = browser.callback_url("ada", "/auth/google").await;
    is_refused(&app, &browser, &callback, "not_permitted", &["token", "certs"]).await;
    browser.signs_in_as("grace").await;
}
