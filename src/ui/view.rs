//! What each page is told. `web` fills these from the database and hands them down as Leptos contexts; the
//! pages only draw. Times are Unix seconds (UTC).

use crate::actions::refusal::Refusal;

/// Addresses of the built assets, with a version from their content, for the document's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    /// Path of the style sheet.
    pub css: String,
    /// Path of the JavaScript glue.
    pub js: String,
    /// Path of the WebAssembly module.
    pub wasm: String,
    /// `ws://` address of `cargo leptos watch`'s live reload, in development only.
    pub reload: Option<String>,
}

impl Default for Assets {
    /// The names that the build gives without a version.
    fn default() -> Self {
        Self {
            css: "/pkg/latchkey.css".into(),
            js: "/pkg/latchkey.js".into(),
            wasm: "/pkg/latchkey.wasm".into(),
            reload: None,
        }
    }
}

/// One "Continue with …" button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderButton {
    /// The provider's slug, as in `/auth/{slug}`.
    pub slug: String,
    /// Its name for people.
    pub label: String,
    /// Whether this browser signed in with it last.
    pub last_used: bool,
    /// Whether it answers at present (its circuit breaker is closed).
    pub available: bool,
}

/// What `/login` is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginView {
    /// The ways in, in the order to show them.
    pub providers: Vec<ProviderButton>,
    /// Where to go after the sign-in: a checked path of ours.
    pub return_to: Option<String>,
    /// What to tell above the buttons.
    pub notice: Option<Notice>,
    /// Origin of the sandbox when it plays the providers.
    pub sandbox: Option<String>,
}

/// Something to tell on the login page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A sign-in failed.
    Refused {
        /// Why.
        refusal: Refusal,
        /// Label of the provider it was tried with, where known.
        provider: Option<String>,
        /// Slug of the same provider.
        slug: Option<String>,
    },
    /// A page behind the sign-in was asked for.
    SignInFirst,
    /// The person signed out.
    SignedOut,
}

/// What `/dashboard` is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DashboardView {
    /// Name as the provider last gave it.
    pub name: Option<String>,
    /// E-mail address and whether it is verified.
    pub email: Option<(String, bool)>,
    /// Address of the picture (https).
    pub picture: Option<String>,
    /// When the user was created.
    pub member_since: i64,
    /// The identities that are linked, oldest first.
    pub identities: Vec<IdentityView>,
    /// The present session.
    pub session: SessionView,
}

/// One linked identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityView {
    /// The provider's slug.
    pub slug: String,
    /// The provider's name for people.
    pub label: String,
    /// The address that the provider claims.
    pub email: Option<String>,
    /// When it was linked.
    pub linked_at: i64,
    /// When it was last used to sign in.
    pub last_used_at: i64,
}

/// The session that this page was asked for with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Label of the provider that was used.
    pub provider: String,
    /// Its slug.
    pub provider_slug: String,
    /// Browser and system in words, from the user agent.
    pub device: String,
    /// The client's network address at the sign-in.
    pub address: String,
    /// When the person signed in.
    pub signed_in_at: i64,
    /// Ends when nothing is asked for until then.
    pub idle_until: i64,
    /// Ends then whatever happens.
    pub absolute_until: i64,
}

/// What an error page is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// 404.
    NotFound,
    /// 403 of the cross-origin check.
    CrossOrigin,
    /// 405.
    MethodNotAllowed,
    /// 400, 413, 414 and the like.
    BadRequest,
    /// 429.
    TooManyRequests,
    /// 500.
    ServerError,
    /// 503: the database is away or the server is full.
    Unavailable,
}
