//! `/login` and its notices.

use super::{
    document::{
        Form, HOSTILE, attribute, field, form, forms, is_a_sound_document, render, render_with, stays_text, tags,
    },
    fixtures::{google, login, login_with_password, sandbox, six},
};
use crate::{
    codes::{done::Done, form_error::FormError, sign_in_error::SignInError},
    providers::BUILT_IN,
    ui::{
        view::{Assets, InboxCount, LoginView, Notice, ProviderButton, SandboxView},
        wording,
    },
};

async fn login_page(view: LoginView) -> String {
    render("/login", view).await
}

#[tokio::test]
async fn login_links_work_without_javascript() {
    let html = login_page(login()).await;
    is_a_sound_document(&html);
    assert!(html.contains("<title>Sign in · Latchkey</title>"), "{html}");
    assert!(html.contains("href=\"/auth/google\""), "{html}");
    assert!(html.contains("Continue with Google"), "{html}");
    assert!(html.contains("Last used"), "{html}");
    assert!(html.contains("Example isn't responding right now"), "{html}");
    assert!(html.contains("<leptos-island"), "{html}");
}

#[tokio::test]
async fn known_providers_have_their_own_marks() {
    let mut marks = std::collections::BTreeSet::new();
    let slugs = BUILT_IN.iter().map(|row| row.slug);
    for slug in slugs.chain(["company"]) {
        let provider = ProviderButton { slug: slug.into(), label: "It".into(), last_used: false, ..google() };
        let html = login_page(LoginView { providers: vec![provider], ..LoginView::default() }).await;
        is_a_sound_document(&html);
        assert!(html.contains("Continue with It") && html.contains(&format!("data-brand=\"{slug}\"")), "{html}");
        let (_, mark) = html.split_once("class=\"provider-mark\"").expect("a mark");
        let (mark, _) = mark.split_once("</svg>").expect("its end");
        marks.insert(mark.to_owned());
    }
    assert_eq!(marks.len(), BUILT_IN.len() + 1);
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
async fn every_sign_in_error_is_an_alert_with_a_next_step() {
    for sign_in_error in SignInError::ALL.iter().copied() {
        let known = Notice::Refused { sign_in_error, provider: Some("Google".into()), slug: Some("google".into()) };
        let message = wording::notice(&known, &login());
        assert!(message.happened.ends_with('.') && message.happened.len() > 20, "{message:?}");
        assert!(message.advice.ends_with('.') && message.advice.len() > 10, "{message:?}");
        let step = message.step.clone().expect("a link for a known provider");
        assert!(step.href.starts_with("/auth/google") && step.text.contains("Google"), "{step:?}");

        let html = login_page(LoginView { notice: Some(known), ..login() }).await;
        is_a_sound_document(&html);
        assert_eq!(html.matches("role=\"alert\"").count(), 1, "{html}");
        assert!(html.contains(&message.happened), "{html}");
        let code = sign_in_error.code();
        assert!(!code.contains('_') || !html.contains(code), "no codes in the label: {html}");
    }
}

#[tokio::test]
async fn sign_in_errors_only_link_to_known_providers() {
    for sign_in_error in SignInError::ALL.iter().copied() {
        for slug in [None, Some("evil".to_owned())] {
            let notice = Notice::Refused { sign_in_error, provider: None, slug };
            let message = wording::notice(&notice, &login());
            assert!(!message.happened.is_empty() && !message.advice.is_empty(), "{message:?}");
            assert_eq!(message.step, None);
            let html = login_page(LoginView { notice: Some(notice), ..login() }).await;
            is_a_sound_document(&html);
            assert!(!html.contains("evil"), "{html}");
        }
    }
}

#[tokio::test]
async fn information_is_a_status_and_mentions_the_google_session() {
    let first =
        login_page(LoginView { notice: Some(Notice::SignInFirst { ended: None, unsent: false }), ..login() }).await;
    is_a_sound_document(&first);
    assert!(first.contains("role=\"status\"") && !first.contains("role=\"alert\""), "{first}");

    let out = login_page(LoginView { notice: Some(Notice::SignedOut), ..login() }).await;
    is_a_sound_document(&out);
    assert!(out.contains("role=\"status\"") && !out.contains("role=\"alert\""), "{out}");
    assert!(out.contains("You're still signed in to Google"), "{out}");
    assert!(out.contains("/auth/google?prompt=select_account"), "{out}");
}

#[tokio::test]
async fn signing_out_mentions_connected_services() {
    const STAYS: &str = "Connected services, such as Google Drive, stay connected.";
    let out = || LoginView { notice: Some(Notice::SignedOut), ..login() };
    for password_last_used in [false, true] {
        let view = LoginView { password_last_used, ..out() };
        assert!(login_page(view).await.contains(STAYS), "{password_last_used}");
        let elsewhere = ProviderButton { slug: "github".into(), label: "GitHub".into(), ..google() };
        let view = LoginView { providers: vec![elsewhere], password_last_used, ..out() };
        assert!(!login_page(view).await.contains("stay connected"), "{password_last_used}");
    }
    assert!(!login_page(login()).await.contains(STAYS));
}

#[tokio::test]
async fn the_sandbox_note_appears_only_with_the_sandbox() {
    assert!(!login_page(login()).await.contains("You're in the sandbox"));
    let html = login_page(LoginView { sandbox: Some(sandbox()), ..login() }).await;
    is_a_sound_document(&html);
    assert!(html.contains("You're in the sandbox") && html.contains("href=\"http://localhost:3100\""), "{html}");
    assert!(html.contains("href=\"/api/docs\""), "{html}");
    assert!(html.contains("href=\"http://localhost:3100/inbox\""), "{html}");
    assert!(html.contains("ada@example.com") && html.contains("a sentence is good"), "{html}");

    let html = login_page(LoginView { sandbox: Some(SandboxView { accounts: vec![], ..sandbox() }), ..login() }).await;
    assert!(!html.contains("demo="), "{html}");

    let filled = LoginView { sandbox: Some(sandbox()), demo: Some(0), ..login_with_password() };
    let filled = login_page(filled).await;
    assert_eq!(form(&filled).fields, [("email", "ada@example.com"), ("password", "a sentence is good")]);
    let production = login_page(LoginView { demo: Some(0), ..login_with_password() }).await;
    assert_eq!(form(&production).fields, [("email", ""), ("password", "")]);
}

#[tokio::test]
async fn without_providers_the_page_explains_the_setup() {
    let html = login_page(LoginView::default()).await;
    is_a_sound_document(&html);
    assert!(html.contains("GOOGLE_CLIENT_ID") && !html.contains("Continue with"), "{html}");
}

#[tokio::test]
async fn the_password_form_appears_only_if_enabled() {
    let without = login_page(login()).await;
    assert!(forms(&without).is_empty() && !without.contains("/forgot"), "{without}");

    let view = LoginView {
        return_to: Some("/a?b=1".into()),
        email: Some("ada@example.com".into()),
        providers: six(),
        ..login_with_password()
    };
    let html = login_page(view).await;
    is_a_sound_document(&html);
    assert_eq!(
        form(&html),
        Form {
            action: "/auth/password/sign-in",
            fields: vec![("return_to", "/a?b=1"), ("email", "ada@example.com"), ("password", "")]
        }
    );
    assert_eq!(attribute(field(&html, "email"), "autocomplete"), Some("username"));
    assert_eq!(attribute(field(&html, "password"), "autocomplete"), Some("current-password"));
    assert!(html.contains("href=\"/forgot?return_to=%2Fa%3Fb%3D1\""), "{html}");
    assert!(html.contains("href=\"/signup?return_to=%2Fa%3Fb%3D1\""), "{html}");
    assert!(!html.contains("Last used"), "{html}");

    let alone = login_page(LoginView { providers: vec![], password_last_used: true, ..login_with_password() }).await;
    is_a_sound_document(&alone);
    assert!(alone.contains("Last used") && !alone.contains("GOOGLE_CLIENT_ID"), "{alone}");
}

#[tokio::test]
async fn wrong_credentials_mark_both_fields() {
    let notice = Some(Notice::FormError(FormError::WrongCredentials));
    let html = login_page(LoginView { notice, ..login_with_password() }).await;
    is_a_sound_document(&html);
    for id in ["email", "password"] {
        let tag = field(&html, id);
        assert_eq!((attribute(tag, "aria-invalid"), attribute(tag, "aria-describedby")), (Some("true"), Some("error")));
    }
    let fine = login_page(login_with_password()).await;
    assert_eq!(attribute(field(&fine, "password"), "aria-invalid"), None);
}

#[tokio::test]
async fn after_a_wrong_password_the_form_comes_first() {
    let is_form_first = |html: &str| html.find("<form") < html.find("Continue with Google");
    for form_error in [FormError::WrongCredentials, FormError::TooManyAttempts, FormError::Busy] {
        let notice = Some(Notice::FormError(form_error));
        let html = login_page(LoginView { notice, ..login_with_password() }).await;
        is_a_sound_document(&html);
        assert!(is_form_first(&html) && html.contains("<title>Error: Sign in · Latchkey</title>"), "{html}");
        let (_, form) = html.split_once("<form").expect("a form");
        let (form, _) = form.split_once("</form>").expect("its end");
        let error = tags(form).find(|tag| attribute(tag, "id") == Some("error")).expect("the error in the form");
        assert_eq!((attribute(error, "role"), attribute(error, "tabindex")), (Some("alert"), Some("-1")));
    }
    let fine = login_page(login_with_password()).await;
    assert!(!is_form_first(&fine) && fine.contains("<title>Sign in · Latchkey</title>"), "{fine}");
}

#[tokio::test]
async fn the_page_is_ordered_by_the_person() {
    let mut providers = six();
    providers[3].last_used = true;
    let view = LoginView { providers, last_account: Some("Ada".into()), password: true, ..LoginView::default() };
    let html = login_page(view).await;
    is_a_sound_document(&html);
    let position = |part: &str| html.find(part).unwrap_or_else(|| panic!("{part} is missing in {html}"));
    let parts = [
        "Continue as Ada · GitHub",
        "action=\"/auth/forget\"",
        "action=\"/auth/password/sign-in\"",
        "Continue with Google",
        "Continue with Facebook",
        "More options",
        "Continue with Microsoft",
    ];
    assert!(parts.map(position).is_sorted(), "{html}");
    assert!(!html.contains("Last used") && !html.contains("Continue with GitHub"), "{html}");
}

#[tokio::test]
async fn a_browser_that_never_signed_in_gets_email_and_a_few_providers() {
    let html = login_page(LoginView { providers: six(), password: true, ..LoginView::default() }).await;
    assert!(!html.contains("/auth/forget") && html.contains("More options"), "{html}");
    let few = login_page(LoginView { providers: six()[..4].to_vec(), ..LoginView::default() }).await;
    assert!(!few.contains("More options"), "{few}");
}

#[tokio::test]
async fn other_errors_are_not_shown_in_the_password_form() {
    let refused = Notice::Refused { sign_in_error: SignInError::ServerError, provider: None, slug: None };
    for notice in [Notice::FormError(FormError::LinkExpired), Notice::FormError(FormError::EmailLinkInvalid), refused] {
        let html = login_page(LoginView { notice: Some(notice), ..login_with_password() }).await;
        is_a_sound_document(&html);
        assert!(html.contains("<title>Error: Sign in"), "{html}");
        let (before, form) = html.split_once("<form").expect("a form");
        assert!(before.contains("id=\"error\"") && before.contains("Continue with Google"), "{html}");
        assert!(!form.contains("role=\"alert\"") && !form.contains("aria-invalid"), "{html}");
    }
}

#[tokio::test]
async fn confirmations_are_a_status() {
    let html = login_page(LoginView { notice: Some(Notice::Done(Done::Deleted)), ..login() }).await;
    is_a_sound_document(&html);
    assert!(html.contains("role=\"status\"") && html.contains("Your account has been deleted."), "{html}");
}

#[tokio::test]
async fn signing_out_of_a_password_session_names_no_provider() {
    let view = LoginView { notice: Some(Notice::SignedOut), password_last_used: true, ..login_with_password() };
    let html = login_page(view).await;
    is_a_sound_document(&html);
    assert!(html.contains("You've signed out of Latchkey.") && !html.contains("still signed in to"), "{html}");
}

#[tokio::test]
async fn the_reveal_button_is_hidden_without_script() {
    let html = login_page(login_with_password()).await;
    let button = tags(&html).find(|tag| attribute(tag, "class") == Some("peek-button")).expect("a button");
    assert!(button.contains(" hidden") && attribute(button, "type") == Some("button"), "{button}");
}

#[tokio::test]
async fn markup_in_names_is_escaped() {
    let notice = Notice::Refused {
        sign_in_error: SignInError::ProviderRefused,
        provider: Some(HOSTILE.into()),
        slug: Some(HOSTILE.into()),
    };
    let html = login_page(LoginView {
        providers: vec![ProviderButton { label: HOSTILE.into(), ..google() }],
        return_to: Some(HOSTILE.into()),
        notice: Some(notice),
        email: Some(HOSTILE.into()),
        sandbox: Some(SandboxView {
            origin: HOSTILE.into(),
            inbox: HOSTILE.into(),
            emails: InboxCount::new(|| 3),
            accounts: vec![(HOSTILE.into(), HOSTILE.into())],
        }),
        last_account: Some(HOSTILE.into()),
        ..login_with_password()
    })
    .await;
    stays_text(&html);
    assert!(!html.contains("<img"), "{html}");
}

#[tokio::test]
async fn a_page_without_its_view_is_an_error_page() {
    let html = render("/login", ()).await;
    is_a_sound_document(&html);
    assert!(html.contains("Something went wrong on our side"), "{html}");
}

#[tokio::test]
async fn live_reload_is_for_development_only() {
    let assets = Assets { reload: Some("ws://localhost:3001/live_reload".into()), ..Assets::default() };
    let html = render_with("/login", login(), assets).await;
    assert!(html.contains("data-reload=\"ws://localhost:3001/live_reload\""), "{html}");
    assert!(!login_page(login()).await.contains("data-reload"));
}
