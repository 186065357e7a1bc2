//! A sentence for each event of the audit trail, in the past tense, and whether it should alarm its user.

use super::provider_sentences::{attempt, decision, provider_reported};
use crate::accounts::{
    AuditEvent, DecisionOutcome, FlowFailure, GrantEnd, LocalMethod, RecordedPeople, SecondFactorEvent, SecurityNotice,
    SessionMethod, UndoneChange,
};

/// Whether users should check that it was them.
#[derive(Clone, Copy)]
pub(super) enum Concern {
    None,
    /// A change of the account. In the browser that reads of it, it was them.
    FromElsewhere,
    Always,
}

/// The sentence, and whether the user should check that it was them.
pub(super) fn sentence(event: &AuditEvent, label: impl Fn(&str) -> String) -> (String, Concern) {
    let calm = |what: &str| (what.to_owned(), Concern::None);
    let change = |what: &str| (what.to_owned(), Concern::FromElsewhere);
    let alarm = |what: &str| (what.to_owned(), Concern::Always);
    match event {
        AuditEvent::Decision { purpose, provider, outcome, access, .. } => {
            decision(*purpose, *outcome, *access, &label(provider))
        }
        AuditEvent::FlowFailed { purpose, provider, failure: FlowFailure::Cancelled, .. } => {
            calm(&format!("{} was cancelled", attempt(*purpose, &label(provider))))
        }
        AuditEvent::FlowFailed { purpose, provider, .. } => {
            alarm(&format!("{} failed", attempt(*purpose, &label(provider))))
        }
        AuditEvent::SignIn { method } => calm(&format!("Signed in with {}", local_method(*method))),
        AuditEvent::Reauthenticated { method } => {
            calm(&format!("Confirmed with {} that it was you", local_method(*method)))
        }
        AuditEvent::WrongCode { method } => {
            alarm(&format!("A confirmation with a wrong code was refused ({})", local_method(*method)))
        }
        AuditEvent::EmailCodeRequested => calm("Requested a code by email"),
        AuditEvent::SignInCodeRequested => calm("Requested a code by email to sign in"),
        AuditEvent::WrongSignInCode => alarm("A sign-in with a wrong code from an email was refused"),
        AuditEvent::WrongPassword => alarm("A sign-in with a wrong password was refused"),
        AuditEvent::SignUpRequested => calm("Someone tried to sign up with your email address; nothing was changed"),
        AuditEvent::SignUp { outcome, .. } => match outcome {
            DecisionOutcome::Refused => alarm("A sign-up with your email address was refused"),
            DecisionOutcome::SignIn
            | DecisionOutcome::LinkWithoutAsking
            | DecisionOutcome::Prompt
            | DecisionOutcome::ClaimFromUnverified
            | DecisionOutcome::Create
            | DecisionOutcome::Link
            | DecisionOutcome::AlreadyLinked
            | DecisionOutcome::LinkedElsewhere
            | DecisionOutcome::Reauthenticated
            | DecisionOutcome::Grant
            | DecisionOutcome::ScopeDeclined => calm("Signed up with a password"),
        },
        AuditEvent::Invited => calm("Invited someone"),
        AuditEvent::SignOut { method: None } => calm("Signed out"),
        AuditEvent::SignOut { method: Some(SessionMethod::Local(method)) } => {
            calm(&format!("Signed out (signed in with {})", local_method(*method)))
        }
        AuditEvent::SignOut { method: Some(SessionMethod::Provider(slug)) } => {
            calm(&format!("Signed out (signed in with {})", label(slug)))
        }
        AuditEvent::PasskeyAdded => change("Added a passkey"),
        AuditEvent::PasskeyRemoved => change("Removed a passkey"),
        AuditEvent::PasskeyRefused { .. } => alarm("A sign-in with a passkey was refused"),
        AuditEvent::PasswordChanged { first: true } => change("Set a password"),
        AuditEvent::PasswordChanged { first: false } => change("Changed the password"),
        AuditEvent::PasswordRemoved => change("Removed the password"),
        AuditEvent::PasswordResetRequested => calm("Requested a password reset email"),
        AuditEvent::PasswordReset => change("Reset the password"),
        AuditEvent::SecondFactor(event) => match event {
            SecondFactorEvent::Asked => calm("Was asked for the second step of a sign-in"),
            SecondFactorEvent::Refused => alarm("A wrong two-step code was refused"),
            SecondFactorEvent::Added => change("Turned on two-step verification"),
            SecondFactorEvent::Replaced => change("Replaced the authenticator app"),
            SecondFactorEvent::Removed => change("Turned off two-step verification"),
            SecondFactorEvent::RecoveryCodesReplaced => change("Replaced the recovery codes"),
            SecondFactorEvent::AskedAfterProviders => calm("Turned on two-step verification after other accounts"),
            SecondFactorEvent::NotAskedAfterProviders => {
                change("Turned off two-step verification after other accounts")
            }
            SecondFactorEvent::BrowserTrusted => calm("Trusted a browser for 30 days"),
            SecondFactorEvent::BrowserForgotten => calm("Stopped trusting a browser"),
        },
        AuditEvent::SecondFactorPassed { method } => {
            calm(&format!("Finished the second step of a sign-in with {}", local_method(*method)))
        }
        AuditEvent::EmailChangeRequested => calm("Requested a change of the email address"),
        AuditEvent::EmailChangeCancelled => calm("Cancelled a change of the email address"),
        AuditEvent::EmailChanged => change("Changed the email address"),
        AuditEvent::NameChanged => calm("Changed the name"),
        AuditEvent::Unlinked { provider } => change(&format!("Removed {}", label(provider))),
        AuditEvent::Undone(UndoneChange::MethodAdded { provider }) => {
            alarm(&format!("Undid the linking of {}", label(provider)))
        }
        AuditEvent::Undone(UndoneChange::PasskeyAdded) => alarm("Undid the addition of a passkey"),
        AuditEvent::Undone(UndoneChange::SecondFactorChanged) => alarm("Undid a change of two-step verification"),
        AuditEvent::Undone(UndoneChange::PasswordChanged) => alarm("Undid a password change"),
        AuditEvent::Undone(UndoneChange::EmailChanged) => alarm("Undid a change of the email address"),
        AuditEvent::SessionEnded => calm("Signed out another device"),
        AuditEvent::SessionDisowned => alarm("Ended a session with \"This wasn't me\""),
        AuditEvent::Warned(SecurityNotice::NewDevice) => alarm("We emailed you about a sign-in with a new device"),
        AuditEvent::Warned(SecurityNotice::FailedTries) => alarm("We emailed you about failed tries to sign in"),
        AuditEvent::OtherSessionsEnded => calm("Signed out all other devices"),
        AuditEvent::AllSessionsEnded => change("Signed out all devices"),
        AuditEvent::TokenReused => alarm("A used sign-in token was presented again; its session was ended"),
        AuditEvent::GrantEnded { provider, end } => calm(&match end {
            GrantEnd::Disconnected => format!("Disconnected {}", label(provider)),
            GrantEnd::Revoked => format!("Access to {} was revoked there", label(provider)),
            GrantEnd::Expired => format!("Access to {} expired", label(provider)),
        }),
        AuditEvent::Disabled => alarm("Disabled the account"),
        AuditEvent::Enabled => calm("Enabled the account"),
        AuditEvent::ProviderReported { provider, kind } => provider_reported(&label(provider), *kind),
        AuditEvent::Imported => calm("Brought the account here from another system"),
        AuditEvent::FlowInspected { .. } => calm("Opened the record of a sign-in"),
        AuditEvent::RecordingStarted { of: RecordedPeople::Everyone } => {
            calm("Had all sign-ins recorded for ten minutes")
        }
        AuditEvent::RecordingStarted { of: RecordedPeople::OneBrowser } => {
            calm("Made a link that lets one browser's sign-in be recorded")
        }
        AuditEvent::RecordingStopped => calm("Stopped the recording of sign-ins"),
        AuditEvent::AccountDeleted => alarm("Deleted the account"),
    }
}

const fn local_method(method: LocalMethod) -> &'static str {
    match method {
        LocalMethod::Password => "a password",
        LocalMethod::Passkey => "a passkey",
        LocalMethod::EmailCode => "a code from an email",
        LocalMethod::Totp => "a code from an authenticator app",
        LocalMethod::RecoveryCode => "a recovery code",
    }
}
