//! Concurrent requests end as if they had come one after the other, without an error page.

use std::sync::Arc;

use rstest::rstest;
use tokio::{sync::Barrier, task::JoinSet};

use super::{
    account::{NEW_PASSWORD, PASSWORD, token_of},
    app::App,
    browser::{Browser, Page},
};
use crate::support::database::Engine;

const ADA: &str = "ada@gmail.com";

/// Starts all futures at the same time.
async fn at_once<F>(doings: Vec<F>) -> Vec<Page>
where
    F: Future<Output = Page> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(doings.len()));
    let mut all = JoinSet::new();
    for doing in doings {
        let barrier = barrier.clone();
        all.spawn(async move {
            barrier.wait().await;
            doing.await
        });
    }
    all.join_all().await
}

async fn open_callback(browser: Browser, callback: String) -> Page {
    browser.get(&callback).await
}

async fn verify_email(browser: Browser) -> Page {
    browser.submit("/auth/email/verify", &[]).await
}

fn no_error_page(pages: &[Page]) {
    let statuses: Vec<u16> = pages.iter().map(|page| page.status).collect();
    assert!(statuses.iter().all(|status| *status == 303), "{statuses:?}");
}

/// `DATABASE_POOL=1`: a request that held its connection while it waits for another would wait without end.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_connection_serves_concurrent_sign_ins(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).with("DATABASE_POOL", "1").start().await;
    let mut sign_ins = Vec::new();
    for person in ["ada", "ada", "grace", "grace"] {
        let browser = app.browser();
        let callback = browser.callback_url(person, "/auth/google").await;
        sign_ins.push(async move {
            assert_eq!(browser.get(&callback).await.status, 303);
            browser.get("/settings").await
        });
    }
    let statuses: Vec<u16> = at_once(sign_ins).await.iter().map(|page| page.status).collect();
    assert_eq!(statuses, [200; 4]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn fifty_first_sign_ins_of_one_identity_make_one_user(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    let mut doings = Vec::new();
    for _ in 0..50 {
        let browser = app.browser();
        let callback = browser.callback_url("ada", "/auth/google").await;
        doings.push(open_callback(browser, callback));
    }
    let pages = at_once(doings).await;
    no_error_page(&pages);
    assert!(pages.iter().all(|page| page.location() == "/dashboard"), "{pages:?}");
    assert_eq!(app.rows().await, (1, 1, 50));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn fifty_concurrent_sign_ups_make_one_user(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let mut doings = Vec::new();
    for number in 0..50 {
        let browser = app.browser();
        browser.request_sign_up(ADA, &format!("{PASSWORD} {number}")).await;
        browser.open_email_link(&token_of(&app.one_email().await)).await;
        doings.push(verify_email(browser));
    }
    let pages = at_once(doings).await;
    no_error_page(&pages);
    let (won, lost): (Vec<_>, Vec<_>) = pages.iter().partition(|page| page.location() == "/dashboard");
    assert_eq!(won.len(), 1, "{won:?}");
    assert!(lost.iter().all(|page| page.location().ends_with("?error=email_link_invalid")), "{lost:?}");
    assert_eq!((app.rows().await, app.database.count("passwords").await), ((1, 0, 1), 1));
    assert_eq!(app.database.count("email_tokens").await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_and_a_sign_in_with_one_email_make_one_owner(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    for round in 0..10 {
        let (by_email_link, by_google) = (app.browser(), app.browser());
        by_email_link.request_sign_up(ADA, PASSWORD).await;
        by_email_link.open_email_link(&token_of(&app.one_email().await)).await;
        let callback = by_google.callback_url("ada", "/auth/google").await;
        let doings: Vec<std::pin::Pin<Box<dyn Future<Output = Page> + Send>>> =
            vec![Box::pin(verify_email(by_email_link)), Box::pin(open_callback(by_google, callback))];
        let pages = at_once(doings).await;
        no_error_page(&pages);
        assert!(pages.iter().any(|page| page.location() == "/dashboard"), "{pages:?}");
        let owners = "SELECT count(*) FROM users WHERE verified_email = 'ada@gmail.com'";
        assert_eq!(app.database.number(owners).await, 1, "round {round}");
        // Google signs in to the account of the sign-up; or the sign-up finds the email taken by Google's account.
        assert_eq!((app.rows().await.0, app.rows().await.1), (1, 1), "round {round}");
        app.database.execute("DELETE FROM users").await;
        app.emails().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn concurrent_reset_requests_for_one_email_all_succeed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    app.browser().request_reset(ADA).await;
    let reset = token_of(&app.one_email().await);
    let finishing = app.browser();
    finishing.open_email_link(&reset).await;
    let mut doings: Vec<std::pin::Pin<Box<dyn Future<Output = Page> + Send>>> = Vec::new();
    for number in 0..20 {
        let browser = app.browser();
        doings.push(match number % 2 {
            0 => Box::pin(async move { browser.request_reset(ADA).await }),
            _ => Box::pin(async move { browser.request_sign_up(ADA, NEW_PASSWORD).await }),
        });
    }
    doings.push(Box::pin(async move { finishing.submit("/auth/password/reset", &[("password", NEW_PASSWORD)]).await }));
    no_error_page(&at_once(doings).await);
    let links = "SELECT count(*) FROM email_tokens WHERE kind = 'reset'";
    assert!(app.database.number(links).await <= 10, "one for each request at most, and none from before the reset");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_email_verified_by_three_at_once_has_one_owner(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let mut doings: Vec<std::pin::Pin<Box<dyn Future<Output = Page> + Send>>> = Vec::new();
    for number in 0..6 {
        let browser = app.browser();
        app.sign_up(&browser, &format!("user{number}@example.com"), PASSWORD).await;
        browser.submit("/settings/email", &[("email", ADA)]).await;
        browser.open_email_link(&token_of(&app.one_email().await)).await;
        doings.push(Box::pin(async move { browser.submit("/auth/email/change/confirm", &[]).await }));
    }
    let stranger = app.browser();
    stranger.request_sign_up(ADA, PASSWORD).await;
    stranger.open_email_link(&token_of(&app.one_email().await)).await;
    doings.push(Box::pin(verify_email(stranger)));
    let google = app.browser();
    let callback = google.callback_url("ada", "/auth/google").await;
    doings.push(Box::pin(open_callback(google, callback)));
    no_error_page(&at_once(doings).await);
    let owners = "SELECT count(*) FROM users WHERE verified_email = 'ada@gmail.com'";
    assert_eq!(app.database.number(owners).await, 1);
}
