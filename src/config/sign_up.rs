//! `SIGN_UP`: who may create an account.

use std::collections::BTreeSet;

use super::{ConfigError, Environment};
use crate::accounts::{EmailAddress, SignUp};

/// Far more than anybody lists, so that a file that was pasted by mistake stops the start.
const MAX_DOMAINS: usize = 1000;

pub(super) fn parse(env: &Environment) -> Result<SignUp, ConfigError> {
    match env.get("SIGN_UP") {
        None | Some("open") => Ok(SignUp::Open),
        Some("invited") => Ok(SignUp::Invited),
        Some("closed") => Ok(SignUp::Closed),
        Some(text) => match text.strip_prefix("domains:") {
            Some(list) => domains(list).map(SignUp::Domains),
            None => Err(wrong("must be `open`, `invited`, `closed`, or `domains:` with a list")),
        },
    }
}

/// In the form in which addresses are compared with them.
fn domains(list: &str) -> Result<BTreeSet<String>, ConfigError> {
    let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    let domains = names.map(domain).collect::<Result<BTreeSet<_>, _>>()?;
    match domains.len() {
        0 => Err(wrong("has no domain after `domains:`")),
        1..=MAX_DOMAINS => Ok(domains),
        _ => Err(wrong("has more than 1000 domains")),
    }
}

fn domain(name: &str) -> Result<String, ConfigError> {
    // An address has one `@`, so none can hide in the name.
    let address = EmailAddress::parse(&format!("user@{name}"));
    address
        .map(|address| address.domain().to_owned())
        .map_err(|_| wrong("has something that is no domain of email addresses"))
}

fn wrong(problem: &str) -> ConfigError {
    ConfigError::new("SIGN_UP", format!("{problem}; for instance domains:a.example,b.example"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign_up(text: &str) -> Result<SignUp, ConfigError> {
        parse(&[("SIGN_UP", text)].into_iter().collect())
    }

    #[test]
    fn each_policy_has_its_word() {
        assert_eq!(parse(&Environment::default()), Ok(SignUp::Open));
        for (text, policy) in [
            ("", SignUp::Open),
            ("open", SignUp::Open),
            ("invited", SignUp::Invited),
            ("closed", SignUp::Closed),
            ("domains:a.example", SignUp::Domains(["a.example".to_owned()].into())),
            (
                "domains:A.example, bücher.example,",
                SignUp::Domains(["a.example".to_owned(), "xn--bcher-kva.example".to_owned()].into()),
            ),
        ] {
            assert_eq!(sign_up(text), Ok(policy), "{text}");
        }
    }

    #[test]
    fn anything_else_stops_the_start() {
        for text in [
            "Open",
            "on",
            "domain:a.example",
            "domains:",
            "domains:,",
            "domains:*.example",
            "domains:@a.example",
            "domains:x@a.example",
            "domains:a.example b.example",
            "domains:127.0.0.1",
        ] {
            let error = sign_up(text).unwrap_err();
            assert_eq!(error.variable, "SIGN_UP", "{text}");
        }
    }
}
