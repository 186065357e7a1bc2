//! Many at once: however they fall, it is as if one had come after the other, and nobody sees an error page.

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

/// Lets everybody begin at one moment.
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

async fn arrives(browser: Browser, callback: String) -> Page {
    browser.get(&callback).await
}

async fn verifies(browser: Browser) -> Page {
    browser.submit("/auth/email/verify", &[]).await
}

fn no_error_page(pages: &[Page]) {
    let statuses: Vec<u16> = pages.iter().map(|page| page.status).collect();
    assert!(statuses.iter().all(|status| *status == 303), "{statuses:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn fifty_first_sign_ins_of_one_identity_are_one_user(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let mut doings = Vec::new();
    for _ in 0..50 {
        let browser = app.browser();
        let callback = browser.callback_url("ada", "/auth/google").await;
        doings.push(arrives(browser, callback));
    }
    let pages = at_once(doings).await;
    no_error_page(&pages);
    assert!(pages.iter().all(|page| page.location() == "/dashboard"), "{pages:?}");
    assert_eq!(app.rows().await, (1, 1, 50));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn fifty_sign_ups_of_one_address_that_finish_at_once_are_one_user(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let mut doings = Vec::new();
    for number in 0..50 {
        let browser = app.browser();
        browser.asks_to_sign_up(ADA, &format!("{PASSWORD} {number}")).await;
        browser.follows(&token_of(&app.message().await)).await;
        doings.push(verifies(browser));
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
async fn a_sign_up_and_a_first_sign_in_with_one_address_end_in_one_owner(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    for round in 0..10 {
        let (by_email_link, by_google) = (app.browser(), app.browser());
        by_email_link.asks_to_sign_up(ADA, PASSWORD).await;
        by_email_link.follows(&token_of(&app.message().await)).await;
        let callback = by_google.callback_url("ada", "/auth/google").await;
        let doings: Vec<std::pin::Pin<Box<dyn Future<Output = Page> + Send>>> =
            vec![Box::pin(verifies(by_email_link)), Box::pin(arrives(by_google, callback))];
        let pages = at_once(doings).await;
        no_error_page(&pages);
        assert!(pages.iter().any(|page| page.location() == "/dashboard"), "{pages:?}");
        let owners = "SELECT count(*) FROM users WHERE verified_email = 'ada@gmail.com'";
        assert_eq!(app.database.number(owners).await, 1, "round {round}");
        // Google joins who came by letter, who finds the address taken by who came by Google.
        assert_eq!((app.rows().await.0, app.rows().await.1), (1, 1), "round {round}");
        app.database.execute("DELETE FROM users").await;
        app.emails().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn many_who_ask_for_letters_to_one_address_are_all_answered(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    app.signs_up(&app.browser(), ADA, PASSWORD).await;
    app.browser().forgets(ADA).await;
    let reset = token_of(&app.message().await);
    let finishing = app.browser();
    finishing.follows(&reset).await;
    let mut doings: Vec<std::pin::Pin<Box<dyn Future<Output = Page> + Send>>> = Vec::new();
    for number in 0..20 {
        let browser = app.browser();
        doings.push(match number % 2 {
            0 => Box::pin(async move { browser.forgets(ADA).await }),
            _ => Box::pin(async move { browser.asks_to_sign_up(ADA, NEW_PASSWORD).await }),
        });
    }
    doings.push(Box::pin(async move { finishing.submit("/auth/password/reset", &[("password", NEW_PASSWORD)]).await }));
    no_error_page(&at_once(doings).await);
    let links = "SELECT count(*) FROM email_tokens WHERE kind = 'reset'";
    assert!(app.database.number(links).await <= 1, "an older link is void");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_two_users_and_a_stranger_prove_at_once_is_ones(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let mut doings: Vec<std::pin::Pin<Box<dyn Future<Output = Page> + Send>>> = Vec::new();
    for number in 0..6 {
        let browser = app.browser();
        app.signs_up(&browser, &format!("user{number}@example.com"), PASSWORD).await;
        browser.submit("/settings/email", &[("email", ADA)]).await;
        browser.follows(&token_of(&app.message().await)).await;
        doings.push(Box::pin(async move { browser.submit("/auth/email/change/confirm", &[]).await }));
    }
    let stranger = app.browser();
    stranger.asks_to_sign_up(ADA, PASSWORD).await;
    stranger.follows(&token_of(&app.message().await)).await;
    doings.push(Box::pin(verifies(stranger)));
    let google = app.browser();
    let callback = google.callback_url("ada", "/auth/google").await;
    doings.push(Box::pin(arrives(google, callback)));
    no_error_page(&at_once(doings).await);
    let owners = "SELECT count(*) FROM users WHERE verified_email = 'ada@gmail.com'";
    assert_eq!(app.database.number(owners).await, 1);
}
