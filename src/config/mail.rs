//! `SMTP_URL` and `MAIL_FROM`: the mail server and the sender.

use secrecy::SecretString;

use super::{ConfigError, Environment};
use crate::{
    accounts::EmailRequirement,
    mail::{MailServer, check_sender},
};

#[derive(Clone, Debug)]
pub struct MailConfig {
    /// `smtps://user:password@host:465`, or `smtp://…`; secret, since it contains a password.
    pub smtp_url: SecretString,
    /// An email address, or `Name <address>`.
    pub mail_from: String,
}

/// Both variables or neither: half a configuration would look as if email was sent.
pub(super) fn parse(env: &Environment) -> Result<Option<MailConfig>, ConfigError> {
    let missing = |variable: &str, problem| Err(ConfigError::new(variable, problem));
    let (smtp_url, mail_from) = match (env.get("SMTP_URL"), env.get("MAIL_FROM")) {
        (None, None) => return Ok(None),
        (Some(smtp_url), Some(mail_from)) => (SecretString::from(smtp_url.to_owned()), mail_from.to_owned()),
        (Some(_), None) => {
            return missing(
                "MAIL_FROM",
                "is missing while SMTP_URL is set; for instance Latchkey <no-reply@app.example>",
            );
        }
        (None, Some(_)) => {
            return missing(
                "SMTP_URL",
                "is missing while MAIL_FROM is set; for instance smtps://user:password@mail.example:465",
            );
        }
    };
    MailServer::parse(&smtp_url).map_err(|error| ConfigError::new("SMTP_URL", error.to_string()))?;
    check_sender(&mail_from).map_err(|error| ConfigError::new("MAIL_FROM", error.to_string()))?;
    Ok(Some(MailConfig { smtp_url, mail_from }))
}

/// `EMAIL_ADDRESS`: whether users need one. It is verified by email, so a mail server is needed; the sandbox has one.
pub(super) fn email_requirement(env: &Environment, sandbox_wanted: bool) -> Result<EmailRequirement, ConfigError> {
    match env.get("EMAIL_ADDRESS") {
        None | Some("ask") => Ok(EmailRequirement::Ask),
        Some("off") => Ok(EmailRequirement::Off),
        Some("required") if env.get("SMTP_URL").is_some() || sandbox_wanted => Ok(EmailRequirement::Require),
        Some("required") => Err(ConfigError::new(
            "EMAIL_ADDRESS",
            "may be `required` only where email can be sent: set SMTP_URL and MAIL_FROM, or users without an address cannot sign in",
        )),
        Some(_) => Err(ConfigError::new("EMAIL_ADDRESS", "must be `ask`, `required` or `off`")),
    }
}
