//! What became of an arrival, and where the browser goes from there.

use http::HeaderValue;

use super::callback_error::CallbackError;
use crate::{
    accounts::{IdentityId, Purpose, Reason},
    codes::{
        access::Access,
        outcome::{Done, ERROR_ANCHOR, FormError},
        percent::with_return_to,
        sign_in_error::SignInError,
    },
    oauth::{AuthorizationErrorCode as Code, AuthorizationResponseError, ResourceError, TokenError},
    relying_party::{CompleteError, ExternalTokenError, ReturnTo},
};

/// Where the browser goes from here.
#[derive(Debug)]
pub struct CallbackRedirect {
    /// What became of the flow, or why nothing did.
    pub outcome: Result<CallbackOutcome, CallbackError>,
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
pub enum CallbackOutcome {
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

impl CallbackRedirect {
    /// No flow was found, and nothing done.
    pub(super) fn of_nothing(outcome: Result<CallbackOutcome, CallbackError>) -> Self {
        Self { outcome, purpose: None, access: None, return_to: None, cookies: Vec::new() }
    }

    /// Where the browser goes; `slug` is the provider's, and `signed_in` says whether somebody was when they arrived: who
    /// was about to do something on a page goes back to it.
    pub fn direction(&self, slug: &str, signed_in: bool) -> Direction {
        let refused = match &self.outcome {
            Ok(outcome) => return Direction::To(page_of(outcome)),
            Err(refused) if refused.is_our_database() => return Direction::Unavailable,
            Err(refused) => refused,
        };
        let return_to = self.return_to.as_ref().map(ReturnTo::as_str);
        Direction::To(match &self.purpose {
            Some(purpose) if signed_in || matches!(purpose, Purpose::ResolveLink { .. }) => {
                page_of_error(purpose, self.access, refused, slug, return_to)
            }
            _ => sign_in_error_of(refused).login_path(Some(slug), return_to),
        })
    }
}

/// What the person is told.
fn sign_in_error_of(refused: &CallbackError) -> SignInError {
    match refused {
        CallbackError::UnknownFlow => SignInError::FlowUnknown,
        CallbackError::ExpiredFlow => SignInError::FlowExpired,
        CallbackError::UsedFlow => SignInError::FlowUsed,
        CallbackError::OtherProvider => SignInError::ResponseMismatch,
        CallbackError::NothingWaits => SignInError::LinkRequired,
        CallbackError::Policy(Reason::UserDisabled) => SignInError::AccountDisabled,
        CallbackError::Policy(_) => SignInError::ProviderInvalid,
        CallbackError::Flow(error) => sign_in_error_of_flow(error),
        CallbackError::Token(error) => sign_in_error_of_token(error),
        CallbackError::Store(_) | CallbackError::Session(_) | CallbackError::NoRandomness => SignInError::ServerError,
    }
}

/// Where it came to what it was for.
fn page_of(outcome: &CallbackOutcome) -> String {
    match outcome {
        CallbackOutcome::There(return_to) => return_to.as_str().to_owned(),
        CallbackOutcome::Prompted => "/link".to_owned(),
        CallbackOutcome::Linked { already, identity, return_to } => {
            let done = if *already { Done::AlreadyLinked } else { Done::Linked };
            let page = return_to.as_str();
            // What an account lets us see is looked at in that account, and not in the one that was there before.
            match Access::ALL.iter().any(|access| access.page() == page) {
                true => format!("{page}?account={identity}&done={}", done.code()),
                false => with_code(page, "done", done.code()),
            }
        }
        CallbackOutcome::NotLinked => format!("/settings?error={}#{ERROR_ANCHOR}", FormError::LinkedElsewhere.code()),
        CallbackOutcome::Granted(return_to) => return_to.as_str().to_owned(),
        CallbackOutcome::Declined(access) => {
            format!("{}?error={}#{ERROR_ANCHOR}", access.page(), FormError::ScopeDeclined.code())
        }
    }
}

/// Who was about to do something on a page goes back to that page.
fn page_of_error(
    purpose: &Purpose,
    access: Option<Access>,
    refused: &CallbackError,
    slug: &str,
    return_to: Option<&str>,
) -> String {
    let code = match refused {
        CallbackError::Policy(Reason::ReauthenticationMismatch) => FormError::ReauthenticationMismatch.code(),
        CallbackError::Policy(Reason::IdentityOwnedByAnother) => FormError::LinkedElsewhere.code(),
        CallbackError::NothingWaits => FormError::LinkExpired.code(),
        CallbackError::Policy(Reason::GrantForAnotherIdentity) => FormError::AccountMismatch.code(),
        CallbackError::Policy(Reason::GrantIdentityNotLinked) => FormError::NotFound.code(),
        CallbackError::Policy(Reason::SessionOfAnother | Reason::SessionMissing) => SignInError::FlowUnknown.code(),
        _ => sign_in_error_of(refused).code(),
    };
    let page = match purpose {
        Purpose::SignIn => return sign_in_error_of(refused).login_path(Some(slug), return_to),
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

fn sign_in_error_of_flow(error: &CompleteError) -> SignInError {
    match error {
        CompleteError::Response(AuthorizationResponseError::Provider(code)) => match code {
            Code::AccessDenied => SignInError::Cancelled,
            Code::LoginRequired
            | Code::InteractionRequired
            | Code::ConsentRequired
            | Code::AccountSelectionRequired => SignInError::InteractionRequired,
            Code::TemporarilyUnavailable | Code::ServerError => SignInError::ProviderUnavailable,
            _ => SignInError::ProviderRefused,
        },
        CompleteError::Response(_) => SignInError::ResponseMismatch,
        CompleteError::Token(TokenError::Refused(_)) => SignInError::ProviderRefused,
        CompleteError::Token(TokenError::Response(error)) if error.is_unavailable() => SignInError::ProviderUnavailable,
        CompleteError::Api(ResourceError::Response(error)) if error.is_unavailable() => {
            SignInError::ProviderUnavailable
        }
        CompleteError::Token(_)
        | CompleteError::IdToken(_)
        | CompleteError::Userinfo(_)
        | CompleteError::Api(_)
        | CompleteError::NoProfile => SignInError::ProviderInvalid,
        CompleteError::NotAdmitted => SignInError::NotPermitted,
        CompleteError::Metadata(_) | CompleteError::BreakerOpen | CompleteError::Http(_) | CompleteError::Keys(_) => {
            SignInError::ProviderUnavailable
        }
        CompleteError::ProviderChanged | CompleteError::Client(_) => SignInError::ServerError,
    }
}

fn sign_in_error_of_token(error: &ExternalTokenError) -> SignInError {
    match error {
        ExternalTokenError::NotAdmitted => SignInError::NotPermitted,
        ExternalTokenError::Unavailable { .. } => SignInError::ProviderUnavailable,
        _ => SignInError::ProviderInvalid,
    }
}
