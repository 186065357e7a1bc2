//! The parts of forms. Each works without script; the islands add comfort.

use leptos::prelude::*;

use super::notice::NoticeBox;
use crate::{
    codes::form_error::FormError,
    ui::{
        islands::pending_form::PendingForm,
        markup::{Content, IntoMarkup, Markup},
        view::{FORM_OWNER, FormOwner},
        wording,
    },
};

/// A form that is sent once, and names the account it was rendered for. Every form is one, except the sign-out: the
/// server rejects forms without an owner.
#[component]
pub fn PostForm(
    action: &'static str,
    #[prop(optional_no_strip)] return_to: Option<String>,
    #[prop(optional_no_strip)] form_error: Option<FormError>,
    #[prop(default = "form")] class: &'static str,
    children: Content,
) -> impl IntoView {
    let owner = use_context::<FormOwner>().and_then(|FormOwner(owner)| owner()).map(|owner| hidden(FORM_OWNER, owner));
    view! {
        <PendingForm>
            <form class=class method="post" action=action>
                {owner}
                {return_to.clone().map(|return_to| hidden("return_to", return_to))}
                <FormErrorNotice form_error return_to />
                {children.draw()}
            </form>
        </PendingForm>
    }
    .into_markup()
}

pub fn hidden(name: &'static str, value: String) -> Markup {
    view! { <input type="hidden" name=name value=value /> }.into_markup()
}

/// Tells password managers whose password is needed if the form has no email field.
#[component]
pub fn UserName(value: String) -> impl IntoView {
    view! { <input type="text" name="username" value=value autocomplete="username" readonly hidden /> }
}

/// Shows one of its two texts, by the style sheet.
#[component]
pub fn Submit(
    text: &'static str,
    busy: &'static str,
    #[prop(default = "button")] look: &'static str,
    #[prop(optional_no_strip)] note: Option<&'static str>,
    #[prop(optional_no_strip)] to: Option<String>,
) -> impl IntoView {
    view! {
        <button class=look type="submit">
            <span class="submit-texts" aria-live="polite">
                <span class="submit-inviting">
                    {text} {to.map(|to| view! { <span class="visually-hidden">" " {to}</span> })}
                </span>
                <span class="submit-busy">{busy}</span>
            </span>
            {note
                .map(|note| {
                    view! {
                        " "
                        <span class="badge submit-note">{note}</span>
                    }
                })}
        </button>
    }
    .into_markup()
}

/// An error outside a form.
#[component]
pub fn FormErrorNotice(
    form_error: Option<FormError>,
    #[prop(optional_no_strip)] return_to: Option<String>,
) -> impl IntoView {
    form_error.map(|form_error| {
        view! { <NoticeBox message=wording::form_error(form_error, return_to.as_deref()) alert=true /> }
    })
}
