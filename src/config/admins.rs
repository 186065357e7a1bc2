//! `ADMINS`: who has the role of an administrator.

use super::{ConfigError, Environment};
use crate::accounts::{Admins, EmailAddress, UserId};

/// Far more than anybody lists.
const MAX_ADMINS: usize = 100;

pub(super) fn parse(env: &Environment) -> Result<Admins, ConfigError> {
    let mut admins = Admins::default();
    let names = env.get("ADMINS").unwrap_or_default();
    for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match (UserId::parse(name), EmailAddress::parse(name)) {
            (Ok(id), _) => drop(admins.ids.insert(id)),
            (_, Ok(email)) => drop(admins.emails.insert(email)),
            _ => {
                return Err(ConfigError::new(
                    "ADMINS",
                    "must be email addresses or ids of users, separated by commas; for instance ada@example.com",
                ));
            }
        }
    }
    match admins.ids.len() + admins.emails.len() {
        0..=MAX_ADMINS => Ok(admins),
        _ => Err(ConfigError::new("ADMINS", "has more than 100 administrators")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admins(text: &str) -> Result<Admins, ConfigError> {
        parse(&[("ADMINS", text)].into_iter().collect())
    }

    #[test]
    fn administrators_are_addresses_and_ids() {
        const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
        let both = admins(&format!("Ada@Example.com, {ID},")).unwrap();
        assert_eq!(both.emails, [EmailAddress::parse("ada@example.com").unwrap()].into());
        assert_eq!(both.ids, [UserId::parse(ID).unwrap()].into());
        assert!(admins("").unwrap().is_empty());
        for wrong in ["ada", "@example.com", "ada@example.com grace@example.com", "*"] {
            assert_eq!(admins(wrong).unwrap_err().variable, "ADMINS", "{wrong}");
        }
    }
}
