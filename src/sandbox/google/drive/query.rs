//! `q`: terms joined by `and`, each about one field.

use super::disk::{Disk, Place};
use crate::sandbox::google::api::Failure;

/// What a listing is narrowed to.
#[derive(Debug, Default)]
pub struct Filter(Vec<Term>);

#[derive(Debug)]
enum Term {
    In(Place),
    NameHas(String),
    NameIs(String, bool),
    TypeHas(String),
    TypeIs(String, bool),
    Trashed(bool),
    Starred(bool),
}

#[derive(Debug, PartialEq)]
enum Token {
    /// A field, an operator, `true`.
    Word(String),
    /// Between single quotes.
    Text(String),
}

impl Filter {
    /// Reads `q`; an empty one narrows nothing.
    ///
    /// # Errors
    /// 400 when it is not understood, 404 for a folder that is not there.
    pub fn read(text: &str, disk: &Disk) -> Result<Self, Failure> {
        let tokens = tokens(text).ok_or(Failure::value("q"))?;
        if tokens.is_empty() {
            return Ok(Self::default());
        }
        let is_and = |token: &Token| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case("and"));
        tokens.split(is_and).map(|tokens| term(tokens, disk)).collect::<Result<_, _>>().map(Self)
    }

    /// Whether the file of an index is in the listing.
    pub fn fits(&self, disk: &Disk, index: usize) -> bool {
        self.0.iter().all(|term| match term {
            Term::In(place) => disk.parent(index) == Some(*place),
            Term::NameHas(start) => has_word(&disk.name(index).to_lowercase(), start),
            Term::NameIs(name, wanted) => (disk.name(index) == *name) == *wanted,
            Term::TypeHas(part) => disk.kind(index).mime_type.contains(part.as_str()),
            Term::TypeIs(whole, wanted) => (disk.kind(index).mime_type == whole) == *wanted,
            Term::Trashed(wanted) => disk.trashed(index) == *wanted,
            Term::Starred(wanted) => disk.starred(index) == *wanted,
        })
    }
}

/// The parts of `q`; `None` when a text does not end or a character means nothing.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(first) = rest.next() {
        match first {
            ' ' => {}
            '\'' => tokens.push(Token::Text(quoted(&mut rest)?)),
            '=' => tokens.push(Token::Word("=".to_owned())),
            '!' if rest.next_if_eq(&'=').is_some() => tokens.push(Token::Word("!=".to_owned())),
            letter if letter.is_ascii_alphabetic() => {
                let mut word = String::from(letter);
                while let Some(letter) = rest.next_if(char::is_ascii_alphabetic) {
                    word.push(letter);
                }
                tokens.push(Token::Word(word));
            }
            _ => return None,
        }
    }
    Some(tokens)
}

/// Up to the closing quote; `\'` and `\\` stand for themselves.
fn quoted(rest: &mut impl Iterator<Item = char>) -> Option<String> {
    let mut text = String::new();
    loop {
        match rest.next()? {
            '\'' => return Some(text),
            '\\' => text.push(rest.next().filter(|escaped| matches!(escaped, '\'' | '\\'))?),
            other => text.push(other),
        }
    }
}

fn term(tokens: &[Token], disk: &Disk) -> Result<Term, Failure> {
    use Token::{Text, Word};
    let (first, operator, last) = match tokens {
        [first, Word(operator), last] => (first, operator.as_str(), last),
        _ => return Err(Failure::value("q")),
    };
    match (first, operator, last) {
        (Text(id), "in", Word(field)) if field == "parents" => {
            // As Drive says it: without the id.
            disk.place(id).map(Term::In).ok_or_else(|| Failure::missing("fileId", "File not found: .".to_owned()))
        }
        (Word(field), "contains", Text(text)) if field == "name" => Ok(Term::NameHas(text.to_lowercase())),
        (Word(field), "=" | "!=", Text(text)) if field == "name" => Ok(Term::NameIs(text.clone(), operator == "=")),
        (Word(field), "contains", Text(text)) if field == "mimeType" => Ok(Term::TypeHas(text.clone())),
        (Word(field), "=" | "!=", Text(text)) if field == "mimeType" => Ok(Term::TypeIs(text.clone(), operator == "=")),
        (Word(field), "=" | "!=", Word(flag)) if matches!(flag.as_str(), "true" | "false") => {
            let wanted = (flag == "true") == (operator == "=");
            match field.as_str() {
                "trashed" => Ok(Term::Trashed(wanted)),
                "starred" => Ok(Term::Starred(wanted)),
                _ => Err(Failure::value("q")),
            }
        }
        _ => Err(Failure::value("q")),
    }
}

/// Whether a word of `name` begins with `start`; both are in lower case.
fn has_word(name: &str, start: &str) -> bool {
    let begins = |(at, _): (usize, &str)| !name[..at].ends_with(char::is_alphanumeric);
    name.match_indices(start).any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::persons::Person;

    #[test]
    fn a_query_of_the_subset_is_read_and_any_other_is_refused() {
        let disk = Disk::of(&Person::with_email("a@example.org", None), 0, "http://o");
        for text in [
            "",
            "'root' in parents",
            r"name contains 'it\'s \\ it' and trashed = false",
            "mimeType != 'a/b' AND mimeType contains 'image/' and starred=true",
        ] {
            assert!(Filter::read(text, &disk).is_ok(), "{text}");
        }
        for text in [
            "and",
            "name",
            "name contains",
            "name contains 'x",
            "name contains 'x' and",
            "name contains x",
            r"name contains '\x'",
            "fullText contains 'x'",
            "trashed = 'false'",
            "name = 'x' or name = 'y'",
            "(trashed = false)",
            "'nowhere' in parents",
            "'root' in owners",
            "size > 3",
            "name contains \"x\"",
        ] {
            assert!(Filter::read(text, &disk).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_is_found_by_the_beginnings_of_its_words() {
        assert!(has_word("travel plan-zürich.pdf", "zür") && has_word("hello", "") && has_word("a pplan plan", "plan"));
        assert!(!has_word("helloworld", "world") && !has_word("plan", "plans"));
    }
}
