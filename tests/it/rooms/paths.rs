//! A small reader of Rust: which paths a source names, on which lines, and which lines have a `cfg` on a feature. It
//! understands comments, literals and `use` trees; it does not know types.

pub struct Code {
    /// Every path, in order; a `use` tree as its branches.
    pub places: Vec<Place>,
    /// Lines with a `cfg` on a feature.
    pub features: Vec<usize>,
    modules: Vec<String>,
}

#[derive(Debug)]
pub struct Place {
    pub path: Vec<String>,
    /// From 1.
    pub line: usize,
    /// In a `#[cfg(test)]` module or a file of tests.
    pub in_tests: bool,
}

impl Code {
    pub fn with_tests(mut self, all: bool) -> Self {
        self.places.iter_mut().for_each(|place| place.in_tests |= all);
        self
    }

    pub fn modules(&self) -> &[String] {
        &self.modules
    }
}

impl Place {
    /// The room that it names if it begins at the crate's root: `crate::`, `latchkey::`, or several `super::`.
    pub fn room<'a>(&'a self, rooms: &[&str]) -> Option<&'a str> {
        let climbs = self.path.iter().take_while(|name| *name == "super").count();
        match self.path.first()?.as_str() {
            "crate" | "latchkey" => self.path.get(1).map(String::as_str).filter(|name| *name != "self"),
            // The path does not say how deep the file is: a room's name after two `super` counts as that room.
            _ if climbs >= 2 => self.path.get(climbs).map(String::as_str).filter(|name| rooms.contains(name)),
            _ => None,
        }
    }

    /// Whether it begins with these names; a type with its function may be anywhere in it.
    pub fn names(&self, names: &str) -> bool {
        let names: Vec<&str> = names.split("::").collect();
        let is_type = names[0].starts_with(char::is_uppercase);
        let same = |part: &[String]| part.len() == names.len() && part.iter().zip(&names).all(|(a, b)| a == b);
        if is_type { self.path.windows(names.len()).any(same) } else { self.path.get(..names.len()).is_some_and(same) }
    }
}

pub fn read(source: &str) -> Code {
    let tokens = tokens(source);
    let mut code = Code { places: Vec::new(), features: Vec::new(), modules: Vec::new() };
    // The depth of braces at which the current `#[cfg(test)]` module began.
    let (mut depth, mut tests, mut test_ahead) = (0usize, None, false);
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "{" => {
                if std::mem::take(&mut test_ahead) && tests.is_none() {
                    tests = Some(depth);
                }
                depth += 1;
            }
            "}" => {
                depth = depth.saturating_sub(1);
                if tests == Some(depth) {
                    tests = None;
                }
            }
            // `#[cfg(test)] mod tests;`: the module is in another file.
            ";" => test_ahead = false,
            "mod" => code.modules.extend(tokens.get(at + 1).map(|name| name.text.clone())),
            "cfg" | "cfg_attr" => {
                let condition = parenthesised(&tokens[at..]);
                if condition.iter().any(|token| token.text == "feature") {
                    code.features.push(token.line);
                }
                test_ahead |= condition.iter().any(|token| token.text == "test");
            }
            _ => {}
        }
        let begins = token.is_name()
            && at.checked_sub(1).is_none_or(|before| tokens[before].text != "::" || !follows_name(&tokens, before));
        if begins && tokens.get(at + 1).is_some_and(|next| next.text == "::") && !is_visibility(&tokens, at) {
            let before = code.places.len();
            at = branches(&tokens, at, &[], &mut code.places);
            code.places[before..].iter_mut().for_each(|place| place.in_tests = tests.is_some());
        } else {
            at += 1;
        }
    }
    code
}

/// Reads the path at `at` with all branches of a tree, and returns the index after it.
fn branches(tokens: &[Token], mut at: usize, stem: &[String], places: &mut Vec<Place>) -> usize {
    let mut path = stem.to_vec();
    let line = tokens.get(at).map_or(0, |token| token.line);
    while let Some(token) = tokens.get(at) {
        if token.text == "{" {
            at += 1;
            while let Some(token) = tokens.get(at) {
                match token.text.as_str() {
                    "}" => return at + 1,
                    "," => at += 1,
                    _ => at = branches(tokens, at, &path, places).max(at + 1),
                }
            }
            return at;
        }
        if !token.is_name() && token.text != "*" {
            break;
        }
        path.push(token.text.clone());
        at += 1;
        // Not into `::<…>`.
        let goes_on = tokens.get(at).is_some_and(|next| next.text == "::")
            && tokens.get(at + 1).is_some_and(|next| next.is_name() || next.text == "{" || next.text == "*");
        if !goes_on {
            break;
        }
        at += 1;
    }
    // `as another_name`
    if !stem.is_empty() && tokens.get(at).is_some_and(|next| next.text == "as") {
        at += 2;
    }
    places.push(Place { path, line, in_tests: false });
    at
}

/// Whether the `::` at `at` follows a name, unlike the first one of `::tokio::spawn`.
fn follows_name(tokens: &[Token], at: usize) -> bool {
    const KEYWORDS: [&str; 6] = ["use", "return", "in", "match", "as", "if"];
    at.checked_sub(1).is_some_and(|before| {
        let text = tokens[before].text.as_str();
        text == ">" || tokens[before].is_name() && !KEYWORDS.contains(&text)
    })
}

/// Whether the path at `at` is a visibility: `pub(in crate::store)`.
fn is_visibility(tokens: &[Token], at: usize) -> bool {
    at >= 3 && tokens[at - 3].text == "pub" && tokens[at - 2].text == "(" && tokens[at - 1].text == "in"
}

/// The tokens in the first parentheses.
fn parenthesised(tokens: &[Token]) -> &[Token] {
    let Some(open) = tokens.iter().take(3).position(|token| token.text == "(") else { return &[] };
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &tokens[open..at];
        }
    }
    &tokens[open..]
}

struct Token {
    text: String,
    line: usize,
}

impl Token {
    fn is_name(&self) -> bool {
        self.text.starts_with(|first: char| first.is_alphabetic() || first == '_')
    }
}

/// Names, `::` and single characters; no comments, literals or lifetimes.
fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some(first) = rest.chars().next() {
        let (length, is_token) = measure(rest, first);
        let (text, after) = rest.split_at(length);
        if is_token {
            tokens.push(Token { text: text.strip_prefix("r#").unwrap_or(text).to_owned(), line });
        }
        line += text.matches('\n').count();
        rest = after;
    }
    tokens
}

/// The length of the next piece in bytes, and whether it is a token.
fn measure(rest: &str, first: char) -> (usize, bool) {
    if first.is_whitespace() {
        return (first.len_utf8(), false);
    }
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), false);
    }
    if rest.starts_with("/*") {
        return (block_comment(rest), false);
    }
    if let Some(length) = text_literal(rest) {
        return (length, false);
    }
    if first == '\'' {
        return (character_or_lifetime(rest), false);
    }
    if rest.starts_with("::") {
        return (2, true);
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    if is_part(first) {
        let from = if rest.starts_with("r#") { 2 } else { 0 };
        return (from + rest[from..].find(|c| !is_part(c)).unwrap_or(rest.len() - from), true);
    }
    (first.len_utf8(), true)
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        if here.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// The length of a string literal of any kind: plain, byte, C, raw.
fn text_literal(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| {
        let after = rest.strip_prefix(prefix).unwrap_or("");
        after.starts_with('"') || prefix.ends_with('r') && after.trim_start_matches('#').starts_with('"')
    })?;
    let body = &rest[prefix.len()..];
    if prefix.ends_with('r') {
        let hashes = body.len() - body.trim_start_matches('#').len();
        let end = format!("\"{}", "#".repeat(hashes));
        let inside = &body[hashes + 1..];
        let length = inside.find(&end).map_or(inside.len(), |at| at + end.len());
        return Some(prefix.len() + hashes + 1 + length);
    }
    Some(prefix.len() + quoted(body, b'"'))
}

fn character_or_lifetime(rest: &str) -> usize {
    let mut after = rest.chars().skip(1);
    match (after.next(), after.next()) {
        (Some('\\'), _) => quoted(rest, b'\''),
        (Some(one), Some('\'')) => 2 + one.len_utf8(),
        _ => 1 + rest[1..].find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len() - 1),
    }
}

/// The length of a literal between two `quote` bytes, with escapes.
fn quoted(rest: &str, quote: u8) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}
