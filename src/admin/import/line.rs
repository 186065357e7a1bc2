//! One line of an import: which members it has, and which user it describes.
//!
//! | member | what |
//! |---|---|
//! | `id` | a UUID to keep; by default a new one |
//! | `name`, `picture` | the picture is an https URL |
//! | `email` | the email address |
//! | `email_verified` | whether the other system has verified it; false by default |
//! | `email_verified_by` | `email_link` if by a link in an email, or `authority` if by the provider that hosts it; by default `provider_claim`, which is not trusted for linking |
//! | `password` | a hash: argon2, or as the room `passwords` reads those of other systems |
//! | `identities` | `[{"provider", "subject", "issuer"?, "email"?, "email_verified"?}]`; the issuer of a configured provider is known |
//! | `created_at`, `disabled_at` | Unix seconds |
//!
//! Other members are errors, since a mistyped one would be lost in silence. `null` counts as absent.

use std::collections::BTreeSet;

use serde::Deserialize;
use time::OffsetDateTime;

use crate::{
    accounts::{
        ClaimedEmail, EmailAddress, EmailFact, Facts, IdentityKey, NewEmail, PasswordHash, UserId, VerificationMethod,
        VerifiedEmail, display_name, picture_url,
    },
    passwords::is_readable,
    providers::{Provider, Slug},
    store::ImportedUser,
};

/// Identities of a user at most.
const MAX_IDENTITIES: usize = 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: Option<String>,
    name: Option<String>,
    picture: Option<String>,
    email: Option<String>,
    email_verified: Option<bool>,
    email_verified_by: Option<String>,
    password: Option<String>,
    identities: Option<Vec<IdentityLine>>,
    created_at: Option<i64>,
    disabled_at: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IdentityLine {
    provider: String,
    issuer: Option<String>,
    subject: String,
    email: Option<String>,
    email_verified: Option<bool>,
}

/// `None` for an empty line.
///
/// # Errors
/// What is wrong, never with a value of the line.
pub(super) fn imported_user(
    line: &[u8],
    providers: &[Provider],
    now: OffsetDateTime,
) -> Result<Option<ImportedUser>, String> {
    if line.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    // serde's message may quote the line, which may hold a hash.
    let line: Line = serde_json::from_slice(line)
        .map_err(|error| format!("not an object of the expected members (column {})", error.column()))?;
    let email = email(&line)?;
    let is_verified = matches!(email, NewEmail::Verified(_));
    let identities = identities(&line, providers)?;
    if identities.is_empty() && !is_verified {
        return Err("neither an identity nor a verified email address: nobody could sign in".to_owned());
    }
    let password = line.password.map(PasswordHash::from_row);
    if password.as_ref().is_some_and(|password| !is_readable(password)) {
        return Err("the password hash is of an unknown kind, or too expensive".to_owned());
    }
    let issuer = identities.first().map_or("", |facts| facts.identity.issuer());
    Ok(Some(ImportedUser {
        id: line.id.as_deref().map(UserId::parse).transpose().map_err(|_| "the id is not a UUID".to_owned())?,
        name: line.name.as_deref().and_then(display_name),
        picture: line.picture.as_deref().and_then(|picture| picture_url(picture, issuer)),
        email,
        // The mailbox's owner must not find a password there that someone else chose.
        password: password.filter(|_| is_verified),
        created_at: line.created_at.map_or(Ok(now), |seconds| time_of(seconds, now))?,
        disabled_at: line.disabled_at.map(|seconds| time_of(seconds, now)).transpose()?,
        identities,
    }))
}

fn email(line: &Line) -> Result<NewEmail, String> {
    let by = match line.email_verified_by.as_deref() {
        None => VerificationMethod::ProviderClaim,
        Some(code) => VerificationMethod::from_code(code)
            .ok_or_else(|| "email_verified_by must be email_link, authority or provider_claim".to_owned())?,
    };
    let Some(email) = line.email.as_deref().map(EmailAddress::parse).transpose().map_err(|error| error.to_string())?
    else {
        return Ok(NewEmail::None);
    };
    Ok(match line.email_verified {
        Some(true) => NewEmail::Verified(VerifiedEmail::on_record(email, by)),
        _ => NewEmail::Claimed(ClaimedEmail::new(email)),
    })
}

fn identities(line: &Line, providers: &[Provider]) -> Result<Vec<Facts>, String> {
    let lines = line.identities.as_deref().unwrap_or_default();
    if lines.len() > MAX_IDENTITIES {
        return Err(format!("more than {MAX_IDENTITIES} identities"));
    }
    let identities = lines.iter().map(|line| facts(line, providers)).collect::<Result<Vec<_>, _>>()?;
    let different: BTreeSet<_> = identities.iter().map(|facts| &facts.identity).collect();
    if different.len() < identities.len() {
        return Err("two identities are the same".to_owned());
    }
    Ok(identities)
}

fn facts(line: &IdentityLine, providers: &[Provider]) -> Result<Facts, String> {
    let slug = Slug::parse(&line.provider).ok_or("a provider's name has other characters than a-z, 0-9, _ and -")?;
    let configured = providers.iter().find(|provider| provider.slug == slug);
    // Where each tenant has its own, the metadata has a placeholder.
    let known = configured.map(|provider| provider.metadata.issuer()).filter(|issuer| !issuer.contains('{'));
    let issuer = line.issuer.as_deref().or(known);
    let issuer = issuer.ok_or("an identity needs an issuer: its provider is not configured, or has several")?;
    let identity = IdentityKey::new(issuer, &line.subject).map_err(|error| error.to_string())?;
    let email = match line.email.as_deref().map(EmailAddress::parse) {
        None => EmailFact::Absent,
        Some(Err(_)) => EmailFact::Malformed,
        Some(Ok(email)) if line.email_verified == Some(true) => {
            EmailFact::Verified(VerifiedEmail::on_record(email, VerificationMethod::ProviderClaim))
        }
        Some(Ok(email)) => EmailFact::Unverified(ClaimedEmail::new(email)),
    };
    Ok(Facts { identity, provider: slug.to_string(), email, name: None, picture: None })
}

fn time_of(seconds: i64, now: OffsetDateTime) -> Result<OffsetDateTime, String> {
    let time = OffsetDateTime::from_unix_timestamp(seconds).ok();
    let time = time.filter(|time| (OffsetDateTime::UNIX_EPOCH..=now).contains(time));
    time.ok_or_else(|| "a time is not between 1970 and now, in seconds".to_owned())
}
