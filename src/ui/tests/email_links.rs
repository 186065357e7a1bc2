//! `/verify-email`, `/reset-password`, `/confirm-email`, `/undo` and `/not-me`.

use super::{
    document::{Form, HOSTILE, attribute, field, form, forms, is_a_sound_document, render, stays_text},
    fixtures::{NEW_YEAR, email_of_sign_up, message, six},
};
use crate::{
    codes::form_error::FormError,
    ui::view::{EmailLink, EmailLinkView, InvitationView, Undoing},
};

const PAGES: [&str; 5] = ["/verify-email", "/reset-password", "/confirm-email", "/undo", "/not-me"];

fn reset() -> EmailLinkView {
    message(EmailLink::Reset { email: "ada@example.com".into() })
}

fn email_change(asked_here: bool) -> EmailLinkView {
    message(EmailLink::EmailChange { email: "ada@new.example".into(), asked_here })
}

fn undo(what: Undoing) -> EmailLinkView {
    message(EmailLink::Undo { what, email: "ada@example.com".into() })
}

fn not_me(email: &str) -> EmailLinkView {
    message(EmailLink::NotMe {
        email: email.into(),
        device: "Firefox on Linux".into(),
        ip: Some("192.0.2.1".into()),
        at: NEW_YEAR,
    })
}

#[tokio::test]
async fn the_same_browser_finishes_the_sign_up_with_one_click() {
    let html = render("/verify-email", email_of_sign_up(true)).await;
    is_a_sound_document(&html);
    assert_eq!(form(&html), Form { action: "/auth/email/verify", fields: vec![("username", "ada@example.com")] });
    assert!(html.contains("<strong>ada@example.com</strong>") && html.contains("1 January 2026"), "{html}");
}

#[tokio::test]
async fn another_browser_needs_the_password_or_a_new_one() {
    let html = render("/verify-email", email_of_sign_up(false)).await;
    is_a_sound_document(&html);
    let fields = vec![("username", "ada@example.com"), ("password", "")];
    assert_eq!(form(&html), Form { action: "/auth/email/verify", fields });
    assert_eq!(attribute(field(&html, "password"), "autocomplete"), Some("current-password"));
    assert!(html.contains("Password you chose at sign-up"), "{html}");
    assert!(html.contains("href=\"/reset-password\"") && html.contains("no account will be created"), "{html}");

    let view = EmailLinkView { form_error: Some(FormError::WrongPassword), ..email_of_sign_up(false) };
    let html = render("/verify-email", view).await;
    is_a_sound_document(&html);
    assert_eq!(attribute(field(&html, "password"), "aria-invalid"), Some("true"));
    // The account does not exist yet, so, no password can have been forgotten.
    assert!(html.contains("role=\"alert\"") && !html.contains("href=\"/forgot\""), "{html}");
}

#[tokio::test]
async fn reset_and_sign_up_links_allow_a_new_password() {
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
async fn only_the_requesting_account_confirms_a_new_address() {
    let html = render("/confirm-email", email_change(true)).await;
    is_a_sound_document(&html);
    assert_eq!(
        form(&html),
        Form { action: "/auth/email/change/confirm", fields: vec![("username", "ada@new.example")] }
    );

    let html = render("/confirm-email", email_change(false)).await;
    is_a_sound_document(&html);
    assert!(forms(&html).is_empty() && html.contains("in this browser, then open the link again"), "{html}");
}

#[tokio::test]
async fn undo_lists_its_consequences() {
    for (what, expected) in [
        (Undoing::MethodAdded("Google".into()), "Google is removed from your account."),
        (Undoing::PasswordChanged, "That password stops working."),
        (Undoing::SecondFactorChanged, "it is turned off again."),
        (Undoing::EmailChanged, "ada@example.com is its email address again."),
    ] {
        let html = render("/undo", undo(what)).await;
        is_a_sound_document(&html);
        assert_eq!(form(&html), Form { action: "/auth/undo", fields: vec![("username", "ada@example.com")] });
        assert!(html.contains(expected) && html.contains("signed out on all devices"), "{html}");
        assert!(html.contains("You choose a new password"), "{html}");
    }
}

#[tokio::test]
async fn a_session_that_is_not_the_users_ends_by_one_button() {
    let html = render("/not-me", not_me("ada@example.com")).await;
    is_a_sound_document(&html);
    assert_eq!(form(&html), Form { action: "/auth/not-me", fields: vec![("username", "ada@example.com")] });
    for said in ["Firefox on Linux", "192.0.2.1", "1 January 2026", "stay signed in everywhere else"] {
        assert!(html.contains(said), "{said}: {html}");
    }
    let done = EmailLinkView { link: None, form_error: None, undone: true, signed_in: None };
    let html = render("/not-me", done).await;
    is_a_sound_document(&html);
    assert!(forms(&html).is_empty() && html.contains("That session has ended"), "{html}");
    for next in ["href=\"/forgot\"", "href=\"/settings/security\""] {
        assert!(html.contains(next), "{next}: {html}");
    }
}

#[tokio::test]
async fn expired_links_have_a_page_with_a_next_step() {
    for (path, way_on) in PAGES.into_iter().zip(["/signup", "/forgot", "/settings/email", "/forgot", "/forgot"]) {
        let way_on = &format!("href=\"{way_on}\"");
        let html = render(path, EmailLinkView { link: None, form_error: None, undone: false, signed_in: None }).await;
        is_a_sound_document(&html);
        assert!(forms(&html).is_empty() && html.contains(way_on.as_str()), "{html}");
        assert!(html.contains("This link has expired"), "{html}");
    }
}

#[tokio::test]
async fn each_page_only_accepts_its_own_link() {
    for (path, view) in [
        ("/verify-email", reset()),
        ("/reset-password", email_change(true)),
        ("/confirm-email", undo(Undoing::EmailChanged)),
        ("/undo", email_of_sign_up(true)),
        ("/not-me", undo(Undoing::PasswordChanged)),
    ] {
        let html = render(path, view).await;
        assert!(forms(&html).is_empty() && html.contains("This link has expired"), "{html}");
    }
}

#[tokio::test]
async fn errors_are_shown_above_every_form() {
    for (path, view) in [
        ("/verify-email", email_of_sign_up(true)),
        ("/reset-password", reset()),
        ("/confirm-email", email_change(true)),
        ("/undo", undo(Undoing::PasswordChanged)),
        ("/not-me", not_me("ada@example.com")),
    ] {
        let html = render(path, EmailLinkView { form_error: Some(FormError::ServerError), ..view }).await;
        is_a_sound_document(&html);
        assert!(html.contains("role=\"alert\""), "{html}");
    }
}

#[tokio::test]
async fn markup_in_addresses_is_escaped() {
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
    stays_text(&render("/not-me", not_me(HOSTILE)).await);
}

#[tokio::test]
async fn an_invitation_offers_a_password_and_providers() {
    let view = InvitationView {
        email: Some("ada@example.com".into()),
        providers: six(),
        password: true,
        form_error: Some(FormError::PasswordShort),
    };
    let html = render("/invitation", view.clone()).await;
    is_a_sound_document(&html);
    assert_eq!(
        form(&html),
        Form {
            action: "/auth/email/accept-invitation",
            fields: vec![("username", "ada@example.com"), ("password", "")]
        }
    );
    let html = render("/invitation", InvitationView { password: false, form_error: None, ..view.clone() }).await;
    is_a_sound_document(&html);
    assert!(forms(&html).is_empty() && html.contains("/auth/google"), "{html}");
    let html = render("/invitation", InvitationView { email: None, form_error: None, ..view }).await;
    is_a_sound_document(&html);
    assert!(forms(&html).is_empty() && html.contains("This link has expired"), "{html}");
}

#[tokio::test]
async fn a_used_link_leads_on_who_is_signed_in() {
    for path in PAGES.into_iter().filter(|path| !["/undo", "/not-me"].contains(path)) {
        let view = |signed_in: Option<&str>| EmailLinkView {
            link: None,
            form_error: None,
            undone: false,
            signed_in: signed_in.map(str::to_owned),
        };
        let html = render(path, view(Some("Ada"))).await;
        is_a_sound_document(&html);
        assert!(html.contains("signed in as") && html.contains("href=\"/dashboard\""), "{html}");
        let html = render(path, view(None)).await;
        assert!(html.contains("This link has expired") && !html.contains("signed in as"), "{html}");
        stays_text(&render(path, view(Some(HOSTILE))).await);
    }
}
