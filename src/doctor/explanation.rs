//! Decisions in words: as text, as JSON, as an exit status.

use std::fmt;

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use crate::{
    accounts::{Answer, Decision, Purpose, Reason, SignInMethod, UserId, describe_device},
    store::PastDecision,
};

/// Decisions, explained.
#[derive(Clone, Debug)]
pub struct Explanation {
    supposed: bool,
    decisions: Vec<Explained>,
}

/// One decision, explained.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explained {
    /// When, in RFC 3339. `None` if it was supposed; likewise the next four.
    pub at: Option<String>,
    /// The event's id.
    pub event: Option<String>,
    /// The request's id in the log.
    pub request: Option<String>,
    /// Browser and system in words.
    pub device: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// What was going on, in one word.
    pub purpose: String,
    /// The provider's slug.
    pub provider: Option<String>,
    /// Who signs in, is linked or is asked.
    pub user: Option<String>,
    /// The answer's code.
    pub answer: String,
    /// How the user who is asked can show that they are it.
    pub methods: Vec<String>,
    /// The codes of the reasons, in the order in which they were found.
    pub reasons: Vec<String>,
}

impl Explanation {
    pub(super) fn of_the_past(decisions: Vec<PastDecision>) -> Self {
        Self { supposed: false, decisions: decisions.into_iter().map(Explained::past).collect() }
    }

    pub(super) fn supposed(decision: Option<Explained>) -> Self {
        Self { supposed: true, decisions: decision.into_iter().collect() }
    }

    /// The decisions, the newest first.
    pub fn decisions(&self) -> &[Explained] {
        &self.decisions
    }

    /// 0 when there is something to tell, 1 when nothing was found.
    pub fn exit_status(&self) -> u8 {
        u8::from(self.decisions.is_empty())
    }

    /// As JSON, as `doctor::explain_link` describes it, with a line break at the end.
    pub fn to_json(&self) -> String {
        let decisions: Vec<_> = self.decisions.iter().map(Explained::to_json).collect();
        let explanation = json!({ "schema": 1, "supposed": self.supposed, "decisions": decisions });
        format!("{explanation:#}\n")
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.decisions.is_empty() {
            return f.write_str(match self.supposed {
                true => "There is no such user.\n",
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
    fn past(decision: PastDecision) -> Self {
        // Whatever stands in a row must not rewrite the operator's terminal.
        let plain = |text: String| text.replace(char::is_control, " ");
        Self {
            at: decision.at.format(&Rfc3339).ok(),
            event: Some(plain(decision.event)),
            request: decision.client.request_id.map(plain),
            device: Some(describe_device(decision.client.user_agent.as_deref())),
            address: decision.client.address.map(plain),
            purpose: plain(decision.kind),
            provider: decision.provider.map(plain),
            user: decision.user.map(plain),
            answer: plain(decision.answer),
            methods: Vec::new(),
            reasons: decision.reasons.into_iter().map(plain).collect(),
        }
    }

    pub(super) fn supposed(purpose: &Purpose, provider: &str, decision: &Decision) -> Self {
        let methods = match &decision.answer {
            Answer::Prompt { methods, .. } => methods.iter().map(method).collect(),
            _ => Vec::new(),
        };
        Self {
            purpose: purpose.code().to_owned(),
            provider: Some(provider.replace(char::is_control, " ")),
            user: user_of(&decision.answer).map(|user| user.to_string()),
            answer: decision.answer.code().to_owned(),
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
            "address": self.address,
            "purpose": self.purpose,
            "provider": self.provider,
            "user": self.user,
            "answer": { "code": self.answer, "sentence": sentence_of_answer(&self.answer) },
            "ways": self.methods,
            "reasons": reasons,
        })
    }
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (when, purpose) = (self.at.as_deref().unwrap_or("Supposed"), &self.purpose);
        let provider = self.provider.as_deref().map(|provider| format!(" by {provider}")).unwrap_or_default();
        writeln!(f, "{when}  {purpose}{provider}: {}", self.answer)?;
        writeln!(
            f,
            "  {}",
            sentence_of_answer(&self.answer).unwrap_or("(Another version of Latchkey knows what that is.)")
        )?;
        for (number, code) in self.reasons.iter().enumerate() {
            let label = if number == 0 { "because" } else { "" };
            writeln!(f, "  {label:<7}  {}", sentence_of_reason(code).unwrap_or(code))?;
        }
        let from: Vec<_> = [self.device.as_deref(), self.address.as_deref()].into_iter().flatten().collect();
        for (label, text) in [
            ("ways", Some(self.methods.join(", "))),
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

fn method(method: &SignInMethod) -> String {
    match method {
        SignInMethod::Password => "password".to_owned(),
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
        | Answer::Proven { user, .. }
        | Answer::Grant { user, .. } => Some(*user),
        Answer::ClaimFromUnverified { .. } | Answer::Create { .. } | Answer::LinkedElsewhere | Answer::Refuse(_) => {
            None
        }
    }
}

fn sentence_of_reason(code: &str) -> Option<&'static str> {
    Reason::ALL.iter().find(|reason| reason.code() == code).map(|reason| reason.sentence())
}

fn sentence_of_answer(code: &str) -> Option<&'static str> {
    Some(match code {
        "sign_in" => "The user of the identity signs in.",
        "link_without_asking" => "The identity is linked to the owner of the e-mail address, who signs in.",
        "prompt" => {
            "Nothing changes: the owner of the e-mail address is asked to show, by a way in that they have, that it is them."
        }
        "claim_from_unverified" => "A new user, who gets the e-mail address; what others had planted with it is void.",
        "create" => "A new user.",
        "link" => "The identity becomes a way in of the user who is signed in.",
        "already_linked" => "The identity was a way in of the user who is signed in before.",
        "linked_elsewhere" => "Nothing changes: the identity is another user's.",
        "proven" => "The user who is signed in has shown once more that it is them.",
        "grant" => "The user who is signed in may grant more of the identity.",
        "scope_declined" => {
            "The user who is signed in came back and had declined what they were asked for: they see no more than before."
        }
        "refuse" => "Nothing changes, and nobody is let in.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::{
        accounts::{EmailUpdate, NewEmail},
        store::AuditClient,
    };

    fn past(provider: &str, answer: &str, reasons: &[&str]) -> Explanation {
        Explanation::of_the_past(vec![PastDecision {
            event: "e".to_owned(),
            at: OffsetDateTime::UNIX_EPOCH,
            kind: "sign_in".to_owned(),
            user: None,
            provider: Some(provider.to_owned()),
            answer: answer.to_owned(),
            reasons: reasons.iter().map(|code| (*code).to_owned()).collect(),
            client: AuditClient::default(),
        }])
    }

    #[test]
    fn every_answer_has_a_sentence() {
        let user = UserId::new(OffsetDateTime::UNIX_EPOCH, [7; 10]);
        let email = || EmailUpdate::Keep;
        for answer in [
            Answer::SignIn { user, email: email() },
            Answer::LinkWithoutAsking { user, email: email() },
            Answer::Prompt { user, methods: Vec::new() },
            Answer::Create { email: NewEmail::None },
            Answer::Link { user, email: email() },
            Answer::AlreadyLinked { user, email: email() },
            Answer::LinkedElsewhere,
            Answer::Proven { user, email: email() },
            Answer::Grant { user, email: email() },
            Answer::Refuse(Reason::UserDisabled),
        ] {
            assert!(sentence_of_answer(answer.code()).is_some(), "{}", answer.code());
        }
        assert!(sentence_of_answer("claim_from_unverified").is_some());
    }

    #[test]
    fn the_text_has_a_line_for_each_reason_and_a_name_makes_no_second_line() {
        let explanation = past("goo\n\u{1b}[31mgle", "refuse", &["identity_known", "user_disabled"]);
        let expected = "1970-01-01T00:00:00Z  sign_in by goo  [31mgle: refuse\n\
             \x20 Nothing changes, and nobody is let in.\n\
             \x20 because  The identity (issuer and subject) is linked to a user.\n\
             \x20          The user is disabled.\n\
             \x20 from     Unknown browser\n\
             \x20 event    e\n";
        assert_eq!((explanation.to_string().as_str(), explanation.exit_status()), (expected, 0));
    }

    #[test]
    fn what_another_version_wrote_is_told_by_its_codes() {
        let text = past("google", "of_the_future", &["for_a_reason"]).to_string();
        assert!(text.contains("Another version") && text.contains("because  for_a_reason\n"), "{text}");
    }

    #[test]
    fn nothing_found_is_said_and_has_a_status_of_its_own() {
        for nothing in [Explanation::of_the_past(Vec::new()), Explanation::supposed(None)] {
            assert!(nothing.exit_status() == 1 && nothing.to_string().ends_with(".\n"));
        }
    }
}
