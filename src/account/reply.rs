//! The answer to a form: a 303 (RFC 9700 §4.12) to a page of this site, or an authorization request.

use std::sync::{Arc, OnceLock};

use http::{HeaderValue, StatusCode, header};
use leptos::prelude::expect_context;
use leptos_axum::ResponseOptions;

use super::{error::AccountError, walkthrough};
use crate::{
    codes::{done::Done, form_error::FormError, percent::with_return_to},
    relying_party::ReturnTo,
    sessions::{CLEAR_SITE_DATA, RequestContext},
};

/// In bytes: somewhat more than the longest address, so that the user can correct a typing error.
const MAX_TYPED: usize = 320;

/// Where the browser goes, and its cookies.
#[derive(Debug)]
pub struct Reply {
    to: Destination,
    cookies: Vec<HeaderValue>,
    clears_site_data: bool,
}

#[derive(Debug)]
enum Destination {
    Page(String),
    Provider(ProviderRequest),
}

/// An authorization request that a form started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRequest {
    /// The provider's label.
    pub provider: String,
    pub url: String,
}

/// The slot in which `send` leaves the authorization request of a form. `web::forms` answers with a page that goes on to
/// it.
///
/// A redirect does not work: browsers apply the `form-action` of our content security policy to every redirect after a
/// POST, including the provider's own redirects to origins that we cannot list. A page ends that chain.
#[derive(Clone, Debug, Default)]
pub struct StartedFlow(Arc<OnceLock<ProviderRequest>>);

impl StartedFlow {
    /// `None` if the form started no flow.
    pub fn request(&self) -> Option<&ProviderRequest> {
        self.0.get()
    }
}

impl Reply {
    /// To a URL.
    pub fn to(location: impl Into<String>) -> Self {
        Self { to: Destination::Page(location.into()), cookies: Vec::new(), clears_site_data: false }
    }

    pub fn to_provider(request: ProviderRequest) -> Self {
        Self { to: Destination::Provider(request), cookies: Vec::new(), clears_site_data: false }
    }

    /// To a page (a path, which may have a query) that shows the error.
    pub fn error(page: &str, error: FormError) -> Self {
        Self::to(error.path(page))
    }

    /// To the page on which the user started.
    pub fn back(return_to: &ReturnTo) -> Self {
        Self::to(return_to.as_str())
    }

    /// To a page (a path, which may have a query) that says what was done.
    pub fn done(page: &str, done: Done) -> Self {
        Self::to(done.path(page))
    }

    /// To another URL, with the same cookies.
    #[must_use]
    pub(super) fn instead_to(self, location: impl Into<String>) -> Self {
        Self { to: Destination::Page(location.into()), ..self }
    }

    /// Has the browser forget what it keeps of this origin: see [`CLEAR_SITE_DATA`].
    #[must_use]
    pub fn clearing_site_data(self) -> Self {
        Self { clears_site_data: true, ..self }
    }

    /// For an answer that is no redirect: the page that comes next, if the reply leads to one, and the cookies.
    pub(super) fn into_location(self) -> (Option<String>, Vec<HeaderValue>) {
        match self.to {
            Destination::Page(location) => (Some(location), self.cookies),
            Destination::Provider(_) => (None, self.cookies),
        }
    }

    /// Adds `Set-Cookie` values.
    #[must_use]
    pub fn with(mut self, cookies: impl IntoIterator<Item = HeaderValue>) -> Self {
        self.cookies.extend(cookies);
        self
    }
}

/// Answers the form of `page` (a path, which may have a query).
pub(super) fn send(outcome: Result<Reply, AccountError>, page: &str) {
    let reply = expect_context::<ResponseOptions>();
    if let Err(AccountError::Form(error)) = &outcome {
        walkthrough::refused(error.code());
    }
    match outcome {
        Ok(Reply { to: Destination::Page(location), cookies, clears_site_data }) => {
            if clears_site_data {
                let (name, value) = CLEAR_SITE_DATA;
                reply.insert_header(name, value);
            }
            see_other(&reply, &location, cookies);
        }
        Ok(Reply { to: Destination::Provider(request), cookies, clears_site_data }) => {
            if clears_site_data {
                let (name, value) = CLEAR_SITE_DATA;
                reply.insert_header(name, value);
            }
            // A form has one answer: the slot is empty.
            _ = expect_context::<StartedFlow>().0.set(request);
            append(&reply, cookies);
        }
        Err(AccountError::Form(error)) => see_other(&reply, &error.path(page), Vec::new()),
        Err(AccountError::SignedOut) => see_other(&reply, &with_return_to("/login", Some(page)), Vec::new()),
        Err(AccountError::ReauthenticationRequired) => {
            see_other(&reply, &with_return_to("/confirm", Some(page)), Vec::new())
        }
        Err(AccountError::NoPage) => reply.set_status(StatusCode::NOT_FOUND),
        Err(AccountError::Internal) => see_other(&reply, &FormError::ServerError.path(page), Vec::new()),
        Err(AccountError::Session(error)) => {
            tracing::error!(%error, "cannot write the session");
            unavailable(&reply);
        }
        Err(AccountError::Store(error)) => {
            tracing::error!(%error, "database error");
            if error.is_temporary() {
                unavailable(&reply);
            } else {
                reply.set_status(StatusCode::INTERNAL_SERVER_ERROR);
            }
        }
    }
}

/// `send` for a form with an email address, which the user need not type again after an error.
pub(super) fn send_keeping_email(
    context: &RequestContext,
    outcome: Result<Reply, AccountError>,
    page: &str,
    typed: &str,
) {
    let kept = match &outcome {
        Err(AccountError::Form(_)) if typed.len() <= MAX_TYPED => {
            context.jar.typed.keep(&typed.to_owned(), context.clock.now()).ok()
        }
        _ => None,
    };
    send(outcome, page);
    if let Some(cookie) = kept {
        expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, cookie);
    }
}

fn see_other(reply: &ResponseOptions, location: &str, cookies: Vec<HeaderValue>) {
    let Ok(location) = HeaderValue::from_str(location) else {
        return reply.set_status(StatusCode::INTERNAL_SERVER_ERROR);
    };
    reply.set_status(StatusCode::SEE_OTHER);
    reply.insert_header(header::LOCATION, location);
    append(reply, cookies);
}

fn append(reply: &ResponseOptions, cookies: Vec<HeaderValue>) {
    for cookie in cookies {
        reply.append_header(header::SET_COOKIE, cookie);
    }
}

fn unavailable(reply: &ResponseOptions) {
    reply.set_status(StatusCode::SERVICE_UNAVAILABLE);
    reply.insert_header(header::RETRY_AFTER, HeaderValue::from_static("5"));
}
