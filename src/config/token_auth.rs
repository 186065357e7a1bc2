//! How our client authenticates at a generic provider (`OIDC_<NAME>_TOKEN_AUTH`), and with what.

use secrecy::SecretString;

use super::{ConfigError, Environment, providers::missing};
use crate::providers::{AssertionAudience, ClientKey, ClientSecret, PrivateKey, SecretMethod};

const METHOD: &str = "_TOKEN_AUTH";
const SECRET: &str = "_CLIENT_SECRET";
const PRIVATE_KEY: &str = "_PRIVATE_KEY";
const KEY_ID: &str = "_KEY_ID";
const AUDIENCE: &str = "_ASSERTION_AUDIENCE";
/// The variables that are read here, without `OIDC_<NAME>`.
pub(super) const SUFFIXES: [&str; 5] = [METHOD, SECRET, PRIVATE_KEY, KEY_ID, AUDIENCE];

/// Longest `kid`, in bytes.
const MAX_KEY_ID_BYTES: usize = 255;

/// What the client of `OIDC_<NAME>` authenticates with.
///
/// # Errors
/// When the method's credential is missing or unusable, or another one is set, which would have no effect.
pub(super) fn parse(env: &Environment, name: &str) -> Result<ClientSecret, ConfigError> {
    let variables = Variables { env, name };
    match variables.get(METHOD) {
        None => variables.secret().map(ClientSecret::Fixed),
        Some("basic") => variables.secret().map(|secret| ClientSecret::FixedBy(SecretMethod::Basic, secret)),
        Some("post") => variables.secret().map(|secret| ClientSecret::FixedBy(SecretMethod::Post, secret)),
        Some("private_key_jwt") => {
            variables.refuse(&[SECRET], "private_key_jwt")?;
            variables.key().map(ClientSecret::Key)
        }
        Some("none") => {
            variables.refuse(&[SECRET, PRIVATE_KEY, KEY_ID, AUDIENCE], "none")?;
            Ok(ClientSecret::None)
        }
        Some(_) => Err(variables.error(METHOD, "must be basic, post, private_key_jwt or none")),
    }
}

struct Variables<'a> {
    env: &'a Environment,
    name: &'a str,
}

impl<'a> Variables<'a> {
    fn variable(&self, suffix: &str) -> String {
        format!("OIDC_{}{suffix}", self.name)
    }

    fn get(&self, suffix: &str) -> Option<&'a str> {
        self.env.get(&self.variable(suffix))
    }

    fn error(&self, suffix: &str, problem: impl Into<String>) -> ConfigError {
        ConfigError::new(self.variable(suffix), problem)
    }

    /// A credential that would never be used is a mistake, not a spare.
    fn refuse(&self, suffixes: &[&str], method: &str) -> Result<(), ConfigError> {
        let set = suffixes.iter().find(|suffix| self.get(suffix).is_some());
        set.map_or(Ok(()), |set| {
            Err(self.error(set, format!("has no effect while {} is {method}: remove it", self.variable(METHOD))))
        })
    }

    fn secret(&self) -> Result<SecretString, ConfigError> {
        if let Some(set) = [PRIVATE_KEY, KEY_ID, AUDIENCE].into_iter().find(|suffix| self.get(suffix).is_some()) {
            let needed = format!("has no effect unless {} is private_key_jwt", self.variable(METHOD));
            return Err(self.error(set, needed));
        }
        let client_id = self.variable("_CLIENT_ID");
        self.get(SECRET).map(SecretString::from).ok_or_else(|| missing(&self.variable(SECRET), &client_id))
    }

    fn key(&self) -> Result<ClientKey, ConfigError> {
        let method = format!("{}=private_key_jwt", self.variable(METHOD));
        let pem = self.get(PRIVATE_KEY).ok_or_else(|| missing(&self.variable(PRIVATE_KEY), &method))?;
        let key = PrivateKey::from_pem(&pem.into()).map_err(|_| {
            self.error(
                PRIVATE_KEY,
                "must be an unencrypted private key in PEM: RSA of 2048 bits or more, P-256, P-384 or Ed25519; its line breaks may be written \\n",
            )
        })?;
        let audience = match self.get(AUDIENCE) {
            None | Some("issuer") => AssertionAudience::Issuer,
            Some("token_endpoint") => AssertionAudience::TokenEndpoint,
            Some(_) => return Err(self.error(AUDIENCE, "must be issuer or token_endpoint")),
        };
        Ok(ClientKey::new(key, self.key_id()?, audience))
    }

    fn key_id(&self) -> Result<Option<String>, ConfigError> {
        match self.get(KEY_ID) {
            Some(id) if id.len() > MAX_KEY_ID_BYTES || !id.bytes().all(|byte| byte.is_ascii_graphic()) => {
                Err(self.error(KEY_ID, "must be the `kid` of the key that you registered, in printable ASCII"))
            }
            id => Ok(id.map(str::to_owned)),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{config::Config, providers::key_for_tests::p256_key};

    const WORK: [(&str, &str); 3] = [
        ("SECRET_KEY", "bGV0IHRoaXMgYmUgYSBrZXkgb2YgMzIgYnl0ZXMgb3IgbW9yZQ=="),
        ("OIDC_WORK_ISSUER", "https://id.example"),
        ("OIDC_WORK_CLIENT_ID", "web"),
    ];

    /// The client's credential with these variables of `OIDC_WORK`; `KEY` stands for a usable private key.
    fn parsed(variables: &[(&str, &str)]) -> Result<ClientSecret, ConfigError> {
        let pem = p256_key().pem;
        let value = |value: &str| if value == "KEY" { pem.clone() } else { value.to_owned() };
        let own = variables.iter().map(|(name, text)| (format!("OIDC_WORK_{name}"), value(text)));
        let all = WORK.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).chain(own);
        Config::parse(&all.collect()).map(|mut config| config.providers.remove(0).client_secret)
    }

    #[rstest]
    #[case::by_the_metadata(&[("CLIENT_SECRET", "s")], "Fixed(")]
    #[case::basic(&[("CLIENT_SECRET", "s"), ("TOKEN_AUTH", "basic")], "FixedBy(Basic, ")]
    #[case::post(&[("CLIENT_SECRET", "s"), ("TOKEN_AUTH", "post")], "FixedBy(Post, ")]
    #[case::public(&[("TOKEN_AUTH", "none")], "None")]
    #[case::key(&[("TOKEN_AUTH", "private_key_jwt"), ("PRIVATE_KEY", "KEY")], "Key(")]
    #[case::key_with_an_id(
        &[("TOKEN_AUTH", "private_key_jwt"), ("PRIVATE_KEY", "KEY"), ("KEY_ID", "2026"), ("ASSERTION_AUDIENCE", "token_endpoint")],
        "Key("
    )]
    fn method_has_its_credential(#[case] variables: &[(&str, &str)], #[case] credential: &str) {
        let printed = format!("{:?}", parsed(variables).unwrap());
        assert!(printed.starts_with(credential) && !printed.contains("\"s\""), "{printed}");
    }

    #[rstest]
    #[case::no_secret(&[], "CLIENT_SECRET")]
    #[case::no_secret_for_basic(&[("TOKEN_AUTH", "basic")], "CLIENT_SECRET")]
    #[case::unknown_method(&[("CLIENT_SECRET", "s"), ("TOKEN_AUTH", "client_secret_basic")], "TOKEN_AUTH")]
    #[case::secret_of_a_public_client(&[("CLIENT_SECRET", "s"), ("TOKEN_AUTH", "none")], "CLIENT_SECRET")]
    #[case::key_of_a_public_client(&[("PRIVATE_KEY", "KEY"), ("TOKEN_AUTH", "none")], "PRIVATE_KEY")]
    #[case::secret_beside_a_key(
        &[("CLIENT_SECRET", "s"), ("PRIVATE_KEY", "KEY"), ("TOKEN_AUTH", "private_key_jwt")],
        "CLIENT_SECRET"
    )]
    #[case::key_beside_a_secret(&[("CLIENT_SECRET", "s"), ("PRIVATE_KEY", "KEY")], "PRIVATE_KEY")]
    #[case::no_key(&[("TOKEN_AUTH", "private_key_jwt")], "PRIVATE_KEY")]
    #[case::unusable_key(&[("TOKEN_AUTH", "private_key_jwt"), ("PRIVATE_KEY", "hush")], "PRIVATE_KEY")]
    #[case::unusable_key_id(
        &[("TOKEN_AUTH", "private_key_jwt"), ("PRIVATE_KEY", "KEY"), ("KEY_ID", "a b")],
        "KEY_ID"
    )]
    #[case::unknown_audience(
        &[("TOKEN_AUTH", "private_key_jwt"), ("PRIVATE_KEY", "KEY"), ("ASSERTION_AUDIENCE", "https://id.example")],
        "ASSERTION_AUDIENCE"
    )]
    fn wrong_combination_stops_the_start(#[case] variables: &[(&str, &str)], #[case] named: &str) {
        let error = parsed(variables).unwrap_err();
        assert_eq!(error.variable, format!("OIDC_WORK_{named}"), "{error}");
        assert!(!error.to_string().contains("hush"));
    }
}
