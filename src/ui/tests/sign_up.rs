//! `/signup`, `/forgot` and `/check-inbox`.

use super::{
    document::{Form, HOSTILE, attribute, field, form, forms, is_a_sound_document, render, stays_text},
    fixtures::{check_inbox, google, six},
};
use crate::{
    codes::form_error::FormError,
    ui::view::{AdmitsView, CheckInboxView, EmailLinkPageView, ForgotView, ProviderButton, SignUpView},
};

fn sign_up() -> SignUpView {
    SignUpView {
        providers: six(),
        password: true,
        return_to: Some("/a?b=1".into()),
        email: None,
        form_error: None,
        admits: AdmitsView::Everyone,
    }
}

#[tokio::test]
async fn sign_up_takes_an_address_and_a_new_password() {
    let html = render("/signup", sign_up()).await;
    is_a_sound_document(&html);
    let fields = vec![("return_to", "/a?b=1"), ("email", ""), ("password", "")];
    assert_eq!(form(&html), Form { action: "/auth/password/sign-up", fields });
    assert_eq!(attribute(field(&html, "password"), "autocomplete"), Some("new-password"));
    assert_eq!(attribute(field(&html, "password"), "aria-describedby"), Some("password-hint"));
    assert!(html.contains("At least 8 characters. A short sentence works well."), "{html}");
    let provider = html.find("href=\"/auth/google?return_to=%2Fa%3Fb%3D1\"").expect("a link to Google");
    assert!(html.find("Create account").is_some_and(|button| button < provider), "{html}");
    assert!(html.contains("href=\"/login?return_to=%2Fa%3Fb%3D1\""), "{html}");
}

#[tokio::test]
async fn without_passwords_only_providers_sign_up() {
    let html = render("/signup", SignUpView { password: false, ..sign_up() }).await;
    is_a_sound_document(&html);
    assert!(forms(&html).is_empty() && html.contains("Choose an account to sign up with"), "{html}");
    assert!(html.contains("Continue with Google"), "{html}");
    assert!(!render("/signup", sign_up()).await.contains("Choose an account to sign up with"));
}

#[tokio::test]
async fn an_error_marks_its_field() {
    for (form_error, marked, other) in
        [(FormError::PasswordCommon, "password", "email"), (FormError::EmailInvalid, "email", "password")]
    {
        let view = SignUpView { form_error: Some(form_error), email: Some("ada@".into()), ..sign_up() };
        let html = render("/signup", view).await;
        is_a_sound_document(&html);
        assert!(html.contains("role=\"alert\""), "{html}");
        let tie = attribute(field(&html, marked), "aria-describedby").expect("a tie");
        assert!(tie.starts_with("error"), "{tie}");
        assert_eq!(attribute(field(&html, marked), "aria-invalid"), Some("true"));
        assert_eq!(attribute(field(&html, other), "aria-invalid"), None);
        assert_eq!(attribute(field(&html, "email"), "value"), Some("ada@"));
        assert_eq!(attribute(field(&html, "password"), "value"), None);
    }
}

#[tokio::test]
async fn forgot_asks_only_for_the_address() {
    let view = ForgotView { return_to: Some("/a".into()), email: Some("ada@example.com".into()), form_error: None };
    let html = render("/forgot", view.clone()).await;
    is_a_sound_document(&html);
    let fields = vec![("return_to", "/a"), ("email", "ada@example.com")];
    assert_eq!(form(&html), Form { action: "/auth/password/forgot", fields });

    let html =
        render("/forgot", ForgotView { return_to: None, form_error: Some(FormError::EmailInvalid), ..view }).await;
    is_a_sound_document(&html);
    assert_eq!(form(&html).fields, [("email", "ada@example.com")]);
    assert_eq!(attribute(field(&html, "email"), "aria-invalid"), Some("true"));
}

#[tokio::test]
async fn check_inbox_says_what_to_do_without_an_email() {
    for (message, again) in [
        (EmailLinkPageView::SignUp, "href=\"/signup?return_to=%2Fdrive%3Fa%3D1\""),
        (EmailLinkPageView::Reset, "href=\"/forgot?return_to=%2Fdrive%3Fa%3D1\""),
        (EmailLinkPageView::EmailChange, "href=\"/settings/email\""),
    ] {
        let html = render("/check-inbox", check_inbox(message)).await;
        is_a_sound_document(&html);
        let resend = form(&html);
        let names_it = resend.fields.contains(&("email", "ada@example.com"));
        assert!(names_it == (message != EmailLinkPageView::SignUp) && html.contains(again), "{html}");
        assert!(html.contains("You can send it again") && html.contains("http-equiv=\"refresh\""), "{html}");
        assert!(html.contains("<strong>ada@example.com</strong>") && html.contains("If "), "{html}");
        assert!(!html.contains("isn't responding") && !html.contains("sandbox"), "{html}");
    }
}

#[tokio::test]
async fn a_browser_without_the_sign_up_cannot_resend_its_email() {
    let view = CheckInboxView { keeps_sign_up: false, ..check_inbox(EmailLinkPageView::SignUp) };
    let html = render("/check-inbox", view).await;
    is_a_sound_document(&html);
    assert!(forms(&html).is_empty() && !html.contains("send it again"), "{html}");
    let html = render("/check-inbox", check_inbox(EmailLinkPageView::SignUp)).await;
    assert_eq!(form(&html), Form { action: "/auth/password/sign-up/again", fields: Vec::new() });
}

#[tokio::test]
async fn check_inbox_mentions_delays_and_the_sandbox_inbox() {
    let view = CheckInboxView {
        delayed: true,
        inbox: Some("http://localhost:3100/inbox".into()),
        ..check_inbox(EmailLinkPageView::SignUp)
    };
    let html = render("/check-inbox", view).await;
    is_a_sound_document(&html);
    assert!(html.contains("isn't responding") && html.contains("keep trying"), "{html}");
    assert!(html.contains("href=\"http://localhost:3100/inbox\""), "{html}");
}

#[tokio::test]
async fn check_inbox_claims_no_email_that_was_not_sent() {
    let cold = CheckInboxView { email: None, ..check_inbox(EmailLinkPageView::Reset) };
    let cold = render("/check-inbox", cold).await;
    is_a_sound_document(&cold);
    assert!(!cold.contains("sent an email") && cold.contains("hasn't asked for an email"), "{cold}");
    let limited = CheckInboxView { limited: true, ..check_inbox(EmailLinkPageView::Reset) };
    let limited = render("/check-inbox", limited).await;
    is_a_sound_document(&limited);
    assert!(limited.contains("We didn't send another email.") && !limited.contains("sent an email"), "{limited}");
    let gmail = CheckInboxView { email: Some("ada@gmail.com".into()), ..check_inbox(EmailLinkPageView::Reset) };
    assert!(render("/check-inbox", gmail).await.contains("href=\"https://mail.google.com/\""));
}

#[tokio::test]
async fn markup_in_text_is_escaped() {
    let hostile = || Some(HOSTILE.to_owned());
    let providers = vec![ProviderButton { label: HOSTILE.into(), ..google() }];
    stays_text(&render("/signup", SignUpView { providers, return_to: hostile(), email: hostile(), ..sign_up() }).await);
    stays_text(&render("/forgot", ForgotView { return_to: hostile(), email: hostile(), form_error: None }).await);
    let view = CheckInboxView {
        email: hostile(),
        return_to: hostile(),
        inbox: hostile(),
        ..check_inbox(EmailLinkPageView::SignUp)
    };
    stays_text(&render("/check-inbox", view).await);
}
