//! `/link` and `/confirm`.

use super::{
    document::{Form, HOSTILE, form, forms, is_a_sound_document, render, stays_text},
    fixtures::{confirm, example, google, link_prompt},
};
use crate::{
    codes::{form_error::FormError, sign_in_error::SignInError},
    ui::view::{ConfirmView, EmailCodeView, LinkPromptView, Notice, ProviderButton},
};

fn cancel() -> Form<'static> {
    Form { action: "/auth/link/cancel", fields: vec![] }
}

#[tokio::test]
async fn the_link_prompt_offers_the_accounts_methods() {
    let html = render("/link", link_prompt()).await;
    is_a_sound_document(&html);
    assert!(html.contains("You already have an account") && html.contains("already an account for "), "{html}");
    assert!(html.contains("Continue with Example") && html.contains("GitHub"), "{html}");
    assert!(html.contains("href=\"/forgot\""), "{html}");
    let waiting = ("link", "waiting");
    let with_password = Form {
        action: "/auth/link/password",
        fields: vec![waiting, ("username", "ada@example.com"), ("password", "")],
    };
    let with_provider = Form { action: "/auth/link/provider", fields: vec![("provider", "example"), waiting] };
    assert_eq!(forms(&html), [with_password, with_provider, cancel()]);
}

#[tokio::test]
async fn a_recent_authentication_links_with_one_click() {
    let html = render("/link", LinkPromptView { signed_in: true, ..link_prompt() }).await;
    is_a_sound_document(&html);
    assert_eq!(forms(&html), [Form { action: "/auth/link/confirm", fields: vec![("link", "waiting")] }, cancel()]);
}

#[tokio::test]
async fn an_account_without_usable_methods_can_get_an_email() {
    let view = LinkPromptView { methods: vec![], password: false, ..link_prompt() };
    let html = render("/link", view).await;
    is_a_sound_document(&html);
    assert_eq!(forms(&html), [cancel()]);
    assert!(html.contains("href=\"/forgot\"") && html.contains("None of the account's sign-in methods"), "{html}");
    assert!(!render("/link", link_prompt()).await.contains("None of the account's sign-in methods"));
}

#[tokio::test]
async fn confirmation_posts_and_keeps_the_destination() {
    let html = render("/confirm", confirm()).await;
    is_a_sound_document(&html);
    let to = ("return_to", "/settings/password");
    let with_password = Form {
        action: "/auth/reauthenticate/password",
        fields: vec![to, ("username", "ada@example.com"), ("password", "")],
    };
    let with_provider = Form { action: "/auth/reauthenticate/provider", fields: vec![("provider", "google"), to] };
    assert_eq!(forms(&html), [with_password, with_provider]);
    assert!(html.contains("href=\"/settings\""), "{html}");

    let html = render("/confirm", ConfirmView { password: false, ..confirm() }).await;
    is_a_sound_document(&html);
    assert_eq!(form(&html).action, "/auth/reauthenticate/provider");
}

#[tokio::test]
async fn a_code_is_offered_and_then_asked_for() {
    let to = ("return_to", "/settings/password");
    let view = |email_code| ConfirmView { password: false, methods: Vec::new(), email_code, ..confirm() };
    let email = || "ada@example.com".to_owned();
    let html = render("/confirm", view(EmailCodeView::Offered { email: email() })).await;
    is_a_sound_document(&html);
    assert_eq!(forms(&html), [Form { action: "/auth/reauthenticate/email-code", fields: vec![to] }]);

    let sent = EmailCodeView::Sent { email: email(), code: Some("ABCD-EFGH".into()), inbox: None };
    let html = render("/confirm", view(sent)).await;
    is_a_sound_document(&html);
    let check = Form { action: "/auth/reauthenticate/email-code/check", fields: vec![to, ("code", "ABCD-EFGH")] };
    let again = Form { action: "/auth/reauthenticate/email-code", fields: vec![to] };
    assert_eq!(forms(&html), [check, again]);
}

#[tokio::test]
async fn reauthentication_errors_are_alerts_without_sign_in_texts() {
    for form_error in FormError::ALL {
        let notice = Some(Notice::FormError(*form_error));
        is_a_sound_document(&render("/confirm", ConfirmView { notice, ..confirm() }).await);
        is_a_sound_document(
            &render("/link", LinkPromptView { notice: Some(Notice::FormError(*form_error)), ..link_prompt() }).await,
        );
    }
    for sign_in_error in SignInError::ALL.iter().copied() {
        let notice = Notice::Refused { sign_in_error, provider: Some("Google".into()), slug: Some("google".into()) };
        let html = render("/confirm", ConfirmView { notice: Some(notice), ..confirm() }).await;
        is_a_sound_document(&html);
        assert!(html.contains("role=\"alert\"") && !html.contains("href=\"/auth/google"), "{html}");
        assert!(!html.contains("You weren't signed in"), "{html}");
    }
}

#[tokio::test]
async fn markup_in_names_is_escaped() {
    let text = || HOSTILE.to_owned();
    let methods = || vec![ProviderButton { label: text(), ..google() }, example()];
    let notice =
        Some(Notice::Refused { sign_in_error: SignInError::Cancelled, provider: Some(text()), slug: Some(text()) });
    for email_code in [
        EmailCodeView::Offered { email: text() },
        EmailCodeView::Sent { email: text(), code: Some(text()), inbox: Some("http://localhost:1/".into()) },
    ] {
        let (return_to, notice) = (text(), notice.clone());
        let view = ConfirmView {
            who: text(),
            methods: methods(),
            password: true,
            passkey: true,
            app: false,
            email_code,
            return_to,
            notice,
        };
        stays_text(&render("/confirm", view).await);
    }
    let view = LinkPromptView {
        provider: text(),
        slug: text(),
        email: text(),
        methods: methods(),
        methods_off: vec![text()],
        ..link_prompt()
    };
    stays_text(&render("/link", view).await);
}
