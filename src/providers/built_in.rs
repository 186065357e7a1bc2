//! The table of built-in providers: one row each, which configuration, buttons, style sheet and tests iterate over.

use super::{
    ClientSecret, Metadata, Provider, ProviderSpec, Slug, apple, discord, facebook, github, gitlab, google, linkedin,
    microsoft, x,
};

/// The built-in providers, in the order of the login page.
pub static BUILT_IN: [&BuiltIn; 9] = [
    &google::GOOGLE,
    &apple::APPLE,
    &discord::DISCORD,
    &facebook::FACEBOOK,
    &github::GITHUB,
    &gitlab::GITLAB,
    &linkedin::LINKEDIN,
    &microsoft::MICROSOFT,
    &x::X,
];

/// The built-in provider with this slug.
pub fn built_in(slug: &str) -> Option<&'static BuiltIn> {
    BUILT_IN.into_iter().find(|row| row.slug == slug)
}

/// One built-in provider. What most of them share is in `BuiltIn::new`.
#[derive(Debug)]
pub struct BuiltIn {
    pub slug: &'static str,
    /// Its name on buttons and in sentences.
    pub label: &'static str,
    pub spec: &'static ProviderSpec,
    /// The variables that switch it on, all of them needed, without the prefix (`CLIENT_ID` of `GOOGLE_CLIENT_ID`).
    pub required: &'static [&'static str],
    /// Variables that replace `CLIENT_SECRET`, all of them together.
    pub instead_of_secret: &'static [&'static str],
    /// Its further variables.
    pub optional: &'static [Variable],
    /// What its console does not say, for `latchkey doctor`.
    pub notes: &'static [Note],
    pub button: ButtonColours,
    /// The provider with these settings. All required ones are there, and addresses are checked.
    pub provider: fn(&Settings) -> Result<Provider, SettingError>,
}

/// Something that works today and surprises operators later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    pub fact: &'static str,
    /// An imperative sentence without a full stop.
    pub next_step: &'static str,
}

impl Note {
    pub(super) const fn new(fact: &'static str, next_step: &'static str) -> Self {
        Self { fact, next_step }
    }
}

/// A variable that a provider may have besides the required ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Without the prefix: `URL` of `GITLAB_URL`.
    pub name: &'static str,
    pub kind: VariableKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableKind {
    /// The issuer of a mock, found by discovery. Works on loopback only.
    IssuerOverride,
    /// The base URL of a mock. Works on loopback only.
    UrlOverride,
    /// The base URL of a self-hosted instance: https, or http on loopback.
    Instance,
    /// Text that the provider's own page checks.
    Text,
}

/// The values of a provider's variables, by the name without the prefix. Secrets among them: no `Debug`.
pub struct Settings(Vec<(&'static str, String)>);

/// A value that the provider cannot use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingError {
    /// The variable, without the prefix.
    pub name: &'static str,
    /// What is wrong and what to put there; follows the variable's name in a sentence.
    pub problem: &'static str,
}

/// The colours of "Continue with …", as the provider's branding guidelines have them. `style/brands.css` is made of them.
#[derive(Clone, Copy, Debug)]
pub struct ButtonColours {
    pub light: Palette,
    pub dark: Palette,
}

/// Colours as `#rrggbb`. The text on the button needs a contrast of 4.5 (WCAG 2.2, 1.4.3).
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    pub fill: &'static str,
    pub hover: &'static str,
    pub line: &'static str,
    pub ink: &'static str,
}

impl BuiltIn {
    /// A provider with a client id and a secret, and no other variable.
    pub(super) const fn new(
        (slug, label): (&'static str, &'static str),
        spec: &'static ProviderSpec,
        button: ButtonColours,
        provider: fn(&Settings) -> Result<Provider, SettingError>,
    ) -> Self {
        let required = &["CLIENT_ID", "CLIENT_SECRET"];
        Self { slug, label, spec, required, instead_of_secret: &[], optional: &[], notes: &[], button, provider }
    }

    /// What the names of its variables begin with: `GOOGLE` of `GOOGLE_CLIENT_ID`.
    pub fn prefix(&self) -> String {
        self.slug.to_ascii_uppercase()
    }

    /// The provider with `CLIENT_ID` and `CLIENT_SECRET`, without an API of its own.
    pub(super) fn client(&self, settings: &Settings, metadata: Metadata) -> Provider {
        self.client_with(settings, settings.required("CLIENT_SECRET").into(), metadata)
    }

    /// The same with another kind of secret.
    pub(super) fn client_with(&self, settings: &Settings, client_secret: ClientSecret, metadata: Metadata) -> Provider {
        Provider {
            slug: Slug::constant(self.slug),
            label: self.label.to_owned(),
            client_id: settings.required("CLIENT_ID").to_owned(),
            further_client_ids: Vec::new(),
            client_secret,
            webhook_secret: None,
            metadata,
            api: None,
            tokeninfo: None,
            hosted_domain: None,
            session_claims: false,
            ends_session: false,
            sign_in_scopes: self.spec.sign_in_scopes.iter().collect(),
            spec: self.spec,
        }
    }
}

impl Settings {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// A required variable: the table's reader has seen to it that it is there.
    pub(super) fn required(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }
}

impl FromIterator<(&'static str, String)> for Settings {
    fn from_iter<I: IntoIterator<Item = (&'static str, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl Variable {
    pub(super) const fn new(name: &'static str, kind: VariableKind) -> Self {
        Self { name, kind }
    }
}

impl ButtonColours {
    /// Black on light ground, white on dark.
    pub(super) const BLACK_AND_WHITE: Self =
        Self { light: Palette::filled("#000000", "#262626"), dark: Palette::WHITE_ON_DARK };

    /// One colour with white text, on light ground and on dark.
    pub(super) const fn filled(fill: &'static str, hover: &'static str) -> Self {
        Self { light: Palette::filled(fill, hover), dark: Palette::filled(fill, hover) }
    }
}

impl Palette {
    pub(super) const WHITE_ON_DARK: Self = Self::new("#ffffff", "#e8e8e8", "#ffffff", "#000000");

    pub(super) const fn new(fill: &'static str, hover: &'static str, line: &'static str, ink: &'static str) -> Self {
        Self { fill, hover, line, ink }
    }

    /// White text, and a border in the colour of the button.
    pub(super) const fn filled(fill: &'static str, hover: &'static str) -> Self {
        Self::new(fill, hover, fill, "#ffffff")
    }
}
/// The prefix of the variables of the provider with this slug: `GOOGLE`, or `OIDC_WORK`.
pub fn variables_of(slug: &str) -> String {
    let name = slug.to_ascii_uppercase();
    if built_in(slug).is_some() { name } else { format!("OIDC_{name}") }
}
