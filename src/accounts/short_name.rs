//! What to call a user where strangers may read it.

use super::User;

/// Longest first name, in characters.
const MAX: usize = 24;

/// The first word of the name, or the email address with all but its first letter and its domain masked. `None` without
/// either: both would say nothing.
pub fn short_name(user: &User) -> Option<String> {
    let first = user.name.as_deref().and_then(|name| name.split_whitespace().next());
    let first = first.filter(|first| !first.contains('@') && first.chars().count() <= MAX);
    first.map(str::to_owned).or_else(|| masked(user.verified_email.as_ref()?.email().as_str()))
}

fn masked(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    Some(format!("{}•••@{domain}", local.chars().next()?))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use time::OffsetDateTime;

    use super::*;
    use crate::accounts::{EmailAddress, UserId, VerificationMethod, VerifiedEmail};

    #[rstest]
    #[case(Some("Ada Lovelace"), Some("ada@example.com"), Some("Ada"))]
    #[case(Some("ada@example.com"), Some("ada@example.com"), Some("a•••@example.com"))]
    #[case(None, Some("ada@example.com"), Some("a•••@example.com"))]
    #[case(Some("Donaudampfschifffahrtsgesellschaftskapitän"), None, None)]
    #[case(None, None, None)]
    fn a_short_name_is_a_first_name_or_a_masked_address(
        #[case] name: Option<&str>,
        #[case] email: Option<&str>,
        #[case] shown: Option<&str>,
    ) {
        let verified =
            |email: &str| VerifiedEmail::on_record(EmailAddress::parse(email).unwrap(), VerificationMethod::EmailLink);
        let user = User {
            id: UserId::new(OffsetDateTime::UNIX_EPOCH, [1; 10]),
            name: name.map(str::to_owned),
            picture: None,
            verified_email: email.map(verified),
            claimed_email: None,
            created_at: OffsetDateTime::UNIX_EPOCH,
            disabled_at: None,
            name_from: None,
            picture_from: None,
        };
        assert_eq!(short_name(&user).as_deref(), shown);
    }
}
