//! What became of an arrival, and where the browser goes from there.

use http::HeaderValue;

use super::refused_arrival::RefusedArrival;
use crate::{
    accounts::{IdentityId, Purpose, Reason},
    codes::{
        access::Access,
        outcome::{Done, ERROR_ANCHOR, Trouble},
        percent::with_return_to,
        refusal::Refusal,
    },
    oauth::{AuthorizationErrorCode as Code, AuthorizationResponseError, ResourceError, TokenError},
    relying_party::{CompleteError, ReturnTo, VouchError},
};

/// Where the browser goes from here.
#[derive(Debug)]
pub struct Landing {
    /// What became of the flow, or why nothing did.
    pub outcome: Result<Arrived, RefusedArrival>,
    /// What the flow was for, where the browser holds it.
    pub purpose: Option<Purpose>,
    /// What the person was asked to let us see.
    pub access: Option<Access>,
    /// Where the person was going, for another try.
    pub return_to: Option<ReturnTo>,
    /// `Set-Cookie` values: the flow ends in the browser, a session may begin, a name may wait for the next flow.
    pub cookies: Vec<HeaderValue>,
}

/// What a flow came to.
#[derive(Debug)]
pub enum Arrived {
    /// The person goes on to where they were going.
    There(ReturnTo),
    /// The address is a user's with other ways in: the link prompt asks.
    Prompted,
    /// The signed-in user has one more way in.
    Linked {
        /// They had it already.
        already: bool,
        /// The way.
        identity: IdentityId,
        /// The page that they were on.
        return_to: ReturnTo,
    },
    /// The person showed that an account is theirs and is signed in, but what waited at the link prompt belongs to
    /// somebody else by now.
    NotLinked,
    /// The signed-in person lets us see what they were asked for.
    Granted(ReturnTo),
    /// They came back, and had declined just that.
    Declined(Access),
}

/// Where an answer leads.
#[derive(Debug)]
pub enum Direction {
    /// To a page of ours.
    To(String),
    /// Nowhere now: our database is away, and the same once more may work.
    Unavailable,
}

impl Landing {
    /// No flow was found, and nothing done.
    pub(super) fn of_nothing(outcome: Result<Arrived, RefusedArrival>) -> Self {
        Self { outcome, purpose: None, access: None, return_to: None, cookies: Vec::new() }
    }

    /// Where the browser goes; `slug` is the provider's, and `signed_in` says whether somebody was when they arrived: who
    /// was about to do something on a page goes back to it.
    pub fn direction(&self, slug: &str, signed_in: bool) -> Direction {
        let refused = match &self.outcome {
            Ok(arrived) => return Direction::To(page_of(arrived)),
            Err(refused) if refused.is_our_database() => return Direction::Unavailable,
            Err(refused) => refused,
        };
        let return_to = self.return_to.as_ref().map(ReturnTo::as_str);
        Direction::To(match &self.purpose {
            Some(purpose) if signed_in || matches!(purpose, Purpose::ResolveLink { .. }) => {
                page_of_refusal(purpose, self.access, refused, slug, return_to)
            }
            _ => refusal_of(refused).login_path(Some(slug), return_to),
        })
    }
}

/// What the person is told.
fn refusal_of(refused: &RefusedArrival) -> Refusal {
    match refused {
        RefusedArrival::UnknownFlow => Refusal::FlowUnknown,
        RefusedArrival::ExpiredFlow => Refusal::FlowExpired,
        RefusedArrival::UsedFlow => Refusal::FlowUsed,
        RefusedArrival::OtherProvider => Refusal::ResponseMismatch,
        RefusedArrival::NothingWaits => Refusal::LinkRequired,
        RefusedArrival::Policy(Reason::UserDisabled) => Refusal::AccountDisabled,
        RefusedArrival::Policy(_) => Refusal::ProviderInvalid,
        RefusedArrival::Flow(error) => refusal_of_flow(error),
        RefusedArrival::Token(error) => refusal_of_token(error),
        RefusedArrival::Store(_) | RefusedArrival::Session(_) | RefusedArrival::NoRandomness => Refusal::ServerError,
    }
}

/// Where it came to what it was for.
fn page_of(arrived: &Arrived) -> String {
    match arrived {
        Arrived::There(return_to) => return_to.as_str().to_owned(),
        Arrived::Prompted => "/link".to_owned(),
        Arrived::Linked { already, identity, return_to } => {
            let done = if *already { Done::AlreadyLinked } else { Done::Linked };
            let page = return_to.as_str();
            // What an account lets us see is looked at in that account, and not in the one that was there before.
            match Access::ALL.iter().any(|access| access.page() == page) {
                true => format!("{page}?account={identity}&done={}", done.code()),
                false => with_code(page, "done", done.code()),
            }
        }
        Arrived::NotLinked => format!("/settings?error={}#{ERROR_ANCHOR}", Trouble::LinkedElsewhere.code()),
        Arrived::Granted(return_to) => return_to.as_str().to_owned(),
        Arrived::Declined(access) => {
            format!("{}?error={}#{ERROR_ANCHOR}", access.page(), Trouble::ScopeDeclined.code())
        }
    }
}

/// Who was about to do something on a page goes back to that page.
fn page_of_refusal(
    purpose: &Purpose,
    access: Option<Access>,
    refused: &RefusedArrival,
    slug: &str,
    return_to: Option<&str>,
) -> String {
    let code = match refused {
        RefusedArrival::Policy(Reason::ProofOfAnother) => Trouble::ProofOfAnother.code(),
        RefusedArrival::Policy(Reason::IdentityOwnedByAnother) => Trouble::LinkedElsewhere.code(),
        RefusedArrival::NothingWaits => Trouble::LinkExpired.code(),
        RefusedArrival::Policy(Reason::GrantForAnotherIdentity) => Trouble::OtherAccount.code(),
        RefusedArrival::Policy(Reason::GrantIdentityNotLinked) => Trouble::NotThere.code(),
        RefusedArrival::Policy(Reason::SessionOfAnother | Reason::SessionMissing) => Refusal::FlowUnknown.code(),
        _ => refusal_of(refused).code(),
    };
    let page = match purpose {
        Purpose::SignIn => return refusal_of(refused).login_path(Some(slug), return_to),
        Purpose::Link { .. } => {
            format!("{}&provider={slug}", with_code(return_to.unwrap_or("/settings"), "error", code))
        }
        Purpose::Grant { .. } => {
            format!("{}?error={code}&provider={slug}", access.map_or("/settings", Access::page))
        }
        Purpose::ResolveLink { .. } => format!("/link?error={code}&provider={slug}"),
        Purpose::Reauthenticate { .. } => {
            let page = with_return_to("/confirm", Some(return_to.unwrap_or("/settings")));
            format!("{page}&error={code}&provider={slug}")
        }
    };
    format!("{page}#{ERROR_ANCHOR}")
}

/// A page of ours, which may have a query, told a code of ours.
fn with_code(page: &str, name: &str, code: &str) -> String {
    let join = if page.contains('?') { '&' } else { '?' };
    format!("{page}{join}{name}={code}")
}

fn refusal_of_flow(error: &CompleteError) -> Refusal {
    match error {
        CompleteError::Response(AuthorizationResponseError::Provider(code)) => match code {
            Code::AccessDenied => Refusal::Cancelled,
            Code::LoginRequired
            | Code::InteractionRequired
            | Code::ConsentRequired
            | Code::AccountSelectionRequired => Refusal::InteractionRequired,
            Code::TemporarilyUnavailable | Code::ServerError => Refusal::ProviderUnavailable,
            _ => Refusal::ProviderRefused,
        },
        CompleteError::Response(_) => Refusal::ResponseMismatch,
        CompleteError::Token(TokenError::Refused(_)) => Refusal::ProviderRefused,
        CompleteError::Token(TokenError::Response(fault)) if fault.is_unavailable() => Refusal::ProviderUnavailable,
        CompleteError::Api(ResourceError::Response(fault)) if fault.is_unavailable() => Refusal::ProviderUnavailable,
        CompleteError::Token(_)
        | CompleteError::IdToken(_)
        | CompleteError::Userinfo(_)
        | CompleteError::Api(_)
        | CompleteError::NoProfile => Refusal::ProviderInvalid,
        CompleteError::NotAdmitted => Refusal::NotPermitted,
        CompleteError::Metadata(_) | CompleteError::BreakerOpen | CompleteError::Http(_) | CompleteError::Keys(_) => {
            Refusal::ProviderUnavailable
        }
        CompleteError::ProviderChanged | CompleteError::Client(_) => Refusal::ServerError,
    }
}

fn refusal_of_token(error: &VouchError) -> Refusal {
    match error {
        VouchError::NotAdmitted => Refusal::NotPermitted,
        VouchError::Unavailable { .. } => Refusal::ProviderUnavailable,
        _ => Refusal::ProviderInvalid,
    }
}
