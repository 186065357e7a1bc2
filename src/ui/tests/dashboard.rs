//! `/dashboard`.

use super::{
    document::{HOSTILE, attribute, is_a_sound_document, render, stays_text, tags},
    fixtures::{dashboard, sandbox},
};
use crate::ui::view::{DashboardView, SessionView};

async fn dashboard_page(view: DashboardView) -> String {
    render("/dashboard", view).await
}

#[tokio::test]
async fn the_dashboard_shows_person_method_time_and_place() {
    let html = dashboard_page(dashboard()).await;
    is_a_sound_document(&html);
    for part in [
        "<title>Dashboard · Latchkey</title>",
        "Ada Lovelace",
        "ada@example.com",
        "Verified by ",
        "Firefox on Linux",
        "127.0.0.1",
        "referrerpolicy=\"no-referrer\"",
        "datetime=\"2026-01-02T00:00:00Z\"",
        "2 January 2026, 00:00 UTC",
        "method=\"post\" action=\"/auth/logout\"",
        "Sign out",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
}

#[tokio::test]
async fn the_dashboard_leads_developers_to_the_api_reference() {
    assert!(!dashboard_page(dashboard()).await.contains("/api/docs"));
    let html = dashboard_page(DashboardView { sandbox: Some(sandbox()), ..dashboard() }).await;
    is_a_sound_document(&html);
    assert!(html.contains("href=\"/api/docs\"") && html.contains("href=\"http://localhost:3100/inbox\""), "{html}");
}

#[tokio::test]
async fn the_dashboard_is_the_same_on_a_reload() {
    let without_nonce = |html: String| {
        let (_, rest) = html.split_once("nonce=\"").expect("a nonce");
        let (nonce, _) = rest.split_once('"').expect("an end of the nonce");
        html.replace(nonce, "")
    };
    let first = without_nonce(dashboard_page(dashboard()).await);
    let second = without_nonce(dashboard_page(dashboard()).await);
    assert_eq!(first, second);
}

#[tokio::test]
async fn a_person_without_name_or_address_has_a_dashboard() {
    let html =
        dashboard_page(DashboardView { name: None, email: None, picture: None, identities: vec![], ..dashboard() })
            .await;
    is_a_sound_document(&html);
    assert!(html.contains("Your account") && !html.contains("<img"), "{html}");

    let unverified =
        dashboard_page(DashboardView { email: Some(("ada@example.com".into(), false)), ..dashboard() }).await;
    assert!(unverified.contains("Not verified") && !unverified.contains("Verified by"), "{unverified}");
}

#[tokio::test]
async fn markup_in_names_is_escaped() {
    let mut view = dashboard();
    view.name = Some(HOSTILE.into());
    view.email = Some((HOSTILE.into(), true));
    view.picture = Some(format!("https://x/{HOSTILE}"));
    view.identities[0].email = Some(HOSTILE.into());
    view.identities[0].label = HOSTILE.into();
    view.session.device = HOSTILE.into();
    view.session.ip = HOSTILE.into();
    view.session.provider = HOSTILE.into();
    let html = dashboard_page(view).await;
    stays_text(&html);
    assert_eq!(html.matches("<img").count(), 1, "{html}");
}

#[tokio::test]
async fn sign_out_and_settings_appear_once() {
    let html = dashboard_page(dashboard()).await;
    assert_eq!(html.matches("action=\"/auth/logout\"").count(), 1, "{html}");
    assert_eq!(html.matches(">Sign out").count(), 1, "{html}");
    assert!(html.contains("href=\"/settings\"") && html.contains("href=\"/settings/security\""), "{html}");
    assert_eq!(html.matches("aria-current=\"page\"").count(), 1, "{html}");
}

#[tokio::test]
async fn password_sessions_mention_no_provider() {
    let session = SessionView { provider: "Password".into(), provider_slug: "password".into(), ..dashboard().session };
    let html = dashboard_page(DashboardView { session, ..dashboard() }).await;
    is_a_sound_document(&html);
    let (_, mark) = html.split_once("class=\"with-mark\">").expect("a mark");
    assert_eq!(tags(mark).next().and_then(|tag| attribute(tag, "class")), Some("key-mark"));
    assert!(!html.contains("doesn't sign you out of"), "{html}");
    assert!(dashboard_page(dashboard()).await.contains("doesn't sign you out of "));
}

#[tokio::test]
async fn next_steps_name_what_is_open_and_what_is_done() {
    let html = dashboard_page(dashboard()).await;
    assert!(html.contains("Add a second way to sign in") && html.contains(" (done)"), "{html}");
    assert!(!html.contains("href=\"/add-email\""), "{html}");
    let none = dashboard_page(DashboardView { next_steps: vec![], ..dashboard() }).await;
    is_a_sound_document(&none);
    assert!(!none.contains("Complete your account"), "{none}");
}
