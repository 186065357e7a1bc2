//! Events as the table `events` keeps them, and back.

use super::{
    AuditEvent, DecisionOutcome, FlowFailure, GrantEnd, LocalMethod, PurposeKind, RecordedPeople, SecondFactorEvent,
    SecurityNotice, SessionMethod, UndoneChange,
};
use crate::accounts::linking_context::PASSWORD;
use crate::accounts::reason::Reason;
use crate::codes::access::Access;
use crate::oidc::SecurityEventKind;
use crate::webauthn::WebAuthnError;

/// The outcome of a flow that failed before the policy was asked. Its reason is no reason of the policy; a second one is
/// what the provider said.
pub const FAILED: &str = "failed";

const SECOND_FACTOR: &str = "second_factor";

/// An event in codes. A row that another version of Latchkey wrote can hold codes that this one does not know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventCodes {
    pub kind: String,
    /// A provider's slug, or the code of a [`LocalMethod`].
    pub provider: Option<String>,
    pub outcome: String,
    pub reasons: Vec<String>,
}

impl From<&AuditEvent> for EventCodes {
    fn from(event: &AuditEvent) -> Self {
        let password = Some(PASSWORD);
        match event {
            AuditEvent::Decision { purpose, provider, outcome, reasons, access } => {
                let reasons = reasons.iter().map(|reason| reason.code()).chain(access.map(Access::code));
                codes(purpose.code(), Some(provider), outcome.code(), reasons)
            }
            AuditEvent::FlowFailed { purpose, provider, failure, said } => {
                let reasons = [failure.code()].into_iter().chain(said.as_deref());
                codes(purpose.code(), Some(provider), FAILED, reasons)
            }
            AuditEvent::SignIn { method } => codes("sign_in", Some(method.code()), "sign_in", []),
            AuditEvent::Reauthenticated { method } => {
                codes("reauthenticate", Some(method.code()), "reauthenticated", [])
            }
            AuditEvent::WrongCode { method } => codes("reauthenticate", Some(method.code()), "wrong_code", []),
            AuditEvent::EmailCodeRequested => {
                codes("reauthenticate", Some(LocalMethod::EmailCode.code()), "requested", [])
            }
            AuditEvent::WrongPassword => codes("sign_in", password, "wrong_password", []),
            AuditEvent::SignInCodeRequested => codes("sign_in", Some(LocalMethod::EmailCode.code()), "requested", []),
            AuditEvent::WrongSignInCode => codes("sign_in", Some(LocalMethod::EmailCode.code()), "wrong_code", []),
            AuditEvent::SignUpRequested => codes("sign_up", password, "requested", []),
            AuditEvent::SignUp { outcome, reasons } => {
                codes("sign_up", password, outcome.code(), reasons.iter().map(|reason| reason.code()))
            }
            AuditEvent::Invited => codes("invitation", None, "sent", []),
            AuditEvent::SignOut { method } => {
                codes("sign_out", method.as_ref().map(SessionMethod::code), "signed_out", [])
            }
            AuditEvent::PasswordChanged { first: true } => codes("password", password, "set", []),
            AuditEvent::PasswordChanged { first: false } => codes("password", password, "changed", []),
            AuditEvent::PasswordRemoved => codes("password", password, "removed", []),
            AuditEvent::PasswordResetRequested => codes("password", password, "reset_requested", []),
            AuditEvent::PasswordReset => codes("password", password, "reset", []),
            AuditEvent::PasskeyAdded => codes("passkey", None, "added", []),
            AuditEvent::PasskeyRemoved => codes("passkey", None, "removed", []),
            AuditEvent::PasskeyRefused { failure } => codes("passkey", None, "refused", [failure.code()]),
            AuditEvent::SecondFactor(event) => codes(SECOND_FACTOR, None, event.code(), []),
            AuditEvent::SecondFactorPassed { method } => codes(SECOND_FACTOR, Some(method.code()), "passed", []),
            AuditEvent::EmailChangeRequested => codes("email", None, "change_requested", []),
            AuditEvent::EmailChangeCancelled => codes("email", None, "change_cancelled", []),
            AuditEvent::EmailChanged => codes("email", None, "changed", []),
            AuditEvent::NameChanged => codes("profile", None, "name_changed", []),
            AuditEvent::Unlinked { provider } => codes("unlink", Some(provider), "unlinked", []),
            AuditEvent::Undone(UndoneChange::MethodAdded { provider }) => {
                codes("undo", Some(provider), "method_added", [])
            }
            AuditEvent::Undone(UndoneChange::PasskeyAdded) => codes("undo", None, "passkey_added", []),
            AuditEvent::Undone(UndoneChange::SecondFactorChanged) => codes("undo", None, "second_factor_changed", []),
            AuditEvent::Undone(UndoneChange::PasswordChanged) => codes("undo", None, "password_changed", []),
            AuditEvent::Undone(UndoneChange::EmailChanged) => codes("undo", None, "email_changed", []),
            AuditEvent::SessionEnded => codes("session", None, "ended", []),
            AuditEvent::SessionDisowned => codes("session", None, "disowned", []),
            AuditEvent::Warned(notice) => codes("warning", None, notice.code(), []),
            AuditEvent::OtherSessionsEnded => codes("session", None, "others_ended", []),
            AuditEvent::AllSessionsEnded => codes("session", None, "all_ended", []),
            AuditEvent::TokenReused => codes("token", None, "reused", []),
            AuditEvent::GrantEnded { provider, end } => codes("grant", Some(provider), end.code(), []),
            AuditEvent::Disabled => codes("account", None, "disabled", []),
            AuditEvent::Enabled => codes("account", None, "enabled", []),
            AuditEvent::ProviderReported { provider, kind } => codes("report", Some(provider), kind.code(), []),
            AuditEvent::Imported => codes("account", None, "imported", []),
            AuditEvent::FlowInspected { flow } => codes("inspect", None, "opened", [flow.as_str()]),
            AuditEvent::RecordingStarted { of } => codes("inspect", None, "started", [of.code()]),
            AuditEvent::RecordingStopped => codes("inspect", None, "stopped", []),
            AuditEvent::AccountDeleted => codes("account", None, "deleted", []),
        }
    }
}

fn codes<'a>(
    kind: &str,
    provider: Option<&str>,
    outcome: &str,
    reasons: impl IntoIterator<Item = &'a str>,
) -> EventCodes {
    EventCodes {
        kind: kind.to_owned(),
        provider: provider.map(str::to_owned),
        outcome: outcome.to_owned(),
        reasons: reasons.into_iter().map(str::to_owned).collect(),
    }
}

impl EventCodes {
    /// The event; `None` where this version of Latchkey would not have written these codes.
    pub fn event(&self) -> Option<AuditEvent> {
        self.guess().filter(|event| Self::from(event) == *self)
    }

    /// The only event that these codes can stand for. It may have other codes in the members not looked at.
    fn guess(&self) -> Option<AuditEvent> {
        Some(match (self.kind.as_str(), self.outcome.as_str()) {
            ("sign_in", "sign_in") if self.local_method().is_some() => {
                AuditEvent::SignIn { method: self.local_method()? }
            }
            ("reauthenticate", "reauthenticated") if self.local_method().is_some() => {
                AuditEvent::Reauthenticated { method: self.local_method()? }
            }
            ("reauthenticate", "wrong_code") => AuditEvent::WrongCode { method: self.local_method()? },
            ("reauthenticate", "requested") => AuditEvent::EmailCodeRequested,
            ("sign_in", "wrong_password") => AuditEvent::WrongPassword,
            ("sign_in", "requested") => AuditEvent::SignInCodeRequested,
            ("sign_in", "wrong_code") => AuditEvent::WrongSignInCode,
            ("sign_up", "requested") => AuditEvent::SignUpRequested,
            ("sign_up", outcome) => {
                AuditEvent::SignUp { outcome: DecisionOutcome::from_code(outcome)?, reasons: self.policy_reasons() }
            }
            ("invitation", "sent") => AuditEvent::Invited,
            ("sign_out", _) => AuditEvent::SignOut { method: self.provider.as_deref().map(SessionMethod::from_code) },
            ("password", "set") => AuditEvent::PasswordChanged { first: true },
            ("password", "changed") => AuditEvent::PasswordChanged { first: false },
            ("password", "removed") => AuditEvent::PasswordRemoved,
            ("password", "reset_requested") => AuditEvent::PasswordResetRequested,
            ("password", "reset") => AuditEvent::PasswordReset,
            ("passkey", "added") => AuditEvent::PasskeyAdded,
            ("passkey", "removed") => AuditEvent::PasskeyRemoved,
            ("passkey", "refused") => {
                AuditEvent::PasskeyRefused { failure: WebAuthnError::from_code(self.reasons.first()?)? }
            }
            (SECOND_FACTOR, "passed") => AuditEvent::SecondFactorPassed { method: self.local_method()? },
            (SECOND_FACTOR, outcome) => AuditEvent::SecondFactor(SecondFactorEvent::from_code(outcome)?),
            ("email", "change_requested") => AuditEvent::EmailChangeRequested,
            ("email", "change_cancelled") => AuditEvent::EmailChangeCancelled,
            ("email", "changed") => AuditEvent::EmailChanged,
            ("profile", "name_changed") => AuditEvent::NameChanged,
            ("unlink", _) => AuditEvent::Unlinked { provider: self.provider.clone()? },
            ("undo", "method_added") => {
                AuditEvent::Undone(UndoneChange::MethodAdded { provider: self.provider.clone()? })
            }
            ("undo", "passkey_added") => AuditEvent::Undone(UndoneChange::PasskeyAdded),
            ("undo", "second_factor_changed") => AuditEvent::Undone(UndoneChange::SecondFactorChanged),
            ("undo", "password_changed") => AuditEvent::Undone(UndoneChange::PasswordChanged),
            ("undo", "email_changed") => AuditEvent::Undone(UndoneChange::EmailChanged),
            ("session", "ended") => AuditEvent::SessionEnded,
            ("session", "disowned") => AuditEvent::SessionDisowned,
            ("warning", outcome) => AuditEvent::Warned(SecurityNotice::from_code(outcome)?),
            ("session", "others_ended") => AuditEvent::OtherSessionsEnded,
            ("session", "all_ended") => AuditEvent::AllSessionsEnded,
            ("token", "reused") => AuditEvent::TokenReused,
            ("account", "disabled") => AuditEvent::Disabled,
            ("account", "enabled") => AuditEvent::Enabled,
            ("report", outcome) => AuditEvent::ProviderReported {
                provider: self.provider.clone()?,
                kind: SecurityEventKind::from_code(outcome)?,
            },
            ("account", "imported") => AuditEvent::Imported,
            ("inspect", "opened") => AuditEvent::FlowInspected { flow: self.reasons.first()?.clone() },
            ("inspect", "started") => {
                AuditEvent::RecordingStarted { of: RecordedPeople::from_code(self.reasons.first()?)? }
            }
            ("inspect", "stopped") => AuditEvent::RecordingStopped,
            ("account", "deleted") => AuditEvent::AccountDeleted,
            (purpose, outcome) => self.of_flow(PurposeKind::from_code(purpose)?, outcome, self.provider.clone()?)?,
        })
    }

    fn of_flow(&self, purpose: PurposeKind, outcome: &str, provider: String) -> Option<AuditEvent> {
        if outcome == FAILED {
            let failure = FlowFailure::from_code(self.reasons.first()?)?;
            let said = self.reasons.get(1).cloned();
            return Some(AuditEvent::FlowFailed { purpose, provider, failure, said });
        }
        if let (PurposeKind::Grant, Some(end)) = (purpose, GrantEnd::from_code(outcome)) {
            return Some(AuditEvent::GrantEnded { provider, end });
        }
        let outcome = DecisionOutcome::from_code(outcome)?;
        let access = self.reasons.last().and_then(|last| Access::from_code(last));
        Some(AuditEvent::Decision { purpose, provider, outcome, reasons: self.policy_reasons(), access })
    }

    fn local_method(&self) -> Option<LocalMethod> {
        self.provider.as_deref().and_then(LocalMethod::from_code)
    }

    fn policy_reasons(&self) -> Vec<Reason> {
        self.reasons.iter().filter_map(|code| Reason::from_code(code)).collect()
    }
}
