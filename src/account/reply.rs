//! Where the browser goes from a form: by 303 (RFC 9700 §4.12) to an address of ours, or by a page of ours to a provider
//! that a flow was started with.

use std::sync::{Arc, OnceLock};

use http::{HeaderValue, StatusCode, header};
use leptos::prelude::expect_context;
use leptos_axum::ResponseOptions;

use super::error::AccountError;
use crate::{
    codes::{
        outcome::{Done, ERROR_ANCHOR, FormError},
        percent::encode,
    },
    relying_party::ReturnTo,
    sessions::RequestContext,
};

/// In bytes: somewhat more than the longest address, so that a slip can be mended.
const LONGEST_TYPED: usize = 320;

/// Where the browser goes, with the cookies that come along.
#[derive(Debug)]
pub struct Reply {
    to: Destination,
    cookies: Vec<HeaderValue>,
}

#[derive(Debug)]
enum Destination {
    Page(String),
    Provider(ProviderRequest),
}

/// An authorization request that a form started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRequest {
    /// The provider's name for people.
    pub provider: String,
    /// The request's URL.
    pub url: String,
}

/// Where [`send`] leaves the authorization request of a form, for the edge to answer with a page that goes on to it.
///
/// A redirect would not do: browsers hold every redirect that follows a POST to the `form-action` of our content security
/// policy, also those by which a provider leads on to other origins, which nobody can list. A page of ours ends that chain.
#[derive(Clone, Debug, Default)]
pub struct Onward(Arc<OnceLock<ProviderRequest>>);

impl Onward {
    /// The request, if the form started one.
    pub fn request(&self) -> Option<&ProviderRequest> {
        self.0.get()
    }
}

impl Reply {
    /// To an address.
    pub fn to(location: impl Into<String>) -> Self {
        Self { to: Destination::Page(location.into()), cookies: Vec::new() }
    }

    /// To a provider.
    pub fn to_provider(request: ProviderRequest) -> Self {
        Self { to: Destination::Provider(request), cookies: Vec::new() }
    }

    /// To a page (a path of ours, which may have a query) that says what went wrong.
    pub fn error(page: &str, form_error: FormError) -> Self {
        Self::to(with_form_error(page, form_error))
    }

    /// To where the person was going.
    pub fn back(return_to: &ReturnTo) -> Self {
        Self::to(return_to.as_str())
    }

    /// To a page (a path of ours, which may have a query) that says what was done.
    pub fn done(page: &str, done: Done) -> Self {
        let join = if page.contains('?') { '&' } else { '?' };
        Self::to(format!("{page}{join}done={}", done.code()))
    }

    /// With these `Set-Cookie` values.
    #[must_use]
    pub fn with(mut self, cookies: impl IntoIterator<Item = HeaderValue>) -> Self {
        self.cookies.extend(cookies);
        self
    }
}

/// Answers the form of `page` (a path of ours, which may have a query) by what became of it.
pub fn send(outcome: Result<Reply, AccountError>, page: &str) {
    let reply = expect_context::<ResponseOptions>();
    match outcome {
        Ok(Reply { to: Destination::Page(location), cookies }) => see_other(&reply, &location, cookies),
        Ok(Reply { to: Destination::Provider(request), cookies }) => {
            // There is one answer to a form, so that the place is free.
            _ = expect_context::<Onward>().0.set(request);
            append(&reply, cookies);
        }
        Err(AccountError::FormError(form_error)) => see_other(&reply, &with_form_error(page, form_error), Vec::new()),
        Err(AccountError::SignedOut) => see_other(&reply, &format!("/login?return_to={}", encode(page)), Vec::new()),
        Err(AccountError::ReauthenticationRequired) => {
            see_other(&reply, &format!("/confirm?return_to={}", encode(page)), Vec::new())
        }
        Err(AccountError::Ours) => see_other(&reply, &with_form_error(page, FormError::ServerError), Vec::new()),
        Err(AccountError::Session(error)) => {
            tracing::error!(%error, "a session could not be kept");
            unavailable(&reply);
        }
        Err(AccountError::Store(error)) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            tracing::error!(%error, cause, "the database failed");
            if error.is_temporary() {
                unavailable(&reply);
            } else {
                reply.set_status(StatusCode::INTERNAL_SERVER_ERROR);
            }
        }
    }
}

/// The same for a form with an address in it, which the person need not type a second time when something was wrong.
pub fn send_keeping_email(context: &RequestContext, outcome: Result<Reply, AccountError>, page: &str, typed: &str) {
    let kept = match &outcome {
        Err(AccountError::FormError(_)) if typed.len() <= LONGEST_TYPED => {
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

fn with_form_error(page: &str, form_error: FormError) -> String {
    let join = if page.contains('?') { '&' } else { '?' };
    format!("{page}{join}error={}#{ERROR_ANCHOR}", form_error.code())
}
