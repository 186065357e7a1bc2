//! `/verify-email`, `/reset-password`, `/confirm-email` and `/undo`: the link of a letter was followed.

use super::{
    document::{Form, HOSTILE, attribute, field, form, forms, is_a_sound_document, render, stays_text},
    fixtures::{NEW_YEAR, email_of_sign_up, message},
};
use crate::{
    codes::outcome::FormError,
    ui::view::{EmailLink, EmailLinkView, Undoing},
};

const PAGES: [&str; 4] = ["/verify-email", "/reset-password", "/confirm-email", "/undo"];

fn reset() -> EmailLinkView {
    message(EmailLink::Reset { email: "ada@example.com".into() })
}

fn email_change(asked_here: bool) -> EmailLinkView {
    message(EmailLink::EmailChange { email: "ada@new.example".into(), asked_here })
}

fn undo(what: Undoing) -> EmailLinkView {
    message(EmailLink::Undo { what, email: "ada@example.com".into() })
}

#[tokio::test]
async fn in_the_browser_that_asked_one_button_finishes_the_account() {
    let html = render("/verify-email", email_of_sign_up(true)).await;
    is_a_sound_document(&html);
    assert_eq!(form(&html), Form { action: "/auth/email/verify", fields: vec![("username", "ada@example.com")] });
    assert!(html.contains("<strong>ada@example.com</strong>") && html.contains("1 January 2026"), "{html}");
}

#[tokio::test]
async fn in_any_other_browser_the_password_is_asked_for_or_a_new_one_chosen() {
    let html = render("/verify-email", email_of_sign_up(false)).await;
    is_a_sound_document(&html);
    let fields = vec![("username", "ada@example.com"), ("password", "")];
    assert_eq!(form(&html), Form { action: "/auth/email/verify", fields });
    assert_eq!(attribute(field(&html, "password"), "autocomplete"), Some("current-password"));
    assert!(html.contains("Type the password that you chose when you signed up"), "{html}");
    assert!(html.contains("href=\"/reset-password\"") && html.contains("nobody gets in"), "{html}");

    let view = EmailLinkView { form_error: Some(FormError::WrongPassword), ..email_of_sign_up(false) };
    let html = render("/verify-email", view).await;
    is_a_sound_document(&html);
    assert_eq!(attribute(field(&html, "password"), "aria-invalid"), Some("true"));
    // Of an account that is not there yet, nobody can have forgotten the password.
    assert!(html.contains("role=\"alert\"") && !html.contains("href=\"/forgot\""), "{html}");
}

#[tokio::test]
async fn a_new_password_is_chosen_after_a_reset_and_after_a_sign_up_of_somebody_else() {
    for view in [reset(), email_of_sign_up(false)] {
        let html = render("/reset-password", view).await;
        is_a_sound_document(&html);
        let fields = vec![("username", "ada@example.com"), ("password", "")];
        assert_eq!(form(&html), Form { action: "/auth/password/reset", fields });
        assert_eq!(attribute(field(&html, "password"), "autocomplete"), Some("new-password"));
        assert!(html.contains("autocomplete=\"username\""), "{html}");
    }
    let html = render("/reset-password", EmailLinkView { form_error: Some(FormError::PasswordShort), ..reset() }).await;
    is_a_sound_document(&html);
    assert_eq!(attribute(field(&html, "password"), "aria-describedby"), Some("error password-hint"));
}

#[tokio::test]
async fn a_new_address_is_confirmed_by_the_one_who_asked_for_it_only() {
    let html = render("/confirm-email", email_change(true)).await;
    is_a_sound_document(&html);
    assert_eq!(
        form(&html),
        Form { action: "/auth/email/change/confirm", fields: vec![("username", "ada@new.example")] }
    );

    let html = render("/confirm-email", email_change(false)).await;
    is_a_sound_document(&html);
    assert!(forms(&html).is_empty() && html.contains("in this browser, and open the letter again"), "{html}");
}

#[tokio::test]
async fn an_undo_says_before_what_it_takes_back() {
    for (what, told) in [
        (Undoing::MethodAdded("Google".into()), "Google opens your account no more."),
        (Undoing::PasswordChanged, "That password opens your account no more."),
        (Undoing::EmailChanged, "ada@example.com is its address again."),
    ] {
        let html = render("/undo", undo(what)).await;
        is_a_sound_document(&html);
        assert_eq!(form(&html), Form { action: "/auth/undo", fields: vec![("username", "ada@example.com")] });
        assert!(html.contains(told) && html.contains("Every browser is signed out"), "{html}");
        assert!(html.contains("You choose a new password"), "{html}");
    }
}

#[tokio::test]
async fn a_link_that_counts_no_more_has_a_page_with_a_way_on() {
    for (path, way_on) in
        PAGES.into_iter().zip(["href=\"/signup\"", "href=\"/forgot\"", "href=\"/settings/email\"", "href=\"/forgot\""])
    {
        let html = render(path, EmailLinkView { link: None, form_error: None, undone: false }).await;
        is_a_sound_document(&html);
        assert!(forms(&html).is_empty() && html.contains(way_on), "{html}");
        assert!(html.contains("This link counts no more"), "{html}");
    }
}

#[tokio::test]
async fn no_page_takes_the_link_of_another() {
    for (path, view) in [
        ("/verify-email", reset()),
        ("/reset-password", email_change(true)),
        ("/confirm-email", undo(Undoing::EmailChanged)),
        ("/undo", email_of_sign_up(true)),
    ] {
        let html = render(path, view).await;
        assert!(forms(&html).is_empty() && html.contains("This link counts no more"), "{html}");
    }
}

#[tokio::test]
async fn what_went_wrong_stands_above_every_form() {
    for (path, view) in [
        ("/verify-email", email_of_sign_up(true)),
        ("/reset-password", reset()),
        ("/confirm-email", email_change(true)),
        ("/undo", undo(Undoing::PasswordChanged)),
    ] {
        let html = render(path, EmailLinkView { form_error: Some(FormError::ServerError), ..view }).await;
        is_a_sound_document(&html);
        assert!(html.contains("role=\"alert\""), "{html}");
    }
}

#[tokio::test]
async fn hostile_addresses_stay_text() {
    let email = || HOSTILE.to_owned();
    for (path, link) in [
        ("/verify-email", EmailLink::SignUp { email: email(), asked_here: true, asked_at: NEW_YEAR }),
        ("/verify-email", EmailLink::SignUp { email: email(), asked_here: false, asked_at: NEW_YEAR }),
        ("/reset-password", EmailLink::Reset { email: email() }),
        ("/confirm-email", EmailLink::EmailChange { email: email(), asked_here: true }),
        ("/undo", EmailLink::Undo { what: Undoing::MethodAdded(email()), email: email() }),
        ("/undo", EmailLink::Undo { what: Undoing::EmailChanged, email: email() }),
    ] {
        stays_text(&render(path, message(link)).await);
    }
}
