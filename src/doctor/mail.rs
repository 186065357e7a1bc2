//! Whether the mail server takes emails from us. None is sent.

use super::finding::{Area, Findings};
use crate::{
    config::MailConfig,
    mail::{ServerError, SmtpTransport},
};

/// `None` where no mail server is configured, as in development.
pub(super) async fn ask(mail: Option<&MailConfig>) -> Option<Findings> {
    let mail = mail?;
    let mut findings = Findings::about(Area::Mail);
    match SmtpTransport::smtp(&mail.smtp_url, &mail.mail_from) {
        Err(error) => findings.failure("server", error.to_string(), "correct SMTP_URL and MAIL_FROM"),
        Ok(transport) => judge(&mut findings, &transport.description(), transport.check_up().await),
    }
    Some(findings)
}

fn judge(findings: &mut Findings, server: &str, outcome: Result<(), ServerError>) {
    match outcome {
        Ok(()) => findings.ok("server", format!("{server}: takes emails from MAIL_FROM")),
        Err(ServerError { problem, next_step }) => {
            findings.failure("server", format!("{server}: {problem}"), next_step)
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;
    use crate::doctor::Verdict;

    #[tokio::test]
    async fn a_closed_port_is_a_failure() {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let smtp_url = format!("smtp://me:hush@{free}").into();
        let config = MailConfig { smtp_url, mail_from: "no-reply@app.example".to_owned() };
        let findings = ask(Some(&config)).await.unwrap();
        assert_eq!(findings.verdict("server"), Some(Verdict::Failure));
        assert!(!format!("{findings:?}").contains("hush"));
        assert!(ask(None).await.is_none());
    }

    #[test]
    fn the_verdict_follows_the_checkup() {
        let error = ServerError { problem: "535 at AUTH".to_owned(), next_step: "check the password".to_owned() };
        for (outcome, verdict) in [(Ok(()), Verdict::Ok), (Err(error), Verdict::Failure)] {
            let mut findings = Findings::about(Area::Mail);
            judge(&mut findings, "mail.example:465 with TLS", outcome);
            assert_eq!(findings.verdict("server"), Some(verdict));
        }
    }
}
