//! Every provider of the sandbox (groups C, F and O): what holds for one holds for all.

mod documents;
mod emails;
mod mix_up;
mod sign_in;

use latchkey::providers::{BUILT_IN, IdentitySource, built_in};

use crate::http::{app::App, apple, browser::Browser};

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

/// Decides at the provider; returns the path and query of the callback.
async fn decide(app: &App, browser: &Browser, authorize: &str, person: &str, decision: &str) -> String {
    match authorize.contains("response_mode=form_post") {
        true => apple::decide(app, browser, authorize, &format!("person={person}&decision={decision}")).await,
        false => browser.consent(authorize, person, decision).await,
    }
}

async fn callback_url(app: &App, browser: &Browser, person: &str, slug: &str) -> String {
    let authorize = browser.start_flow(&format!("/auth/{slug}")).await;
    decide(app, browser, &authorize, person, "allow").await
}

async fn sign_in(app: &App, browser: &Browser, person: &str, slug: &str) {
    let callback = callback_url(app, browser, person, slug).await;
    let landed = browser.get(&callback).await;
    assert_eq!((landed.status, landed.location()), (303, "/dashboard"), "{slug} {person}: {landed:?}");
}
