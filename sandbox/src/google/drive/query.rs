//! `q`: terms joined by `and` and `or`, evaluated from left to right, with `not` and parentheses.

use super::disk::{Disk, Place};
use crate::google::api::ApiError;

/// The conditions from left to right, each with the operator before it.
#[derive(Debug, Default)]
pub struct Filter(Vec<(Join, Node)>);

#[derive(Clone, Copy, Debug)]
enum Join {
    And,
    Or,
}

#[derive(Debug)]
enum Node {
    Term(Term),
    Not(Box<Node>),
    Group(Filter),
}

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
    Word(String),
    /// Between single quotes.
    Text(String),
    Open,
    Close,
}

/// Bounds the recursion.
const DEEPEST: usize = 10;

impl Filter {
    /// Parses `q`; an empty query matches everything.
    ///
    /// # Errors
    /// 400 for a syntax error, 404 for an unknown folder.
    pub fn read(text: &str, disk: &Disk) -> Result<Self, ApiError> {
        let tokens = tokens(text).ok_or(ApiError::value("q"))?;
        if tokens.is_empty() {
            return Ok(Self::default());
        }
        let mut rest = tokens.as_slice();
        let filter = expression(&mut rest, disk, 0)?;
        if rest.is_empty() { Ok(filter) } else { Err(ApiError::value("q")) }
    }

    pub fn fits(&self, disk: &Disk, index: usize) -> bool {
        self.0.iter().fold(true, |fits, (join, node)| match join {
            Join::And => fits && node.fits(disk, index),
            Join::Or => fits || node.fits(disk, index),
        })
    }
}

impl Node {
    fn fits(&self, disk: &Disk, index: usize) -> bool {
        match self {
            Self::Term(term) => term.fits(disk, index),
            Self::Not(node) => !node.fits(disk, index),
            Self::Group(filter) => filter.fits(disk, index),
        }
    }
}

impl Term {
    fn fits(&self, disk: &Disk, index: usize) -> bool {
        match self {
            Self::In(place) => disk.parent(index) == Some(*place),
            Self::NameHas(start) => has_word(&disk.name(index).to_lowercase(), start),
            Self::NameIs(name, wanted) => (disk.name(index) == *name) == *wanted,
            Self::TypeHas(part) => disk.kind(index).mime_type.contains(part.as_str()),
            Self::TypeIs(whole, wanted) => (disk.kind(index).mime_type == whole) == *wanted,
            Self::Trashed(wanted) => disk.trashed(index) == *wanted,
            Self::Starred(wanted) => disk.starred(index) == *wanted,
        }
    }
}

/// `None` for an unterminated string or an unknown character.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(first) = rest.next() {
        match first {
            ' ' => {}
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            '\'' => tokens.push(Token::Text(quoted(&mut rest)?)),
            '=' => tokens.push(Token::Word("=".to_owned())),
            '!' if rest.next_if_eq(&'=').is_some() => tokens.push(Token::Word("!=".to_owned())),
            character if character.is_ascii_alphabetic() => {
                let mut word = String::from(character);
                while let Some(character) = rest.next_if(char::is_ascii_alphabetic) {
                    word.push(character);
                }
                tokens.push(Token::Word(word));
            }
            _ => return None,
        }
    }
    Some(tokens)
}

/// Reads up to the closing quote; `\'` and `\\` are the only escapes.
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

fn expression(rest: &mut &[Token], disk: &Disk, depth: usize) -> Result<Filter, ApiError> {
    let mut parts = vec![(Join::And, node(rest, disk, depth)?)];
    while let Some((Token::Word(word), behind)) = rest.split_first() {
        let join = match word.to_ascii_lowercase().as_str() {
            "and" => Join::And,
            "or" => Join::Or,
            _ => return Err(ApiError::value("q")),
        };
        *rest = behind;
        parts.push((join, node(rest, disk, depth)?));
    }
    Ok(Filter(parts))
}

fn node(rest: &mut &[Token], disk: &Disk, depth: usize) -> Result<Node, ApiError> {
    let rejected = || ApiError::value("q");
    let (first, behind) = rest.split_first().filter(|_| depth <= DEEPEST).ok_or_else(rejected)?;
    match first {
        Token::Open => {
            *rest = behind;
            let inside = expression(rest, disk, depth + 1)?;
            let Some((Token::Close, behind)) = rest.split_first() else { return Err(rejected()) };
            *rest = behind;
            Ok(Node::Group(inside))
        }
        Token::Word(word) if word.eq_ignore_ascii_case("not") => {
            *rest = behind;
            node(rest, disk, depth + 1).map(|node| Node::Not(Box::new(node)))
        }
        _ => {
            let (parts, behind) = rest.split_first_chunk().ok_or_else(rejected)?;
            *rest = behind;
            term(parts, disk).map(Node::Term)
        }
    }
}

fn term([first, operator, last]: &[Token; 3], disk: &Disk) -> Result<Term, ApiError> {
    use Token::{Text, Word};
    let Word(operator) = operator else { return Err(ApiError::value("q")) };
    let operator = operator.as_str();
    match (first, operator, last) {
        (Text(id), "in", Word(field)) if field == "parents" => {
            // Drive's own wording, without the id.
            disk.place(id).map(Term::In).ok_or_else(|| ApiError::missing("fileId", "File not found: .".to_owned()))
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
                _ => Err(ApiError::value("q")),
            }
        }
        _ => Err(ApiError::value("q")),
    }
}

/// Whether a word in `name` starts with `start`; both are lowercase.
fn has_word(name: &str, start: &str) -> bool {
    let begins = |(at, _): (usize, &str)| !name[..at].ends_with(char::is_alphanumeric);
    name.match_indices(start).any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::persons::Person;

    #[test]
    fn supported_queries_parse_and_others_are_rejected() {
        let disk = Disk::of(&Person::with_email("a@example.org", None), 0, "http://o");
        for text in [
            "",
            "'root' in parents",
            r"name contains 'it\'s \\ it' and trashed = false",
            "mimeType != 'a/b' AND mimeType contains 'image/' and starred=true",
            "name = 'x' or name = 'y'",
            "not name contains 'x' and (trashed = false or (not (starred = true)))",
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
            "(trashed = false",
            "trashed = false)",
            "()",
            "not",
            "trashed = false starred = true",
            "trashed = false or",
            &format!("{}trashed = false{}", "(".repeat(20), ")".repeat(20)),
            &"not ".repeat(5_000),
            "'nowhere' in parents",
            "'root' in owners",
            "size > 3",
            "name contains \"x\"",
        ] {
            assert!(Filter::read(text, &disk).is_err(), "{text}");
        }
    }

    #[test]
    fn operators_apply_left_to_right_and_groups_first() {
        let disk = Disk::of(&Person::with_email("a@example.org", None), 0, "http://o");
        let count = |text: &str| {
            let filter = Filter::read(text, &disk).unwrap();
            (0..disk.count).filter(|index| filter.fits(&disk, *index)).count()
        };
        let (all, pdf, image) =
            (disk.count, count("mimeType = 'application/pdf'"), count("mimeType contains 'image/'"));
        assert!(pdf > 0 && image > 0);
        let either = "(mimeType = 'application/pdf' or mimeType contains 'image/')";
        assert_eq!((count(either), count(&format!("not {either}"))), (pdf + image, all - pdf - image));
        assert_eq!(count("trashed = false or trashed = true and mimeType = 'application/pdf'"), pdf);
        assert_eq!(count("trashed = false or (trashed = true and mimeType = 'nothing')"), count("trashed = false"));
    }

    #[test]
    fn name_matches_the_beginnings_of_words() {
        assert!(has_word("travel plan-zürich.pdf", "zür") && has_word("hello", "") && has_word("a pplan plan", "plan"));
        assert!(!has_word("helloworld", "world") && !has_word("plan", "plans"));
    }
}
