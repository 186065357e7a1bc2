//! What differs between providers, as data and a few small functions.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use super::{Profile, Provider, TokenCheck};
use crate::{
    codes::access::Access,
    oauth::TokenEncoding,
    oidc::{Algorithm, Claims, Userinfo},
};

/// One provider's manners.
#[derive(Debug)]
pub struct ProviderSpec {
    /// Scopes of a sign-in: the least that tells who somebody is.
    pub sign_in_scopes: &'static [&'static str],
    /// Values of `prompt` that it understands, of those that we pass through.
    pub prompts: &'static [&'static str],
    /// What its authorization request needs besides.
    pub extra_parameters: fn(&Provider) -> Vec<(&'static str, &str)>,
    /// What makes it ask who somebody is although it knows them, before a sensitive step: parameters of its authorization
    /// request, in place of the others of the same name. Of `max_age` (OpenID Connect Core §3.1.2.1) the answer is checked.
    pub asks_again: &'static [(&'static str, &'static str)],
    /// How it lets us see something beyond who somebody is; `None` where it does not.
    pub lets_see: Option<ApiAccess>,
    /// How it writes its token responses.
    pub token_encoding: TokenEncoding,
    /// What `iss` in its authorization response is compared with.
    pub response_issuer: ResponseIssuer,
    /// It answers by a POST from its own site (`response_mode=form_post`).
    pub form_post: bool,
    /// Where its people's pictures come from, as sources of a content security policy.
    pub picture_origins: fn(&Provider) -> Vec<String>,
    /// Domains that are its own with everything below them, so that nobody else has a server there.
    pub own_domains: &'static [&'static str],
    /// How it says whose client an access token was given to; `None` where it says so to nobody.
    pub token_check: Option<TokenCheck>,
    /// How it says who somebody is.
    pub who: IdentitySource,
}

/// Manners of a provider that lets us see something beyond who somebody is.
#[derive(Debug)]
pub struct ApiAccess {
    /// The scopes of a thing to see, all of them needed; none where it has no such thing.
    pub scopes: fn(Access) -> &'static [&'static str],
    /// What makes it ask for consent, and give tokens that outlive the visit: parameters of the authorization request, in
    /// place of the others of the same name.
    pub offline: &'static [(&'static str, &'static str)],
    /// Other names under which the scopes of a sign-in come back.
    pub sign_in_aliases: &'static [&'static str],
    /// Its page where a person sees what was granted, and takes it back.
    pub by_hand: &'static str,
    /// After how many days without use it forgets a refresh token.
    pub unused_days: u16,
}

/// What `iss` in an authorization response (RFC 9207) must be, when it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseIssuer {
    /// The issuer of its metadata.
    Metadata,
    /// An address at one of its own domains: it names none today, and may begin to.
    OwnDomain,
}

/// How a provider says who somebody is.
#[derive(Debug)]
pub enum IdentitySource {
    /// By an id_token (OpenID Connect).
    IdToken(OidcSpec),
    /// By its API, asked with the access token (OAuth 2 alone).
    Api(OAuthSpec),
}

/// Manners of a provider with id_tokens.
#[derive(Debug)]
pub struct OidcSpec {
    /// Algorithms that its id_tokens may be signed with. Never symmetric ones.
    pub algorithms: &'static [Algorithm],
    /// Spellings of its issuer that an id_token may carry. The claims are not verified yet: they may choose among what
    /// we accept, and nothing else.
    pub issuers: fn(&Provider, &Value) -> Vec<String>,
    /// Ask the userinfo endpoint when the id_token names no e-mail address or no name (OpenID Connect Core §5.4).
    pub userinfo_completes: bool,
    /// Whether the facts are of somebody whom the configuration admits.
    pub admits: fn(&Provider, &Facts<'_>) -> bool,
    /// Turns verified claims into a profile; `None` when they name nobody.
    pub profile: fn(&Provider, &Facts<'_>) -> Option<Profile>,
}

/// Manners of a provider whose API is asked.
#[derive(Debug)]
pub struct OAuthSpec {
    /// What to ask for.
    pub documents: fn(&Provider, &SecretString) -> Vec<ApiDocument>,
    /// Turns the documents into a profile; `None` when they name nobody.
    pub profile: fn(&Provider, &Documents) -> Option<Profile>,
}

/// One document of a provider's API, read as the bearer of the access token.
#[derive(Clone, Debug)]
pub struct ApiDocument {
    /// What the profile function knows it by.
    pub name: &'static str,
    /// Its address. Never holds the token.
    pub url: Url,
    /// Without it nobody signs in. Others may be missing: a scope that was declined, say.
    pub required: bool,
}

/// The documents that came, by name.
#[derive(Debug, Default)]
pub struct Documents(BTreeMap<&'static str, Value>);

impl ProviderSpec {
    /// `max_age` of a request that makes it ask again, in seconds.
    pub fn max_age(&self) -> Option<u64> {
        self.asks_again.iter().find(|(name, _)| *name == "max_age").and_then(|(_, seconds)| seconds.parse().ok())
    }
}

impl Documents {
    /// Adds a document.
    pub fn insert(&mut self, name: &'static str, document: Value) {
        self.0.insert(name, document);
    }

    /// A document, or JSON's null.
    pub fn get(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }
}

/// A non-empty string member of a document; any other JSON type is no answer.
pub(super) fn text<'a>(document: &'a Value, name: &str) -> Option<&'a str> {
    document.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// What a provider said about a person: the verified id_token and, where it was asked, the userinfo document
/// whose `sub` was checked against it.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The verified id_token's claims; `None` where an access token was brought instead, and userinfo is all there is.
    pub claims: Option<&'a Claims>,
    /// The userinfo document.
    pub userinfo: Option<&'a Userinfo>,
    /// A name that came beside the response and that nobody signed: Apple's, at the first consent.
    pub unverified_name: Option<&'a str>,
}

impl Facts<'_> {
    /// `sub`: of the id_token, which userinfo's was compared with, or else of userinfo.
    pub fn subject(&self) -> &str {
        self.claims.map_or_else(|| self.text("sub").unwrap_or_default(), Claims::subject)
    }

    /// A non-empty string, from the id_token first. Any other JSON type is no answer.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.value(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// Only the boolean `true`: `"true"`, `1` and their like are not a provider's word (CVE-2022-35924 shape).
    pub fn is_true(&self, name: &str) -> bool {
        self.value(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The id_token is signed, userinfo is not: where both speak, the id_token counts. The e-mail address and its
    /// `email_verified` are one statement and come from the same document.
    pub fn value(&self, name: &str) -> Option<&Value> {
        let claim = |name| self.claims.and_then(|claims| claims.get(name));
        let in_token = claim(name);
        if name == "email_verified" && claim("email").is_some() {
            return in_token;
        }
        in_token.or_else(|| self.userinfo.and_then(|userinfo| userinfo.get(name)))
    }
}
