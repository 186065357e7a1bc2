//! The audit trail in words, for the user whom it is about.

use time::OffsetDateTime;

use super::authentication_claims::authentication_claims;
use crate::{
    accounts::{
        Actor, AuditEvent, ClientInfo, DecisionOutcome, FlowFailure, GrantEnd, LocalMethod, PurposeKind,
        RecordedPeople, SecondFactorEvent, SecurityNotice, SignInMethod, UndoneChange, describe_device,
    },
    codes::access::Access,
    oidc::SecurityEventKind,
    store::PastEvent,
    ui::{view::ActivityView, wording},
};

/// Shown where there is none to show.
const NO_IP: &str = "unknown";

/// An event on the page; `None` for one that another version of Latchkey wrote and that this one does not know. `here` is who
/// reads it; `label` gives a provider's display name.
pub fn activity_view(event: &PastEvent, here: &ClientInfo, label: impl Fn(&str) -> String) -> Option<ActivityView> {
    let ClientInfo { ip, user_agent, actor, .. } = &event.client;
    let is_from_here = matches!(actor, Actor::User) && *ip == here.ip && *user_agent == here.user_agent;
    let view = view(event, is_from_here, label)?;
    // From where an administrator works is no business of the user's.
    Some(match event.client.actor {
        Actor::User => view,
        Actor::Operator | Actor::Admin(_) => {
            ActivityView { device: "The site's administrator".to_owned(), ip: NO_IP.to_owned(), ..view }
        }
    })
}

/// The same for administrators, who see from where each other work.
pub fn admin_activity_view(event: &PastEvent, label: impl Fn(&str) -> String) -> Option<ActivityView> {
    view(event, false, label)
}

fn view(event: &PastEvent, is_from_here: bool, label: impl Fn(&str) -> String) -> Option<ActivityView> {
    let provider = event.codes.provider.as_deref().map(&label);
    let (what, concern) = sentence(&event.event()?, label);
    let alarming = match concern {
        Concern::None => false,
        Concern::FromElsewhere => !is_from_here,
        Concern::Always => true,
    };
    let by = match event.client.actor {
        Actor::User => String::new(),
        Actor::Operator => " (by a command on the server)".to_owned(),
        Actor::Admin(_) => " (by an administrator)".to_owned(),
    };
    let what = what + &by;
    Some(ActivityView {
        what: if event.times > 1 { format!("{what} ({} times)", event.times) } else { what },
        alarming,
        provider_says: event
            .authentication
            .as_ref()
            .zip(provider)
            .and_then(|(claims, label)| authentication_claims(claims, &label, event.last_at.unix_timestamp())),
        at: event.at.unix_timestamp(),
        last_at: Some(event.last_at).filter(|last| *last > event.at).map(OffsetDateTime::unix_timestamp),
        device: describe_device(event.client.user_agent.as_deref()),
        ip: event.client.ip.map_or_else(|| NO_IP.to_owned(), |ip| ip.to_string()),
    })
}

/// Whether users should check that it was them.
#[derive(Clone, Copy)]
enum Concern {
    None,
    /// A change of the account. In the browser that reads of it, it was them.
    FromElsewhere,
    Always,
}

/// The sentence, and whether the user should check that it was them.
fn sentence(event: &AuditEvent, label: impl Fn(&str) -> String) -> (String, Concern) {
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
        AuditEvent::SignOut { method: Some(SignInMethod::Password) } => calm("Signed out (signed in with a password)"),
        AuditEvent::SignOut { method: Some(SignInMethod::Passkey) } => calm("Signed out (signed in with a passkey)"),
        AuditEvent::SignOut { method: Some(SignInMethod::Provider(slug)) } => {
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

fn provider_reported(label: &str, kind: SecurityEventKind) -> (String, Concern) {
    let says = |what: &str, is_alarm| {
        (format!("{label} reported that {what}"), if is_alarm { Concern::Always } else { Concern::None })
    };
    match kind {
        SecurityEventKind::Logout => (format!("Signed out at {label}"), Concern::None),
        SecurityEventKind::SessionsRevoked => says("you were signed out there", false),
        SecurityEventKind::TokensRevoked | SecurityEventKind::TokenRevoked => says("access was revoked there", false),
        SecurityEventKind::AccountDisabled => says("your account there was disabled", true),
        SecurityEventKind::AccountHijacked => says("someone else may have used your account there", true),
        SecurityEventKind::AccountEnabled => says("your account there works again", false),
        SecurityEventKind::AccountPurged => says("your account there was deleted", true),
        SecurityEventKind::ConsentRevoked => says("you no longer use it for this site", false),
        SecurityEventKind::DataDeletionRequested => says("you asked for your data here to be deleted", true),
        SecurityEventKind::CredentialCompromised => says("a password or key of your account there was stolen", true),
        SecurityEventKind::CredentialChangeRequired => says("your password there has to be changed", true),
        SecurityEventKind::EmailDisabled => says("it no longer forwards emails to you", true),
        SecurityEventKind::EmailEnabled => says("it forwards emails to you again", false),
        SecurityEventKind::Verification => says("it tested the connection", false),
    }
}

fn decision(purpose: PurposeKind, outcome: DecisionOutcome, access: Option<Access>, label: &str) -> (String, Concern) {
    let calm = |what: String| (what, Concern::None);
    let alarm = |what: String| (what, Concern::Always);
    let data = || access.map_or_else(|| format!("data at {label}"), |access| wording::access::name(access).to_owned());
    match outcome {
        DecisionOutcome::SignIn => match purpose {
            PurposeKind::ResolveLink => calm(format!("Signed in with {label} to link an account")),
            PurposeKind::SignIn | PurposeKind::Link | PurposeKind::Grant | PurposeKind::Reauthenticate => {
                calm(format!("Signed in with {label}"))
            }
        },
        DecisionOutcome::LinkWithoutAsking => calm(format!("Signed in with {label}, which was linked")),
        DecisionOutcome::Prompt => alarm(format!("Someone tried to sign in with {label} using your email address")),
        DecisionOutcome::ClaimFromUnverified | DecisionOutcome::Create => calm(format!("Signed up with {label}")),
        DecisionOutcome::Link => calm(format!("Linked {label}")),
        DecisionOutcome::AlreadyLinked => calm(format!("Linked {label}, which was already linked")),
        DecisionOutcome::LinkedElsewhere => {
            alarm(format!("Tried to link a {label} account that is linked to another user"))
        }
        DecisionOutcome::Reauthenticated => calm(format!("Signed in again with {label} to confirm it was you")),
        DecisionOutcome::Grant => calm(format!("Allowed access to {}", data())),
        DecisionOutcome::ScopeDeclined => calm(format!("Declined access to {}", data())),
        DecisionOutcome::Refused => alarm(format!("{} was refused", attempt(purpose, label))),
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

fn attempt(purpose: PurposeKind, label: &str) -> String {
    match purpose {
        PurposeKind::SignIn => format!("A sign-in with {label}"),
        PurposeKind::Link | PurposeKind::ResolveLink => format!("Linking {label}"),
        PurposeKind::Grant => format!("Connecting {label}"),
        PurposeKind::Reauthenticate => format!("Signing in again with {label}"),
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use uuid::Uuid;

    use super::*;
    use crate::accounts::EventCodes;

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
        assert_eq!(
            (view(&cancelled).what.as_str(), view(&cancelled).alarming),
            ("Connecting GOOGLE was cancelled", false)
        );
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
}
