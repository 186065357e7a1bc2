//! The walkthrough of a real sign-in: what it shows, what it never shows, and to whom.

use rstest::rstest;

use super::{
    app::App,
    browser::{Browser, Page, navigating, parameter},
};

/// Opens the newest recorded flow and returns its path and its page.
pub async fn newest(browser: &Browser) -> (String, String) {
    let list = browser.get("/inspect").await;
    assert_eq!(list.status, 200, "{}", list.body);
    let (_, rows) = list.body.split_once("class=\"row-title\"").expect("a flow");
    let (_, rest) = rows.split_once("href=\"/inspect/").expect("its link");
    let path = format!("/inspect/{}", rest.split('"').next().unwrap_or_default());
    let page = browser.get(&path).await;
    assert_eq!(page.status, 200);
    (path, page.body)
}

/// A request by a host name that is not that of `BASE_URL`: its sender is no developer on this machine.
async fn from_elsewhere(browser: &Browser, path: &str, header: Option<(&str, &str)>) -> Page {
    let request = navigating(browser.request(reqwest::Method::GET, path)).header("host", "elsewhere.example");
    browser.send(header.into_iter().fold(request, |request, (name, value)| request.header(name, value))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_recorded_from_its_start_to_its_session() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let authorize = browser.start_flow("/auth/google").await;
    let callback = browser.consent(&authorize, "ada", "allow").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");

    let (path, page) = newest(&browser).await;
    for expected in [
        "Sign-in with Google",
        "Succeeded",
        "Authorization request to http://localhost",
        "discovery document: fetched now",
        "keys: fetched now",
        "The id_token, taken apart",
        "Linking decision: create",
        "The identity (issuer and subject) is not linked to a user.",
        "Row added to users",
        "Row added to identities",
        "Row added to sessions",
        "A session begins",
        "Sets the cookie session: HttpOnly",
        "on to /dashboard",
        "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1",
        "src/accounts/decide.rs",
        "ada@gmail.com",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert!(!page.contains("Stopped at"));

    let text = browser.get(&format!("{path}/text")).await.body;
    assert!(text.contains("provider = Google\n"), "{text}");
    let file = browser.get(&format!("{path}/file")).await;
    assert!(file.header("content-disposition").starts_with("attachment"));
    assert!(!file.body.contains("ada@gmail.com") && file.body.contains("personal data, 13 characters"));
    let mut secrets: Vec<String> = browser.cookies().into_iter().map(|(_, value)| value).collect();
    secrets.extend(["state", "nonce"].map(|name| parameter(&authorize, name)));
    secrets.push(parameter(&callback, "code"));
    for request in app.requests(app.sandbox.origin()).await {
        let form = request["form"].as_object().into_iter().flatten();
        let is_secret = |name: &str| ["code", "code_verifier", "client_secret"].contains(&name);
        secrets.extend(
            form.filter(|(name, _)| is_secret(name)).filter_map(|(_, value)| value.as_str().map(str::to_owned)),
        );
    }
    assert!(secrets.iter().filter(|secret| secret.len() > 10).count() >= 5, "{secrets:?}");
    for secret in secrets.iter().filter(|secret| secret.len() > 10) {
        for rendering in [&page, &text, &file.body] {
            assert!(!rendering.contains(secret), "{secret}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_sign_in_finds_documents_and_user() {
    let app = App::builder().start().await;
    app.browser().sign_in("ada").await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let (_, page) = newest(&browser).await;
    for expected in ["discovery document: from the cache", "keys: from the cache", "Linking decision: sign in"] {
        assert!(page.contains(expected), "{expected}");
    }
    assert!(!page.contains("Row added to users"));
}

#[rstest]
#[case::nonce("wrong_nonce", "nonce")]
#[case::audience("wrong_aud", "aud")]
#[case::issuer("wrong_iss", "iss")]
#[case::expiry("expired", "exp")]
#[case::signature("bad_signature", "Signature")]
#[case::algorithm("alg_none", "Three parts")]
#[case::key("unknown_kid", "Key")]
#[case::token_endpoint("token_500", "Token response")]
#[case::response_issuer("response_wrong_iss", "iss of the response")]
#[case::state("response_wrong_state", "Flow of this browser")]
#[case::code("response_missing_code", "code")]
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_sign_in_ends_at_its_check(#[case] preset: &str, #[case] check: &str) {
    let app = App::builder().start().await;
    let browser = app.browser();
    app.arm_once(preset).await;
    assert!(browser.try_sign_in("ada").await.location().starts_with("/login?error="));
    let login = browser.get("/login?error=provider_invalid&provider=google").await.body;
    assert!(login.contains("href=\"/inspect/last\""), "{login}");
    let path = browser.get("/inspect/last").await.location().to_owned();
    let page = browser.get(&path).await.body;
    for expected in
        [format!("Stopped at: {check}<"), "Refused".into(), "What to do: ".into(), "Without this check".into()]
    {
        assert!(page.contains(&expected), "{expected}: {page}");
    }
    let text = browser.get(&format!("{path}/text")).await.body;
    assert!(text.contains(&format!("Stopped at: {check}\n")), "{text}");
    browser.sign_in("ada").await;
    assert!(newest(&browser).await.1.contains("Succeeded"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_response_again_stops_at_the_used_flow() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/google").await;
    let flows = browser.cookies();
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
    browser.replace_cookies(flows);
    assert_eq!(browser.get(&callback).await.location(), "/login?error=flow_used&provider=google");
    let (_, page) = newest(&browser).await;
    assert!(page.contains("Stopped at: First response"), "{page}");
    let exchanges = app.requested_endpoints().await.iter().filter(|endpoint| *endpoint == "token").count();
    assert_eq!(exchanges, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_at_another_provider_names_both_by_their_labels() {
    let app = App::builder().providers().start().await;
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/google").await;
    browser.get(&callback.replace("/callback/google", "/callback/github")).await;
    let path = newest(&browser).await.0;
    let text = browser.get(&format!("{path}/text")).await.body;
    assert!(text.contains("expected Google; actual GitHub"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_recorded_where_it_is_off() {
    let app = App::builder().with("INSPECT", "off").start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    assert_eq!(browser.get("/inspect").await.status, 404);
    let login = browser.get("/login?error=cancelled").await.body;
    assert!(!login.contains("/inspect"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_looks_and_the_audit_trail_says_so() {
    let app = App::builder().with("ADMINS", "ada@gmail.com").start().await;
    let (ada, grace) = (app.browser(), app.browser());
    ada.sign_in("ada").await;
    grace.sign_in("grace").await;
    let (path, _) = newest(&ada).await;
    assert!(!app.events().await.contains("inspect"), "a developer on this machine leaves no trace");

    for path in ["/inspect", "/inspect/last", path.as_str()] {
        assert_eq!(from_elsewhere(&grace, path, None).await.status, 404, "{path}");
        assert_eq!(from_elsewhere(&app.browser(), path, None).await.status, 404, "{path}");
    }
    assert_eq!(from_elsewhere(&ada, &path, None).await.status, 200);
    assert!(app.events().await.contains("inspect  opened"), "{}", app.events().await);
    assert!(ada.get("/settings/activity").await.body.contains("Opened the record of a sign-in"));

    app.advance(11 * 60).await;
    let page = from_elsewhere(&ada, "/inspect", None).await;
    assert_eq!(page.location(), "/confirm?return_to=%2Finspect");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_key_reads_a_flow_for_a_minute() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let path = format!("{}/text", newest(&browser).await.0);
    let now = app.now().unix_timestamp();
    for (at, status) in [(now, 200), (now - 50, 200), (now - 70, 404), (now + 70, 404)] {
        let (name, value) = app.inspect_credential(at);
        let page = from_elsewhere(&app.browser(), &path, Some((name, &value))).await;
        assert_eq!(page.status, status, "{at}");
    }
    let (name, value) = app.inspect_credential(now);
    let altered = from_elsewhere(&app.browser(), &path, Some((name, &value[1..]))).await;
    assert_eq!(altered.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_has_eleven_steps_with_what_happened_in_each() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let path = newest(&browser).await.0;
    let tour = browser.get(&format!("{path}/tour")).await.body;
    let steps: Vec<&str> = tour.split("of 11: ").skip(1).collect();
    assert_eq!(steps.len(), 11);
    for (number, happened) in [
        (1, "GET /auth/google"),
        (2, "Sign-in begins"),
        (3, "discovery document: fetched now"),
        (4, "Authorization request to"),
        (6, "Flow of this browser"),
        (7, "POST http://localhost"),
        (8, "The id_token, taken apart"),
        (9, "The profile"),
        (10, "Linking decision: create"),
        (11, "A session begins"),
    ] {
        assert!(steps[number - 1].contains(happened), "{number}: {}", steps[number - 1]);
    }
    assert!(steps.iter().all(|step| step.contains("What can go wrong: ")));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_flows_are_compared_line_by_line() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let good = newest(&browser).await.0;
    app.arm_once("wrong_nonce").await;
    app.browser().try_sign_in("ada").await;
    let bad = newest(&browser).await.0;
    let id = |path: &str| path.trim_start_matches("/inspect/").to_owned();
    let page = browser.get(&format!("/inspect/compare?one={}&other={}", id(&good), id(&bad))).await.body;
    let row = |title: &str| {
        let (_, rest) = page.split_once(title).unwrap_or_else(|| panic!("{title}: {page}"));
        rest.split("</tr>").next().unwrap_or_default().to_owned()
    };
    assert_eq!(row("Check: nonce").matches("passed").count(), 1);
    assert_eq!(row("Check: nonce").matches("refused: ").count(), 1);
    assert_eq!(row("Check: Signature").matches("passed").count(), 2);
    assert!(row("A session begins").contains('–'));
    assert_eq!(browser.get("/inspect/compare?one=x&other=y").await.status, 404);
    assert_eq!(browser.get("/inspect/compare").await.location(), "/inspect");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_message_links_to_the_file_that_carries_it_out() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let (path, page) = newest(&browser).await;
    let links = page.split("href=\"/inspect/source/").skip(1).filter_map(|rest| rest.split('"').next());
    let mut links: Vec<&str> = links.collect();
    links.sort_unstable();
    links.dedup();
    assert!(links.len() > 10 && links.contains(&"src/oauth/token_request.rs"), "{links:?}");
    for file in links {
        let source = browser.get(&format!("/inspect/source/{file}")).await;
        assert!(source.status == 200 && source.body.contains("As this server was built from it."), "{file}");
    }
    assert_eq!(browser.get("/inspect/source/src/main.rs").await.status, 404);
    assert_eq!(from_elsewhere(&browser, "/inspect/source/src/oauth/token_request.rs", None).await.status, 404);
    assert!(!browser.get(&format!("{path}/file")).await.body.contains("/inspect/source/"));
    let style = browser.get("/inspect/style.css").await;
    assert!(style.status == 200 && style.header("content-type").starts_with("text/css"));
}
