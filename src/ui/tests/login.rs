//! `/login` and what it tells.

use super::{
    document::{
        Form, HOSTILE, attribute, field, form, forms, is_a_sound_document, render, render_with, stays_text, tags,
    },
    fixtures::{google, login, login_with_password, sandbox, six},
};
use crate::{
    codes::{
        outcome::{Done, FormError},
        sign_in_error::SignInError,
    },
    providers::BUILT_IN,
    ui::{
        view::{Assets, LoginView, Notice, ProviderButton, SandboxView},
        wording,
    },
};

async fn login_page(view: LoginView) -> String {
    render("/login", view).await
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
async fn every_refusal_has_a_sentence_a_next_step_and_an_alert() {
    for sign_in_error in SignInError::ALL {
        let known = Notice::Refused { sign_in_error, provider: Some("Google".into()), slug: Some("google".into()) };
        let telling = wording::notice(&known, &login());
        assert!(telling.happened.ends_with('.') && telling.happened.len() > 20, "{telling:?}");
        assert!(telling.advice.ends_with('.') && telling.advice.len() > 10, "{telling:?}");
        let step = telling.step.clone().expect("a link for a known provider");
        assert!(step.href.starts_with("/auth/google") && step.text.contains("Google"), "{step:?}");

        let html = login_page(LoginView { notice: Some(known), ..login() }).await;
        is_a_sound_document(&html);
        assert_eq!(html.matches("role=\"alert\"").count(), 1, "{html}");
        assert!(html.contains(&telling.happened), "{html}");
        let code = sign_in_error.code();
        assert!(!code.contains('_') || !html.contains(code), "no codes in the face: {html}");
    }
}

#[tokio::test]
async fn a_refusal_without_a_known_provider_still_says_what_to_do_but_links_nowhere() {
    for sign_in_error in SignInError::ALL {
        for slug in [None, Some("evil".to_owned())] {
            let notice = Notice::Refused { sign_in_error, provider: None, slug };
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
async fn what_was_connected_stays_and_who_signs_out_reads_it_where_something_can_be() {
    const STAYS: &str = "What you connected, such as Google Drive, stays connected.";
    let out = || LoginView { notice: Some(Notice::SignedOut), ..login() };
    for password_last_used in [false, true] {
        let view = LoginView { password_last_used, ..out() };
        assert!(login_page(view).await.contains(STAYS), "{password_last_used}");
        let elsewhere = ProviderButton { slug: "github".into(), label: "GitHub".into(), ..google() };
        let view = LoginView { providers: vec![elsewhere], password_last_used, ..out() };
        assert!(!login_page(view).await.contains("stays connected"), "{password_last_used}");
    }
    assert!(!login_page(login()).await.contains(STAYS));
}

#[tokio::test]
async fn the_sandbox_is_told_only_when_it_plays_the_providers() {
    assert!(!login_page(login()).await.contains("You are in the sandbox"));
    let html = login_page(LoginView { sandbox: Some(sandbox()), ..login() }).await;
    is_a_sound_document(&html);
    assert!(html.contains("You are in the sandbox") && html.contains("href=\"http://localhost:3100\""), "{html}");
    assert!(html.contains("href=\"http://localhost:3100/inbox\""), "{html}");
    assert!(html.contains("ada@example.com") && html.contains("a sentence is good"), "{html}");

    let html = login_page(LoginView { sandbox: Some(SandboxView { accounts: vec![], ..sandbox() }), ..login() }).await;
    assert!(!html.contains("<table"), "{html}");
}

#[tokio::test]
async fn without_providers_the_login_page_tells_a_developer_what_to_do() {
    let html = login_page(LoginView::default()).await;
    is_a_sound_document(&html);
    assert!(html.contains("GOOGLE_CLIENT_ID") && !html.contains("Continue with"), "{html}");
}

#[tokio::test]
async fn a_password_is_asked_for_only_where_it_is_a_way_in() {
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
async fn wrong_credentials_mark_both_fields_and_say_nothing_of_which_is_wrong() {
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
async fn after_a_wrong_password_the_form_comes_first_and_says_so() {
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
async fn what_is_not_about_the_password_does_not_stand_in_its_form() {
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
async fn what_was_done_is_a_status() {
    let html = login_page(LoginView { notice: Some(Notice::Done(Done::Deleted)), ..login() }).await;
    is_a_sound_document(&html);
    assert!(html.contains("role=\"status\"") && html.contains("Your account is deleted."), "{html}");
}

#[tokio::test]
async fn the_provider_is_not_told_of_after_a_session_that_a_password_opened() {
    let view = LoginView { notice: Some(Notice::SignedOut), password_last_used: true, ..login_with_password() };
    let html = login_page(view).await;
    is_a_sound_document(&html);
    assert!(html.contains("You are signed out of Latchkey.") && !html.contains("still signed in in this"), "{html}");
}

#[tokio::test]
async fn the_button_that_shows_a_password_sleeps_until_it_is_woken() {
    let html = login_page(login_with_password()).await;
    let button = tags(&html).find(|tag| attribute(tag, "class") == Some("peek-button")).expect("a button");
    assert!(button.contains(" hidden") && attribute(button, "type") == Some("button"), "{button}");
}

#[tokio::test]
async fn hostile_names_stay_text() {
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
            accounts: vec![(HOSTILE.into(), HOSTILE.into())],
        }),
        ..login_with_password()
    })
    .await;
    stays_text(&html);
    assert!(!html.contains("<img"), "{html}");
}

#[tokio::test]
async fn a_page_without_its_view_is_a_problem_page() {
    let html = render("/login", ()).await;
    is_a_sound_document(&html);
    assert!(html.contains("Something went wrong on our side"), "{html}");
}

#[tokio::test]
async fn live_reload_is_there_in_development_only() {
    let assets = Assets { reload: Some("ws://localhost:3001/live_reload".into()), ..Assets::default() };
    let html = render_with("/login", login(), assets).await;
    assert!(html.contains("data-reload=\"ws://localhost:3001/live_reload\""), "{html}");
    assert!(!login_page(login()).await.contains("data-reload"));
}
