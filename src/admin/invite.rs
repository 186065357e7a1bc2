//! `users invite`.

use serde_json::json;

use super::{error::AdminError, report::Report, text::date};
use crate::{
    accounts::{EmailAddress, SignUp},
    store::{AuditContext, Database, Invited},
};

/// Invites an email address. `sends`: there is a mail server.
///
/// # Errors
/// [`AdminError`]: a user has the address, or `SIGN_UP` is `closed`.
pub async fn invite(
    database: &Database,
    email: &str,
    sign_up: &SignUp,
    sends: bool,
    audit: &AuditContext,
) -> Result<Report, AdminError> {
    let refused = |text: String| Err(AdminError::Refused(text));
    if *sign_up == SignUp::Closed {
        return refused("SIGN_UP=closed admits no one, invited or not; set it to `invited`".to_owned());
    }
    let email = match EmailAddress::parse(email) {
        Ok(email) => email,
        Err(error) => return refused(error.to_string()),
    };
    let until = match database.invite(&email, sends, audit).await? {
        Invited::Already(user) => return refused(format!("{email} belongs to user {user} already")),
        Invited::Until(until) => until,
    };
    let next = match sends {
        true => "The email goes out within seconds.",
        false => {
            "SMTP_URL is not set, so no email goes out: tell its owner to sign in with the provider that hosts the address."
        }
    };
    let json = json!({ "email": email.as_str(), "expires_at": until.unix_timestamp(), "email_queued": sends });
    Ok(Report::new(format!("{email} is invited until {}. {next}\n", date(until)), json))
}
