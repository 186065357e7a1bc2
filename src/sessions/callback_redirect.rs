//! The outcome of a callback, and where the browser goes.

use http::HeaderValue;

use super::{callback_error::CallbackError, sign_in_error};
use crate::{
    accounts::{IdentityId, Purpose, Reason},
    codes::{
        access::Access,
        done::Done,
        form_error::{FormError, error_path},
        percent::{with_query, with_return_to},
        settings_page::SettingsPage,
        sign_in_error::SignInError,
    },
    relying_party::ReturnTo,
};

/// The result of a callback.
#[derive(Debug)]
pub struct CallbackRedirect {
    pub outcome: Result<CallbackOutcome, CallbackError>,
    /// `None` without a flow, like the following fields.
    pub purpose: Option<Purpose>,
    /// The access that the flow requested.
    pub access: Option<Access>,
    pub return_to: Option<ReturnTo>,
    /// `Set-Cookie` values: they remove the flow, and may begin a session or keep a name for the next flow.
    pub cookies: Vec<HeaderValue>,
}

#[derive(Debug)]
pub enum CallbackOutcome {
    /// Signed in, or signed in already: on to the destination.
    SignedIn(ReturnTo),
    /// The second step of the sign-in is due.
    SecondFactor,
    /// The email address belongs to an account with other sign-in methods: to the link prompt.
    Prompted,
    /// The signed-in user has one more sign-in method.
    Linked { already: bool, identity: IdentityId, return_to: ReturnTo },
    /// The user authenticated at the link prompt and is signed in, but the pending identity belongs to another user by now.
    NotLinked {
        /// The account can have no further identity.
        is_full: bool,
    },
    /// The requested access was granted.
    Granted(ReturnTo),
    /// The user declined the requested access.
    AccessDeclined(Access),
}

#[derive(Debug)]
pub enum Direction {
    /// To a page of this site.
    To(String),
    /// The database is down: 503.
    Unavailable,
}

impl CallbackRedirect {
    pub(super) fn without_flow(outcome: Result<CallbackOutcome, CallbackError>) -> Self {
        Self { outcome, purpose: None, access: None, return_to: None, cookies: Vec::new() }
    }

    /// Where the browser goes. `slug` is the provider's. A user who was signed in at the start (`was_signed_in`) goes back to
    /// the page of the form.
    pub fn direction(&self, slug: &str, was_signed_in: bool) -> Direction {
        let error = match &self.outcome {
            Ok(outcome) => return Direction::To(page_of(outcome)),
            Err(error) if error.is_outage() => return Direction::Unavailable,
            Err(error) => error,
        };
        let return_to = self.return_to.as_ref().map(ReturnTo::as_str);
        Direction::To(match &self.purpose {
            Some(purpose) if was_signed_in || matches!(purpose, Purpose::ResolveLink { .. }) => {
                page_of_error(purpose, self.access, error, slug, return_to)
            }
            _ => sign_in_error::of(error).login_path(Some(slug), return_to),
        })
    }
}

fn page_of(outcome: &CallbackOutcome) -> String {
    match outcome {
        CallbackOutcome::SignedIn(return_to) => return_to.as_str().to_owned(),
        CallbackOutcome::SecondFactor => "/second-factor".to_owned(),
        CallbackOutcome::Prompted => "/link".to_owned(),
        CallbackOutcome::Linked { already, identity, return_to } => {
            let done = if *already { Done::AlreadyLinked } else { Done::Linked };
            let page = return_to.as_str();
            // A page that shows a connected service opens with the new identity.
            match Access::ALL.iter().any(|access| access.page() == page) {
                true => done.path(&with_query(page, &[("account", &identity.to_string())])),
                false => done.path(page),
            }
        }
        CallbackOutcome::NotLinked { is_full } => {
            let error = if *is_full { FormError::TooManyIdentities } else { FormError::LinkedElsewhere };
            error.path(SettingsPage::Security.path())
        }
        CallbackOutcome::Granted(return_to) => return_to.as_str().to_owned(),
        CallbackOutcome::AccessDeclined(access) => FormError::ScopeDeclined.path(access.page()),
    }
}

/// Back to the page of the form that started the flow.
fn page_of_error(
    purpose: &Purpose,
    access: Option<Access>,
    error: &CallbackError,
    slug: &str,
    return_to: Option<&str>,
) -> String {
    let code = match error {
        CallbackError::Policy(Reason::ReauthenticationMismatch) => FormError::ReauthenticationMismatch.code(),
        CallbackError::SecondFactorNeeded => FormError::SecondFactorNeeded.code(),
        CallbackError::Policy(Reason::IdentityOwnedByAnother) => FormError::LinkedElsewhere.code(),
        CallbackError::Policy(Reason::TooManyIdentities) => FormError::TooManyIdentities.code(),
        CallbackError::NoPendingLink => FormError::LinkExpired.code(),
        CallbackError::Policy(Reason::GrantForAnotherIdentity) => FormError::AccountMismatch.code(),
        CallbackError::Policy(Reason::GrantIdentityNotLinked) => FormError::NotFound.code(),
        CallbackError::Policy(Reason::SessionOfAnother | Reason::SessionMissing) => SignInError::FlowUnknown.code(),
        _ => sign_in_error::of(error).code(),
    };
    let page = match purpose {
        Purpose::SignIn => return sign_in_error::of(error).login_path(Some(slug), return_to),
        Purpose::Link { .. } => return_to.unwrap_or(SettingsPage::Security.path()).to_owned(),
        Purpose::Grant { .. } => access.map_or(SettingsPage::Connections.path(), Access::page).to_owned(),
        Purpose::ResolveLink { .. } => "/link".to_owned(),
        Purpose::Reauthenticate { .. } => with_return_to("/confirm", Some(return_to.unwrap_or("/settings"))),
    };
    error_path(&page, &[("error", code), ("provider", slug)])
}
