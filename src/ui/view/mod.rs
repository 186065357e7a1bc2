//! What each page shows. `web` fills these view models from the database and hands them down as Leptos contexts; the
//! pages only draw them. Times are Unix seconds (UTC).

mod admin;
mod api_docs;
mod calendar;
mod connect;
mod dashboard;
mod data_deletion;
mod drive;
mod email_links;
mod grants;
mod inspect;
mod linking;
mod login;
mod onward;
mod second_factor;
mod settings;
mod sign_in_code;
mod unsent;
mod wrong_account;

pub use admin::*;
pub use api_docs::*;
pub use calendar::*;
pub use connect::*;
pub use dashboard::*;
pub use data_deletion::*;
pub use drive::*;
pub use email_links::*;
pub use grants::*;
pub use inspect::*;
pub use linking::*;
pub use login::*;
pub use onward::*;
pub use second_factor::*;
pub use settings::*;
pub use sign_in_code::*;
pub use unsent::*;
pub use wrong_account::*;

use std::sync::Arc;

use crate::codes::{done::Done, form_error::FormError, session_end::SessionEnd, sign_in_error::SignInError};

/// Paths of the built assets, with a version from their content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    pub css: String,
    /// What pages behind the sign-in and those for developers need besides; `None` if it is in the other.
    pub account_css: Option<String>,
    /// The JavaScript glue.
    pub js: String,
    pub wasm: String,
    /// The script for passkeys.
    pub passkeys: String,
    /// `ws://` URL of `cargo leptos watch`'s live reload, in development only.
    pub reload: Option<String>,
}

impl Default for Assets {
    /// The unversioned names that the build produces.
    fn default() -> Self {
        Self {
            css: "/pkg/latchkey.css".into(),
            account_css: Some("/pkg/account.css".into()),
            js: "/pkg/latchkey.js".into(),
            wasm: "/pkg/latchkey.wasm".into(),
            passkeys: "/passkeys.js".into(),
            reload: None,
        }
    }
}

/// One "Continue with …" button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderButton {
    pub slug: String,
    pub label: String,
    /// This browser signed in with it last.
    pub last_used: bool,
    /// Its circuit breaker is closed.
    pub available: bool,
    /// The user can choose another account there.
    pub lets_choose: bool,
}

/// The optional places in the header's navigation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// `/drive`: an enabled provider gives access to files.
    pub drive: bool,
    /// `/admin`: the user is an administrator.
    pub admin: bool,
}

/// The fewest characters of a new password (`PASSWORD_MIN_LENGTH`), in the context of all pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordMinimum(pub usize);

impl Default for PasswordMinimum {
    fn default() -> Self {
        Self(8)
    }
}

/// The form field that holds the account that the form was rendered for.
pub const FORM_OWNER: &str = "form_owner";

/// The form field that names a kept form. Its other fields wait in the browser: see `sessions::UnsentForm`.
pub const UNSENT: &str = "unsent";

/// Makes the value of [`FORM_OWNER`], in the context of signed-in pages: not every page has a form. See `sessions::FormOwners`.
#[derive(Clone)]
pub struct FormOwner(pub Arc<dyn Fn() -> Option<String> + Send + Sync>);

/// The time of the request, in Unix seconds, in the context of every page: for times relative to now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now(pub i64);

/// The browser's time zone, in the context of pages for browsers that have told it: seconds east of UTC at a time (Unix
/// seconds).
#[derive(Clone)]
pub struct LocalZone(pub Arc<dyn Fn(i64) -> i64 + Send + Sync>);

/// What a page reports at its top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A sign-in, or another round trip to a provider, failed.
    Refused {
        sign_in_error: SignInError,
        /// Label of the provider, where known.
        provider: Option<String>,
        slug: Option<String>,
    },
    FormError(FormError),
    Done(Done),
    /// The requested page needs a sign-in.
    SignInFirst {
        /// Why this browser is no longer signed in, if that is known.
        ended: Option<SessionEnd>,
        /// A submitted form waits for the sign-in.
        unsent: bool,
    },
    SignedOut,
}
