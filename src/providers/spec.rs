//! What differs between providers, as data and a few small functions.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use super::{MessageFormat, Profile, Provider, TokenCheck};
use crate::{
    codes::access::Access,
    oauth::TokenEncoding,
    oidc::{Algorithm, Claims, Userinfo},
};

/// How one provider differs from the protocol and from the others. `ProviderSpec::new` has the defaults.
#[derive(Debug)]
pub struct ProviderSpec {
    /// The scopes of a sign-in: the fewest that identify the user.
    pub sign_in_scopes: &'static [&'static str],
    /// The values of `prompt` that it supports, of those that we pass on.
    pub prompts: &'static [&'static str],
    /// The value of `prompt` by which the user can choose another account there; `None` where there is none.
    pub another_account: Option<&'static str>,
    /// Further parameters of its authorization request.
    pub extra_parameters: fn(&Provider) -> Vec<(&'static str, &str)>,
    /// Parameters of the authorization request that make it authenticate the user again, before a sensitive step; they
    /// replace others of the same name. `max_age` (OpenID Connect Core §3.1.2.1) is checked in the id_token.
    pub reauthentication: &'static [(&'static str, &'static str)],
    /// Access to its APIs beyond sign-in.
    pub api_access: Option<ApiAccess>,
    /// Whether it supports PKCE for confidential clients (RFC 7636).
    pub pkce: bool,
    pub token_encoding: TokenEncoding,
    /// What `iss` in its authorization response is compared with.
    pub response_issuer: ResponseIssuer,
    /// It responds by a cross-site POST (`response_mode=form_post`).
    pub form_post: bool,
    /// Origins of its users' pictures, for the content security policy.
    pub picture_origins: fn(&Provider) -> Vec<String>,
    /// Its own domains, with all their subdomains: nobody else has a server there.
    pub own_domains: &'static [&'static str],
    /// How to find out which client an access token was issued to; `None` where the provider does not say.
    pub token_check: Option<TokenCheck>,
    /// How its messages come, if not as security event tokens.
    pub message_format: Option<MessageFormat>,
    pub identity: IdentitySource,
}

/// Access to a provider's APIs beyond sign-in.
#[derive(Debug)]
pub struct ApiAccess {
    /// The scopes that an API needs, all of them; empty where there is no such API.
    pub scopes: fn(Access) -> &'static [&'static str],
    /// Parameters of the authorization request that ask for consent and a refresh token; they replace others of the same
    /// name.
    pub offline: &'static [(&'static str, &'static str)],
    /// Other names under which the response grants the scopes of a sign-in.
    pub sign_in_aliases: &'static [&'static str],
    /// Its page where users review and revoke what they granted.
    pub connections: &'static str,
    /// An unused refresh token expires after this many days.
    pub unused_days: u16,
}

/// What `iss` in an authorization response (RFC 9207) must be if it is present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseIssuer {
    /// The issuer of its metadata.
    Metadata,
    /// Any URL at one of its own domains: it sends none today, and may begin to.
    OwnDomain,
}

/// Where the user's identity comes from.
#[derive(Debug)]
pub enum IdentitySource {
    /// An id_token (OpenID Connect).
    IdToken(OidcSpec),
    /// The provider's API, called with the access token (plain OAuth 2.0).
    Api(OAuthSpec),
}

/// A provider with id_tokens. `OidcSpec::new` has the defaults.
#[derive(Debug)]
pub struct OidcSpec {
    /// The signature algorithms of its id_tokens; never symmetric ones.
    pub algorithms: &'static [Algorithm],
    /// The issuers that an id_token may name. The claims are not verified yet: they may select among the issuers that we
    /// accept, and nothing else.
    pub issuers: fn(&Provider, &Value) -> Vec<String>,
    /// Whether the nonce of the authorization request comes back in the id_token (OpenID Connect Core §3.1.2.1).
    pub nonce: bool,
    /// Call userinfo when the id_token has no email address or no name (OpenID Connect Core §5.4).
    pub userinfo_completes: bool,
    /// The claims that the functions below and `issuers` read, in the id_token and at userinfo: none of them may be repeated.
    /// What is not here may be anything.
    pub claims: &'static [&'static str],
    /// Whether the configuration admits this user.
    pub admits: fn(&Provider, &Facts<'_>) -> bool,
    /// Maps verified claims to a profile; `None` when they identify no one.
    pub profile: fn(&Provider, &Facts<'_>) -> Option<Profile>,
}

/// A provider whose API is called.
#[derive(Debug)]
pub struct OAuthSpec {
    /// The documents to request.
    pub documents: fn(&Provider, &SecretString) -> Vec<ApiDocument>,
    /// Maps the documents to a profile; `None` when they identify no one.
    pub profile: fn(&Provider, &Documents) -> Option<Profile>,
}

/// One document of a provider's API, requested with the access token as bearer.
#[derive(Clone, Debug)]
pub struct ApiDocument {
    /// The profile function's name for it.
    pub name: &'static str,
    /// Never contains the token.
    pub url: Url,
    /// The sign-in fails without it. Others may be missing, for instance when a scope was declined.
    pub required: bool,
    /// The members that the profile function reads, none of which may be repeated: names separated by dots, `*` for any
    /// position of an array. What is not here may be anything.
    pub members: &'static [&'static str],
}

/// The claims of a profile (OpenID Connect Core §5.1).
pub(super) const STANDARD_CLAIMS: &[&str] = &["email", "email_verified", "name", "picture"];

/// The documents that the API returned, by name.
#[derive(Debug, Default)]
pub struct Documents(BTreeMap<&'static str, Value>);

impl ProviderSpec {
    /// The defaults.
    pub(super) const fn new(sign_in_scopes: &'static [&'static str], identity: IdentitySource) -> Self {
        Self {
            sign_in_scopes,
            prompts: &[],
            another_account: None,
            extra_parameters: |_| Vec::new(),
            reauthentication: &[],
            api_access: None,
            pkce: true,
            token_encoding: TokenEncoding::Json,
            response_issuer: ResponseIssuer::Metadata,
            form_post: false,
            picture_origins: |_| Vec::new(),
            own_domains: &[],
            token_check: None,
            message_format: None,
            identity,
        }
    }

    /// The algorithms that a sign-in accepts in its id_tokens; none for a provider without them.
    pub fn id_token_algorithms(&self) -> &'static [Algorithm] {
        match &self.identity {
            IdentitySource::IdToken(spec) => spec.algorithms,
            IdentitySource::Api(_) => &[],
        }
    }

    /// `max_age` of a re-authentication, in seconds.
    pub fn max_age(&self) -> Option<u64> {
        self.reauthentication.iter().find(|(name, _)| *name == "max_age").and_then(|(_, seconds)| seconds.parse().ok())
    }
}

impl OidcSpec {
    /// The defaults: RS256, and the issuer and nonce of the protocol.
    pub(super) const fn new(profile: fn(&Provider, &Facts<'_>) -> Option<Profile>) -> Self {
        Self {
            algorithms: &[Algorithm::Rs256],
            issuers: |provider, _| vec![provider.metadata.issuer().to_owned()],
            nonce: true,
            userinfo_completes: false,
            claims: STANDARD_CLAIMS,
            admits: |_, _| true,
            profile,
        }
    }
}

impl Documents {
    pub fn insert(&mut self, name: &'static str, document: Value) {
        self.0.insert(name, document);
    }

    /// A document, or JSON's `null`.
    pub fn get(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }
}

/// A non-empty string member of a document; `None` for any other JSON type.
pub(super) fn text<'a>(document: &'a Value, name: &str) -> Option<&'a str> {
    document.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// What a provider says about a user: the verified id_token and, if it was requested, the userinfo document, whose `sub` was
/// compared with the id_token's.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The verified id_token's claims; `None` where a front end presented an access token, and userinfo is all there is.
    pub claims: Option<&'a Claims>,
    pub userinfo: Option<&'a Userinfo>,
    /// An unsigned name beside the authorization response: Apple's, at the first consent.
    pub unverified_name: Option<&'a str>,
}

impl Facts<'_> {
    /// `sub` of the id_token, or of userinfo where there is no id_token.
    pub fn subject(&self) -> &str {
        let of_userinfo = || self.userinfo.map_or("", Userinfo::subject);
        self.claims.map_or_else(of_userinfo, Claims::subject)
    }

    /// A non-empty string, from the id_token first: it is signed, and userinfo is not. Any other type counts as absent.
    pub fn text(&self, name: &str) -> Option<&str> {
        fn text(value: Option<&Value>) -> Option<&str> {
            value.and_then(Value::as_str).filter(|text| !text.is_empty())
        }
        text(self.claim(name)).or_else(|| text(self.userinfo_claim(name)))
    }

    /// Only the boolean `true`: no `"true"`, no `1`.
    pub fn is_true(&self, name: &str) -> bool {
        self.value(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The boolean `true` or the string `"true"`, for the providers that are known to write booleans as strings.
    pub fn is_true_or_text(&self, name: &str) -> bool {
        self.is_true(name) || self.text(name) == Some("true")
    }

    /// A claim of any type, from the id_token first.
    pub fn value(&self, name: &str) -> Option<&Value> {
        match name {
            "email_verified" => self.email_verified(),
            name => self.claim(name).or_else(|| self.userinfo_claim(name)),
        }
    }

    /// `email_verified` is a statement about one address. Where the two documents share the statement between them, it holds
    /// for the address only if the other document names no other.
    fn email_verified(&self) -> Option<&Value> {
        let (in_token, at_userinfo) = (self.claim("email"), self.userinfo_claim("email"));
        let (flag, flag_at_userinfo) = (self.claim("email_verified"), self.userinfo_claim("email_verified"));
        let token_is_silent = in_token.and_then(Value::as_str).is_none_or(str::is_empty);
        match token_is_silent {
            false => flag.or(flag_at_userinfo.filter(|_| at_userinfo.is_none_or(|address| Some(address) == in_token))),
            true => flag_at_userinfo.or(flag.filter(|_| in_token.is_none())),
        }
    }

    fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.and_then(|claims| claims.get(name))
    }

    fn userinfo_claim(&self, name: &str) -> Option<&Value> {
        self.userinfo.and_then(|userinfo| userinfo.get(name))
    }
}
