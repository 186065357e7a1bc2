//! Retired words that the checks must find, and look-alikes that they must not report.

use super::*;
use crate::source::read;

fn names(source: &str) -> Vec<String> {
    let code = read(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    code.names.into_iter().map(|name| name.text).filter(|name| in_name(name).next().is_some()).collect()
}

fn texts(source: &str) -> usize {
    let code = read(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    code.texts.iter().filter(|text| !text.in_tests && in_text(&text.text).next().is_some()).count()
}

#[test]
fn retired_words_in_identifiers_are_found() {
    for name in [
        "letter",
        "letters_since",
        "LetterKind",
        "OF_A_LETTER",
        "ProviderManners",
        "Postman",
        "errands",
        "deliver_for_ever",
        "vouch",
        "vouched_for",
        "Occasion",
        "lately_ended",
        "counts_no_more",
        "is_on_its_way",
        "e_mail",
        "EMailLink",
        "house",
        "HouseOfMocks",
        "sealed_anew",
        "EmailMatter",
    ] {
        assert_eq!(names(&format!("fn {name}() {{}}")), [name], "a function");
        assert_eq!(names(&format!("fn f() {{ assert!(x.{name}); }}")), [name], "in a macro");
        assert_eq!(names(&format!("use crate::{{a, {name}}};")), [name], "an import");
    }
}

#[test]
fn look_alike_identifiers_are_not_reported() {
    for name in [
        "capital_letters",
        "in_small_letters",
        "LowercaseLetters",
        "email",
        "EMAIL",
        "manner",
        "occasional",
        "occasionally",
        "relately",
        "for_every",
        "forever",
        "warehouse",
        "formatter",
        "on_its_wayside",
    ] {
        assert_eq!(names(&format!("fn {name}() {{}}")), [""; 0]);
    }
}

#[test]
fn retired_words_in_visible_texts_are_found() {
    for text in [
        "A letter is on its way to Ada",
        "Letters go to the new one",
        "This link counts no more",
        "Your E-mail",
        "the provider has not answered lately",
        "whoever vouches for it",
        "it keeps for ever",
    ] {
        assert_eq!(texts(&format!("fn f() -> &'static str {{ {text:?} }}")), 1, "a literal");
        assert_eq!(texts(&format!("fn f() {{ view! {{ <p>{text:?}</p> }} }}")), 1, "in a macro");
        assert_eq!(texts(&format!("#[cfg(test)] mod tests {{ const A: &str = {text:?}; }}")), 0, "in a test");
        assert_eq!(texts(&format!("/// {text}\nfn f() {{ view! {{ /// {text}\n <p/> }} }}")), 0, "a comment");
    }
}

#[test]
fn look_alike_texts_are_not_reported() {
    for text in [
        "Use capital letters and digits",
        "lower-case letters, digits and hyphens",
        "8 to 64 ASCII letters",
        "letter-spacing: 0.02em",
        "We've sent an email",
        "Everyone in the house",
        "occasionally",
        "in its own manner",
        "on its own way",
    ] {
        assert_eq!(in_text(text).map(|found| found.to_string()).collect::<Vec<_>>(), [""; 0], "{text}");
    }
}

#[test]
fn a_phrase_is_found_across_lines_with_its_line() {
    let text = "The first line.\nAn email is on\nits way.";
    let found: Vec<_> = in_text(text).collect();
    assert_eq!((found.len(), line_of(text, found[0].at)), (1, 2), "{found:?}");
}
