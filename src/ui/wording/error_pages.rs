//! The texts of the error pages.

use super::{Message, Step, Tone};
use crate::codes::page_error::PageError;

pub fn error_page(error: PageError) -> Message {
    let (happened, advice, step) = match error {
        PageError::NotFound => ("Page not found", "The link may be outdated or mistyped.", "Go to the home page"),
        PageError::CrossOrigin => (
            "Request blocked",
            "To protect your account, Latchkey only accepts this request from its own pages. Open Latchkey and try again there.",
            "Open Latchkey",
        ),
        PageError::MethodNotAllowed => (
            "This address can't be opened directly",
            "Go back and use the button on the page instead.",
            "Go to the home page",
        ),
        PageError::BadRequest => (
            "We couldn't understand that request",
            "Something in the address or the form was missing, invalid or too long. Go back and try again.",
            "Go to the home page",
        ),
        PageError::TooManyRequests => (
            "Too many requests",
            "We've received too many requests from your network. Wait a minute, then reload this page.",
            "Go to the home page",
        ),
        PageError::ServerError => (
            "Something went wrong on our side",
            "Try again in a moment. If it keeps happening, contact the site's administrator.",
            "Go to the home page",
        ),
        PageError::Unavailable => (
            "Service temporarily unavailable",
            "Your account is safe. Wait a moment, then reload this page.",
            "Go to the home page",
        ),
    };
    Message {
        tone: Tone::Serious,
        happened: happened.into(),
        advice: advice.into(),
        step: Some(Step { text: step.into(), href: "/".into() }),
    }
}
