//! `/login/code`, and the button that leads there.

use super::document::{Form, HOSTILE, attribute, field, forms, is_a_sound_document, render, stays_text};
use crate::{
    codes::form_error::FormError,
    ui::view::{LoginView, SignInCodeView},
};

fn asked() -> SignInCodeView {
    SignInCodeView {
        email: Some("ada@example.com".into()),
        code: Some("ABCD-EFGH".into()),
        return_to: Some("/drive".into()),
        inbox: None,
        limited: false,
        form_error: None,
    }
}

#[tokio::test]
async fn the_browser_that_asked_types_the_code_or_asks_again() {
    let html = render("/login/code", asked()).await;
    is_a_sound_document(&html);
    let expected = [
        Form { action: "/auth/email-code/sign-in", fields: vec![("code", "ABCD-EFGH")] },
        Form { action: "/auth/email-code", fields: vec![("return_to", "/drive"), ("email", "ada@example.com")] },
    ];
    assert_eq!(forms(&html), expected);
    let wrong = SignInCodeView { form_error: Some(FormError::EmailCodeWrong), ..asked() };
    let html = render("/login/code", wrong).await;
    is_a_sound_document(&html);
    assert_eq!(attribute(field(&html, "code"), "aria-invalid"), Some("true"));
    let hostile = SignInCodeView { email: Some(HOSTILE.into()), code: Some(HOSTILE.into()), ..asked() };
    stays_text(&render("/login/code", hostile).await);
}

#[tokio::test]
async fn another_browser_is_sent_back_to_the_one_that_asked() {
    let html = render("/login/code", SignInCodeView { email: None, ..asked() }).await;
    is_a_sound_document(&html);
    assert!(forms(&html).is_empty() && html.contains("only in the browser that asked"), "{html}");
}

#[tokio::test]
async fn the_login_page_offers_a_code_where_there_are_codes() {
    for on in [true, false] {
        let view = LoginView { password: true, email_codes: on, ..LoginView::default() };
        let html = render("/login", view).await;
        is_a_sound_document(&html);
        assert_eq!(html.contains("formaction=\"/auth/email-code\""), on, "{html}");
    }
}
