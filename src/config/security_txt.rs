//! `SECURITY_CONTACT`, `SECURITY_POLICY` and `SECURITY_EXPIRES`: whom to tell about a vulnerability (RFC 9116).

use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use url::Url;

use super::{ConfigError, Environment};

const MAX_CONTACTS: usize = 10;

/// The content of `/.well-known/security.txt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityTxt {
    /// In the order of preference: `mailto:`, `tel:` or https URLs.
    pub contacts: Vec<String>,
    /// An https URL.
    pub policy: Option<String>,
    /// From then on the file is not served: RFC 9116 §2.5.5 has readers distrust it.
    pub expires: OffsetDateTime,
}

/// A file needs contacts and an expiry (RFC 9116 §2.5). An expiry in the past stops no start: the file is gone then, and
/// `latchkey doctor` says so.
pub(super) fn parse(env: &Environment) -> Result<Option<SecurityTxt>, ConfigError> {
    let (contacts, policy) = (env.get("SECURITY_CONTACT"), env.get("SECURITY_POLICY"));
    let Some(contacts) = contacts else {
        return match policy.or(env.get("SECURITY_EXPIRES")) {
            None => Ok(None),
            Some(_) => Err(ConfigError::new(
                "SECURITY_CONTACT",
                "is missing; for instance mailto:security@example.com, or an https URL",
            )),
        };
    };
    let contacts = contacts.split(',').map(str::trim).filter(|contact| !contact.is_empty());
    let contacts = contacts.map(contact).collect::<Result<Vec<_>, _>>()?;
    if contacts.is_empty() || contacts.len() > MAX_CONTACTS {
        return Err(ConfigError::new("SECURITY_CONTACT", "must have one to ten contacts, separated by commas"));
    }
    let policy = policy.map(|policy| uri("SECURITY_POLICY", policy, &["https"])).transpose()?;
    Ok(Some(SecurityTxt { contacts, policy, expires: expires(env)? }))
}

fn expires(env: &Environment) -> Result<OffsetDateTime, ConfigError> {
    let expires = env.get("SECURITY_EXPIRES").and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    expires.ok_or_else(|| {
        ConfigError::new(
            "SECURITY_EXPIRES",
            "must be set with SECURITY_CONTACT, to a time within the next year; for instance 2027-06-01T00:00:00Z",
        )
    })
}

/// An address without its scheme is the usual mistake, and readers would ignore it.
fn contact(text: &str) -> Result<String, ConfigError> {
    uri("SECURITY_CONTACT", text, &["mailto", "https", "tel"])
}

fn uri(variable: &str, text: &str, schemes: &[&str]) -> Result<String, ConfigError> {
    let is_one_line = text.bytes().all(|byte| byte.is_ascii_graphic());
    match Url::parse(text) {
        Ok(url) if is_one_line && schemes.contains(&url.scheme()) => Ok(text.to_owned()),
        _ => Err(ConfigError::new(variable, format!("must be a URL that begins with {}:", schemes.join(": or ")))),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn parsed(settings: &[(&str, &str)]) -> Result<Option<SecurityTxt>, ConfigError> {
        parse(&settings.iter().copied().collect())
    }

    const CONTACT: (&str, &str) = ("SECURITY_CONTACT", "mailto:security@example.com, https://example.com/report");
    const EXPIRES: (&str, &str) = ("SECURITY_EXPIRES", "2027-06-01T00:00:00Z");

    #[test]
    fn contacts_and_an_expiry_make_a_file() {
        assert_eq!(parsed(&[]), Ok(None));
        let file = parsed(&[CONTACT, EXPIRES, ("SECURITY_POLICY", "https://example.com/policy")]).unwrap().unwrap();
        assert_eq!(file.contacts, ["mailto:security@example.com", "https://example.com/report"]);
        assert_eq!(
            (file.policy.as_deref(), file.expires),
            (Some("https://example.com/policy"), datetime!(2027-06-01 0:00 UTC))
        );
    }

    #[test]
    fn half_a_file_stops_the_start() {
        for (settings, variable) in [
            (&[CONTACT][..], "SECURITY_EXPIRES"),
            (&[EXPIRES], "SECURITY_CONTACT"),
            (&[("SECURITY_POLICY", "https://example.com")], "SECURITY_CONTACT"),
            (&[CONTACT, ("SECURITY_EXPIRES", "next year")], "SECURITY_EXPIRES"),
            (&[("SECURITY_CONTACT", "security@example.com"), EXPIRES], "SECURITY_CONTACT"),
            (&[("SECURITY_CONTACT", "http://example.com"), EXPIRES], "SECURITY_CONTACT"),
            (&[("SECURITY_CONTACT", "mailto:a@b.example\nPolicy: x"), EXPIRES], "SECURITY_CONTACT"),
            (&[("SECURITY_CONTACT", ","), EXPIRES], "SECURITY_CONTACT"),
            (&[CONTACT, EXPIRES, ("SECURITY_POLICY", "ftp://example.com")], "SECURITY_POLICY"),
        ] {
            assert_eq!(parsed(settings).unwrap_err().variable, variable, "{settings:?}");
        }
    }
}
