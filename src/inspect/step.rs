//! The steps of a flow.

use super::{
    check::CheckResult,
    flow::FlowKind,
    value::{Parameter, Value},
};

/// The lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    Browser,
    Latchkey,
    Provider,
    Database,
}

/// A document that a provider publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    Discovery,
    Keys,
}

/// Where it comes from this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentSource {
    /// Constants of the provider's page in `providers`.
    Constants,
    Cache,
    /// It is fetched now.
    Fetch,
    /// Another request is fetching it: this one waits for the same answer.
    AnotherRequest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    IdToken,
    /// A message of a provider: a logout token or a security event token.
    Message,
}

/// What happens to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Inserted,
    Updated,
    Deleted,
    Read,
}

/// A cookie of a response: its name and attributes, never its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    pub name: String,
    pub attributes: String,
    pub removed: bool,
}

/// One step. Holds values that may be shown, closed lists, and texts of our own source code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A request of the browser arrived.
    Requested {
        method: &'static str,
        path: Value,
        parameters: Vec<Parameter>,
    },
    /// A flow began, and what for.
    Began {
        kind: FlowKind,
        provider: Value,
    },
    /// The URL to which the browser is sent.
    AuthorizationRequest {
        endpoint: Value,
        parameters: Vec<Parameter>,
    },
    Document {
        kind: DocumentKind,
        source: DocumentSource,
    },
    /// A request to the provider. `part` is one of the metrics' words, as `tokens`.
    ProviderRequest {
        part: &'static str,
        method: &'static str,
        url: Value,
        parameters: Vec<Parameter>,
    },
    ProviderResponse {
        part: &'static str,
        status: Value,
        parameters: Vec<Parameter>,
    },
    /// Checks that belong together, in their order.
    Checked(Vec<CheckResult>),
    /// Header and claims, before any of them is believed.
    Token {
        kind: TokenKind,
        header: Vec<Parameter>,
        claims: Vec<Parameter>,
    },
    Profile {
        parameters: Vec<Parameter>,
    },
    /// The linking policy decided.
    Decided {
        outcome: &'static str,
        reasons: Vec<&'static str>,
    },
    Row {
        table: &'static str,
        change: Change,
        parameters: Vec<Parameter>,
    },
    /// A session began, or got a new secret.
    Session {
        what: &'static str,
        parameters: Vec<Parameter>,
    },
    /// Something this request had to wait for.
    Waited {
        what: &'static str,
        /// The id of the request that does it.
        by: Option<Value>,
    },
    /// It did what it was for, where that is no session and no row of a grant.
    Done {
        of: FlowKind,
        what: &'static str,
        parameters: Vec<Parameter>,
    },
    /// The flow ends here.
    Refused {
        because: Value,
        next_step: Option<Value>,
    },
    Answered {
        status: Value,
        location: Option<Value>,
        cookies: Vec<Cookie>,
    },
}

impl Step {
    /// A single check.
    pub fn check(result: CheckResult) -> Self {
        Self::Checked(vec![result])
    }

    /// A row without more about it.
    pub const fn row(table: &'static str, change: Change) -> Self {
        Self::Row { table, change, parameters: Vec::new() }
    }

    /// Whether a request with it is worth a record. Pages that read a provider's API are not; what was refused always is.
    pub(super) const fn is_telling(&self) -> bool {
        matches!(
            self,
            Self::Began { .. }
                | Self::Checked(_)
                | Self::Decided { .. }
                | Self::Session { .. }
                | Self::Waited { .. }
                | Self::Refused { .. }
        )
    }

    /// What it occupies in memory, roughly, in bytes.
    pub(super) fn size(&self) -> usize {
        let parameters = |parameters: &[Parameter]| parameters.iter().map(Parameter::size).sum::<usize>();
        size_of::<Self>()
            + match self {
                Self::Requested { path, parameters: more, .. } => path.size() + parameters(more),
                Self::AuthorizationRequest { endpoint, parameters: more } => endpoint.size() + parameters(more),
                Self::ProviderRequest { url, parameters: more, .. } => url.size() + parameters(more),
                Self::ProviderResponse { parameters: more, .. }
                | Self::Profile { parameters: more }
                | Self::Row { parameters: more, .. }
                | Self::Done { parameters: more, .. }
                | Self::Session { parameters: more, .. } => parameters(more),
                Self::Checked(results) => results.iter().map(CheckResult::size).sum(),
                Self::Token { header, claims, .. } => parameters(header) + parameters(claims),
                Self::Decided { reasons, .. } => reasons.len() * size_of::<&str>(),
                Self::Refused { because, next_step } => because.size() + next_step.as_ref().map_or(0, Value::size),
                Self::Answered { cookies, .. } => {
                    cookies.iter().map(|cookie| 64 + cookie.name.len() + cookie.attributes.len()).sum()
                }
                Self::Began { provider, .. } => provider.size(),
                Self::Waited { by, .. } => by.as_ref().map_or(0, Value::size),
                Self::Document { .. } => 0,
            }
    }
}
