//! Groups D and J: sign-in with a provider's token over the JSON API.

use latchkey_sandbox::GOOGLE_SPA_CLIENT_ID;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{api::Answer, app::App, browser::Browser};
use crate::support::database::Engine;

/// Every rejection signs nobody in and writes nothing.
async fn assert_rejected(app: &App, answer: &Answer, expected: (u16, &str), rows: (i64, i64, i64)) {
    assert_eq!(answer.outcome(), expected, "{answer:?}");
    assert_eq!(answer.json["success"], json!(false));
    assert!(answer.json["error"]["message"].as_str().is_some_and(|text| text.ends_with('.')), "{answer:?}");
    assert!(answer.page.set_cookies().iter().all(|cookie| !cookie.starts_with("session=")), "{answer:?}");
    assert_eq!(answer.page.header("cache-control"), "no-store");
    assert_eq!(app.rows().await, rows);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_with_our_nonce_sets_a_session_cookie(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.browser();
    let answer = browser.sign_in_with_id_token(&app, "ada", "session").await;
    assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
    let user = &answer.json["user"];
    assert_eq!((&user["email"], &user["name"]), (&json!("ada@gmail.com"), &json!("Ada Lovelace")));
    assert!(answer.json.get("access_token").is_none() && answer.json["success"] == json!(true));
    assert!(browser.is_signed_in().await);
    assert_eq!(browser.get_json("/api/me").await.json["user"], *user);
    assert_eq!(app.rows().await, (1, 1, 1));
    // The redirect flow finds the same user.
    app.browser().sign_in("ada").await;
    assert_eq!(app.rows().await, (1, 1, 2));
    assert!(app.events().await.contains("sign_in google"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_signs_in_for_tokens_without_cookies(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let (device, other) = (app.browser(), app.browser());
    let (nonce, nonce_token) = device.nonce().await;
    device.replace_cookies(Vec::new());
    let token = app.id_token("ada", json!({ "nonce": nonce })).await;
    let body = json!({ "provider": "google", "id_token": token, "nonce_token": nonce_token, "mode": "token" });
    let answer = device.post_json("/api/auth", &body).await;
    assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
    assert!(answer.page.set_cookies().is_empty(), "{answer:?}");
    assert_eq!((&answer.json["expires_in"], &answer.json["token_type"]), (&json!(300), &json!("Bearer")));
    let me = other.get_as_bearer("/api/me", &answer.text("access_token")).await;
    assert_eq!(me.json["user"], answer.json["user"]);
    assert!(!device.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_signs_in_at_providers_that_can_check_it() {
    let app = App::builder().providers().start().await;
    for provider in ["google", "github", "facebook"] {
        let (browser, token) = (app.browser(), app.access_token(provider, "ada", json!({})).await);
        let answer = browser.post_json("/api/auth", &json!({ "provider": provider, "access_token": token })).await;
        // Google is the authority for Ada's mailbox; the others lead to the link prompt.
        let expected = if provider == "google" { (200, "") } else { (409, "link_required") };
        // Facebook never verifies an email, so this is another user.
        let expected = if provider == "facebook" { (200, "") } else { expected };
        assert_eq!(answer.outcome(), expected, "{provider}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_clients_token_is_rejected_before_userinfo() {
    let app = App::builder().providers().start().await;
    let (browser, rows) = (app.browser(), app.rows().await);
    for provider in ["google", "github", "facebook"] {
        let foreign = app.access_token(provider, "ada", json!({ "client_id": "another-client" })).await;
        let answer = browser.post_json("/api/auth", &json!({ "provider": provider, "access_token": foreign })).await;
        let code = if provider == "github" { "provider_token_invalid" } else { "token_of_another_client" };
        assert_rejected(&app, &answer, (401, code), rows).await;
    }
    assert!(!app.requested_endpoints().await.iter().any(|endpoint| endpoint == "userinfo"));
    let (nonce, _) = browser.nonce().await;
    let foreign = app.id_token("ada", json!({ "nonce": nonce, "client_id": "another-client" })).await;
    let answer = browser.post_json("/api/auth", &json!({ "provider": "google", "id_token": foreign })).await;
    assert_rejected(&app, &answer, (401, "token_of_another_client"), rows).await;

    // The counterpart: the page's own client, which is configured.
    let own = app.access_token("google", "ada", json!({ "client_id": GOOGLE_SPA_CLIENT_ID })).await;
    let answer = browser.post_json("/api/auth", &json!({ "provider": "google", "access_token": own })).await;
    assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
    let own = app.id_token("ada", json!({ "nonce": nonce, "client_id": GOOGLE_SPA_CLIENT_ID })).await;
    let answer = browser.post_json("/api/auth", &json!({ "provider": "google", "id_token": own })).await;
    assert_eq!(answer.outcome(), (200, ""), "the refused one has not used the nonce up: {answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_sign_in_scope_is_rejected() {
    let app = App::builder().providers().start().await;
    let (browser, rows) = (app.browser(), app.rows().await);
    let robot =
        app.control_sandbox("google/mint", json!({ "kind": "service_account", "client_id": "sandbox-google" })).await;
    let tokens = [
        app.access_token("google", "ada", json!({ "scopes": ["openid", "profile"] })).await,
        app.access_token("google", "ada", json!({ "expires_in": -1 })).await,
        robot["access_token"].as_str().expect("a token").to_owned(),
        "ya29.made-up".to_owned(),
        "two words".to_owned(),
    ];
    for token in tokens {
        let answer = browser.post_json("/api/auth", &json!({ "provider": "google", "access_token": token })).await;
        assert_rejected(&app, &answer, (401, "provider_token_invalid"), rows).await;
    }
    assert!(!app.requested_endpoints().await.iter().any(|endpoint| endpoint == "userinfo"));
    for (provider, kind) in [("apple", "access_token"), ("github", "id_token")] {
        let answer = browser.post_json("/api/auth", &json!({ "provider": provider, kind: "x.y.z" })).await;
        assert_rejected(&app, &answer, (400, "token_kind_unsupported"), rows).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_works_once_with_its_own_nonce(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let (browser, thief) = (app.browser(), app.browser());
    let (nonce, nonce_token) = browser.nonce().await;
    let token = app.id_token("ada", json!({ "nonce": nonce })).await;
    let body = json!({ "provider": "google", "id_token": token });
    let with = |nonce_token: &str| json!({ "provider": "google", "id_token": token, "nonce_token": nonce_token });
    let rows = app.rows().await;

    // A thief with the token lacks the device's nonce_token, and a nonce of their own does not help.
    assert_rejected(&app, &thief.post_json("/api/auth", &body).await, (400, "nonce_required"), rows).await;
    let (_, own) = thief.nonce().await;
    assert_rejected(&app, &thief.post_json("/api/auth", &body).await, (401, "nonce_invalid"), rows).await;
    assert_rejected(&app, &thief.post_json("/api/auth", &with(&own)).await, (401, "nonce_invalid"), rows).await;
    assert_rejected(&app, &thief.post_json("/api/auth", &with(&nonce)).await, (401, "nonce_invalid"), rows).await;

    let answer = browser.post_json("/api/auth", &body).await;
    assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
    let rows = app.rows().await;
    assert_rejected(&app, &browser.post_json("/api/auth", &body).await, (400, "nonce_required"), rows).await;
    assert_rejected(&app, &browser.post_json("/api/auth", &with(&nonce_token)).await, (401, "nonce_invalid"), rows)
        .await;
    // A new nonce does not help either.
    browser.nonce().await;
    assert_rejected(&app, &browser.post_json("/api/auth", &body).await, (401, "nonce_invalid"), rows).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn concurrent_uses_of_one_id_token_sign_in_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    for nonce_mode in ["required", "off"] {
        let app = App::builder().engine(engine).with("API_NONCE", nonce_mode).start().await;
        let (nonce, nonce_token) = app.browser().nonce().await;
        let token = app.id_token("ada", json!({ "nonce": nonce })).await;
        let body = json!({ "provider": "google", "id_token": token, "nonce_token": nonce_token, "mode": "token" });
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (browser, body) = (app.browser(), body.clone());
            all.spawn(async move { browser.post_json("/api/auth", &body).await });
        }
        let statuses: Vec<u16> = all.join_all().await.iter().map(|answer| answer.page.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{nonce_mode}: {statuses:?}");
        assert!(statuses.iter().all(|status| matches!(status, 200 | 401)), "{nonce_mode}: {statuses:?}");
        assert_eq!(app.rows().await, (1, 1, 1), "{nonce_mode}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_nonces_an_id_token_works_once() {
    let app = App::builder().with("API_NONCE", "off").start().await;
    let token = app.id_token("ada", json!({})).await;
    let body = json!({ "provider": "google", "id_token": token });
    assert_eq!(app.browser().post_json("/api/auth", &body).await.outcome(), (200, ""));
    let rows = app.rows().await;
    for browser in [app.browser(), app.browser()] {
        assert_rejected(&app, &browser.post_json("/api/auth", &body).await, (401, "provider_token_used"), rows).await;
    }
    let next = app.id_token("ada", json!({ "nonce": "of nobody" })).await;
    let answer = app.browser().post_json("/api/auth", &json!({ "provider": "google", "id_token": next })).await;
    assert_eq!(answer.outcome(), (200, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_expires_after_ten_minutes() {
    let app = App::builder().start().await;
    for (waited, expected) in [(590, (200, "")), (601, (400, "nonce_required"))] {
        let browser = app.browser();
        let (nonce, _) = browser.nonce().await;
        app.advance(waited).await;
        let token = app.id_token("ada", json!({ "nonce": nonce })).await;
        let answer = browser.post_json("/api/auth", &json!({ "provider": "google", "id_token": token })).await;
        assert_eq!(answer.outcome(), expected, "{waited}");
    }
}

/// Group D. `external_token` has the whole table; these cases show that the API uses it.
#[tokio::test(flavor = "multi_thread")]
async fn forged_id_tokens_are_rejected() {
    let app = App::builder().start().await;
    let (browser, rows) = (app.browser(), app.rows().await);
    for preset in ["wrong_iss", "alg_none", "wrong_nonce", "missing_nonce", "missing_exp", "expired", "unknown_kid"] {
        let known = app.presets("id_token").await;
        if !known.iter().any(|name| name == preset) {
            panic!("{preset} is not among {known:?}");
        }
        app.arm_once(preset).await;
        let answer = browser.sign_in_with_id_token(&app, "ada", "session").await;
        assert_eq!(answer.page.status, 401, "{preset}: {answer:?}");
        let expected = (401, if preset.ends_with("_nonce") { "nonce_invalid" } else { "provider_token_invalid" });
        assert_rejected(&app, &answer, expected, rows).await;
    }
    let (nonce, _) = browser.nonce().await;
    let honest = app.id_token("ada", json!({ "nonce": nonce })).await;
    let (signed, signature) = honest.rsplit_once('.').expect("a signature");
    for forged in [format!("{signed}."), format!("{signed}.{}", signature.to_ascii_lowercase()), signed.to_owned()] {
        let answer = browser.post_json("/api/auth", &json!({ "provider": "google", "id_token": forged })).await;
        assert_rejected(&app, &answer, (401, "provider_token_invalid"), rows).await;
    }
    let answer = browser.post_json("/api/auth", &json!({ "provider": "google", "id_token": honest })).await;
    assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
}

/// Threat PA10: nothing in a token decides which provider is called.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_provider_is_rejected_without_requests() {
    let app = App::builder().providers().start().await;
    let (browser, rows) = (app.browser(), app.rows().await);
    let (nonce, _) = browser.nonce().await;
    let token = app.id_token("ada", json!({ "nonce": nonce })).await;
    let asked = app.requested_endpoints().await.len();
    for provider in ["apple", "microsoft", "gitlab"] {
        let mut body = json!({ "provider": provider, "id_token": token, "issuer": "https://evil.example" });
        body["jwks_uri"] = json!("http://127.0.0.1:1/keys");
        let answer = browser.post_json("/api/auth", &body).await;
        assert_rejected(&app, &answer, (401, "provider_token_invalid"), rows).await;
    }
    for provider in ["nobody", "Google", "google ", "../google", "https://evil.example"] {
        let answer = browser.post_json("/api/auth", &json!({ "provider": provider, "id_token": token })).await;
        assert_rejected(&app, &answer, (400, "unknown_provider"), rows).await;
    }
    assert_eq!(app.requested_endpoints().await.len(), asked);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_email_with_an_account_leads_to_the_link_prompt(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).providers().start().await;
    app.browser().sign_in("ada").await;
    let (rows, browser) = (app.rows().await, app.browser());
    let token = app.access_token("github", "ada", json!({})).await;
    let body = |mode: &str| json!({ "provider": "github", "access_token": token, "mode": mode });

    let for_tokens = browser.post_json("/api/auth", &body("token")).await;
    assert_rejected(&app, &for_tokens, (409, "link_required"), rows).await;
    let login = format!("{}/login?error=link_required&provider=github", app.origin);
    assert_eq!(for_tokens.json["error"]["url"], json!(login));
    assert!(for_tokens.page.set_cookies().is_empty());
    assert_eq!(browser.get("/login?error=link_required&provider=github").await.status, 200);

    let in_a_browser = browser.post_json("/api/auth", &body("session")).await;
    assert_rejected(&app, &in_a_browser, (409, "link_required"), rows).await;
    assert_eq!(in_a_browser.json["error"]["url"], json!(format!("{}/link", app.origin)));
    let prompt = browser.get("/link").await;
    assert!(prompt.status == 200 && prompt.body.contains("ada@gmail.com"), "{prompt:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn known_and_unknown_users_get_the_same_answer() {
    let app = App::builder().start().await;
    app.browser().sign_in("ada").await;
    let answers = [
        app.browser().sign_in_with_id_token(&app, "ada", "session").await,
        app.browser().sign_in_with_id_token(&app, "grace", "session").await,
    ];
    let shape = |answer: &Answer| {
        let members: Vec<String> = answer.json["user"].as_object().expect("a user").keys().cloned().collect();
        let cookies = answer.page.set_cookies();
        let names: Vec<String> =
            cookies.iter().map(|cookie| cookie.split('=').next().expect("a name").to_owned()).collect();
        (answer.page.status, members, names)
    };
    assert_eq!(shape(&answers[0]), shape(&answers[1]));
    // Rejections are decided before any user is looked up.
    for person in ["ada", "linus"] {
        app.arm_once("wrong_iss").await;
        assert_eq!(
            app.browser().sign_in_with_id_token(&app, person, "session").await.outcome(),
            (401, "provider_token_invalid")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn disabled_and_inadmissible_users_get_their_error_codes() {
    let app = App::builder().with("GOOGLE_HD", "navy.example").start().await;
    assert_eq!(app.browser().sign_in_with_id_token(&app, "ada", "session").await.outcome(), (403, "not_permitted"));
    let app = App::builder().start().await;
    let (access, _) = app.browser().obtain_tokens(&app, "ada").await;
    app.database.execute("UPDATE users SET disabled_at = 1").await;
    assert_eq!(app.browser().sign_in_with_id_token(&app, "ada", "token").await.outcome(), (403, "account_disabled"));
    assert_eq!(app.browser().get_as_bearer("/api/me", &access).await.outcome(), (401, "invalid_token"));

    let required = [
        ("EMAIL_ADDRESS", "required"),
        ("SMTP_URL", "smtp://127.0.0.1:9"),
        ("MAIL_FROM", "Latchkey <no-reply@app.example>"),
    ];
    let app = App::builder().settings(&required).start().await;
    let browser = app.browser();
    let refused = browser.sign_in_with_id_token(&app, "nomail", "token").await;
    assert_eq!(refused.outcome(), (403, "address_required"));
    assert_eq!(refused.json["error"]["url"], json!(format!("{}/add-email", app.origin)));
    // In a browser, the page asks for it.
    assert_eq!(browser.sign_in_with_id_token(&app, "nomail", "session").await.outcome(), (200, ""));
    let me = browser.get_json("/api/me").await;
    assert_eq!((me.outcome(), &me.json["error"]["url"]), ((403, "address_required"), &refused.json["error"]["url"]));
    assert_eq!(browser.get("/add-email").await.status, 200);
    assert_eq!(app.browser().sign_in_with_id_token(&app, "ada", "token").await.outcome(), (200, ""));
}

/// Threat PA13.
#[tokio::test(flavor = "multi_thread")]
async fn an_unavailable_provider_is_reported_in_time() {
    let app = App::builder().providers().start().await;
    let (browser, rows) = (app.browser(), app.rows().await);
    let errors = [json!({ "kind": "status", "status": 503, "retry_after": "30" }), json!({ "kind": "hang" })];
    for (error, retry_after) in errors.into_iter().zip(["30", "5"]) {
        app.fail_once("tokeninfo", error).await;
        let token = app.access_token("google", "ada", json!({})).await;
        let answer = browser.post_json("/api/auth", &json!({ "provider": "google", "access_token": token })).await;
        assert_rejected(&app, &answer, (503, "provider_unavailable"), rows).await;
        assert_eq!(answer.page.header("retry-after"), retry_after);
        let again = browser.post_json("/api/auth", &json!({ "provider": "google", "access_token": token })).await;
        assert_eq!(again.outcome(), (200, ""), "{again:?}");
        app.database.execute("DELETE FROM users").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_answers_is_not_called_unavailable() {
    let html = json!({ "kind": "answer", "content_type": "text/html", "body": "<!doctype html>" });
    let no_algorithm = json!({ "kind": "patch", "set": { "id_token_signing_alg_values_supported": ["none"] } });
    for (endpoint, fault, code) in [
        ("discovery", &html, "provider_metadata"),
        ("discovery", &no_algorithm, "provider_algorithm"),
        ("certs", &html, "provider_keys"),
    ] {
        let app = App::builder().start().await;
        let (browser, rows) = (app.browser(), app.rows().await);
        app.fail_once(endpoint, fault.clone()).await;
        let answer = browser.sign_in_with_id_token(&app, "ada", "session").await;
        assert_rejected(&app, &answer, (502, code), rows).await;
    }
    let app = App::builder().providers().start().await;
    let (browser, rows) = (app.browser(), app.rows().await);
    for fault in [html, json!({ "kind": "truncated" })] {
        app.fail_once("tokeninfo", fault).await;
        let token = app.access_token("google", "ada", json!({})).await;
        let answer = browser.post_json("/api/auth", &json!({ "provider": "google", "access_token": token })).await;
        assert_rejected(&app, &answer, (502, "provider_response"), rows).await;
    }
    let token = app.access_token("google", "ada", json!({})).await;
    let answer = browser.post_json("/api/auth", &json!({ "provider": "google", "access_token": token })).await;
    assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_replaces_the_session_of_the_browser() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.set_cookie("session", "AAAAAAAAAAAAAAAAAAAAAA");
    browser.sign_in_with_id_token(&app, "ada", "session").await;
    let first = browser.session().expect("a session");
    assert_ne!(first, "AAAAAAAAAAAAAAAAAAAAAA");
    browser.sign_in_with_id_token(&app, "grace", "session").await;
    assert_ne!(browser.session().as_ref(), Some(&first));
    let thief = app.browser();
    thief.set_cookie("session", &first);
    assert_eq!(thief.get_json("/api/me").await.outcome(), (401, "not_signed_in"));
    assert_eq!(browser.get_json("/api/me").await.json["user"]["name"], json!("Grace Hopper"));
    // Tokens go to another device: the browser's own session stays.
    browser.sign_in_with_id_token(&app, "ada", "token").await;
    assert_eq!(browser.get_json("/api/me").await.json["user"]["name"], json!("Grace Hopper"));
}

/// Threat PA7: what a cross-site page could send without a preflight.
#[tokio::test(flavor = "multi_thread")]
async fn cross_site_pages_cannot_sign_in() {
    let app = App::builder().start().await;
    let eve = app.browser();
    let (nonce, nonce_token) = eve.nonce().await;
    let token = app.id_token("plain", json!({ "nonce": nonce })).await;
    let text = json!({ "provider": "google", "id_token": token, "nonce_token": nonce_token }).to_string();
    let (victim, rows) = (app.browser(), app.rows().await);
    let send = async |browser: &Browser, kind: &str, headers: &[(&str, &str)]| {
        let request = browser.request(Method::POST, "/api/auth").header("content-type", kind).body(text.clone());
        browser.ask(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    };
    let evil = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let same_site = [("origin", "http://evil.localhost"), ("sec-fetch-site", "same-site")];
    let hidden = [("origin", "null"), ("sec-fetch-site", "cross-site")];
    let kinds =
        ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];
    for kind in kinds {
        for from in [&evil[..], &same_site, &hidden, &evil[..1], &hidden[..1]] {
            let answer = send(&victim, kind, from).await;
            assert_rejected(&app, &answer, (403, "cross_origin"), rows).await;
            assert!(answer.page.headers.get("access-control-allow-origin").is_none());
        }
    }
    for kind in &kinds[1..] {
        assert_rejected(&app, &send(&victim, kind, &[]).await, (415, "unsupported_media_type"), rows).await;
    }
    assert_eq!(send(&victim, "application/json", &[]).await.outcome(), (200, ""), "an application");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unavailable_database_is_not_a_rejection() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let (nonce, _) = browser.nonce().await;
    let token = app.id_token("ada", json!({ "nonce": nonce })).await;
    app.store.close().await;
    let answer = browser.post_json("/api/auth", &json!({ "provider": "google", "id_token": token })).await;
    assert_eq!(answer.outcome(), (503, "unavailable"));
    assert!(!answer.page.header("retry-after").is_empty());
    assert_eq!(browser.post_json("/api/auth", &Value::Null).await.outcome(), (400, "invalid_json"));
}

/// Each costs a request at the provider, which allows our client a number of them.
#[tokio::test(flavor = "multi_thread")]
async fn made_up_access_tokens_cost_a_bounded_number_of_requests() {
    let app = App::builder().providers().with("RATE_LIMITS", "on").start().await;
    let browser = app.browser();
    let present = async |token: &str| {
        browser.post_json("/api/auth", &json!({ "provider": "github", "access_token": token })).await
    };
    for _ in 0..40 {
        assert_eq!(present("not-of-github").await.outcome().0, 401);
    }
    let before = app.requested_endpoints().await.len();
    let mut refused = 0;
    for number in 0..40 {
        let answer = present(&format!("gho_madeupofnothing{number:08}")).await;
        refused += usize::from(answer.outcome() == (429, "too_many_requests"));
    }
    assert!((5..=10).contains(&refused), "{refused}");
    assert_eq!(app.requested_endpoints().await.len() - before, 40 - refused);
    let token = app.access_token("github", "ada", json!({})).await;
    assert_eq!(present(&token).await.outcome().0, 429, "the network has to wait");
}
