//! `/settings` and the pages below it.

use super::{
    document::{Form, HOSTILE, attribute, field, form, forms, is_a_sound_document, render, stays_text, tags},
    fixtures::{account_settings, activity_settings, connection_settings, google, identity, security_settings},
};
use crate::{
    codes::{access::Access, done::Done, form_error::FormError, settings_page::SettingsPage},
    ui::view::{
        AccountSettingsView, ActivitySettingsView, ActivityView, ChangeEmailView, DeleteView, DeviceView, IdentityView,
        LinkView, Notice, PasskeysView, ProfileView, ProviderButton, SecuritySettingsView, SetPasswordView, UnlinkView,
    },
};

fn actions(html: &str) -> Vec<&str> {
    forms(html).iter().map(|form| form.action).collect()
}

/// What each of the four pages shows, and the forms that it has.
#[tokio::test]
async fn each_settings_page_shows_its_own() {
    let account = render("/settings", account_settings()).await;
    let security = render("/settings/security", security_settings()).await;
    let connections = render("/settings/connections", connection_settings(vec![])).await;
    let activity = render("/settings/activity", activity_settings()).await;
    let pages: [(&str, &str, &[&str], &[&str]); 4] = [
        ("Account", &account, &["From Google.", "href=\"/settings/email\""], &["/settings/profile"]),
        (
            "Security",
            &security,
            &[
                "href=\"/settings/password\"",
                "href=\"/settings/unlink?identity=identity-1\"",
                "href=\"/settings/unlink?identity=identity-2\"",
                "href=\"/settings/passkey?passkey=passkey-1\"",
                "iCloud Keychain",
                "This browser",
                "Safari on an iPhone",
            ],
            &[
                "/settings/passkeys/rename",
                "/settings/passkeys/rename",
                "/settings/sessions/end",
                "/settings/sessions/end-others",
            ],
        ),
        ("Connections", &connections, &["href=\"/drive\"", "href=\"/calendar\""], &[]),
        (
            "Activity and data",
            &activity,
            &["Signed in with Google", "Worth a look", "href=\"/settings/data.json\"", "href=\"/settings/delete\""],
            &[],
        ),
    ];
    for (name, html, parts, forms) in pages {
        is_a_sound_document(html);
        for part in parts {
            assert!(html.contains(part), "{part} is missing in {html}");
        }
        assert!(html.contains(&format!("<title>{name} · Latchkey</title>")), "{html}");
        assert_eq!(actions(html), forms, "{name}");
        assert_eq!(html.matches("action=\"/auth/logout\"").count(), 1, "{html}");
        let (_, navigation) = html.split_once("class=\"settings-pages\"").expect("the navigation");
        let (navigation, _) = navigation.split_once("</nav>").expect("its end");
        let current = tags(navigation).filter(|tag| attribute(tag, "aria-current") == Some("page"));
        assert_eq!(current.count(), 1, "{navigation}");
        for page in SettingsPage::ALL {
            assert!(navigation.contains(&format!("href=\"{}\"", page.path())), "{navigation}");
        }
    }
}

#[tokio::test]
async fn what_the_account_has_comes_before_what_can_be_added() {
    let html = render("/settings/security", security_settings()).await;
    let position = |part: &str| html.find(part).unwrap_or_else(|| panic!("{part} is missing in {html}"));
    let linked = position("Unlink<");
    let (summary, addition) = (position("Add a sign-in method"), position("href=\"/settings/link?provider=github\""));
    assert!(linked < summary && summary < addition, "{html}");
}

#[tokio::test]
async fn adding_a_provider_needs_a_recent_authentication() {
    let link = "href=\"/settings/link?provider=google\"";
    let asked = render("/settings/security", security_settings()).await;
    assert!(asked.contains(link) && !actions(&asked).contains(&"/settings/link"), "{asked}");

    let reauthenticated = SecuritySettingsView { reauthenticated: true, ..security_settings() };
    let reauthenticated = render("/settings/security", reauthenticated).await;
    is_a_sound_document(&reauthenticated);
    let add = Form { action: "/settings/link", fields: vec![("provider", "google")] };
    assert!(!reauthenticated.contains(link) && forms(&reauthenticated).contains(&add), "{reauthenticated}");
}

#[tokio::test]
async fn the_last_sign_in_method_cannot_be_removed() {
    let last = SecuritySettingsView {
        may_unlink: false,
        password_set_at: None,
        identities: vec![identity()],
        ..security_settings()
    };
    let html = render("/settings/security", last).await;
    is_a_sound_document(&html);
    assert!(!html.contains("/settings/unlink") && html.contains("Only way to sign in"), "{html}");
}

#[tokio::test]
async fn a_password_can_be_set_changed_or_turned_off() {
    let unset = SecuritySettingsView { password_set_at: None, ..security_settings() };
    let unset = render("/settings/security", unset).await;
    assert!(unset.contains("Set a password") && !unset.contains("Change<"), "{unset}");
    let off = SecuritySettingsView { password_on: false, ..security_settings() };
    let off = render("/settings/security", off).await;
    is_a_sound_document(&off);
    assert!(off.contains("Passwords are turned off") && !off.contains("href=\"/settings/password\""), "{off}");
    let neither = SecuritySettingsView { password_on: false, password_set_at: None, ..security_settings() };
    let neither = render("/settings/security", neither).await;
    assert!(!neither.contains("Passwords are turned off") && !neither.contains("Set a password"), "{neither}");
}

#[tokio::test]
async fn a_new_account_has_sound_settings() {
    let account =
        AccountSettingsView { notice: None, profile: ProfileView::default(), email: None, pending_email: None };
    let account = render("/settings", account).await;
    let devices = security_settings().devices.into_iter().filter(|device| device.here).collect();
    let security = SecuritySettingsView {
        password_set_at: None,
        identities: vec![],
        linkable: vec![],
        passkeys: Some(PasskeysView::default()),
        devices,
        ..security_settings()
    };
    let security = render("/settings/security", security).await;
    let activity =
        render("/settings/activity", ActivitySettingsView { notice: None, activity: vec![], older: None }).await;
    for html in [&account, &security, &activity] {
        is_a_sound_document(html);
    }
    assert!(account.contains("Add email address") && activity.contains("No activity yet."));
    assert!(actions(&security).is_empty(), "{security}");
}

#[tokio::test]
async fn confirmations_are_a_status_and_errors_an_alert() {
    for done in Done::ALL {
        let notice = Some(Notice::Done(*done));
        let html = render("/settings/security", SecuritySettingsView { notice, ..security_settings() }).await;
        is_a_sound_document(&html);
        assert!(html.contains("role=\"status\"") && !html.contains("role=\"alert\""), "{html}");
    }
    for form_error in FormError::ALL {
        let notice = Some(Notice::FormError(*form_error));
        let html = render("/settings", AccountSettingsView { notice, ..account_settings() }).await;
        is_a_sound_document(&html);
        assert!(html.contains("role=\"alert\""), "{html}");
    }
}

#[tokio::test]
async fn a_password_needs_an_email_address() {
    let view = SetPasswordView { email: Some("ada@example.com".into()), change: true, form_error: None };
    let html = render("/settings/password", view.clone()).await;
    is_a_sound_document(&html);
    let fields = vec![("username", "ada@example.com"), ("password", "")];
    assert_eq!(form(&html), Form { action: "/settings/password", fields });
    assert!(html.contains("Change your password"), "{html}");

    let first = SetPasswordView { change: false, form_error: Some(FormError::PasswordCommon), ..view.clone() };
    let html = render("/settings/password", first).await;
    is_a_sound_document(&html);
    assert!(html.contains("Set a password"), "{html}");
    assert_eq!(attribute(field(&html, "password"), "aria-invalid"), Some("true"));

    let html = render("/settings/password", SetPasswordView { email: None, ..view }).await;
    is_a_sound_document(&html);
    assert!(forms(&html).is_empty() && html.contains("href=\"/settings/email\""), "{html}");
}

#[tokio::test]
async fn an_unconfirmed_address_is_filled_in() {
    let view = ChangeEmailView { email: Some(("ada@example.com".into(), true)), typed: None, form_error: None };
    let html = render("/settings/email", view.clone()).await;
    is_a_sound_document(&html);
    assert_eq!(form(&html), Form { action: "/settings/email", fields: vec![("email", "")] });

    let waiting = ChangeEmailView { email: Some(("ada@example.com".into(), false)), ..view.clone() };
    let html = render("/settings/email", waiting).await;
    is_a_sound_document(&html);
    assert_eq!(form(&html).fields, [("email", "ada@example.com")]);

    let typed = Some("ada@".to_owned());
    let html =
        render("/settings/email", ChangeEmailView { email: None, typed, form_error: Some(FormError::EmailInvalid) });
    let html = html.await;
    is_a_sound_document(&html);
    assert_eq!(form(&html).fields, [("email", "ada@")]);
    assert_eq!(attribute(field(&html, "email"), "aria-invalid"), Some("true"));
}

#[tokio::test]
async fn unlinking_is_confirmed_and_refused_for_the_last_method() {
    let view = UnlinkView { identity: identity(), last: false, affected_access: vec![], form_error: None };
    let html = render("/settings/unlink", view.clone()).await;
    is_a_sound_document(&html);
    assert_eq!(form(&html), Form { action: "/settings/unlink", fields: vec![("identity", "identity-1")] });

    assert!(!html.contains("will be revoked"), "{html}");

    let affected_access = vec![Access::Drive, Access::Calendar];
    let html = render("/settings/unlink", UnlinkView { affected_access, ..view.clone() }).await;
    is_a_sound_document(&html);
    assert!(html.contains("access to Google Drive and Google Calendar will be revoked."), "{html}");

    let html = render("/settings/unlink", UnlinkView { last: true, ..view }).await;
    is_a_sound_document(&html);
    assert!(forms(&html).is_empty() && html.contains("your only way to sign in"), "{html}");
}

#[tokio::test]
async fn linking_starts_by_post() {
    let view = LinkView { provider: google(), return_to: None, form_error: None };
    let html = render("/settings/link", view.clone()).await;
    is_a_sound_document(&html);
    assert_eq!(form(&html), Form { action: "/settings/link", fields: vec![("provider", "google")] });
    let back = render("/settings/link", LinkView { return_to: Some("/drive".into()), ..view }).await;
    let fields = vec![("provider", "google"), ("return_to", "/drive")];
    assert_eq!(form(&back), Form { action: "/settings/link", fields });
    assert!(html.contains("<title>Link an account · Latchkey</title>"), "{html}");
}

#[tokio::test]
async fn deletion_lists_what_goes_and_requires_the_word() {
    let view =
        DeleteView { who: "ada@example.com".into(), word: "delete".into(), affected_access: vec![], form_error: None };
    let html = render("/settings/delete", view.clone()).await;
    is_a_sound_document(&html);
    assert_eq!(form(&html), Form { action: "/settings/delete", fields: vec![("word", "")] });
    assert!(html.contains("Type “delete” to confirm") && html.contains("permanently deletes"), "{html}");
    assert!(!html.contains("will be revoked"), "{html}");

    let html = render("/settings/delete", DeleteView { affected_access: vec![Access::Calendar], ..view.clone() }).await;
    is_a_sound_document(&html);
    assert!(html.contains("access to Google Calendar will be revoked."), "{html}");

    let html =
        render("/settings/delete", DeleteView { form_error: Some(FormError::ConfirmationMissing), ..view }).await;
    is_a_sound_document(&html);
    assert_eq!(attribute(field(&html, "word"), "aria-invalid"), Some("true"));
}

#[tokio::test]
async fn markup_in_text_is_escaped() {
    let text = || HOSTILE.to_owned();
    let some = || Some(text());
    let hostile = || IdentityView {
        id: text(),
        name: some(),
        slug: text(),
        label: text(),
        email: some(),
        linked_at: i64::MIN,
        last_used_at: i64::MAX,
    };
    let account = AccountSettingsView {
        notice: None,
        profile: ProfileView {
            name: some(),
            name_from: some(),
            picture: some(),
            picture_from: some(),
            member_since: 0,
        },
        email: Some((text(), false)),
        pending_email: some(),
    };
    stays_text(&render("/settings", account).await);
    let device = security_settings().devices.remove(1);
    let view = SecuritySettingsView {
        identities: vec![hostile(), IdentityView { email: None, ..hostile() }],
        linkable: vec![ProviderButton {
            slug: text(),
            label: text(),
            last_used: true,
            available: false,
            lets_choose: true,
        }],
        devices: vec![DeviceView {
            id: text(),
            device: text(),
            ip: text(),
            method: text(),
            method_slug: text(),
            ..device
        }],
        ..security_settings()
    };
    stays_text(&render("/settings/security", SecuritySettingsView { reauthenticated: true, ..view.clone() }).await);
    stays_text(&render("/settings/security", view).await);
    let activity = vec![ActivityView {
        what: text(),
        alarming: true,
        provider_says: some(),
        at: 0,
        last_at: Some(1),
        device: text(),
        ip: text(),
    }];
    stays_text(&render("/settings/activity", ActivitySettingsView { notice: None, activity, older: None }).await);
    let view = SetPasswordView { email: some(), change: true, form_error: None };
    stays_text(&render("/settings/password", view).await);
    let view = ChangeEmailView { email: Some((text(), true)), typed: some(), form_error: None };
    stays_text(&render("/settings/email", view).await);
    stays_text(
        &render(
            "/settings/unlink",
            UnlinkView { identity: hostile(), last: false, affected_access: vec![], form_error: None },
        )
        .await,
    );
    let provider = ProviderButton { label: text(), ..google() };
    stays_text(&render("/settings/link", LinkView { provider, return_to: some(), form_error: None }).await);
    stays_text(
        &render(
            "/settings/delete",
            DeleteView { who: text(), word: text(), affected_access: vec![], form_error: None },
        )
        .await,
    );
}

#[tokio::test]
async fn a_pending_change_is_shown_with_its_two_forms() {
    let none = render("/settings", account_settings()).await;
    assert!(!none.contains("Waiting for you to confirm"), "{none}");
    let view = AccountSettingsView { pending_email: Some("new@example.com".into()), ..account_settings() };
    let html = render("/settings", view).await;
    is_a_sound_document(&html);
    assert!(html.contains("Waiting for you to confirm") && html.contains("new@example.com"), "{html}");
    let forms = forms(&html);
    assert!(
        forms.contains(&Form { action: "/settings/email", fields: vec![("email", "new@example.com")] }),
        "{forms:?}"
    );
    assert!(forms.contains(&Form { action: "/settings/email/cancel", fields: Vec::new() }), "{forms:?}");
    stays_text(
        &render("/settings", AccountSettingsView { pending_email: Some(HOSTILE.into()), ..account_settings() }).await,
    );
}
