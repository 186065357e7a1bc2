//! The retired words, and how they are found in a name or a text.

use std::fmt;

/// A word or phrase, and what the field says.
type Entry = (&'static str, &'static str);

const RETIRED: [Entry; 11] = [
    ("counts no more", "has expired"),
    ("e mail", "email"),
    ("errand", "sign-out"),
    ("for ever", "run"),
    ("lately", "recently"),
    ("letter", "email"),
    ("manners", "spec, quirks"),
    ("occasion", "audit context"),
    ("on its way", "sent, pending"),
    ("postman", "SMTP transport, delivery worker"),
    ("vouch", "verify"),
];

/// Retired in identifiers alone: texts may speak of houses.
const RETIRED_NAMES: [Entry; 3] =
    [("anew", "again, newest"), ("house", "mock provider, site, fixture"), ("matter", "kind")];

/// Where a letter is one of the alphabet.
const ALPHABET: [&str; 10] = [
    "capital letter",
    "small letter",
    "lower case letter",
    "lowercase letter",
    "upper case letter",
    "uppercase letter",
    "ascii letter",
    "letter and digit",
    "letter digit",
    "letter spacing",
];

/// A retired word that was found.
#[derive(Debug)]
pub struct Retired {
    entry: Entry,
    /// Where it begins, in bytes.
    pub at: usize,
}

impl fmt::Display for Retired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, instead) = self.entry;
        write!(f, "`{word}` (say: {instead})")
    }
}

/// The retired words in an identifier, of any case.
pub fn in_name(name: &str) -> impl Iterator<Item = Retired> + use<> {
    find(name, RETIRED.iter().chain(&RETIRED_NAMES)).into_iter()
}

/// The retired words in prose.
pub fn in_text(text: &str) -> impl Iterator<Item = Retired> + use<> {
    find(text, RETIRED.iter()).into_iter()
}

fn find<'a>(text: &str, entries: impl Iterator<Item = &'a Entry>) -> Vec<Retired> {
    let words = words(text);
    let mut found = Vec::new();
    for entry in entries {
        let phrase: Vec<&str> = entry.0.split(' ').collect();
        for at in 0..words.len() {
            if begins_with(&words[at..], &phrase) && !is_of_the_alphabet(&words, at) {
                found.push(Retired { entry: *entry, at: words[at].at });
            }
        }
    }
    found
}

fn is_of_the_alphabet(words: &[Part], at: usize) -> bool {
    ALPHABET.iter().any(|phrase| {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        let before = phrase.iter().position(|word| *word == "letter");
        before.and_then(|before| at.checked_sub(before)).is_some_and(|start| begins_with(&words[start..], &phrase))
    })
}

/// Whether the words begin with a phrase, in any inflection.
fn begins_with(words: &[Part], phrase: &[&str]) -> bool {
    const ENDINGS: [&str; 4] = ["s", "es", "ed", "ing"];
    let same = |word: &Part, stem: &&str| {
        let ending = word.text.strip_prefix(*stem);
        ending.is_some_and(|ending| ending.is_empty() || stem.len() >= 4 && ENDINGS.contains(&ending))
    };
    words.len() >= phrase.len() && words.iter().zip(phrase).all(|(word, stem)| same(word, stem))
}

struct Part {
    /// In lower case.
    text: String,
    at: usize,
}

/// The words of a text, or of a name in any case: `EMailLink` has three, as has `e_mail_link`.
fn words(text: &str) -> Vec<Part> {
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let mut words: Vec<Part> = Vec::new();
    let mut is_inside = false;
    for (number, &(at, character)) in characters.iter().enumerate() {
        if !character.is_alphanumeric() {
            is_inside = false;
            continue;
        }
        let before = number.checked_sub(1).map(|before| characters[before].1);
        let after = characters.get(number + 1).map(|(_, after)| *after);
        let is_hump = character.is_uppercase()
            && (before.is_some_and(|before| !before.is_uppercase()) || after.is_some_and(char::is_lowercase));
        if !is_inside || is_hump {
            words.push(Part { text: String::new(), at });
        }
        is_inside = true;
        if let Some(word) = words.last_mut() {
            word.text.extend(character.to_lowercase());
        }
    }
    words
}
