//! Explained decisions: as text, as JSON, as an exit status.

use std::fmt;

use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    accounts::{
        Answer, Decision, DecisionOutcome, FAILED, FlowFailure, Purpose, Reason, SignInMethod, UserId, describe_device,
    },
    oidc::AuthenticationClaims,
    store::PastEvent,
};

#[derive(Clone, Debug)]
pub struct Explanation {
    simulated: bool,
    decisions: Vec<Explained>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explained {
    /// RFC 3339. `None` if simulated; likewise the next four.
    pub at: Option<String>,
    pub event: Option<String>,
    /// The id of the request in the log.
    pub request: Option<String>,
    pub device: Option<String>,
    pub ip: Option<String>,
    pub purpose: String,
    /// The provider's slug.
    pub provider: Option<String>,
    /// The user that signs in, is linked or is asked.
    pub user: Option<String>,
    pub answer: String,
    /// By which a prompted user can confirm.
    pub methods: Vec<String>,
    /// Codes, in the order in which the reasons were found.
    pub reasons: Vec<String>,
    /// The provider's words about the error that ended the flow.
    pub provider_said: Option<String>,
    /// How the provider says that it authenticated the user.
    pub authentication: Option<AuthenticationClaims>,
}

impl Explanation {
    pub(super) fn past(decisions: Vec<PastEvent>) -> Self {
        Self { simulated: false, decisions: decisions.into_iter().map(Explained::past).collect() }
    }

    pub(super) fn simulated(decision: Option<Explained>) -> Self {
        Self { simulated: true, decisions: decision.into_iter().collect() }
    }

    /// The newest first.
    pub fn decisions(&self) -> &[Explained] {
        &self.decisions
    }

    /// 0 with decisions, 1 without.
    pub fn exit_status(&self) -> u8 {
        u8::from(self.decisions.is_empty())
    }

    /// As JSON, as `doctor::explain_link` describes it, with a line break at the end.
    pub fn to_json(&self) -> String {
        let decisions: Vec<_> = self.decisions.iter().map(Explained::to_json).collect();
        let explanation = json!({ "schema": 1, "simulated": self.simulated, "decisions": decisions });
        format!("{explanation:#}\n")
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.decisions.is_empty() {
            return f.write_str(match self.simulated {
                true => "No such user.\n",
                false => "No decision is recorded.\n",
            });
        }
        for (number, decision) in self.decisions.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            decision.fmt(f)?;
        }
        Ok(())
    }
}

impl Explained {
    fn past(event: PastEvent) -> Self {
        // A row must not send control characters to the operator's terminal.
        let plain = |text: String| text.replace(char::is_control, " ");
        let mut reasons: Vec<String> = event.codes.reasons.into_iter().map(plain).collect();
        let provider_said = (event.codes.outcome == FAILED && reasons.len() > 1).then(|| reasons.remove(1));
        Self {
            at: event.last_at.format(&Rfc3339).ok(),
            event: Some(event.id.to_string()),
            request: event.client.request_id.map(plain),
            device: Some(describe_device(event.client.user_agent.as_deref())),
            ip: event.client.ip.map(|ip| ip.to_string()),
            purpose: plain(event.codes.kind),
            provider: event.codes.provider.map(plain),
            user: event.user.map(plain),
            answer: plain(event.codes.outcome),
            methods: Vec::new(),
            reasons,
            provider_said,
            authentication: event.authentication,
        }
    }

    pub(super) fn simulated(purpose: &Purpose, provider: &str, decision: &Decision) -> Self {
        let methods = match &decision.answer {
            Answer::Prompt { methods, .. } => methods.iter().map(method).collect(),
            _ => Vec::new(),
        };
        Self {
            purpose: purpose.kind().code().to_owned(),
            provider: Some(provider.replace(char::is_control, " ")),
            user: user_of(&decision.answer).map(|user| user.to_string()),
            answer: decision.answer.outcome().code().to_owned(),
            methods,
            reasons: decision.reasons.iter().map(|reason| reason.code().to_owned()).collect(),
            ..Self::default()
        }
    }

    fn to_json(&self) -> Value {
        let reasons: Vec<_> =
            self.reasons.iter().map(|code| json!({ "code": code, "sentence": sentence_of_reason(code) })).collect();
        json!({
            "at": self.at,
            "event": self.event,
            "request": self.request,
            "device": self.device,
            "ip": self.ip,
            "purpose": self.purpose,
            "provider": self.provider,
            "user": self.user,
            "answer": { "code": self.answer, "sentence": sentence_of_answer(&self.answer) },
            "methods": self.methods,
            "reasons": reasons,
            "provider_said": self.provider_said,
            "authentication": self.authentication,
        })
    }
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (when, purpose) = (self.at.as_deref().unwrap_or("Simulated"), &self.purpose);
        let provider = self.provider.as_deref().map(|provider| format!(" by {provider}")).unwrap_or_default();
        writeln!(f, "{when}  {purpose}{provider}: {}", self.answer)?;
        writeln!(
            f,
            "  {}",
            sentence_of_answer(&self.answer)
                .unwrap_or("(Another version of Latchkey recorded this; its sentence is not known.)")
        )?;
        for (number, code) in self.reasons.iter().enumerate() {
            let label = if number == 0 { "because" } else { "" };
            writeln!(f, "  {label:<7}  {}", sentence_of_reason(code).unwrap_or(code))?;
        }
        let from: Vec<_> = [self.device.as_deref(), self.ip.as_deref()].into_iter().flatten().collect();
        for (label, text) in [
            ("said", self.provider_said.clone()),
            ("by", self.authentication.as_ref().map(authenticated)),
            ("methods", Some(self.methods.join(", "))),
            ("user", self.user.clone()),
            ("from", Some(from.join(", "))),
            ("event", self.event.clone()),
            ("request", self.request.clone()),
        ] {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                writeln!(f, "  {label:<7}  {text}")?;
            }
        }
        Ok(())
    }
}

/// The claims under their own names: operators look these up.
fn authenticated(claims: &AuthenticationClaims) -> String {
    let time = claims.auth_time.and_then(|time| OffsetDateTime::from_unix_timestamp(time).ok());
    let parts = [
        (!claims.amr.is_empty()).then(|| format!("amr {}", claims.amr.join(","))),
        claims.acr.as_ref().map(|acr| format!("acr {acr}")),
        time.and_then(|time| time.format(&Rfc3339).ok()).map(|time| format!("auth_time {time}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("  ")
}

fn method(method: &SignInMethod) -> String {
    match method {
        SignInMethod::Password | SignInMethod::Passkey => method.code().to_owned(),
        SignInMethod::Provider(slug) => slug.clone(),
    }
}

fn user_of(answer: &Answer) -> Option<UserId> {
    match answer {
        Answer::SignIn { user, .. }
        | Answer::LinkWithoutAsking { user, .. }
        | Answer::Prompt { user, .. }
        | Answer::Link { user, .. }
        | Answer::AlreadyLinked { user, .. }
        | Answer::Reauthenticated { user, .. }
        | Answer::Grant { user, .. } => Some(*user),
        Answer::ClaimFromUnverified { .. } | Answer::Create { .. } | Answer::LinkedElsewhere | Answer::Refuse(_) => {
            None
        }
    }
}

fn sentence_of_reason(code: &str) -> Option<&'static str> {
    Reason::from_code(code).map(Reason::sentence).or_else(|| FlowFailure::from_code(code).map(FlowFailure::sentence))
}

fn sentence_of_answer(code: &str) -> Option<&'static str> {
    if code == FAILED {
        return Some("Nothing changes: the sign-in failed before the linking policy was asked.");
    }
    Some(match DecisionOutcome::from_code(code)? {
        DecisionOutcome::SignIn => "The identity's user signs in.",
        DecisionOutcome::LinkWithoutAsking => {
            "The identity is linked to the user who owns the email address, and that user signs in."
        }
        DecisionOutcome::Prompt => {
            "Nothing changes: the user who owns the email address has to sign in by another method before the identity is linked."
        }
        DecisionOutcome::ClaimFromUnverified => {
            "A new user is created with the email address; accounts that held it unverified lose it, with what was set up by it."
        }
        DecisionOutcome::Create => "A new user is created.",
        DecisionOutcome::Link => "The identity is linked to the signed-in user.",
        DecisionOutcome::AlreadyLinked => "The identity was already linked to the signed-in user.",
        DecisionOutcome::LinkedElsewhere => "Nothing changes: the identity is linked to another user.",
        DecisionOutcome::Reauthenticated => "The signed-in user has re-authenticated.",
        DecisionOutcome::Grant => "The signed-in user may extend the identity's grant.",
        DecisionOutcome::ScopeDeclined => {
            "The signed-in user returned but declined the requested scope: the grant is not extended."
        }
        DecisionOutcome::Refused => "Nothing changes, and no session is opened.",
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::accounts::{ClientInfo, EventCodes};

    fn past(provider: &str, answer: &str, reasons: &[&str]) -> Explanation {
        Explanation::past(vec![PastEvent {
            id: Uuid::nil(),
            at: OffsetDateTime::UNIX_EPOCH,
            last_at: OffsetDateTime::UNIX_EPOCH,
            user: None,
            codes: EventCodes {
                kind: "sign_in".to_owned(),
                provider: Some(provider.to_owned()),
                outcome: answer.to_owned(),
                reasons: reasons.iter().map(|code| (*code).to_owned()).collect(),
            },
            client: ClientInfo::default(),
            authentication: None,
            times: 1,
        }])
    }

    #[test]
    fn each_reason_has_a_line_and_control_characters_are_removed() {
        let explanation = past("goo\n\u{1b}[31mgle", "refused", &["identity_known", "user_disabled"]);
        let expected = "1970-01-01T00:00:00Z  sign_in by goo  [31mgle: refused\n\
             \x20 Nothing changes, and no session is opened.\n\
             \x20 because  The identity (issuer and subject) is linked to a user.\n\
             \x20          The user is disabled.\n\
             \x20 from     Unknown browser\n\
             \x20 event    00000000-0000-0000-0000-000000000000\n";
        assert_eq!((explanation.to_string().as_str(), explanation.exit_status()), (expected, 0));
    }

    #[test]
    fn what_the_provider_says_of_its_authentication_is_shown() {
        let mut explanation = past("google", "sign_in", &["identity_known"]);
        assert!(!explanation.to_string().contains("  by "), "its twin says nothing");
        let amr = vec!["pwd".to_owned(), "mfa".to_owned()];
        explanation.decisions[0].authentication =
            Some(AuthenticationClaims { auth_time: Some(60), amr, ..Default::default() });
        let text = explanation.to_string();
        assert!(text.contains("  by       amr pwd,mfa  auth_time 1970-01-01T00:01:00Z\n"), "{text}");
        let json: serde_json::Value = serde_json::from_str(&explanation.to_json()).unwrap();
        assert_eq!(json["decisions"][0]["authentication"]["amr"][1], "mfa");
    }

    #[test]
    fn a_failed_sign_in_shows_what_the_provider_said() {
        let failed = past("google", "failed", &["token_response", "invalid_client: no such client"]);
        let text = failed.to_string();
        for line in [
            "sign_in by google: failed\n",
            "  because  The token response is an error, or was rejected.\n  said     invalid_client: no such client\n",
        ] {
            assert!(text.contains(line), "{text}");
        }
        let json: serde_json::Value = serde_json::from_str(&failed.to_json()).unwrap();
        assert_eq!(json["decisions"][0]["provider_said"], "invalid_client: no such client");
        assert_eq!(json["decisions"][0]["reasons"].as_array().unwrap().len(), 1);
        let decided = past("google", "refused", &["identity_known", "user_disabled"]);
        assert!(!decided.to_string().contains("said"), "its twin has two reasons of the policy");
    }

    #[test]
    fn unknown_codes_of_another_version_are_shown() {
        let text = past("google", "of_the_future", &["for_a_reason"]).to_string();
        assert!(text.contains("Another version") && text.contains("because  for_a_reason\n"), "{text}");
    }

    #[test]
    fn nothing_found_has_its_own_exit_status() {
        for nothing in [Explanation::past(Vec::new()), Explanation::simulated(None)] {
            assert!(nothing.exit_status() == 1 && nothing.to_string().ends_with(".\n"));
        }
    }
}
