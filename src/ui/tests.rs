//! Renders whole documents as `web` does and holds them to what every page promises.

use axum::{body::Body, http::Request};
use leptos::{nonce::provide_nonce, prelude::provide_context};

use super::{
    app::{App, problem_html, shell},
    view::{Assets, DashboardView, IdentityView, LoginView, Notice, Problem, ProviderButton, SandboxView, SessionView},
    wording,
};
use crate::actions::refusal::Refusal;

const PROBLEMS: [Problem; 7] = [
    Problem::NotFound,
    Problem::CrossOrigin,
    Problem::MethodNotAllowed,
    Problem::BadRequest,
    Problem::TooManyRequests,
    Problem::ServerError,
    Problem::Unavailable,
];

const HOSTILE: &str = r#""><script>alert(1)</script><img src=x onerror='alert(2)'>"#;

fn google() -> ProviderButton {
    ProviderButton { slug: "google".into(), label: "Google".into(), last_used: true, available: true }
}

fn example() -> ProviderButton {
    ProviderButton { slug: "example".into(), label: "Example".into(), last_used: false, available: false }
}

fn login() -> LoginView {
    LoginView { providers: vec![google(), example()], ..LoginView::default() }
}

fn dashboard() -> DashboardView {
    DashboardView {
        name: Some("Ada Lovelace".into()),
        email: Some(("ada@example.com".into(), true)),
        picture: Some("https://pictures.example/ada.png".into()),
        member_since: 1_767_225_600,
        identities: vec![
            IdentityView {
                id: "1".into(),
                name: None,
                slug: "google".into(),
                label: "Google".into(),
                email: Some("ada@example.com".into()),
                linked_at: 1_767_225_600,
                last_used_at: 1_767_312_000,
            },
            IdentityView {
                id: "2".into(),
                name: None,
                slug: "example".into(),
                label: "Example".into(),
                email: None,
                linked_at: 1_767_225_900,
                last_used_at: 1_767_225_900,
            },
        ],
        session: SessionView {
            provider: "Google".into(),
            provider_slug: "google".into(),
            device: "Firefox on Linux".into(),
            address: "127.0.0.1".into(),
            signed_in_at: 1_767_312_000,
            idle_until: 1_768_521_600,
            absolute_until: 1_775_088_000,
        },
    }
}

async fn render<V: Clone + Send + Sync + 'static>(path: &str, view: V) -> String {
    render_with(path, view, Assets::default()).await
}

async fn render_with<V: Clone + Send + Sync + 'static>(path: &str, view: V, assets: Assets) -> String {
    leptos_axum::generate_route_list(App); // starts the executor, as it does in `web`
    let context = move || {
        provide_nonce();
        provide_context(assets.clone());
        provide_context(view.clone());
    };
    let handler = leptos_axum::render_app_async_with_context(context, shell);
    let response = handler(Request::get(path).body(Body::empty()).expect("a request")).await;
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

async fn login_page(view: LoginView) -> String {
    render("/login", view).await
}

async fn dashboard_page(view: DashboardView) -> String {
    render("/dashboard", view).await
}

/// What every document of ours is: complete, with one heading of the first rank, and within the content security
/// policy (no inline styles, no inline handlers, no script without a nonce).
#[track_caller]
fn is_a_sound_document(html: &str) {
    assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{html}");
    assert_eq!(html.matches("<h1").count(), 1, "{html}");
    assert_eq!(html.matches("<title>").count(), 1, "{html}");
    assert_eq!(html.matches("<main").count(), 1, "{html}");
    for tag in tags(html) {
        assert!(!tag.starts_with("script") || tag.contains(" nonce=\""), "{tag}");
        for attribute in attributes(tag) {
            assert_ne!(attribute, "style", "{tag}");
            assert!(!attribute.starts_with("on"), "{tag}");
        }
    }
}

/// The tags of a document, without their brackets. Good enough for text whose quotes and brackets are escaped.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag))
}

fn attributes(tag: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (place, piece) in tag.split('"').enumerate() {
        if place % 2 == 0 {
            names.extend(piece.split_whitespace().filter_map(|word| word.split('=').next()));
        }
    }
    names.into_iter().skip(1).collect()
}

#[tokio::test]
async fn the_login_page_is_sound_and_its_links_work_without_javascript() {
    let html = login_page(login()).await;
    is_a_sound_document(&html);
    assert!(html.contains("<title>Sign in · Latchkey</title>"), "{html}");
    assert!(html.contains("href=\"/auth/google\""), "{html}");
    assert!(html.contains("Continue with Google"), "{html}");
    assert!(html.contains("Last used"), "{html}");
    assert!(html.contains("Example is not answering at the moment"), "{html}");
    assert!(html.contains("<leptos-island"), "{html}");
}

#[tokio::test]
async fn every_known_provider_has_a_mark_of_its_own_and_any_other_a_door() {
    let mut marks = std::collections::BTreeSet::new();
    for slug in ["google", "apple", "discord", "facebook", "github", "gitlab", "microsoft", "x", "company"] {
        let provider = ProviderButton { slug: slug.into(), label: "It".into(), last_used: false, available: true };
        let html = login_page(LoginView { providers: vec![provider], ..LoginView::default() }).await;
        is_a_sound_document(&html);
        assert!(html.contains("Continue with It") && html.contains(&format!("data-brand=\"{slug}\"")), "{html}");
        let (_, mark) = html.split_once("class=\"provider-mark\"").expect("a mark");
        let (mark, _) = mark.split_once("</svg>").expect("its end");
        marks.insert(mark.to_owned());
    }
    assert_eq!(marks.len(), 9);
}

#[tokio::test]
async fn the_destination_is_percent_encoded_into_every_link() {
    let view =
        LoginView { return_to: Some("/dashboard?a=1&prompt=none".into()), notice: Some(Notice::SignedOut), ..login() };
    let html = login_page(view).await;
    assert!(html.contains("href=\"/auth/google?return_to=%2Fdashboard%3Fa%3D1%26prompt%3Dnone\""), "{html}");
    assert!(
        html.contains("/auth/google?prompt=select_account&amp;return_to=%2Fdashboard%3Fa%3D1%26prompt%3Dnone"),
        "{html}"
    );
}

#[tokio::test]
async fn every_refusal_has_a_sentence_a_next_step_and_an_alert() {
    for refusal in Refusal::ALL {
        let known = Notice::Refused { refusal, provider: Some("Google".into()), slug: Some("google".into()) };
        let telling = wording::notice(&known, &login());
        assert!(telling.happened.ends_with('.') && telling.happened.len() > 20, "{telling:?}");
        assert!(telling.advice.ends_with('.') && telling.advice.len() > 10, "{telling:?}");
        let step = telling.step.clone().expect("a link for a known provider");
        assert!(step.href.starts_with("/auth/google") && step.text.contains("Google"), "{step:?}");

        let html = login_page(LoginView { notice: Some(known), ..login() }).await;
        is_a_sound_document(&html);
        assert_eq!(html.matches("role=\"alert\"").count(), 1, "{html}");
        assert!(html.contains(&telling.happened), "{html}");
        let code = refusal.code();
        assert!(!code.contains('_') || !html.contains(code), "no codes in the face: {html}");
    }
}

#[tokio::test]
async fn a_refusal_without_a_known_provider_still_says_what_to_do_but_links_nowhere() {
    for refusal in Refusal::ALL {
        for slug in [None, Some("evil".to_owned())] {
            let notice = Notice::Refused { refusal, provider: None, slug };
            let telling = wording::notice(&notice, &login());
            assert!(!telling.happened.is_empty() && !telling.advice.is_empty(), "{telling:?}");
            assert_eq!(telling.step, None);
            let html = login_page(LoginView { notice: Some(notice), ..login() }).await;
            is_a_sound_document(&html);
            assert!(!html.contains("evil"), "{html}");
        }
    }
}

#[tokio::test]
async fn quiet_notices_are_a_status_and_say_that_google_stays_signed_in() {
    let first = login_page(LoginView { notice: Some(Notice::SignInFirst), ..login() }).await;
    is_a_sound_document(&first);
    assert!(first.contains("role=\"status\"") && !first.contains("role=\"alert\""), "{first}");

    let out = login_page(LoginView { notice: Some(Notice::SignedOut), ..login() }).await;
    is_a_sound_document(&out);
    assert!(out.contains("role=\"status\"") && !out.contains("role=\"alert\""), "{out}");
    assert!(out.contains("Google itself is still signed in"), "{out}");
    assert!(out.contains("/auth/google?prompt=select_account"), "{out}");
}

#[tokio::test]
async fn the_sandbox_is_told_only_when_it_plays_the_providers() {
    assert!(!login_page(login()).await.contains("You are in the sandbox"));
    let html = login_page(LoginView {
        sandbox: Some(SandboxView {
            origin: "http://localhost:3100".into(),
            inbox: "http://localhost:3100/inbox".into(),
            accounts: vec![],
        }),
        ..login()
    })
    .await;
    is_a_sound_document(&html);
    assert!(html.contains("You are in the sandbox") && html.contains("href=\"http://localhost:3100\""), "{html}");
}

#[tokio::test]
async fn without_providers_the_login_page_tells_a_developer_what_to_do() {
    let html = login_page(LoginView::default()).await;
    is_a_sound_document(&html);
    assert!(html.contains("GOOGLE_CLIENT_ID") && !html.contains("Continue with"), "{html}");
}

#[tokio::test]
async fn the_dashboard_says_who_how_when_and_where() {
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
async fn a_person_without_name_address_or_picture_has_a_dashboard_too() {
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
async fn hostile_names_stay_text() {
    let mut view = dashboard();
    view.name = Some(HOSTILE.into());
    view.email = Some((HOSTILE.into(), true));
    view.picture = Some(format!("https://x/{HOSTILE}"));
    view.identities[0].email = Some(HOSTILE.into());
    view.identities[0].label = HOSTILE.into();
    view.session.device = HOSTILE.into();
    view.session.address = HOSTILE.into();
    view.session.provider = HOSTILE.into();
    let html = dashboard_page(view).await;
    assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "{html}");
    assert_eq!(html.matches("<img").count(), 1, "{html}");

    let notice = Notice::Refused {
        refusal: Refusal::ProviderRefused,
        provider: Some(HOSTILE.into()),
        slug: Some(HOSTILE.into()),
    };
    let provider = ProviderButton { label: HOSTILE.into(), ..google() };
    let html = login_page(LoginView {
        providers: vec![provider],
        return_to: Some(HOSTILE.into()),
        notice: Some(notice),
        ..LoginView::default()
    })
    .await;
    assert!(!html.contains("<script>alert") && !html.contains("<img"), "{html}");
}

#[tokio::test]
async fn a_page_without_its_view_is_a_problem_page() {
    let html = render("/login", ()).await;
    is_a_sound_document(&html);
    assert!(html.contains("Something went wrong on our side"), "{html}");
}

#[test]
fn every_problem_has_a_page_with_a_way_home_and_no_script() {
    for problem in PROBLEMS {
        let html = problem_html(problem, &Assets::default());
        is_a_sound_document(&html);
        assert!(!html.contains("<script") && !html.contains("leptos-island"), "{html}");
        assert!(html.contains("href=\"/\" class=\"button\""), "{html}");
    }
}

#[tokio::test]
async fn live_reload_is_there_in_development_only() {
    let assets = Assets { reload: Some("ws://localhost:3001/live_reload".into()), ..Assets::default() };
    let html = render_with("/login", login(), assets).await;
    assert!(html.contains("data-reload=\"ws://localhost:3001/live_reload\""), "{html}");
    assert!(!login_page(login()).await.contains("data-reload"));
}
