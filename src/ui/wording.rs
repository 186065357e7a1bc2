//! What is said, apart from how it looks: one sentence and one next step for everything that can go wrong. Every
//! match is exhaustive, so a refusal without a sentence does not compile.

use super::{
    links,
    view::{LoginView, Notice, Problem, ProviderButton},
};
use crate::codes::refusal::Refusal;

/// A sentence, what to do about it, and the link that does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// How loud it is.
    pub tone: Tone,
    /// What happened, one sentence.
    pub happened: String,
    /// What to do next, in words that make sense without the link.
    pub advice: String,
    /// The shortest way to do it, where there is one.
    pub step: Option<Step>,
}

/// How loud a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    Quiet,
    /// Nobody's fault; the person's own choice, or a matter of waiting.
    Mild,
    /// Something did not work.
    Serious,
}

/// A link that carries out the advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What the link says.
    pub text: String,
    /// Where it leads.
    pub href: String,
}

/// What the login page says above its buttons.
pub fn notice(notice: &Notice, login: &LoginView) -> Telling {
    match notice {
        Notice::Refused { refusal, provider, slug } => {
            let way = slug.as_deref().and_then(|slug| find(login, slug));
            let label = way.map(|way| way.label.as_str()).or(provider.as_deref());
            refused(*refusal, label, way, login.return_to.as_deref())
        }
        Notice::Trouble(trouble) => {
            Telling { tone: Tone::Serious, happened: trouble.code().into(), advice: String::new(), step: None }
        }
        Notice::Done(done) => {
            Telling { tone: Tone::Quiet, happened: done.code().into(), advice: String::new(), step: None }
        }
        Notice::SignInFirst => Telling {
            tone: Tone::Quiet,
            happened: "That page is for people who are signed in.".into(),
            advice: "Sign in and you go straight there.".into(),
            step: None,
        },
        Notice::SignedOut => signed_out(login),
    }
}

/// A refusal's sentence and next step. A link is made only for a provider that is configured, never from what
/// somebody wrote into a query.
fn refused(refusal: Refusal, label: Option<&str>, way: Option<&ProviderButton>, return_to: Option<&str>) -> Telling {
    let who = label.unwrap_or("The provider");
    let with = label.map(|label| format!(" with {label}")).unwrap_or_default();
    let (tone, happened, advice, next) = match refusal {
        Refusal::Cancelled => (
            Tone::Mild,
            format!("You cancelled the sign-in{with}."),
            "Nothing was shared. Sign in whenever you like.",
            Next::Again,
        ),
        Refusal::FlowExpired => (
            Tone::Mild,
            format!("The sign-in{with} took longer than ten minutes, so it ran out."),
            "Start again; it only takes a moment.",
            Next::Again,
        ),
        Refusal::FlowUnknown => (
            Tone::Mild,
            "This browser has no such sign-in under way.".into(),
            "It may have begun in another browser, or cookies are switched off. Start again here.",
            Next::Again,
        ),
        Refusal::FlowUsed => (
            Tone::Mild,
            "That sign-in was used already, and each one counts only once.".into(),
            "Start a fresh one.",
            Next::Again,
        ),
        Refusal::ResponseMismatch => (
            Tone::Serious,
            "The answer that came back does not belong to the sign-in you started.".into(),
            "You were not signed in. If a link from somebody else brought you here, close it; otherwise start again.",
            Next::Again,
        ),
        Refusal::InteractionRequired => (
            Tone::Mild,
            format!("{who} has to ask you something before you can sign in."),
            "Continue there and answer it.",
            Next::Again,
        ),
        Refusal::ProviderRefused => (
            Tone::Serious,
            format!("{who} turned the sign-in down."),
            "Try again, or use another account.",
            Next::AnotherAccount,
        ),
        Refusal::ProviderUnavailable => (
            Tone::Mild,
            format!("{who} is not answering at the moment."),
            "Wait a minute, then try again.",
            Next::Again,
        ),
        Refusal::ProviderInvalid => (
            Tone::Serious,
            format!("The answer{} did not pass our checks.", label.map(|l| format!(" from {l}")).unwrap_or_default()),
            "You were not signed in. Try again; if it happens twice, tell the people who run this site.",
            Next::Again,
        ),
        Refusal::LinkRequired => (
            Tone::Mild,
            "You already have an account with this e-mail address.".into(),
            "Sign in the way you did before, or use another account.",
            Next::AnotherAccount,
        ),
        Refusal::NotPermitted => (
            Tone::Mild,
            "This site admits accounts of one organisation only, and yours is not one of them.".into(),
            "Continue with the account that you have there.",
            Next::AnotherAccount,
        ),
        Refusal::AccountDisabled => (
            Tone::Serious,
            "This account is switched off.".into(),
            "Ask the people who run this site, or use another account.",
            Next::AnotherAccount,
        ),
        Refusal::ServerError => (
            Tone::Serious,
            "Something went wrong on our side.".into(),
            "You did nothing wrong, and you were not signed in. Try again in a moment.",
            Next::Again,
        ),
    };
    Telling { tone, happened, advice: advice.into(), step: way.map(|way| next.step(way, return_to)) }
}

/// Signing out of Latchkey leaves the provider's own session alone; on a shared machine that matters.
fn signed_out(login: &LoginView) -> Telling {
    let way = match login.providers.as_slice() {
        [only] => Some(only),
        several => several.iter().find(|way| way.last_used),
    };
    let advice = match way {
        Some(way) => format!(
            "{0} itself is still signed in in this browser. If others use it too, sign out of {0} as well.",
            way.label
        ),
        None => "The provider that you signed in with may still be signed in in this browser.".into(),
    };
    Telling {
        tone: Tone::Quiet,
        happened: "You are signed out of Latchkey.".into(),
        advice,
        step: way.map(|way| Next::AnotherAccount.step(way, login.return_to.as_deref())),
    }
}

fn find<'a>(login: &'a LoginView, slug: &str) -> Option<&'a ProviderButton> {
    login.providers.iter().find(|way| way.slug == slug)
}

/// Which link helps.
enum Next {
    Again,
    AnotherAccount,
}

impl Next {
    fn step(self, way: &ProviderButton, return_to: Option<&str>) -> Step {
        match self {
            Self::Again => {
                Step { text: format!("Try again with {}", way.label), href: links::sign_in(&way.slug, return_to) }
            }
            Self::AnotherAccount => Step {
                text: format!("Use another {} account", way.label),
                href: links::sign_in_as_another(&way.slug, return_to),
            },
        }
    }
}

/// A document's title.
pub fn title(page: &str) -> String {
    format!("{page} · Latchkey")
}

/// What an error page says.
pub fn problem(problem: Problem) -> Telling {
    let (happened, advice, step) = match problem {
        Problem::NotFound => (
            "There is no page here",
            "The link may be old, or a letter went missing on the way.",
            "Go to the start page",
        ),
        Problem::CrossOrigin => (
            "That request came from somewhere else",
            "To keep your account safe, Latchkey takes this only from its own pages. Open Latchkey and do it there.",
            "Open Latchkey",
        ),
        Problem::MethodNotAllowed => (
            "This address is not a page",
            "It belongs to a button, such as the one that signs you out. Use the button on its page.",
            "Go to the start page",
        ),
        Problem::BadRequest => (
            "We could not make sense of that request",
            "Something in the address or the form was missing, broken or too long. Go back and try once more.",
            "Go to the start page",
        ),
        Problem::TooManyRequests => (
            "That was a little too fast",
            "There were many requests from your network in a short time. Wait a minute, then reload this page.",
            "Go to the start page",
        ),
        Problem::ServerError => (
            "Something went wrong on our side",
            "You did nothing wrong. Try again in a moment; if it happens twice, tell the people who run this site.",
            "Go to the start page",
        ),
        Problem::Unavailable => (
            "Latchkey is out of breath",
            "It cannot reach what it needs right now. Your account is safe. Wait a moment, then reload this page.",
            "Go to the start page",
        ),
    };
    Telling {
        tone: Tone::Serious,
        happened: happened.into(),
        advice: advice.into(),
        step: Some(Step { text: step.into(), href: "/".into() }),
    }
}
