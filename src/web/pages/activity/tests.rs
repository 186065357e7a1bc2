//! Which sentence an event gets, and which alarm.

use time::Duration;
use uuid::Uuid;

use super::*;
use crate::{
    accounts::{AuditEvent, DecisionOutcome, EventCodes, FlowFailure, LocalMethod, PurposeKind, SessionMethod},
    codes::access::Access,
};

fn past(codes: EventCodes) -> PastEvent {
    PastEvent {
        id: Uuid::nil(),
        at: OffsetDateTime::UNIX_EPOCH,
        last_at: OffsetDateTime::UNIX_EPOCH,
        user: None,
        codes,
        client: ClientInfo { ip: Some([192, 0, 2, 1].into()), ..ClientInfo::default() },
        authentication: None,
        times: 1,
    }
}

fn elsewhere() -> ClientInfo {
    ClientInfo { ip: Some([198, 51, 100, 1].into()), ..ClientInfo::default() }
}

fn view(event: &AuditEvent) -> ActivityView {
    activity_view(&past(event.into()), &elsewhere(), str::to_uppercase).unwrap()
}

fn decided(purpose: PurposeKind, outcome: DecisionOutcome, access: Option<Access>) -> ActivityView {
    view(&AuditEvent::Decision { purpose, provider: "google".into(), outcome, reasons: Vec::new(), access })
}

#[test]
fn events_that_share_a_row_are_counted() {
    let last_at = OffsetDateTime::UNIX_EPOCH + Duration::HOUR;
    let row = PastEvent { times: 37, last_at, ..past((&AuditEvent::WrongPassword).into()) };
    let view = activity_view(&row, &elsewhere(), str::to_uppercase).unwrap();
    assert_eq!(view.what, "A sign-in with a wrong password was refused (37 times)");
    assert_eq!((view.at, view.last_at), (0, Some(3_600)));
    let once = past((&AuditEvent::WrongPassword).into());
    assert_eq!(activity_view(&once, &elsewhere(), str::to_uppercase).unwrap().last_at, None);
}

#[test]
fn an_event_names_its_provider_device_and_ip() {
    let signed_in = decided(PurposeKind::SignIn, DecisionOutcome::SignIn, None);
    assert_eq!(signed_in.what, "Signed in with GOOGLE");
    assert_eq!((signed_in.device.as_str(), signed_in.ip.as_str()), ("Unknown browser", "192.0.2.1"));
    let by_password = view(&AuditEvent::SignIn { method: LocalMethod::Password });
    assert_eq!(by_password.what, "Signed in with a password");
    assert_eq!(decided(PurposeKind::Link, DecisionOutcome::Link, None).what, "Linked GOOGLE");
}

#[test]
fn a_sign_out_names_what_opened_the_session() {
    for (method, words) in [
        (SessionMethod::Provider("google".into()), "Signed out (signed in with GOOGLE)"),
        (SessionMethod::Local(LocalMethod::Password), "Signed out (signed in with a password)"),
        (SessionMethod::Local(LocalMethod::Passkey), "Signed out (signed in with a passkey)"),
        (SessionMethod::Local(LocalMethod::EmailCode), "Signed out (signed in with a code from an email)"),
    ] {
        assert_eq!(view(&AuditEvent::SignOut { method: Some(method) }).what, words);
    }
    assert_eq!(view(&AuditEvent::SignOut { method: None }).what, "Signed out");
}

#[test]
fn a_grant_names_the_service_where_it_is_known() {
    let grant = |outcome, access| decided(PurposeKind::Grant, outcome, access).what;
    assert_eq!(grant(DecisionOutcome::Grant, Some(Access::Drive)), "Allowed access to Google Drive");
    assert_eq!(grant(DecisionOutcome::ScopeDeclined, Some(Access::Calendar)), "Declined access to Google Calendar");
    assert_eq!(grant(DecisionOutcome::Grant, None), "Allowed access to data at GOOGLE");
    assert_eq!(grant(DecisionOutcome::Refused, Some(Access::Drive)), "Connecting GOOGLE was refused");
}

#[test]
fn refusals_and_removals_are_alarming_and_sign_ins_are_not() {
    let failed = AuditEvent::FlowFailed {
        purpose: PurposeKind::SignIn,
        provider: "google".into(),
        failure: FlowFailure::IdToken,
        said: None,
    };
    for event in [failed, AuditEvent::WrongPassword, AuditEvent::TokenReused] {
        assert!(view(&event).alarming, "{event:?}");
    }
    let cancelled = AuditEvent::FlowFailed {
        purpose: PurposeKind::Grant,
        provider: "google".into(),
        failure: FlowFailure::Cancelled,
        said: None,
    };
    assert_eq!((view(&cancelled).what.as_str(), view(&cancelled).alarming), ("Connecting GOOGLE was cancelled", false));
    assert!(view(&AuditEvent::Unlinked { provider: "x".into() }).alarming);
    assert!(decided(PurposeKind::Link, DecisionOutcome::Refused, None).alarming);
    assert!(!decided(PurposeKind::SignIn, DecisionOutcome::SignIn, None).alarming);
    assert!(!view(&AuditEvent::SignIn { method: LocalMethod::Passkey }).alarming);
}

#[test]
fn a_change_is_alarming_unless_it_was_made_in_this_browser() {
    let alarms = |event: &AuditEvent, here: &ClientInfo| {
        activity_view(&past(event.into()), here, str::to_uppercase).unwrap().alarming
    };
    let here = past((&AuditEvent::PasswordReset).into()).client;
    let other_browser = ClientInfo { user_agent: Some("another".into()), ..here.clone() };
    for change in [AuditEvent::PasswordReset, AuditEvent::PasskeyAdded, AuditEvent::EmailChanged] {
        assert!(!alarms(&change, &here), "{change:?}");
        assert!(alarms(&change, &elsewhere()) && alarms(&change, &other_browser), "{change:?}");
    }
    assert!(alarms(&AuditEvent::WrongPassword, &here));
}

#[test]
fn an_event_of_another_version_is_left_out() {
    let codes = EventCodes { kind: "sign_in".into(), outcome: "of_the_future".into(), ..EventCodes::default() };
    assert_eq!(activity_view(&past(codes), &elsewhere(), str::to_uppercase), None);
}
