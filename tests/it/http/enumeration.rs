//! PW1: no answer reveals which accounts exist. Whole responses are compared, and what is written to the database.

use rstest::rstest;

use super::{
    account::{NEW_PASSWORD, PASSWORD, WRONG_PASSWORD, cookie_shapes},
    app::App,
    browser::Page,
};
use crate::support::database::Engine;

/// Of equal length, so that only their owners differ.
const EMAILS: [&str; 4] = ["ida@gmail.com", "ada@gmail.com", "bob@gmail.com", "eve@gmail.com"];

const EVENTS: &str = "SELECT CAST(COALESCE(sum(times), 0) AS BIGINT) FROM events";

/// An account with a password, one with a provider only, a pending sign-up, and an unknown email.
async fn app_with_accounts(engine: Engine) -> App {
    let app = App::builder().engine(engine).start().await;
    app.sign_up(&app.browser(), EMAILS[0], PASSWORD).await;
    app.browser().sign_in("ada").await;
    app.browser().request_sign_up(EMAILS[2], PASSWORD).await;
    app.emails().await;
    app
}

/// A response without its random parts.
fn without_randomness(page: &Page) -> String {
    let mut lines: Vec<String> = page
        .headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id", "set-cookie", "content-security-policy"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    lines.sort();
    let policy = page.header("content-security-policy");
    let policy: Vec<&str> = policy.split(' ').filter(|source| !source.starts_with("'nonce-")).collect();
    format!("{} {} {policy:?} {:?} {}", page.status, lines.join("\n"), cookie_shapes(page), page.body)
}

/// Events are counted apart: those of one moment share a row.
fn written(before: &[(&'static str, i64)], after: &[(&'static str, i64)]) -> String {
    let rows = before.iter().zip(after).filter(|(before, _)| before.0 != "events");
    let written = rows.map(|(before, after)| format!("{} {}", before.0, after.1 - before.1));
    written.collect::<Vec<_>>().join(", ")
}

#[rstest]
#[case::sign_in("/auth/password/sign-in", WRONG_PASSWORD)]
#[case::sign_in_with_nothing("/auth/password/sign-in", "")]
#[case::sign_up("/auth/password/sign-up", NEW_PASSWORD)]
#[case::sign_up_with_a_weak_password("/auth/password/sign-up", "password")]
#[case::forgot("/auth/password/forgot", "")]
#[tokio::test(flavor = "multi_thread")]
async fn every_email_gets_the_same_answer(
    #[case] path: &str,
    #[case] password: &str,
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = app_with_accounts(engine).await;
    let mut seen = Vec::new();
    for email in EMAILS {
        let (before, events) = (app.all_rows().await, app.database.number(EVENTS).await);
        let fields = [("email", email), ("password", password), ("return_to", "/settings")];
        let page = app.browser().submit(path, &fields).await;
        // The rejection is recorded in the background.
        let mut written = written(&before, &app.all_rows().await);
        written += &format!(", events {}", app.database.number(EVENTS).await - events);
        if path.ends_with("sign-in") {
            written.clear();
        }
        seen.push((without_randomness(&page), written, app.emails().await.len()));
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:#?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sign_up_with_a_taken_email_reveals_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = app_with_accounts(engine).await;
    let mut seen = Vec::new();
    for email in EMAILS {
        let eve = app.browser();
        eve.request_sign_up(email, WRONG_PASSWORD).await;
        let page = eve.try_password(email, WRONG_PASSWORD).await;
        seen.push(without_randomness(&page));
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_to_a_taken_email_reveals_nothing() {
    let app = app_with_accounts(Engine::Sqlite).await;
    let eve = app.browser();
    app.sign_up(&eve, "eve@example.com", PASSWORD).await;
    let mut seen = Vec::new();
    for email in EMAILS {
        let before = app.all_rows().await;
        let page = eve.submit("/settings/email", &[("email", email)]).await;
        let written = written(&before, &app.all_rows().await);
        seen.push((without_randomness(&page), app.emails().await.len(), written));
    }
    // The first one replaces no earlier email.
    assert!(seen[1..].iter().all(|other| other.0 == seen[0].0 && other.1 == seen[0].1), "{seen:#?}");
}

/// A page without the second from which the email can be sent again: it differs between two requests in any case.
fn without_time(body: &str) -> String {
    const TIME: &str = " datetime=\"";
    let Some(resend) = body.find("data-resend") else { return body.to_owned() };
    let (before, after) = body.split_at(resend);
    let (words, time) = after.split_once(TIME).expect("a time");
    format!("{before}{words}{}", time.split_once('"').expect("its end").1)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_after_a_form_are_the_same_for_every_email() {
    let app = app_with_accounts(Engine::Sqlite).await;
    for path in ["/auth/password/sign-up", "/auth/password/forgot"] {
        let mut seen = Vec::new();
        for email in EMAILS {
            let browser = app.browser();
            let fields = [("email", email), ("password", NEW_PASSWORD)];
            let page = browser.submit(path, &fields).await;
            let next = browser.get(page.location()).await;
            let nonce = next.header("content-security-policy").split("'nonce-").nth(1).unwrap_or_default();
            let nonce = nonce.split('\'').next().unwrap_or_default();
            let body = without_time(&next.body.replace(email, ""));
            seen.push((next.status, if nonce.is_empty() { body } else { body.replace(nonce, "") }));
        }
        seen.dedup();
        assert_eq!(seen.len(), 1, "{path}: {seen:#?}");
    }
}
