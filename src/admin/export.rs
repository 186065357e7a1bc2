//! `latchkey export`: all users, one JSON object per line, as `latchkey import` reads them.

use std::io::Write;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::error::AdminError;
use crate::{
    accounts::{Identity, PasswordHash},
    store::{Database, ExportedUser},
};

/// Users that are read at once.
const AT_ONCE: u32 = 500;

/// Writes all users, the newest first, and returns their number. Page by page, so users who are created meanwhile may be
/// missing. Password hashes only if they are asked for: they allow offline guessing.
///
/// # Errors
/// [`AdminError`] if the output cannot be written or the database fails.
pub async fn export(database: &Database, with_passwords: bool, output: &mut impl Write) -> Result<u64, AdminError> {
    let cannot_write = |error| AdminError::Refused(format!("cannot write: {error}"));
    let (mut count, mut after) = (0, None);
    loop {
        let users = database.export_page(after, with_passwords, AT_ONCE).await?;
        let Some(last) = users.last() else {
            output.flush().map_err(cannot_write)?;
            return Ok(count);
        };
        after = Some(last.user.id);
        for user in &users {
            writeln!(output, "{}", line(user)).map_err(cannot_write)?;
            count += 1;
        }
    }
}

/// Without the members that have no value.
fn line(ExportedUser { user, identities, password }: &ExportedUser) -> Value {
    let verified = user.verified_email.as_ref();
    let email = verified.map(|email| email.email()).or(user.claimed_email.as_ref().map(|email| email.email()));
    let line = json!({
        "id": user.id.to_string(),
        "name": user.name,
        "picture": user.picture,
        "email": email.map(|email| email.as_str()),
        "email_verified": verified.is_some(),
        "email_verified_by": verified.map(|email| email.method().code()),
        "password": password.as_ref().map(PasswordHash::as_str),
        "identities": identities.iter().map(identity).collect::<Vec<Value>>(),
        "created_at": user.created_at.unix_timestamp(),
        "disabled_at": user.disabled_at.map(OffsetDateTime::unix_timestamp),
    });
    without_nulls(line)
}

fn identity(identity: &Identity) -> Value {
    without_nulls(json!({
        "provider": identity.provider,
        "issuer": identity.key.issuer(),
        "subject": identity.key.subject(),
        "email": identity.email.as_ref().map(|email| email.as_str()),
        "email_verified": identity.email_verified,
    }))
}

fn without_nulls(mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, member| !member.is_null());
    }
    value
}
