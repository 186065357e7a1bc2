//! Values as a walkthrough may show them.

/// Who reads a rendering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The developer or administrator who opened the page.
    Here,
    /// Anybody: a file that is passed on. Personal data is masked.
    Everyone,
}

/// How much of a value is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Public in the protocol.
    Shown,
    /// About a person: an email address, a name, a subject.
    Personal,
    /// Length and digest only.
    Secret,
    Absent,
}

/// A value that may be shown. Only a [`Redactor`](super::Redactor) makes one of a text from outside this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value(Kept);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kept {
    Shown(String),
    Personal(String),
    Secret { bytes: usize, digest: String },
    Absent,
}

/// Longest text that is kept, in characters.
const MAX_CHARACTERS: usize = 300;

impl Value {
    pub const ABSENT: Self = Self(Kept::Absent);

    /// A text of our own source code.
    pub fn fact(text: &'static str) -> Self {
        Self(Kept::Shown(text.to_owned()))
    }

    pub fn number(number: impl Into<i128>) -> Self {
        Self(Kept::Shown(number.into().to_string()))
    }

    /// Words that the log gets as well: an error's `Display`. See `oauth::ProviderMessage` for what a provider says.
    pub fn of_log(text: &str) -> Self {
        Self(Kept::Shown(bounded(text)))
    }

    /// The public name of a thing of the configuration: a provider, a client id.
    pub fn configured(text: &str) -> Self {
        Self(Kept::Shown(bounded(text)))
    }

    /// Scheme, host and path. The query is what secrets travel in.
    pub fn url(url: &url::Url) -> Self {
        let origin = url.origin().ascii_serialization();
        Self(Kept::Shown(bounded(&format!("{origin}{}", url.path()))))
    }

    /// The path of a URL of this site, without its query.
    pub fn path(path: &str) -> Self {
        Self(Kept::Shown(bounded(path.split(['?', '#']).next().unwrap_or_default())))
    }

    pub(super) fn shown(text: &str) -> Self {
        Self(Kept::Shown(bounded(text)))
    }

    pub(super) fn personal(text: &str) -> Self {
        Self(Kept::Personal(bounded(text)))
    }

    pub(super) const fn secret(bytes: usize, digest: String) -> Self {
        Self(Kept::Secret { bytes, digest })
    }

    pub const fn class(&self) -> Class {
        match self.0 {
            Kept::Shown(_) => Class::Shown,
            Kept::Personal(_) => Class::Personal,
            Kept::Secret { .. } => Class::Secret,
            Kept::Absent => Class::Absent,
        }
    }

    pub fn text(&self, audience: Audience) -> String {
        match (&self.0, audience) {
            (Kept::Shown(text), _) | (Kept::Personal(text), Audience::Here) => text.clone(),
            (Kept::Personal(text), Audience::Everyone) => {
                format!("personal data, {} characters", text.chars().count())
            }
            (Kept::Secret { bytes, digest }, _) => format!("secret, {bytes} bytes, fingerprint {digest}"),
            (Kept::Absent, _) => "absent".to_owned(),
        }
    }

    /// What it occupies in memory, roughly, in bytes.
    pub(super) const fn size(&self) -> usize {
        let text = match &self.0 {
            Kept::Shown(text) | Kept::Personal(text) => text.len(),
            Kept::Secret { digest, .. } => digest.len(),
            Kept::Absent => 0,
        };
        size_of::<Self>() + text
    }
}

/// Of bounded length, without control characters.
fn bounded(text: &str) -> String {
    let mut kept = plain(text, MAX_CHARACTERS);
    if text.len() > MAX_CHARACTERS && text.chars().nth(MAX_CHARACTERS).is_some() {
        kept.push('…');
    }
    kept
}

/// The first characters, without control characters.
fn plain(text: &str, characters: usize) -> String {
    // As nearly all are: a sign-in has some hundred.
    if text.len() <= characters && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    text.chars().filter(|char| !char.is_control()).take(characters).collect()
}

/// A name and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    pub value: Value,
}

impl Parameter {
    pub fn new(name: &'static str, value: Value) -> Self {
        Self { name: name.to_owned(), value }
    }

    /// The name comes from outside: of bounded length.
    pub(super) fn named(name: &str, value: Value) -> Self {
        Self { name: plain(name, 64), value }
    }

    pub(super) const fn size(&self) -> usize {
        size_of::<String>() + self.name.len() + self.value.size()
    }
}
