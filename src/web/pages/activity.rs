//! "Recent activity": what the audit trail says, in words for the person whom it is about.

use crate::{
    accounts::describe_device,
    codes::access::Access,
    store::{PASSWORD, PastEvent},
    ui::{view::ActivityView, wording},
};

/// An event on a page. `label` gives a provider's name for people.
pub fn activity_view(event: &PastEvent, label: impl Fn(&str) -> String) -> ActivityView {
    let method = event.provider.as_deref().map(|slug| match slug {
        PASSWORD => "a password".to_owned(),
        slug => label(slug),
    });
    let method = method.as_deref().unwrap_or("another way");
    let (what, alarming) = match asked_to_see(event) {
        Some(access) if event.outcome == "grant" => (format!("Let us see {}", wording::access::name(access)), false),
        Some(access) if event.outcome == "scope_declined" => {
            (format!("Declined to let us see {}", wording::access::name(access)), false)
        }
        _ => sentence(&event.kind, &event.outcome, method),
    };
    ActivityView {
        what,
        alarming,
        at: event.at,
        device: describe_device(event.user_agent.as_deref()),
        address: event.address.clone().unwrap_or_else(|| "unknown".to_owned()),
    }
}

/// What a step-up was about. Events from before it was written down do not say.
fn asked_to_see(event: &PastEvent) -> Option<Access> {
    let reasons: Vec<String> = serde_json::from_str(&event.reasons).ok().filter(|_| event.kind == "grant")?;
    reasons.iter().find_map(|reason| Access::from_code(reason))
}

fn sentence(kind: &str, outcome: &str, method: &str) -> (String, bool) {
    let calm = |what: String| (what, false);
    let alarm = |what: String| (what, true);
    match (kind, outcome) {
        ("sign_in", "sign_in") => calm(format!("Signed in with {method}")),
        ("sign_in", "link_without_asking") => calm(format!("Signed in with {method}, which was linked")),
        ("sign_in" | "sign_up", "create" | "claim_from_unverified") => calm(format!("Signed up with {method}")),
        ("sign_in", "prompt") => {
            alarm(format!("Somebody came with {method} and your address, and was asked to prove it"))
        }
        ("sign_in", "refused") => alarm(format!("A sign-in with {method} was refused")),
        ("sign_up", "email_sent") => calm("Somebody signed up with your address; nothing was changed".to_owned()),
        ("resolve_link", "sign_in") => calm(format!("Signed in with {method} to link another way in")),
        ("link", "link") => calm(format!("Linked {method}")),
        ("link", "already_linked") => calm(format!("Linked {method}, which was linked before")),
        ("link", "linked_elsewhere") => alarm(format!("Tried to link a {method} account that somebody else has here")),
        ("unlink", _) => alarm(format!("Unlinked {method}")),
        ("reauthenticate", "proven") => calm(format!("Confirmed with {method} who you are")),
        ("grant", "grant") => calm(format!("Let us see something at {method}")),
        ("grant", "scope_declined") => calm(format!("Declined to let us see something at {method}")),
        ("grant", "disconnected") => calm(format!("Disconnected {method}: we see nothing there any more")),
        ("grant", "revoked" | "expired") => calm(format!("The access at {method} ended")),
        ("password", "password_set") => alarm("Set a password".to_owned()),
        ("password" | "reset", "password_changed") => alarm("Changed the password".to_owned()),
        ("reset", "email_sent") => calm("Asked for a letter to choose a new password".to_owned()),
        ("email", "email_sent") => calm("Asked for a letter to a new address".to_owned()),
        ("email", "email_changed") => alarm("Changed the e-mail address".to_owned()),
        ("undo", _) => alarm("Took a change back".to_owned()),
        ("device", "ended") => calm("Signed out another browser".to_owned()),
        ("device", "others_ended") => calm("Signed out everywhere else".to_owned()),
        ("token", "reused") => alarm("An old refresh token came again, and its session was ended".to_owned()),
        ("profile", _) => calm("Changed the profile".to_owned()),
        ("sign_out", _) => calm("Signed out".to_owned()),
        ("link" | "grant" | "reauthenticate" | "resolve_link", _) => {
            alarm(format!("An attempt with {method} was refused"))
        }
        _ => calm("Something else".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: &str, outcome: &str, provider: Option<&str>) -> ActivityView {
        told_because(kind, outcome, provider, "[]")
    }

    fn told_because(kind: &str, outcome: &str, provider: Option<&str>, reasons: &str) -> ActivityView {
        let event = PastEvent {
            id: "1".into(),
            at: 7,
            kind: kind.into(),
            provider: provider.map(Into::into),
            outcome: outcome.into(),
            reasons: reasons.into(),
            address: Some("192.0.2.1".into()),
            user_agent: None,
        };
        activity_view(&event, str::to_uppercase)
    }

    #[test]
    fn what_happened_is_told_with_the_ways_name() {
        assert_eq!(told("sign_in", "sign_in", Some("google")).what, "Signed in with GOOGLE");
        assert_eq!(told("sign_in", "sign_in", Some("password")).what, "Signed in with a password");
        assert_eq!(told("link", "link", Some("x")).what, "Linked X");
        assert_eq!(told("grant", "grant", Some("google")).what, "Let us see something at GOOGLE");
        let attempt = told("grant", "refuse", Some("google"));
        assert!(attempt.alarming && attempt.what.contains("refused"));
    }

    #[test]
    fn what_was_given_to_see_is_named_where_it_is_known() {
        let seen = |outcome, reasons| told_because("grant", outcome, Some("google"), reasons).what;
        assert_eq!(seen("grant", r#"["own_identity","drive"]"#), "Let us see Google Drive");
        assert_eq!(seen("scope_declined", r#"["calendar"]"#), "Declined to let us see Google Calendar");
        for unknown in ["[]", r#"["own_identity"]"#, "not JSON"] {
            assert_eq!(seen("grant", unknown), "Let us see something at GOOGLE");
        }
        assert!(seen("refused", r#"["drive"]"#).contains("refused"));
        assert_eq!(told_because("link", "link", Some("google"), r#"["drive"]"#).what, "Linked GOOGLE");
    }

    #[test]
    fn a_refusal_and_a_removal_are_alarming_and_a_sign_in_is_not() {
        assert!(
            told("sign_in", "refused", Some("password")).alarming && told("unlink", "unlinked", Some("x")).alarming
        );
        assert!(!told("sign_in", "sign_in", Some("google")).alarming);
        assert!(told("link", "refuse", Some("google")).alarming);
        assert!(told("token", "reused", None).alarming);
    }
}
