//! Form fields: a label, a hint, and the reference to the error.

use leptos::prelude::*;

use crate::{
    codes::form_error::ERROR_ANCHOR,
    ui::{
        islands::password_peek::PasswordPeek,
        markup::{IntoMarkup, Markup},
        view::PasswordMinimum,
        wording::Concern,
    },
};

pub fn of_email(concern: Option<Concern>) -> bool {
    matches!(concern, Some(Concern::Email | Concern::Both))
}

pub fn of_password(concern: Option<Concern>) -> bool {
    matches!(concern, Some(Concern::Password | Concern::Both))
}

pub fn of_code(concern: Option<Concern>) -> bool {
    matches!(concern, Some(Concern::Code))
}

/// A code from an email.
#[component]
pub fn CodeField(value: Option<String>, invalid: bool) -> impl IntoView {
    let hint = "Eight letters and digits. Capitals and hyphens don't matter.";
    code_field(None, Some("characters"), value, Some(hint), invalid)
}

/// A code of an authenticator app.
#[component]
pub fn AppCodeField(invalid: bool) -> impl IntoView {
    code_field(Some("numeric"), None, None, None, invalid)
}

/// A code of an authenticator app, or a recovery code.
#[component]
pub fn OneTimeCodeField(hint: &'static str, invalid: bool) -> impl IntoView {
    code_field(None, Some("none"), None, Some(hint), invalid)
}

/// `keyboard` is an `inputmode`, and `capitals` an `autocapitalize`.
fn code_field(
    keyboard: Option<&'static str>,
    capitals: Option<&'static str>,
    value: Option<String>,
    hint: Option<&'static str>,
    invalid: bool,
) -> Markup {
    let field = view! {
        <input
            class="input"
            id="code"
            name="code"
            type="text"
            inputmode=keyboard
            autocomplete="one-time-code"
            autocapitalize=capitals
            spellcheck="false"
            maxlength="32"
            required
            value=value
            aria-invalid=invalid.then_some("true")
            aria-describedby=described_by("code", invalid, hint)
        />
    };
    around("code", "Code", hint, field.into_markup())
}

/// What browsers may fill in where one signs in (`autocomplete`): the address, and with it a passkey.
pub fn username(passkeys: bool) -> &'static str {
    if passkeys { "username webauthn" } else { "username" }
}

#[component]
pub fn EmailField(
    #[prop(default = "Email address")] label: &'static str,
    /// What browsers may fill in (`autocomplete`): `username` where the address is what one signs in with.
    #[prop(default = "username")]
    autocomplete: &'static str,
    value: Option<String>,
    invalid: bool,
    #[prop(optional)] hint: Option<&'static str>,
) -> impl IntoView {
    let field = view! {
        <input
            class="input"
            id="email"
            name="email"
            type="email"
            inputmode="email"
            autocomplete=autocomplete
            autocapitalize="none"
            spellcheck="false"
            required
            value=value
            aria-invalid=invalid.then_some("true")
            aria-describedby=described_by("email", invalid, hint)
        />
    };
    around("email", label, hint, field.into_markup())
}

/// An existing password.
#[component]
pub fn PasswordField(
    #[prop(default = "Password")] label: &'static str,
    /// Of a demo account of the sandbox. Never what someone typed.
    #[prop(optional_no_strip)]
    value: Option<String>,
    invalid: bool,
    #[prop(optional)] hint: Option<&'static str>,
) -> impl IntoView {
    around("password", label, hint, password("current-password", value, invalid, hint.is_some()))
}

#[component]
pub fn NewPasswordField(#[prop(default = "New password")] label: &'static str, invalid: bool) -> impl IntoView {
    let PasswordMinimum(chars) = use_context().unwrap_or_default();
    let hint = format!("At least {chars} characters. A short sentence works well.");
    around("password", label, Some(hint), password("new-password", None, invalid, true))
}

#[component]
pub fn TextField(
    name: &'static str,
    #[prop(into)] label: String,
    /// What browsers may fill in (`autocomplete`).
    #[prop(default = "off")]
    autocomplete: &'static str,
    #[prop(optional_no_strip)] value: Option<String>,
    #[prop(optional)] required: bool,
    #[prop(optional)] invalid: bool,
    #[prop(optional_no_strip)] hint: Option<String>,
) -> impl IntoView {
    let field = view! {
        <input
            class="input"
            id=name
            name=name
            type="text"
            autocomplete=autocomplete
            required=required
            value=value
            aria-invalid=invalid.then_some("true")
            aria-describedby=described_by(name, invalid, hint.as_ref())
        />
    };
    around(name, label, hint, field.into_markup())
}

/// A password field with the button that reveals it, hidden until the island hydrates. The button's name does not say
/// "password", so that searching by label finds only the field.
fn password(autocomplete: &'static str, value: Option<String>, invalid: bool, has_hint: bool) -> Markup {
    let description = described_by("password", invalid, has_hint.then_some(()));
    view! {
        <PasswordPeek>
            <input
                class="input"
                id="password"
                name="password"
                type="password"
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
                required
                value=value
                aria-invalid=invalid.then_some("true")
                aria-describedby=description
            />
            <button
                class="peek-button"
                type="button"
                hidden
                aria-label="Show typed text"
                aria-controls="password"
                aria-pressed="false"
            >
                <svg class="peek-eye" width="24" height="24" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
                    <path
                        fill="none"
                        stroke="currentColor"
                        stroke-width="1.75"
                        stroke-linejoin="round"
                        d="M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12Z"
                    />
                    <circle cx="12" cy="12" r="3" fill="none" stroke="currentColor" stroke-width="1.75" />
                    <path
                        class="peek-lid"
                        fill="none"
                        stroke="currentColor"
                        stroke-width="1.75"
                        stroke-linecap="round"
                        d="M4 20 20 4"
                    />
                </svg>
            </button>
        </PasswordPeek>
    }
    .into_markup()
}

/// The error first, then the hint.
fn described_by<T>(id: &str, invalid: bool, hint: Option<T>) -> Option<String> {
    match (invalid, hint) {
        (true, Some(_)) => Some(format!("{ERROR_ANCHOR} {id}-hint")),
        (true, None) => Some(ERROR_ANCHOR.into()),
        (false, Some(_)) => Some(format!("{id}-hint")),
        (false, None) => None,
    }
}

fn around(
    id: &'static str,
    label: impl IntoView + 'static,
    hint: Option<impl IntoView + 'static>,
    field: Markup,
) -> Markup {
    let label = label.into_markup();
    let hint = hint.map(|hint| hint.into_markup());
    view! {
        <div class="field">
            <label class="field-label" for=id>
                {label}
            </label>
            {field}
            {hint
                .map(|hint| {
                    view! {
                        <p class="field-hint" id=format!("{id}-hint")>
                            {hint}
                        </p>
                    }
                })}
        </div>
    }
    .into_markup()
}
