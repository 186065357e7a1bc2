//! Sign-out that takes the provider along (OpenID Connect RP-Initiated Logout 1.0).

use rstest::rstest;

use super::{
    app::App,
    browser::{Browser, parameter},
};

const WORK: [(&str, &str); 2] = [("CLIENT_SECRET", "sandbox-oidc-secret"), ("LOGOUT", "on")];

async fn sign_in(browser: &Browser) {
    let callback = browser.callback_url("ada", "/auth/work").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sign_out_goes_on_to_the_provider_and_comes_back(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).generic(&WORK).start().await;
    let ada = app.browser();
    sign_in(&ada).await;
    let page = ada.post("/auth/logout", "").await;
    assert!(!ada.is_signed_in().await);
    assert_eq!(page.status, 200, "a redirect would be blocked by `form-action`: {page:?}");
    assert_eq!(page.header("clear-site-data"), r#""cache", "storage""#);
    let url = page.location().to_owned();
    assert!(url.starts_with(&format!("{}/oidc/logout?", app.sandbox.origin())), "{url}");
    let back = format!("{}/login", app.origin);
    assert_eq!(
        ["client_id", "post_logout_redirect_uri", "logout_hint", "id_token_hint"].map(|name| parameter(&url, name)),
        ["sandbox-oidc", &back, "ada@gmail.com", ""]
    );
    let answer = ada.client.get(&url).send().await.expect("the sandbox answers");
    assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().expect("text")), (303, back.as_str()));
    // Signed out already.
    assert_eq!(ada.post("/auth/logout", "").await.location(), "/login?signed_out=1");
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_out_stays_here_unless_the_setting_asks_for_more() {
    let app = App::builder().generic(&WORK[..1]).start().await;
    let ada = app.browser();
    sign_in(&ada).await;
    let page = ada.post("/auth/logout", "").await;
    assert_eq!((page.status, page.location()), (303, "/login?signed_out=1"));
    // Of a session by another provider, too, and where the provider has no such endpoint.
    let app = App::builder().generic(&WORK).other_provider().with("OIDC_OTHER_LOGOUT", "on").start().await;
    for start in ["/auth/google", "/auth/other"] {
        let browser = app.browser();
        let callback = browser.callback_url("grace", start).await;
        assert_eq!(browser.get(&callback).await.status, 303);
        let page = browser.post("/auth/logout", "").await;
        assert_eq!((page.status, page.location()), (303, "/login?signed_out=1"), "{start}");
    }
}
