//! Every code has its sentence and its next step, and none shows itself.

use crate::{
    codes::{
        outcome::{Done, FormError},
        sign_in_error::SignInError,
    },
    ui::{
        view::Notice,
        wording::{self, Message, Tone},
    },
};

#[track_caller]
fn says_something(telling: &Message, code: &str) {
    let Message { happened, advice, step, .. } = telling;
    assert!(happened.ends_with('.') && happened.len() > 10, "{telling:?}");
    assert!(advice.ends_with('.') && advice.len() > 10, "{telling:?}");
    assert!(!code.contains('_') || !format!("{happened} {advice}").contains(code), "{telling:?}");
    assert!(step.as_ref().is_none_or(|step| step.href.starts_with('/') && !step.text.is_empty()), "{telling:?}");
}

#[test]
fn every_trouble_has_a_sentence_of_its_own_and_a_next_step() {
    let mut said = std::collections::BTreeSet::new();
    for form_error in FormError::ALL {
        let telling = wording::form_error(*form_error, Some("/a?b"));
        says_something(&telling, form_error.code());
        assert_ne!(telling.tone, Tone::Quiet, "{telling:?}");
        said.insert(telling.happened);
    }
    assert_eq!(said.len(), FormError::ALL.len());
}

#[test]
fn every_deed_has_a_sentence_of_its_own_and_what_it_means() {
    let mut said = std::collections::BTreeSet::new();
    for done in Done::ALL {
        let telling = wording::done(*done, None);
        says_something(&telling, done.code());
        assert_eq!(telling.tone, Tone::Quiet, "{telling:?}");
        said.insert(telling.happened);
    }
    assert_eq!(said.len(), Done::ALL.len());
}

#[test]
fn every_refusal_of_a_round_trip_has_a_sentence_and_never_a_link() {
    for sign_in_error in SignInError::ALL {
        for provider in [None, Some("Google".to_owned())] {
            let telling = wording::notice_inside(&Notice::Refused { sign_in_error, provider, slug: None });
            says_something(&telling, sign_in_error.code());
            assert_eq!(telling.step, None);
        }
    }
}

#[test]
fn the_links_of_a_trouble_keep_where_the_person_was_going() {
    let step = |form_error| wording::form_error(form_error, Some("/a?b=1&c")).step.expect("a link").href;
    assert_eq!(step(FormError::WrongCredentials), "/forgot?return_to=%2Fa%3Fb%3D1%26c");
}
