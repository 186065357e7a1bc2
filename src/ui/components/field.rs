//! The fields of our forms: a label, a hint, and the tie to what was wrong with it.

use leptos::prelude::*;

use crate::{
    codes::outcome::ERROR_ANCHOR,
    ui::{islands::password_peek::PasswordPeek, wording::Concern},
};

/// Whether the trouble of a form is about its address.
pub fn of_email(concern: Option<Concern>) -> bool {
    matches!(concern, Some(Concern::Email | Concern::Both))
}

/// Whether the trouble of a form is about its password.
pub fn of_password(concern: Option<Concern>) -> bool {
    matches!(concern, Some(Concern::Password | Concern::Both))
}

/// An e-mail address.
#[component]
pub fn EmailField(
    /// Its label.
    #[prop(default = "E-mail address")]
    label: &'static str,
    /// What browsers may fill in (`autocomplete`): `username` where the address is what one signs in with.
    #[prop(default = "username")]
    autocomplete: &'static str,
    /// What was typed before.
    value: Option<String>,
    /// The trouble is about it.
    troubled: bool,
    /// What helps to fill it in.
    #[prop(optional)]
    hint: Option<&'static str>,
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
            aria-invalid=troubled.then_some("true")
            aria-describedby=described_by("email", troubled, hint)
        />
    };
    around("email", label, hint, field.into_any())
}

/// A password that exists already.
#[component]
pub fn PasswordField(
    /// Its label.
    #[prop(default = "Password")]
    label: &'static str,
    /// The trouble is about it.
    troubled: bool,
    /// What helps to fill it in.
    #[prop(optional)]
    hint: Option<&'static str>,
) -> impl IntoView {
    around("password", label, hint, password("current-password", troubled, hint))
}

/// A password that is being chosen.
#[component]
pub fn NewPasswordField(
    /// Its label.
    #[prop(default = "New password")]
    label: &'static str,
    /// The trouble is about it.
    troubled: bool,
) -> impl IntoView {
    let hint = Some("8 characters or more; a sentence is good.");
    around("password", label, hint, password("new-password", troubled, hint))
}

/// One line of text.
#[component]
pub fn TextField(
    /// Its name in the form, and its id.
    name: &'static str,
    /// Its label.
    #[prop(into)]
    label: String,
    /// What browsers may fill in (`autocomplete`).
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// What is there already.
    #[prop(optional_no_strip)]
    value: Option<String>,
    /// The form is not sent without it.
    #[prop(optional)]
    required: bool,
    /// The trouble is about it.
    #[prop(optional)]
    troubled: bool,
    /// What helps to fill it in.
    #[prop(optional_no_strip)]
    hint: Option<String>,
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
            aria-invalid=troubled.then_some("true")
            aria-describedby=described_by(name, troubled, hint.as_ref())
        />
    };
    around(name, label, hint, field.into_any())
}

/// The field of a password with the button that shows what is typed, which sleeps until somebody is there to wake it.
/// Its name does not say "password", so that whoever asks for the field by its label finds one thing.
fn password(autocomplete: &'static str, troubled: bool, hint: Option<&'static str>) -> AnyView {
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
                aria-invalid=troubled.then_some("true")
                aria-describedby=described_by("password", troubled, hint)
            />
            <button
                class="peek-button"
                type="button"
                hidden
                aria-label="Show what is typed"
                aria-controls="password"
                aria-pressed="false"
            >
                <svg class="peek-eye" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
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
    .into_any()
}

/// The names of what describes a field: the trouble first, then its hint.
fn described_by<T>(id: &str, troubled: bool, hint: Option<T>) -> Option<String> {
    match (troubled, hint) {
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
    field: AnyView,
) -> AnyView {
    let label = label.into_any();
    let hint = hint.map(|hint| hint.into_any());
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
    .into_any()
}
