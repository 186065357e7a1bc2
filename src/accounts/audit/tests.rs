use super::*;
use crate::oidc::SecurityEventKind;

const PROVIDER: &str = "google";

fn provider() -> String {
    PROVIDER.to_owned()
}

/// Every event, with every value of the closed lists in it.
fn every_event() -> Vec<AuditEvent> {
    let mut events = vec![
        AuditEvent::WrongPassword,
        AuditEvent::EmailCodeRequested,
        AuditEvent::SignInCodeRequested,
        AuditEvent::WrongSignInCode,
        AuditEvent::SignUpRequested,
        AuditEvent::Invited,
        AuditEvent::SignOut { method: None },
        AuditEvent::SignOut { method: Some(SessionMethod::Local(LocalMethod::Password)) },
        AuditEvent::SignOut { method: Some(SessionMethod::Local(LocalMethod::EmailCode)) },
        AuditEvent::SignOut { method: Some(SessionMethod::Provider(provider())) },
        AuditEvent::PasswordChanged { first: true },
        AuditEvent::PasswordChanged { first: false },
        AuditEvent::PasswordRemoved,
        AuditEvent::PasswordResetRequested,
        AuditEvent::PasswordReset,
        AuditEvent::PasskeyAdded,
        AuditEvent::PasskeyRemoved,
        AuditEvent::EmailChangeRequested,
        AuditEvent::EmailChangeCancelled,
        AuditEvent::EmailChanged,
        AuditEvent::NameChanged,
        AuditEvent::Unlinked { provider: provider() },
        AuditEvent::Undone(UndoneChange::MethodAdded { provider: provider() }),
        AuditEvent::Undone(UndoneChange::PasskeyAdded),
        AuditEvent::Undone(UndoneChange::SecondFactorChanged),
        AuditEvent::Undone(UndoneChange::PasswordChanged),
        AuditEvent::Undone(UndoneChange::EmailChanged),
        AuditEvent::SessionEnded,
        AuditEvent::SessionDisowned,
        AuditEvent::OtherSessionsEnded,
        AuditEvent::AllSessionsEnded,
        AuditEvent::Disabled,
        AuditEvent::Enabled,
        AuditEvent::Imported,
        AuditEvent::FlowInspected { flow: "AbC123".to_owned() },
        AuditEvent::RecordingStarted { of: RecordedPeople::Everyone },
        AuditEvent::RecordingStarted { of: RecordedPeople::OneBrowser },
        AuditEvent::RecordingStopped,
        AuditEvent::TokenReused,
        AuditEvent::AccountDeleted,
    ];
    for method in LocalMethod::ALL.iter().copied() {
        events.extend([
            AuditEvent::SignIn { method },
            AuditEvent::Reauthenticated { method },
            AuditEvent::WrongCode { method },
            AuditEvent::SecondFactorPassed { method },
        ]);
    }
    events.extend(WebAuthnError::ALL.iter().map(|failure| AuditEvent::PasskeyRefused { failure: *failure }));
    events.extend(SecurityEventKind::ALL.map(|kind| AuditEvent::ProviderReported { provider: provider(), kind }));
    events.extend(SecondFactorEvent::ALL.iter().map(|event| AuditEvent::SecondFactor(*event)));
    events.extend(SecurityNotice::ALL.iter().map(|notice| AuditEvent::Warned(*notice)));
    events.extend(GrantEnd::ALL.iter().map(|end| AuditEvent::GrantEnded { provider: provider(), end: *end }));
    for outcome in DecisionOutcome::ALL.iter().copied() {
        events.push(AuditEvent::SignUp { outcome, reasons: Reason::ALL.to_vec() });
        for purpose in PurposeKind::ALL.iter().copied() {
            for access in Access::ALL.iter().copied().map(Some).chain([None]) {
                let reasons = Reason::ALL.to_vec();
                events.push(AuditEvent::Decision { purpose, provider: provider(), outcome, reasons, access });
            }
        }
    }
    for purpose in PurposeKind::ALL.iter().copied() {
        for failure in FlowFailure::ALL.iter().copied() {
            for said in [None, Some("invalid_client: no such client".to_owned())] {
                events.push(AuditEvent::FlowFailed { purpose, provider: provider(), failure, said });
            }
        }
    }
    events
}

/// Adding a variant breaks this match: add it to [`every_event`], too.
const fn is_in_every_event(event: &AuditEvent) -> bool {
    match event {
        AuditEvent::Decision { .. }
        | AuditEvent::FlowFailed { .. }
        | AuditEvent::SignIn { .. }
        | AuditEvent::Reauthenticated { .. }
        | AuditEvent::WrongPassword
        | AuditEvent::WrongCode { .. }
        | AuditEvent::EmailCodeRequested
        | AuditEvent::SignInCodeRequested
        | AuditEvent::WrongSignInCode
        | AuditEvent::SignUpRequested
        | AuditEvent::SignUp { .. }
        | AuditEvent::Invited
        | AuditEvent::SignOut { .. }
        | AuditEvent::PasswordChanged { .. }
        | AuditEvent::PasswordResetRequested
        | AuditEvent::PasswordReset
        | AuditEvent::PasskeyAdded
        | AuditEvent::PasskeyRemoved
        | AuditEvent::PasskeyRefused { .. }
        | AuditEvent::SecondFactor(_)
        | AuditEvent::SecondFactorPassed { .. }
        | AuditEvent::EmailChangeRequested
        | AuditEvent::EmailChangeCancelled
        | AuditEvent::EmailChanged
        | AuditEvent::NameChanged
        | AuditEvent::Unlinked { .. }
        | AuditEvent::Undone(_)
        | AuditEvent::SessionEnded
        | AuditEvent::SessionDisowned
        | AuditEvent::Warned(_)
        | AuditEvent::OtherSessionsEnded
        | AuditEvent::AllSessionsEnded
        | AuditEvent::PasswordRemoved
        | AuditEvent::Disabled
        | AuditEvent::Enabled
        | AuditEvent::ProviderReported { .. }
        | AuditEvent::Imported
        | AuditEvent::FlowInspected { .. }
        | AuditEvent::RecordingStarted { .. }
        | AuditEvent::RecordingStopped
        | AuditEvent::TokenReused
        | AuditEvent::GrantEnded { .. }
        | AuditEvent::AccountDeleted => true,
    }
}

#[test]
fn every_event_is_read_back_from_its_codes() {
    for event in every_event() {
        assert!(is_in_every_event(&event));
        assert_eq!(EventCodes::from(&event).event(), Some(event));
    }
}

#[test]
fn no_two_events_share_their_codes() {
    let mut codes: Vec<_> = every_event().iter().map(|event| format!("{:?}", EventCodes::from(event))).collect();
    let all = codes.len();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), all);
}

#[test]
fn one_unknown_code_makes_the_event_unknown() {
    let known = EventCodes::from(&AuditEvent::Decision {
        purpose: PurposeKind::SignIn,
        provider: provider(),
        outcome: DecisionOutcome::Create,
        reasons: vec![Reason::IdentityUnknown],
        access: None,
    });
    assert!(known.event().is_some());
    let other = || "from_another_version".to_owned();
    for unknown in [
        EventCodes { kind: other(), ..known.clone() },
        EventCodes { outcome: other(), ..known.clone() },
        EventCodes { reasons: vec![other()], ..known.clone() },
        EventCodes { reasons: vec![known.reasons[0].clone(), other()], ..known.clone() },
        EventCodes { provider: None, ..known },
    ] {
        assert_eq!(unknown.event(), None, "{unknown:?}");
    }
}
