//! The pages of two-step verification.

use super::{
    document::{Form, HOSTILE, form, forms, is_a_sound_document, render, stays_text},
    fixtures::security_settings,
};
use crate::{
    codes::form_error::FormError,
    ui::view::{
        AppView, AuthenticatorView, EnrolmentView, Notice, RecoveryCodesView, RecoveryView, RemoveAuthenticatorView,
        SecondFactorSettingsView, SecondFactorView, SecuritySettingsView, TrustedBrowserView,
    },
};

fn enrolment() -> EnrolmentView {
    EnrolmentView {
        qr_size: 41,
        qr_path: "M4 4h7v1h-7z".into(),
        secret: "GEZD GNBV".into(),
        uri: "otpauth://totp/a:b?secret=GEZDGNBV".into(),
        authenticator: Some("http://localhost:3010/authenticator?add=x".into()),
    }
}

fn second_factor() -> SecondFactorView {
    SecondFactorView {
        step: "step-1".into(),
        who: "ada@example.com".into(),
        app: true,
        passkey: true,
        enrolment: None,
        authenticator: None,
        notice: None,
    }
}

#[tokio::test]
async fn the_second_step_asks_for_a_code_or_a_passkey() {
    let html = render("/second-factor", second_factor()).await;
    is_a_sound_document(&html);
    let expected =
        Form { action: "/auth/second-factor", fields: vec![("step", "step-1"), ("code", ""), ("trust", "1")] };
    assert_eq!(form(&html), expected);
    assert!(html.contains("data-passkey=\"second_factor\""), "{html}");
    for form_error in FormError::ALL {
        let notice = Some(Notice::FormError(*form_error));
        is_a_sound_document(&render("/second-factor", SecondFactorView { notice, ..second_factor() }).await);
    }
}

#[tokio::test]
async fn a_user_without_one_sets_it_up_there() {
    let view = SecondFactorView { app: false, passkey: false, enrolment: Some(enrolment()), ..second_factor() };
    let html = render("/second-factor", view).await;
    is_a_sound_document(&html);
    assert_eq!(form(&html).action, "/auth/second-factor/enrol");
    assert!(html.contains("d=\"M4 4h7v1h-7z\"") && html.contains("viewBox=\"0 0 41 41\""), "{html}");
    assert!(
        html.contains("GEZD GNBV")
            && html.contains("/authenticator?add=x")
            && html.contains("href=\"otpauth://totp/a:b?"),
        "{html}"
    );
}

#[tokio::test]
async fn an_app_is_set_up_replaced_and_removed_in_the_settings() {
    for replaces in [false, true] {
        for form_error in [None, Some(FormError::SecondFactorWrong)] {
            let view = AuthenticatorView { replaces, enrolment: enrolment(), form_error };
            let html = render("/settings/authenticator", view).await;
            is_a_sound_document(&html);
            assert_eq!(form(&html).action, "/settings/authenticator");
            assert_eq!(html.contains("aria-invalid=\"true\""), form_error.is_some());
        }
    }
    for required in [false, true] {
        let html =
            render("/settings/authenticator/remove", RemoveAuthenticatorView { required, form_error: None }).await;
        is_a_sound_document(&html);
        assert_eq!(forms(&html).is_empty(), required, "{html}");
    }
}

#[tokio::test]
async fn recovery_codes_are_shown_once() {
    let view = |codes| RecoveryCodesView { codes, left: 10, return_to: "/drive?a=1".into(), notice: None };
    let html = render("/settings/recovery-codes", view(Some(vec!["ABCDE-FGHJK".into(), "LMNPQ-RSTUV".into()]))).await;
    is_a_sound_document(&html);
    assert!(html.contains("href=\"data:text/plain;charset=utf-8,ABCDE-FGHJK%0ALMNPQ-RSTUV\""), "{html}");
    assert!(html.contains("ABCDE-FGHJK") && html.contains("href=\"/drive?a=1\"") && forms(&html).is_empty(), "{html}");
    let html = render("/settings/recovery-codes", view(None)).await;
    is_a_sound_document(&html);
    assert_eq!(form(&html).action, "/settings/recovery-codes");
}

#[tokio::test]
async fn the_settings_show_the_app_and_the_trusted_browsers() {
    let app = |after_providers| AppView { added_at: 1, last_used_at: Some(2), recovery_codes: 2, after_providers };
    let trusted = || TrustedBrowserView {
        id: "browser-1".into(),
        device: HOSTILE.into(),
        ip: HOSTILE.into(),
        last_used_at: 1,
        expires_at: 2,
    };
    for required in [false, true] {
        for after_providers in [false, true] {
            let view = SecondFactorSettingsView { app: Some(app(after_providers)), required, trusted: vec![trusted()] };
            let html =
                render("/settings/security", SecuritySettingsView { second_factor: Some(view), ..security_settings() })
                    .await;
            stays_text(&html);
            let switch = forms(&html).into_iter().find(|form| form.action == "/settings/authenticator/providers");
            let ask = switch.map(|form| form.fields == [("ask", "1")]);
            assert_eq!(ask, (!required).then_some(!after_providers), "{html}");
            assert_eq!(html.contains("href=\"/settings/authenticator/remove\""), !required);
            assert!(html.contains("Get new ones") && html.contains("value=\"browser-1\""), "{html}");
        }
    }
    let off = render("/settings/security", SecuritySettingsView { second_factor: None, ..security_settings() }).await;
    assert!(!off.contains("Two-step"), "{off}");
}

#[tokio::test]
async fn the_recovery_page_speaks_of_what_there_is() {
    for (password, passkeys, second_factor) in [(true, true, true), (false, false, false)] {
        let html = render("/recovery", RecoveryView { password, passkeys, second_factor }).await;
        is_a_sound_document(&html);
        assert_eq!(html.contains("lost my phone"), second_factor);
        assert_eq!(html.contains("lost a passkey"), passkeys);
        assert_eq!(html.contains("forgotten my password"), password);
        assert!(html.contains("None of this helps"));
    }
}
