//! What a provider says about an error, in its own words: for the operator, never for a page.
//!
//! The text is untrusted. It could forge lines of a log, turn them around, fill them, or repeat a secret of the request.

use std::{fmt, iter::Peekable, str::Chars};

use serde_json::Value;
use url::form_urlencoded;

use super::{HttpResponse, parse_received_json};

/// Longest code and longest description, in characters.
const MAX_CHARACTERS: usize = 200;
/// Longer runs of token characters are removed: no word, UUID or host name is that long.
const MAX_TOKEN_CHARACTERS: usize = 40;
/// Shorter secrets are no secrets, and would be found in ordinary words.
const MIN_SECRET_BYTES: usize = 4;

/// `error` and `error_description` of an authorization response (RFC 6749 §4.1.2.1), a token response (§5.2) or
/// `WWW-Authenticate` (RFC 6750 §3), or what the provider's API has instead. One line of printable text, bounded, without
/// the secrets of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderMessage {
    code: String,
    description: String,
}

impl ProviderMessage {
    /// From the two parameters; `None` if nothing printable is left.
    pub fn new(error: Option<&str>, description: Option<&str>, secrets: &[&str]) -> Option<Self> {
        let text = |text: Option<&str>| text.map(|text| printable(text, secrets)).unwrap_or_default();
        let message = Self { code: text(error), description: text(description) };
        (!message.code.is_empty() || !message.description.is_empty()).then_some(message)
    }

    /// From the response to a token, userinfo or API request that failed. `secrets` are those that the request contained.
    pub fn of_response(response: &HttpResponse, secrets: &[&str]) -> Option<Self> {
        of_json(&response.body, secrets)
            .or_else(|| of_form(response, secrets))
            .or_else(|| of_challenge(response.www_authenticate.as_deref()?, secrets))
    }

    /// `error`; empty if the provider sent only text.
    pub fn code(&self) -> &str {
        &self.code
    }
}

/// `invalid_client: The OAuth client was not found.`
impl fmt::Display for ProviderMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.code.is_empty() || self.description.is_empty() { "" } else { ": " };
        write!(f, "{}{separator}{}", self.code, self.description)
    }
}

/// RFC 6749 has two strings. Facebook and Google's APIs have an object, and others their own names.
fn of_json(body: &[u8], secrets: &[&str]) -> Option<ProviderMessage> {
    let document = parse_received_json(body, &[]).ok()?;
    let text =
        |object: &Value, names: &[&str]| names.iter().find_map(|name| object.get(name)?.as_str().map(str::to_owned));
    if let Some(error) = document.get("error").filter(|error| error.is_object()) {
        let kind = text(error, &["status", "type"]);
        let number = error.get("code").and_then(Value::as_i64);
        let code = match (kind, number) {
            (Some(kind), Some(number)) => Some(format!("{kind} {number}")),
            (kind, number) => kind.or(number.map(|number| number.to_string())),
        };
        return ProviderMessage::new(code.as_deref(), text(error, &["message"]).as_deref(), secrets);
    }
    let code = text(&document, &["error", "title", "code"]);
    let description = text(&document, &["error_description", "detail", "message"]);
    ProviderMessage::new(code.as_deref(), description.as_deref(), secrets)
}

fn of_form(response: &HttpResponse, secrets: &[&str]) -> Option<ProviderMessage> {
    response.media_type().filter(|media_type| media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded"))?;
    let value =
        |name| form_urlencoded::parse(&response.body).find_map(|(found, value)| (found == name).then_some(value));
    ProviderMessage::new(value("error").as_deref(), value("error_description").as_deref(), secrets)
}

fn of_challenge(challenge: &str, secrets: &[&str]) -> Option<ProviderMessage> {
    let value = |name| parameter(challenge, name);
    ProviderMessage::new(value("error").as_deref(), value("error_description").as_deref(), secrets)
}

/// The value of an auth-param (RFC 9110 §11.2). Good enough for a log: nothing depends on it.
fn parameter(challenge: &str, name: &str) -> Option<String> {
    let start = format!("{name}=");
    let (before, rest) = challenge.split_once(&start)?;
    if before.chars().next_back().is_some_and(|before| before != ' ' && before != ',') {
        return parameter(rest, name);
    }
    Some(match rest.strip_prefix('"') {
        Some(quoted) => unquoted(quoted.chars().peekable()),
        None => rest.split([',', ' ']).next().unwrap_or_default().to_owned(),
    })
}

/// A quoted-string after its opening quote (RFC 9110 §5.6.4).
fn unquoted(mut characters: Peekable<Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(character) = characters.next_if(|character| *character != '"') {
        text.push(if character == '\\' { characters.next().unwrap_or_default() } else { character });
    }
    text
}

/// One line without control characters, invisible characters and those that change the direction of text; without secrets;
/// at most [`MAX_CHARACTERS`].
fn printable(text: &str, secrets: &[&str]) -> String {
    let visible: String =
        text.chars().filter(|character| character.is_whitespace() || !is_invisible(*character)).collect();
    let mut line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    for secret in secrets.iter().filter(|secret| secret.len() >= MIN_SECRET_BYTES) {
        line = line.replace(secret, REMOVED);
    }
    let line = without_tokens(&line);
    match line.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

const REMOVED: &str = "[removed]";

/// Codes, tokens and signed secrets, of this request or of another one.
fn without_tokens(line: &str) -> String {
    let is_of_token = |character: char| character.is_ascii_alphanumeric() || "-_.~+=%".contains(character);
    let mut kept = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let run = rest.find(|character| is_of_token(character) != is_of_token(first)).unwrap_or(rest.len());
        let (part, after) = rest.split_at(run);
        kept.push_str(if is_of_token(first) && part.len() > MAX_TOKEN_CHARACTERS { REMOVED } else { part });
        rest = after;
    }
    kept
}

/// Control characters, and the format characters of Unicode (category Cf) with what else is not drawn.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{600}'..='\u{605}'
                | '\u{61c}'
                | '\u{6dd}'
                | '\u{70f}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{ffff}'
                | '\u{e0000}'..='\u{e0fff}'
                | '\u{e000}'..='\u{f8ff}'
        )
}
