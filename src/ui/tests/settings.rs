//! `/settings` and the pages below it.

use super::{
    document::{Form, HOSTILE, attribute, field, form, forms, is_a_sound_document, render, stays_text},
    fixtures::{google, identity, settings},
};
use crate::{
    codes::{access::Access, done::Done, form_error::FormError},
    ui::view::{
        ActivityView, ChangeEmailView, DeleteView, DeviceView, IdentityView, LinkView, Notice, ProfileView,
        ProviderButton, SetPasswordView, SettingsView, UnlinkView,
    },
};

fn actions(html: &str) -> Vec<&str> {
    forms(html).iter().map(|form| form.action).collect()
}

#[tokio::test]
async fn the_settings_show_profile_methods_and_devices() {
    let html = render("/settings", settings()).await;
    is_a_sound_document(&html);
    for part in [
        "<title>Settings · Latchkey</title>",
        "href=\"#ways\"",
        "id=\"ways\"",
        "From Google.",
        "href=\"/settings/email\"",
        "href=\"/settings/password\"",
        "href=\"/settings/unlink?identity=identity-1\"",
        "href=\"/settings/unlink?identity=identity-2\"",
        "This browser",
        "Safari on an iPhone",
        "Signed in with Google",
        "Worth a look",
        "href=\"/settings/data.json\"",
        "href=\"/settings/delete\"",
        "aria-current=\"page\"",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    assert_eq!(html.matches("action=\"/auth/logout\"").count(), 1, "{html}");
    let profile = Form { action: "/settings/profile", fields: vec![("name", "Ada Lovelace")] };
    let end = Form { action: "/settings/sessions/end", fields: vec![("session", "device-2")] };
    let end_others = Form { action: "/settings/sessions/end-others", fields: vec![] };
    assert_eq!(forms(&html), [profile, end, end_others]);
}

#[tokio::test]
async fn adding_a_provider_needs_a_recent_authentication() {
    let link = "href=\"/settings/link?provider=google\"";
    let asked = render("/settings", settings()).await;
    assert!(asked.contains(link) && !actions(&asked).contains(&"/settings/link"), "{asked}");

    let reauthenticated = render("/settings", SettingsView { reauthenticated: true, ..settings() }).await;
    is_a_sound_document(&reauthenticated);
    let add = Form { action: "/settings/link", fields: vec![("provider", "google")] };
    assert!(!reauthenticated.contains(link) && forms(&reauthenticated).contains(&add), "{reauthenticated}");
}

#[tokio::test]
async fn the_last_sign_in_method_cannot_be_removed() {
    let html =
        render("/settings", SettingsView { may_unlink: false, identities: vec![identity()], ..settings() }).await;
    is_a_sound_document(&html);
    assert!(!html.contains("/settings/unlink") && html.contains("Your only way to sign in"), "{html}");
}

#[tokio::test]
async fn a_password_can_be_set_changed_or_turned_off() {
    let unset = render("/settings", SettingsView { password_set_at: None, ..settings() }).await;
    assert!(unset.contains("Not set") && unset.contains("Set a password"), "{unset}");
    let off = render("/settings", SettingsView { password_on: false, ..settings() }).await;
    is_a_sound_document(&off);
    assert!(off.contains("Passwords are turned off"), "{off}");
    let neither = SettingsView { password_on: false, password_set_at: None, ..settings() };
    let neither = render("/settings", neither).await;
    assert!(!neither.contains("Passwords are turned off") && !neither.contains("Not set"), "{neither}");
}

#[tokio::test]
async fn a_new_account_has_sound_settings() {
    let devices = settings().devices.into_iter().filter(|device| device.here).collect();
    let html = render(
        "/settings",
        SettingsView {
            profile: ProfileView::default(),
            email: None,
            password_set_at: None,
            identities: vec![],
            linkable: vec![],
            devices,
            activity: vec![],
            ..settings()
        },
    )
    .await;
    is_a_sound_document(&html);
    assert_eq!(actions(&html), ["/settings/profile"]);
    assert!(html.contains("Add email address") && html.contains("No activity yet."), "{html}");
}

#[tokio::test]
async fn confirmations_are_a_status_and_errors_an_alert() {
    for done in Done::ALL {
        let html = render("/settings", SettingsView { notice: Some(Notice::Done(*done)), ..settings() }).await;
        is_a_sound_document(&html);
        assert!(html.contains("role=\"status\"") && !html.contains("role=\"alert\""), "{html}");
    }
    for form_error in FormError::ALL {
        let html =
            render("/settings", SettingsView { notice: Some(Notice::FormError(*form_error)), ..settings() }).await;
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
    let device = settings().devices.remove(1);
    let view = SettingsView {
        profile: ProfileView {
            name: some(),
            name_from: some(),
            picture: some(),
            picture_from: some(),
            member_since: 0,
        },
        email: Some((text(), false)),
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
        activity: vec![ActivityView {
            what: text(),
            alarming: true,
            provider_says: Some(text()),
            at: 0,
            device: text(),
            ip: text(),
        }],
        ..settings()
    };
    stays_text(&render("/settings", SettingsView { reauthenticated: true, ..view.clone() }).await);
    stays_text(&render("/settings", view).await);
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
