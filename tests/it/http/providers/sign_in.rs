//! Signing in with each provider, and cancelling.

use latchkey::providers::{IdentitySource, built_in};
use rstest::rstest;

use super::{decide, is_api, providers, sign_in};
use crate::{
    http::{app::App, browser::parameter, refusal::assert_rejected},
    support::database::Engine,
};

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
