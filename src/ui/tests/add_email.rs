//! `/add-email`, and the dashboard card that links to it.

use super::{
    document::{Form, HOSTILE, form, is_a_sound_document, render, stays_text},
    fixtures::dashboard,
};
use crate::{
    codes::form_error::FormError,
    ui::view::{AddEmailView, DashboardView, NextStep, StepState},
};

fn add_email() -> AddEmailView {
    AddEmailView {
        provider: "Facebook".into(),
        email: Some("ada@example.com".into()),
        required: false,
        return_to: "/settings".into(),
        form_error: None,
    }
}

#[tokio::test]
async fn an_optional_address_can_be_skipped() {
    let html = render("/add-email", add_email()).await;
    is_a_sound_document(&html);
    let fields = vec![("return_to", "/settings"), ("email", "ada@example.com")];
    assert_eq!(form(&html), Form { action: "/settings/email", fields });
    assert!(html.contains("Facebook") && html.contains("href=\"/settings\">Not now"), "{html}");
}

#[tokio::test]
async fn a_required_address_cannot_be_skipped() {
    let html = render("/add-email", AddEmailView { required: true, ..add_email() }).await;
    is_a_sound_document(&html);
    assert!(!html.contains("Not now") && html.contains("This site requires one"), "{html}");
}

#[tokio::test]
async fn errors_mark_the_field_and_markup_is_escaped() {
    is_a_sound_document(
        &render("/add-email", AddEmailView { form_error: Some(FormError::EmailInvalid), ..add_email() }).await,
    );
    let hostile = || HOSTILE.to_owned();
    let view = AddEmailView { provider: hostile(), email: Some(hostile()), return_to: hostile(), ..add_email() };
    stays_text(&render("/add-email", view).await);
}

#[tokio::test]
async fn the_dashboard_asks_for_a_missing_address() {
    let asking =
        render("/dashboard", DashboardView { next_steps: vec![(NextStep::AddEmail, StepState::Open)], ..dashboard() })
            .await;
    is_a_sound_document(&asking);
    assert!(asking.contains("href=\"/add-email\""), "{asking}");
    assert!(!render("/dashboard", dashboard()).await.contains("href=\"/add-email\""));
}
