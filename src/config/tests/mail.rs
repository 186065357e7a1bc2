//! The mail server, the sender, and who needs an email.

use rstest::rstest;

use super::{valid, with};
use crate::config::*;

#[test]
fn mail_needs_a_server_and_a_sender() {
    let server = ("SMTP_URL", "smtps://me:hush@mail.example:465");
    let sender = ("MAIL_FROM", "Latchkey <no-reply@app.example>");
    assert!(with(&[]).unwrap().mail.is_none());
    let mail = with(&[server, sender]).unwrap().mail.unwrap();
    assert_eq!(mail.mail_from, sender.1);
    assert_eq!(with(&[server]).unwrap_err().variable, "MAIL_FROM");
    assert_eq!(with(&[sender]).unwrap_err().variable, "SMTP_URL");
}

#[rstest]
#[case("smtps://me:hush@mail.example", true)]
#[case("smtp://me:hush@mail.example:587", true)]
#[case("smtp://localhost:3025", true)]
#[case("mail.example", false)]
#[case("https://me:hush@mail.example", false)]
#[case("smtp://me:hush@mail.example?tls=none", false)]
fn a_mail_server_is_an_smtp_url(#[case] url: &'static str, #[case] accepted: bool) {
    let outcome = with(&[("SMTP_URL", url), ("MAIL_FROM", "no-reply@app.example")]);
    assert_eq!(outcome.is_ok(), accepted);
    match outcome {
        Ok(config) => assert!(!format!("{config:?}").contains("hush")),
        Err(error) => {
            assert!(error.variable == "SMTP_URL" && !error.to_string().contains("hush"), "{error}");
            assert!(error.problem.contains("smtps://user:password@host:465"), "{error}");
        }
    }
}

#[rstest]
#[case("no-reply@app.example", true)]
#[case("Latchkey <no-reply@localhost>", true)]
#[case("Latchkey", false)]
#[case("a@app.example, b@app.example", false)]
fn a_sender_is_a_mailbox(#[case] sender: &'static str, #[case] accepted: bool) {
    let outcome = with(&[("SMTP_URL", "smtp://localhost:3025"), ("MAIL_FROM", sender)]);
    assert_eq!(outcome.is_ok(), accepted, "{outcome:?}");
    assert!(accepted || outcome.unwrap_err().variable == "MAIL_FROM");
}

#[rstest]
#[case(&[], Some(EmailRequirement::Ask))]
#[case(&[("EMAIL_ADDRESS", "off")], Some(EmailRequirement::Off))]
#[case(&[("EMAIL_ADDRESS", "required")], None)]
#[case(&[("EMAIL_ADDRESS", "required"), ("SMTP_URL", "smtps://a:b@mail.example"), ("MAIL_FROM", "a@app.example")], Some(EmailRequirement::Require))]
#[case(&[("EMAIL_ADDRESS", "yes")], None)]
fn email_address_is_ask_required_or_off(#[case] settings: &[(&str, &str)], #[case] expected: Option<EmailRequirement>) {
    let environment: Environment = valid().into_iter().chain(settings.iter().copied()).collect();
    match (Config::parse(&environment), expected) {
        (Ok(config), Some(expected)) => assert_eq!(config.email_requirement, expected),
        (Err(error), None) => assert_eq!(error.variable, "EMAIL_ADDRESS"),
        (outcome, expected) => panic!("{expected:?}: {outcome:?}"),
    }
}
