//! PW1: who has an account is nobody's business. Answers are compared whole, and so is what is written.

use rstest::rstest;

use super::{
    account::{NEW_PASSWORD, PASSWORD, WRONG_PASSWORD, kinds_of_cookies},
    app::App,
    browser::Page,
};
use crate::support::database::Engine;

/// Of one length, so that nothing differs but who has them.
const EMAILS: [&str; 4] = ["ida@gmail.com", "ada@gmail.com", "bob@gmail.com", "eve@gmail.com"];

/// An account with a password, one with a provider alone, a sign-up that waits for its letter, and nobody's.
async fn town(engine: Engine) -> App {
    let app = App::start(engine).await;
    app.signs_up(&app.browser(), EMAILS[0], PASSWORD).await;
    app.browser().signs_in_as("ada").await;
    app.browser().asks_to_sign_up(EMAILS[2], PASSWORD).await;
    app.emails().await;
    app
}

/// An answer without what is random in it.
fn face(page: &Page) -> String {
    let mut lines: Vec<String> = page
        .headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id", "set-cookie", "content-security-policy"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    lines.sort();
    let policy = page.header("content-security-policy");
    let policy: Vec<&str> = policy.split(' ').filter(|source| !source.starts_with("'nonce-")).collect();
    format!("{} {} {policy:?} {:?} {}", page.status, lines.join("\n"), kinds_of_cookies(page), page.body)
}

fn written(before: &[(&'static str, i64)], after: &[(&'static str, i64)]) -> String {
    let written = before.iter().zip(after).map(|(before, after)| format!("{} {}", before.0, after.1 - before.1));
    written.collect::<Vec<_>>().join(", ")
}

#[rstest]
#[case::sign_in("/auth/password/sign-in", WRONG_PASSWORD)]
#[case::sign_in_with_nothing("/auth/password/sign-in", "")]
#[case::sign_up("/auth/password/sign-up", NEW_PASSWORD)]
#[case::sign_up_with_a_weak_password("/auth/password/sign-up", "password")]
#[case::forgot("/auth/password/forgot", "")]
#[tokio::test(flavor = "multi_thread")]
async fn every_address_gets_the_same_answer(
    #[case] path: &str,
    #[case] password: &str,
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = town(engine).await;
    let mut seen = Vec::new();
    for email in EMAILS {
        let before = app.all_rows().await;
        let fields = [("email", email), ("password", password), ("return_to", "/settings")];
        let page = app.browser().submit(path, &fields).await;
        // A refusal is written down while nobody waits for it.
        let mut written = written(&before, &app.all_rows().await);
        if path.ends_with("sign-in") {
            written.clear();
        }
        seen.push((face(&page), written, app.emails().await.len()));
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:#?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_signs_up_with_an_address_learns_nothing_by_signing_in_with_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = town(engine).await;
    let mut seen = Vec::new();
    for email in EMAILS {
        let eve = app.browser();
        eve.asks_to_sign_up(email, WRONG_PASSWORD).await;
        let page = eve.tries_password(email, WRONG_PASSWORD).await;
        seen.push(face(&page));
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_somebodys_address_as_their_own_learns_nothing() {
    let app = town(Engine::Sqlite).await;
    let eve = app.browser();
    app.signs_up(&eve, "eve@example.com", PASSWORD).await;
    let mut seen = Vec::new();
    for email in EMAILS {
        let before = app.all_rows().await;
        let page = eve.submit("/settings/email", &[("email", email)]).await;
        let written = written(&before, &app.all_rows().await);
        seen.push((face(&page), app.emails().await.len(), written));
    }
    // The first one replaces no earlier letter.
    assert!(seen[1..].iter().all(|other| other.0 == seen[0].0 && other.1 == seen[0].1), "{seen:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_after_a_form_are_the_same_for_every_address() {
    let app = town(Engine::Sqlite).await;
    for path in ["/auth/password/sign-up", "/auth/password/forgot"] {
        let mut seen = Vec::new();
        for email in EMAILS {
            let browser = app.browser();
            let fields = [("email", email), ("password", NEW_PASSWORD)];
            let page = browser.submit(path, &fields).await;
            let next = browser.get(page.location()).await;
            let nonce = next.header("content-security-policy").split("'nonce-").nth(1).unwrap_or_default();
            let nonce = nonce.split('\'').next().unwrap_or_default();
            let body = next.body.replace(email, "");
            seen.push((next.status, if nonce.is_empty() { body } else { body.replace(nonce, "") }));
        }
        seen.dedup();
        assert_eq!(seen.len(), 1, "{path}: {seen:#?}");
    }
}
