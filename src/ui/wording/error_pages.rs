//! What the error pages say.

use super::{Message, Step, Tone};
use crate::ui::view::ErrorPage;

/// What happened, what to do next, and the way home.
pub fn problem(problem: ErrorPage) -> Message {
    let (happened, advice, step) = match problem {
        ErrorPage::NotFound => (
            "There is no page here",
            "The link may be old, or a letter went missing on the way.",
            "Go to the start page",
        ),
        ErrorPage::CrossOrigin => (
            "That request came from somewhere else",
            "To keep your account safe, Latchkey takes this only from its own pages. Open Latchkey and do it there.",
            "Open Latchkey",
        ),
        ErrorPage::MethodNotAllowed => (
            "This address is not a page",
            "It belongs to a button, such as the one that signs you out. Use the button on its page.",
            "Go to the start page",
        ),
        ErrorPage::BadRequest => (
            "We could not make sense of that request",
            "Something in the address or the form was missing, broken or too long. Go back and try once more.",
            "Go to the start page",
        ),
        ErrorPage::TooManyRequests => (
            "That was a little too fast",
            "There were many requests from your network in a short time. Wait a minute, then reload this page.",
            "Go to the start page",
        ),
        ErrorPage::ServerError => (
            "Something went wrong on our side",
            "You did nothing wrong. Try again in a moment; if it happens twice, tell the people who run this site.",
            "Go to the start page",
        ),
        ErrorPage::Unavailable => (
            "Latchkey is out of breath",
            "It cannot reach what it needs right now. Your account is safe. Wait a moment, then reload this page.",
            "Go to the start page",
        ),
    };
    Message {
        tone: Tone::Serious,
        happened: happened.into(),
        advice: advice.into(),
        step: Some(Step { text: step.into(), href: "/".into() }),
    }
}
