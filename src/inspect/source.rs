//! Where a step comes from: our file, and the section of the specification.

/// A section of a specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// The number and the section, such as `4.1.1`.
    Rfc(u16, &'static str),
    /// OpenID Connect Core 1.0.
    OpenIdConnect(&'static str),
    /// OpenID Connect Discovery 1.0.
    Discovery(&'static str),
    /// Web Authentication Level 3; the anchor.
    WebAuthn(&'static str),
}

impl Reference {
    /// As one cites it.
    pub fn name(self) -> String {
        match self {
            Self::Rfc(number, section) => format!("RFC {number} §{section}"),
            Self::OpenIdConnect(section) => format!("OpenID Connect Core §{section}"),
            Self::Discovery(section) => format!("OpenID Connect Discovery §{section}"),
            Self::WebAuthn(_) => "Web Authentication Level 3".to_owned(),
        }
    }

    pub fn url(self) -> String {
        match self {
            Self::Rfc(number, section) => format!("https://www.rfc-editor.org/rfc/rfc{number}#section-{section}"),
            Self::OpenIdConnect(section) => {
                format!("https://openid.net/specs/openid-connect-core-1_0.html#{}", anchor_of_core(section))
            }
            Self::Discovery(_) => {
                "https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig".to_owned()
            }
            Self::WebAuthn(anchor) => format!("https://www.w3.org/TR/webauthn-3/#{anchor}"),
        }
    }
}

/// The anchors of that document are words.
fn anchor_of_core(section: &str) -> &'static str {
    match section {
        "2" => "IDToken",
        "3.1.2.1" => "AuthRequest",
        "3.1.3.6" => "CodeIDToken",
        "3.1.3.7" => "IDTokenValidation",
        "5.3.2" => "UserInfoResponse",
        _ => "CodeFlowAuth",
    }
}

/// A file of this repository, and the specification that it carries out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// From the root of the repository.
    pub file: &'static str,
    pub reference: Option<Reference>,
}

impl Source {
    pub const fn ours(file: &'static str) -> Self {
        Self { file, reference: None }
    }

    pub const fn of(file: &'static str, reference: Reference) -> Self {
        Self { file, reference: Some(reference) }
    }
}
