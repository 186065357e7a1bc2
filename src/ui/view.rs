//! What each page is told. `web` fills these from the database and hands them down as Leptos contexts; the
//! pages only draw. Times are Unix seconds (UTC).

mod api_docs;
mod grants;

pub use api_docs::*;
pub use grants::*;

use crate::codes::{
    access::Access,
    outcome::{Done, FormError},
    sign_in_error::SignInError,
};

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
    /// Whether it lets the person choose an account when asked to (`prompt=select_account`).
    pub lets_choose: bool,
}

/// Which places the header leads to beside those that every signed-in person has. Without it in the context: none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// `/drive`: a provider is switched on that lets us see files.
    pub drive: bool,
}

/// The field of a form that says whose account it was drawn for.
pub const FORM_OWNER: &str = "form_owner";

/// Its value, in the context of pages of somebody who is signed in. See `sessions::FormOwners`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormOwner(pub String);

/// The page between a form of ours and a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnwardView {
    /// The provider's label.
    pub provider: String,
    /// Where the browser goes on: an authorization request that we made.
    pub url: String,
}

/// A form of another account's page than the one that is signed in, or of nobody's: it was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongAccountView {
    /// The account that the page was drawn for; `None` where the form does not say so.
    pub page_of: Option<String>,
    /// The account that is signed in.
    pub signed_in: String,
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
    /// Whether e-mail and password are a way in here: somebody delivers our letters.
    pub password: bool,
    /// Whether this browser signed in with a password last.
    pub password_last_used: bool,
    /// The address that was typed a moment ago, so that nobody types it twice.
    pub email: Option<String>,
    /// The sandbox, when it plays the providers.
    pub sandbox: Option<SandboxView>,
}

/// What a newcomer is told about the sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxView {
    /// Its origin.
    pub origin: String,
    /// The page with the letters that we sent.
    pub inbox: String,
    /// Local accounts that are there to be tried: address and password.
    pub accounts: Vec<(String, String)>,
}

/// Something to tell on the login page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A sign-in failed.
    Refused {
        /// Why.
        sign_in_error: SignInError,
        /// Label of the provider it was tried with, where known.
        provider: Option<String>,
        /// Slug of the same provider.
        slug: Option<String>,
    },
    /// A form did not do what it was to do.
    FormError(FormError),
    /// Something was done.
    Done(Done),
    /// A page behind the sign-in was asked for.
    SignInFirst,
    /// The person signed out.
    SignedOut,
}

/// What `/signup` is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignUpView {
    /// The other ways in, for who has an account there.
    pub providers: Vec<ProviderButton>,
    /// Whether e-mail and password are a way in here.
    pub password: bool,
    /// Where to go afterwards.
    pub return_to: Option<String>,
    /// The address that was typed a moment ago.
    pub email: Option<String>,
    /// What was wrong with the form.
    pub form_error: Option<FormError>,
}

/// What `/forgot` is told: the password was forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForgotView {
    /// Where to go afterwards.
    pub return_to: Option<String>,
    /// The address that was typed a moment ago.
    pub email: Option<String>,
    /// What was wrong with the form.
    pub form_error: Option<FormError>,
}

/// What `/check-inbox` is told: a letter is under way, or so we say to everybody alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckInboxView {
    /// What the letter is for.
    pub message: EmailLinkPageView,
    /// Where it goes, as this browser typed it.
    pub email: Option<String>,
    /// Where to go afterwards.
    pub return_to: Option<String>,
    /// The sandbox's inbox, where that is where letters go.
    pub inbox: Option<String>,
    /// The mail server does not answer at the moment: it may take a while.
    pub delayed: bool,
}

/// What a letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailLinkPageView {
    /// To confirm the address of a new account.
    SignUp,
    /// To choose a new password.
    Reset,
    /// To confirm a new address.
    EmailChange,
}

/// What `/verify-email`, `/reset-password`, `/confirm-email` and `/undo` are told: a link of a letter was followed. The
/// token is in a cookie by then, and in no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailLinkView {
    /// What the link does; `None` when it was used, ran out or never was.
    pub link: Option<EmailLink>,
    /// What was wrong with the form.
    pub form_error: Option<FormError>,
    /// A change was taken back just now, and the new password is what is left to do.
    pub undone: bool,
}

/// What the link of a letter does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmailLink {
    /// `/verify-email`: a new account is finished.
    SignUp {
        /// Its address.
        email: String,
        /// This browser asked for it: one button does it. Any other has to give the password that was chosen, or a
        /// new one at `/reset-password`: somebody else may have signed up with this address.
        asked_here: bool,
        /// When it was asked for (Unix seconds).
        asked_at: i64,
    },
    /// `/reset-password`: a new password is chosen.
    Reset {
        /// Whose.
        email: String,
    },
    /// `/confirm-email`: the address becomes the account's.
    EmailChange {
        /// The new address.
        email: String,
        /// The person who asked for it is signed in here; only they can confirm.
        asked_here: bool,
    },
    /// `/undo`: something is taken back.
    Undo {
        /// What.
        what: Undoing,
        /// The account's address.
        email: String,
    },
}

/// What an undo takes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undoing {
    /// This provider (its label) was added.
    MethodAdded(String),
    /// The password was set or changed.
    PasswordChanged,
    /// The address was changed.
    EmailChanged,
}

/// What `/link` is told: somebody came with an identity whose address is a user's already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPromptView {
    /// Names what waits, for its forms.
    pub id: String,
    /// The provider that they came with: its label.
    pub provider: String,
    /// Its slug.
    pub slug: String,
    /// The address that it told.
    pub email: String,
    /// The ways in that the account has and that can be used here, but the password.
    pub methods: Vec<ProviderButton>,
    /// Ways that it has and that are switched off here: labels.
    pub methods_off: Vec<String>,
    /// Whether the account has a password.
    pub password: bool,
    /// The person is signed in to that very account here, with a fresh proof: one button does it.
    pub signed_in: bool,
    /// What went wrong: a form, or a round trip to a provider.
    pub notice: Option<Notice>,
}

/// What `/confirm` is told: a sensitive step asks who it is once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmView {
    /// The address or name of who is signed in.
    pub who: String,
    /// The providers that can say so.
    pub methods: Vec<ProviderButton>,
    /// Whether a password can.
    pub password: bool,
    /// Where they were headed.
    pub return_to: String,
    /// What went wrong: a form, or a round trip to a provider.
    pub notice: Option<Notice>,
}

/// What `/settings` is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsView {
    /// What was just done, or what went wrong.
    pub notice: Option<Notice>,
    /// Who.
    pub profile: ProfileView,
    /// The address and whether it is verified.
    pub email: Option<(String, bool)>,
    /// Whether e-mail and password are a way in here.
    pub password_on: bool,
    /// When the password was set, if there is one.
    pub password_set_at: Option<i64>,
    /// The linked identities, the oldest first.
    pub identities: Vec<IdentityView>,
    /// Providers that can be linked: all that are switched on, as several identities of one are fine.
    pub linkable: Vec<ProviderButton>,
    /// The last way in cannot be removed.
    pub may_unlink: bool,
    /// The person proved a moment ago who they are: sensitive forms work at once.
    pub reauthenticated: bool,
    /// What we may see at providers.
    pub grants: Vec<GrantView>,
    /// Where they are signed in; this browser first.
    pub devices: Vec<DeviceView>,
    /// What happened lately, the newest first.
    pub activity: Vec<ActivityView>,
}

/// A person's profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileView {
    /// The name.
    pub name: Option<String>,
    /// Who told it: a provider's label, or "you".
    pub name_from: Option<String>,
    /// Address of the picture (https).
    pub picture: Option<String>,
    /// Who told it.
    pub picture_from: Option<String>,
    /// When the user was created.
    pub member_since: i64,
}

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceView {
    /// What names it in the form that ends it.
    pub id: String,
    /// Browser and system in words.
    pub device: String,
    /// The client's network address at the sign-in.
    pub address: String,
    /// What it was opened with: a provider's label, or "Password".
    pub method: String,
    /// The way's slug; `password` for a password.
    pub method_slug: String,
    /// When it signed in.
    pub first_seen: i64,
    /// When it was last used.
    pub last_seen: i64,
    /// It is the one that this page was asked for with.
    pub here: bool,
}

/// Something that happened to the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityView {
    /// What, as a sentence without a full stop ("Signed in with Google").
    pub what: String,
    /// Whether it is something to look at twice: a refusal, a removal.
    pub alarming: bool,
    /// When.
    pub at: i64,
    /// Browser and system in words.
    pub device: String,
    /// The client's network address.
    pub address: String,
}

/// What `/add-email` is told: the provider told no address that it vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddEmailView {
    /// The provider's label.
    pub provider: String,
    /// The address that was typed a moment ago, or that the provider told without vouching for it.
    pub email: Option<String>,
    /// The person comes no further without one.
    pub required: bool,
    /// Where they were headed.
    pub return_to: String,
    /// What was wrong with the form.
    pub form_error: Option<FormError>,
}

/// What `/settings/password` is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetPasswordView {
    /// The address that one signs in with; without a verified one there is nothing to set a password for.
    pub email: Option<String>,
    /// There is a password already.
    pub change: bool,
    /// What was wrong with the form.
    pub form_error: Option<FormError>,
}

/// What `/settings/email` is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeEmailView {
    /// The present address and whether it is verified.
    pub email: Option<(String, bool)>,
    /// The address that was typed a moment ago.
    pub typed: Option<String>,
    /// What was wrong with the form.
    pub form_error: Option<FormError>,
}

/// What `/settings/unlink` is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnlinkView {
    /// The identity that is to go.
    pub identity: IdentityView,
    /// It is the last way in and cannot go.
    pub last: bool,
    /// What we see no more without it.
    pub gives_back: Vec<Access>,
    /// What went wrong.
    pub form_error: Option<FormError>,
}

/// What `/settings/link` is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkView {
    /// The provider that is to be linked.
    pub provider: ProviderButton,
    /// Where to go once it is linked: a checked path of ours. The settings without it.
    pub return_to: Option<String>,
    /// What went wrong.
    pub form_error: Option<FormError>,
}

/// What `/settings/delete` is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteView {
    /// The address or name of the account.
    pub who: String,
    /// The word that has to be typed, so that nobody deletes by a slip.
    pub word: String,
    /// What we see no more without the account.
    pub gives_back: Vec<Access>,
    /// What was wrong with the form.
    pub form_error: Option<FormError>,
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
    /// When the password was set, if there is one.
    pub password_set_at: Option<i64>,
    /// The person is asked for an e-mail address, as no provider told one that it vouches for.
    pub asks_for_address: bool,
    /// The identities that are linked, oldest first.
    pub identities: Vec<IdentityView>,
    /// The next events of their calendar.
    pub calendar: CalendarView,
    /// The present session.
    pub session: SessionView,
}

/// One linked identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityView {
    /// What names it in forms.
    pub id: String,
    /// The name that the provider told, to tell two identities at one provider apart.
    pub name: Option<String>,
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
pub enum ErrorPage {
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
