//! Where the browser goes from a form: always 303 (RFC 9700 §4.12), always to an address of ours or to a provider that
//! a flow was started with.

use http::{HeaderValue, StatusCode, header};
use leptos::prelude::expect_context;
use leptos_axum::ResponseOptions;

use super::fault::Fault;
use crate::{
    codes::{
        outcome::{Done, Trouble},
        percent::encode,
    },
    relying_party::ReturnTo,
    sessions::Visit,
};

/// In bytes: somewhat more than the longest address, so that a slip can be mended.
const LONGEST_TYPED: usize = 320;

/// A redirect with the cookies that come along.
#[derive(Debug)]
pub struct Reply {
    location: String,
    cookies: Vec<HeaderValue>,
}

impl Reply {
    /// To an address.
    pub fn to(location: impl Into<String>) -> Self {
        Self { location: location.into(), cookies: Vec::new() }
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
pub fn send(outcome: Result<Reply, Fault>, page: &str) {
    let reply = expect_context::<ResponseOptions>();
    match outcome {
        Ok(Reply { location, cookies }) => see_other(&reply, &location, cookies),
        Err(Fault::Trouble(trouble)) => see_other(&reply, &with_trouble(page, trouble), Vec::new()),
        Err(Fault::SignedOut) => see_other(&reply, &format!("/login?return_to={}", encode(page)), Vec::new()),
        Err(Fault::Unproven) => see_other(&reply, &format!("/confirm?return_to={}", encode(page)), Vec::new()),
        Err(Fault::Ours) => see_other(&reply, &with_trouble(page, Trouble::ServerError), Vec::new()),
        Err(Fault::Session(error)) => {
            tracing::error!(%error, "a session could not be kept");
            unavailable(&reply);
        }
        Err(Fault::Store(error)) => {
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
pub fn send_typed(visit: &Visit, outcome: Result<Reply, Fault>, page: &str, typed: &str) {
    let kept = match &outcome {
        Err(Fault::Trouble(_)) if typed.len() <= LONGEST_TYPED => {
            visit.jar.typed.keep(&typed.to_owned(), visit.clock.now()).ok()
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
    for cookie in cookies {
        reply.append_header(header::SET_COOKIE, cookie);
    }
}

fn unavailable(reply: &ResponseOptions) {
    reply.set_status(StatusCode::SERVICE_UNAVAILABLE);
    reply.insert_header(header::RETRY_AFTER, HeaderValue::from_static("5"));
}

fn with_trouble(page: &str, trouble: Trouble) -> String {
    let join = if page.contains('?') { '&' } else { '?' };
    format!("{page}{join}error={}", trouble.code())
}
