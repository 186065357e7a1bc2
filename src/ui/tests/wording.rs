//! Every code has a sentence and a next step.

use crate::{
    codes::{done::Done, form_error::FormError, sign_in_error::SignInError},
    ui::{
        view::Notice,
        wording::{self, Message, Tone},
    },
};

#[track_caller]
fn says_something(message: &Message, code: &str) {
    let Message { happened, advice, step, .. } = message;
    assert!(happened.ends_with('.') && happened.len() > 10, "{message:?}");
    assert!(advice.ends_with('.') && advice.len() > 10, "{message:?}");
    assert!(!code.contains('_') || !format!("{happened} {advice}").contains(code), "{message:?}");
    assert!(step.as_ref().is_none_or(|step| step.href.starts_with('/') && !step.text.is_empty()), "{message:?}");
}

#[test]
fn every_form_error_has_its_own_sentence_and_advice() {
    let mut said = std::collections::BTreeSet::new();
    for form_error in FormError::ALL {
        let message = wording::form_error(*form_error, Some("/a?b"));
        says_something(&message, form_error.code());
        assert_ne!(message.tone, Tone::Quiet, "{message:?}");
        said.insert(message.happened);
    }
    assert_eq!(said.len(), FormError::ALL.len());
}

#[test]
fn every_confirmation_has_its_own_sentence_and_advice() {
    let mut said = std::collections::BTreeSet::new();
    for done in Done::ALL {
        let message = wording::done(*done, None);
        says_something(&message, done.code());
        assert_eq!(message.tone, Tone::Quiet, "{message:?}");
        said.insert(message.happened);
    }
    assert_eq!(said.len(), Done::ALL.len());
}

#[test]
fn round_trip_errors_have_a_sentence_and_no_link() {
    for sign_in_error in SignInError::ALL.iter().copied() {
        for provider in [None, Some("Google".to_owned())] {
            let message = wording::notice_inside(&Notice::Refused { sign_in_error, provider, slug: None });
            says_something(&message, sign_in_error.code());
            assert_eq!(message.step, None);
        }
    }
}

#[test]
fn form_error_links_keep_the_destination() {
    let step = |form_error| wording::form_error(form_error, Some("/a?b=1&c")).step.expect("a link").href;
    assert_eq!(step(FormError::WrongCredentials), "/forgot?return_to=%2Fa%3Fb%3D1%26c");
}
