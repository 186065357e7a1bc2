//! Group J, and group D through this door: what a front end hands in.

use latchkey_sandbox::GOOGLE_SPA_CLIENT_ID;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{api::Answer, app::App, browser::Browser};
use crate::support::database::Engine;

/// What every refusal promises: nobody is signed in, and nothing was written.
async fn is_refused(app: &App, answer: &Answer, expected: (u16, &str), rows: (i64, i64, i64)) {
    assert_eq!(answer.outcome(), expected, "{answer:?}");
    assert_eq!(answer.json["success"], json!(false));
    assert!(answer.json["error"]["message"].as_str().is_some_and(|text| text.ends_with('.')), "{answer:?}");
    assert!(answer.page.set_cookies().iter().all(|cookie| !cookie.starts_with("session=")), "{answer:?}");
    assert_eq!(answer.page.header("cache-control"), "no-store");
    assert_eq!(app.rows().await, rows);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_with_our_nonce_signs_in_by_a_cookie(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let browser = app.browser();
    let answer = browser.hands_in(&app, "ada", "session").await;
    assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
    let user = &answer.json["user"];
    assert_eq!((&user["email"], &user["name"]), (&json!("ada@gmail.com"), &json!("Ada Lovelace")));
    assert!(answer.json.get("access_token").is_none() && answer.json["success"] == json!(true));
    assert!(browser.is_signed_in().await);
    assert_eq!(browser.asks("/api/me").await.json["user"], *user);
    assert_eq!(app.rows().await, (1, 1, 1));
    // By the redirect it is the same person.
    app.browser().signs_in_as("ada").await;
    assert_eq!(app.rows().await, (1, 1, 2));
    assert!(app.events().await.contains("sign_in google"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn and_for_tokens_without_one(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let (device, other) = (app.browser(), app.browser());
    let (nonce, nonce_token) = device.nonce().await;
    device.put_back(Vec::new());
    let token = app.id_token("ada", json!({ "nonce": nonce })).await;
    let body = json!({ "provider": "google", "id_token": token, "nonce_token": nonce_token, "mode": "token" });
    let answer = device.tells("/api/auth", &body).await;
    assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
    assert!(answer.page.set_cookies().is_empty(), "{answer:?}");
    assert_eq!((&answer.json["expires_in"], &answer.json["token_type"]), (&json!(300), &json!("Bearer")));
    let me = other.asks_as_bearer("/api/me", &answer.text("access_token")).await;
    assert_eq!(me.json["user"], answer.json["user"]);
    assert!(!device.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_of_ours_signs_in_where_the_provider_says_whose_it_is() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    for provider in ["google", "github", "facebook"] {
        let (browser, token) = (app.browser(), app.access_token(provider, "ada", json!({})).await);
        let answer = browser.tells("/api/auth", &json!({ "provider": provider, "access_token": token })).await;
        // Google runs Ada's mailbox. The others only say so: they are asked about.
        let expected = if provider == "google" { (200, "") } else { (409, "link_required") };
        // Facebook's word about an address counts for nothing, so that it is somebody else.
        let expected = if provider == "facebook" { (200, "") } else { expected };
        assert_eq!(answer.outcome(), expected, "{provider}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_somebody_elses_client_is_refused_before_userinfo_is_asked() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    let (browser, rows) = (app.browser(), app.rows().await);
    for provider in ["google", "github", "facebook"] {
        let foreign = app.access_token(provider, "ada", json!({ "client_id": "another-client" })).await;
        let answer = browser.tells("/api/auth", &json!({ "provider": provider, "access_token": foreign })).await;
        let code = if provider == "github" { "provider_token_invalid" } else { "token_of_another_client" };
        is_refused(&app, &answer, (401, code), rows).await;
    }
    assert!(!app.asked().await.iter().any(|endpoint| endpoint == "userinfo"));
    let (nonce, _) = browser.nonce().await;
    let foreign = app.id_token("ada", json!({ "nonce": nonce, "client_id": "another-client" })).await;
    let answer = browser.tells("/api/auth", &json!({ "provider": "google", "id_token": foreign })).await;
    is_refused(&app, &answer, (401, "token_of_another_client"), rows).await;

    // The twins: the page's own client, which is configured.
    let own = app.access_token("google", "ada", json!({ "client_id": GOOGLE_SPA_CLIENT_ID })).await;
    let answer = browser.tells("/api/auth", &json!({ "provider": "google", "access_token": own })).await;
    assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
    let own = app.id_token("ada", json!({ "nonce": nonce, "client_id": GOOGLE_SPA_CLIENT_ID })).await;
    let answer = browser.tells("/api/auth", &json!({ "provider": "google", "id_token": own })).await;
    assert_eq!(answer.outcome(), (200, ""), "the refused one has not used the nonce up: {answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_that_is_not_for_signing_in_is_refused() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    let (browser, rows) = (app.browser(), app.rows().await);
    let robot =
        app.tell_sandbox("google/mint", json!({ "kind": "service_account", "client_id": "sandbox-google" })).await;
    let tokens = [
        app.access_token("google", "ada", json!({ "scopes": ["openid", "profile"] })).await,
        app.access_token("google", "ada", json!({ "expires_in": -1 })).await,
        robot["access_token"].as_str().expect("a token").to_owned(),
        "ya29.made-up".to_owned(),
        "two words".to_owned(),
    ];
    for token in tokens {
        let answer = browser.tells("/api/auth", &json!({ "provider": "google", "access_token": token })).await;
        is_refused(&app, &answer, (401, "provider_token_invalid"), rows).await;
    }
    assert!(!app.asked().await.iter().any(|endpoint| endpoint == "userinfo"));
    for (provider, kind) in [("apple", "access_token"), ("github", "id_token")] {
        let answer = browser.tells("/api/auth", &json!({ "provider": provider, kind: "x.y.z" })).await;
        is_refused(&app, &answer, (400, "token_kind_unsupported"), rows).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_counts_once_and_for_the_device_of_its_nonce(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let (browser, thief) = (app.browser(), app.browser());
    let (nonce, nonce_token) = browser.nonce().await;
    let token = app.id_token("ada", json!({ "nonce": nonce })).await;
    let body = json!({ "provider": "google", "id_token": token });
    let with = |nonce_token: &str| json!({ "provider": "google", "id_token": token, "nonce_token": nonce_token });
    let rows = app.rows().await;

    // A thief has the token, but not what the device has; nor does a nonce of their own help.
    is_refused(&app, &thief.tells("/api/auth", &body).await, (400, "nonce_required"), rows).await;
    let (_, own) = thief.nonce().await;
    is_refused(&app, &thief.tells("/api/auth", &body).await, (401, "nonce_invalid"), rows).await;
    is_refused(&app, &thief.tells("/api/auth", &with(&own)).await, (401, "nonce_invalid"), rows).await;
    is_refused(&app, &thief.tells("/api/auth", &with(&nonce)).await, (401, "nonce_invalid"), rows).await;

    let answer = browser.tells("/api/auth", &body).await;
    assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
    let rows = app.rows().await;
    is_refused(&app, &browser.tells("/api/auth", &body).await, (400, "nonce_required"), rows).await;
    is_refused(&app, &browser.tells("/api/auth", &with(&nonce_token)).await, (401, "nonce_invalid"), rows).await;
    // Nor for a new nonce.
    browser.nonce().await;
    is_refused(&app, &browser.tells("/api/auth", &body).await, (401, "nonce_invalid"), rows).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_bring_one_id_token_at_once_one_is_signed_in(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    for nonce_mode in ["required", "off"] {
        let app = App::start_with(engine, &[("API_NONCE", nonce_mode)]).await;
        let (nonce, nonce_token) = app.browser().nonce().await;
        let token = app.id_token("ada", json!({ "nonce": nonce })).await;
        let body = json!({ "provider": "google", "id_token": token, "nonce_token": nonce_token, "mode": "token" });
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (browser, body) = (app.browser(), body.clone());
            all.spawn(async move { browser.tells("/api/auth", &body).await });
        }
        let statuses: Vec<u16> = all.join_all().await.iter().map(|answer| answer.page.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{nonce_mode}: {statuses:?}");
        assert!(statuses.iter().all(|status| matches!(status, 200 | 401)), "{nonce_mode}: {statuses:?}");
        assert_eq!(app.rows().await, (1, 1, 1), "{nonce_mode}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_nonces_a_token_counts_once() {
    let app = App::start_with(Engine::Sqlite, &[("API_NONCE", "off")]).await;
    let token = app.id_token("ada", json!({})).await;
    let body = json!({ "provider": "google", "id_token": token });
    assert_eq!(app.browser().tells("/api/auth", &body).await.outcome(), (200, ""));
    let rows = app.rows().await;
    for browser in [app.browser(), app.browser()] {
        is_refused(&app, &browser.tells("/api/auth", &body).await, (401, "provider_token_used"), rows).await;
    }
    let next = app.id_token("ada", json!({ "nonce": "of nobody" })).await;
    let answer = app.browser().tells("/api/auth", &json!({ "provider": "google", "id_token": next })).await;
    assert_eq!(answer.outcome(), (200, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_lasts_ten_minutes() {
    let app = App::start(Engine::Sqlite).await;
    for (waited, expected) in [(590, (200, "")), (601, (400, "nonce_required"))] {
        let browser = app.browser();
        let (nonce, _) = browser.nonce().await;
        app.advance(waited).await;
        let token = app.id_token("ada", json!({ "nonce": nonce })).await;
        let answer = browser.tells("/api/auth", &json!({ "provider": "google", "id_token": token })).await;
        assert_eq!(answer.outcome(), expected, "{waited}");
    }
}

/// Group D. The whole table is played against `RelyingParty::verify_external_token`; these show that this door leads there.
#[tokio::test(flavor = "multi_thread")]
async fn id_tokens_that_lie_are_refused() {
    let app = App::start(Engine::Sqlite).await;
    let (browser, rows) = (app.browser(), app.rows().await);
    for preset in ["wrong_iss", "alg_none", "wrong_nonce", "missing_nonce", "missing_exp", "expired", "unknown_kid"] {
        let known = app.presets("id_token").await;
        if !known.iter().any(|name| name == preset) {
            panic!("{preset} is not among {known:?}");
        }
        app.preset(preset).await;
        let answer = browser.hands_in(&app, "ada", "session").await;
        assert_eq!(answer.page.status, 401, "{preset}: {answer:?}");
        let expected = (401, if preset.ends_with("_nonce") { "nonce_invalid" } else { "provider_token_invalid" });
        is_refused(&app, &answer, expected, rows).await;
    }
    let (nonce, _) = browser.nonce().await;
    let honest = app.id_token("ada", json!({ "nonce": nonce })).await;
    let (signed, signature) = honest.rsplit_once('.').expect("a signature");
    for forged in [format!("{signed}."), format!("{signed}.{}", signature.to_ascii_lowercase()), signed.to_owned()] {
        let answer = browser.tells("/api/auth", &json!({ "provider": "google", "id_token": forged })).await;
        is_refused(&app, &answer, (401, "provider_token_invalid"), rows).await;
    }
    let answer = browser.tells("/api/auth", &json!({ "provider": "google", "id_token": honest })).await;
    assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
}

/// Threat PA10: nothing that is brought decides who is asked.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_another_provider_is_refused_and_nobody_is_asked() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    let (browser, rows) = (app.browser(), app.rows().await);
    let (nonce, _) = browser.nonce().await;
    let token = app.id_token("ada", json!({ "nonce": nonce })).await;
    let asked = app.asked().await.len();
    for provider in ["apple", "microsoft", "gitlab"] {
        let mut body = json!({ "provider": provider, "id_token": token, "issuer": "https://evil.example" });
        body["jwks_uri"] = json!("http://127.0.0.1:1/keys");
        let answer = browser.tells("/api/auth", &body).await;
        is_refused(&app, &answer, (401, "provider_token_invalid"), rows).await;
    }
    for provider in ["nobody", "Google", "google ", "../google", "https://evil.example"] {
        let answer = browser.tells("/api/auth", &json!({ "provider": provider, "id_token": token })).await;
        is_refused(&app, &answer, (400, "unknown_provider"), rows).await;
    }
    assert_eq!(app.asked().await.len(), asked);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_somebodys_is_asked_about(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start_with_providers(engine).await;
    app.browser().signs_in_as("ada").await;
    let (rows, browser) = (app.rows().await, app.browser());
    let token = app.access_token("github", "ada", json!({})).await;
    let body = |mode: &str| json!({ "provider": "github", "access_token": token, "mode": mode });

    let for_tokens = browser.tells("/api/auth", &body("token")).await;
    is_refused(&app, &for_tokens, (409, "link_required"), rows).await;
    let login = format!("{}/login?error=link_required&provider=github", app.origin);
    assert_eq!(for_tokens.json["error"]["url"], json!(login));
    assert!(for_tokens.page.set_cookies().is_empty());
    assert_eq!(browser.get("/login?error=link_required&provider=github").await.status, 200);

    let in_a_browser = browser.tells("/api/auth", &body("session")).await;
    is_refused(&app, &in_a_browser, (409, "link_required"), rows).await;
    assert_eq!(in_a_browser.json["error"]["url"], json!(format!("{}/link", app.origin)));
    let prompt = browser.get("/link").await;
    assert!(prompt.status == 200 && prompt.body.contains("ada@gmail.com"), "{prompt:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn known_and_unknown_people_are_answered_alike() {
    let app = App::start(Engine::Sqlite).await;
    app.browser().signs_in_as("ada").await;
    let answers =
        [app.browser().hands_in(&app, "ada", "session").await, app.browser().hands_in(&app, "grace", "session").await];
    let shape = |answer: &Answer| {
        let members: Vec<String> = answer.json["user"].as_object().expect("a user").keys().cloned().collect();
        let cookies = answer.page.set_cookies();
        let names: Vec<String> =
            cookies.iter().map(|cookie| cookie.split('=').next().expect("a name").to_owned()).collect();
        (answer.page.status, members, names)
    };
    assert_eq!(shape(&answers[0]), shape(&answers[1]));
    // Refusals are decided before anybody is looked for.
    for person in ["ada", "linus"] {
        app.preset("wrong_iss").await;
        assert_eq!(app.browser().hands_in(&app, person, "session").await.outcome(), (401, "provider_token_invalid"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_shut_out_not_admitted_or_without_an_address_is_told_so() {
    let app = App::start_with(Engine::Sqlite, &[("GOOGLE_HD", "navy.example")]).await;
    assert_eq!(app.browser().hands_in(&app, "ada", "session").await.outcome(), (403, "not_permitted"));
    let app = App::start(Engine::Sqlite).await;
    let (access, _) = app.browser().gets_tokens(&app, "ada").await;
    app.database.execute("UPDATE users SET disabled_at = 1").await;
    assert_eq!(app.browser().hands_in(&app, "ada", "token").await.outcome(), (403, "account_disabled"));
    assert_eq!(app.browser().asks_as_bearer("/api/me", &access).await.outcome(), (401, "invalid_token"));

    let required = [
        ("EMAIL_ADDRESS", "required"),
        ("SMTP_URL", "smtp://127.0.0.1:9"),
        ("MAIL_FROM", "Latchkey <no-reply@app.example>"),
    ];
    let app = App::start_with(Engine::Sqlite, &required).await;
    let browser = app.browser();
    let refused = browser.hands_in(&app, "nomail", "token").await;
    assert_eq!(refused.outcome(), (403, "address_required"));
    assert_eq!(refused.json["error"]["url"], json!(format!("{}/add-email", app.origin)));
    // In a browser the page asks for it.
    assert_eq!(browser.hands_in(&app, "nomail", "session").await.outcome(), (200, ""));
    let me = browser.asks("/api/me").await;
    assert_eq!((me.outcome(), &me.json["error"]["url"]), ((403, "address_required"), &refused.json["error"]["url"]));
    assert_eq!(browser.get("/add-email").await.status, 200);
    assert_eq!(app.browser().hands_in(&app, "ada", "token").await.outcome(), (200, ""));
}

/// Threat PA13.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_or_slow_is_said_to_be_soon() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    let (browser, rows) = (app.browser(), app.rows().await);
    let errors = [json!({ "kind": "status", "status": 503, "retry_after": "30" }), json!({ "kind": "hang" })];
    for (error, retry_after) in errors.into_iter().zip(["30", "5"]) {
        app.error("tokeninfo", error).await;
        let token = app.access_token("google", "ada", json!({})).await;
        let answer = browser.tells("/api/auth", &json!({ "provider": "google", "access_token": token })).await;
        is_refused(&app, &answer, (503, "provider_unavailable"), rows).await;
        assert_eq!(answer.page.header("retry-after"), retry_after);
        let again = browser.tells("/api/auth", &json!({ "provider": "google", "access_token": token })).await;
        assert_eq!(again.outcome(), (200, ""), "{again:?}");
        app.database.execute("DELETE FROM users").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_ends_the_session_that_the_browser_had_and_a_planted_one_is_worth_nothing() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    browser.set_cookie("session", "AAAAAAAAAAAAAAAAAAAAAA");
    browser.hands_in(&app, "ada", "session").await;
    let first = browser.session().expect("a session");
    assert_ne!(first, "AAAAAAAAAAAAAAAAAAAAAA");
    browser.hands_in(&app, "grace", "session").await;
    assert_ne!(browser.session().as_ref(), Some(&first));
    let thief = app.browser();
    thief.set_cookie("session", &first);
    assert_eq!(thief.asks("/api/me").await.outcome(), (401, "not_signed_in"));
    assert_eq!(browser.asks("/api/me").await.json["user"]["name"], json!("Grace Hopper"));
    // Tokens are another device's: the browser's own session stays.
    browser.hands_in(&app, "ada", "token").await;
    assert_eq!(browser.asks("/api/me").await.json["user"]["name"], json!("Grace Hopper"));
}

/// Threat PA7: what a page from elsewhere could send without a preflight.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_from_elsewhere_signs_nobody_in() {
    let app = App::start(Engine::Sqlite).await;
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
            is_refused(&app, &answer, (403, "cross_origin"), rows).await;
            assert!(answer.page.headers.get("access-control-allow-origin").is_none());
        }
    }
    for kind in &kinds[1..] {
        is_refused(&app, &send(&victim, kind, &[]).await, (415, "unsupported_media_type"), rows).await;
    }
    assert_eq!(send(&victim, "application/json", &[]).await.outcome(), (200, ""), "an application");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_is_no_refusal() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    let (nonce, _) = browser.nonce().await;
    let token = app.id_token("ada", json!({ "nonce": nonce })).await;
    app.store.close().await;
    let answer = browser.tells("/api/auth", &json!({ "provider": "google", "id_token": token })).await;
    assert_eq!(answer.outcome(), (503, "unavailable"));
    assert!(!answer.page.header("retry-after").is_empty());
    assert_eq!(browser.tells("/api/auth", &Value::Null).await.outcome(), (400, "invalid_json"));
}
