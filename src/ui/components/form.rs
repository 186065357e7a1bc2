//! What forms are made of. Each works as it is drawn; the islands add comfort.

use leptos::prelude::*;

use super::notice::NoticeBox;
use crate::{
    codes::outcome::FormError,
    ui::{
        islands::pending_form::PendingForm,
        view::{FORM_OWNER, FormOwner},
        wording,
    },
};

/// A form to one of our addresses, sent once. Every form of ours is one, but that which signs out: a form that does not say
/// whose account it was drawn for is refused.
#[component]
pub fn PostForm(
    /// The address.
    action: &'static str,
    /// Where the person was going, if they are to go on there.
    #[prop(optional_no_strip)]
    return_to: Option<String>,
    /// What was wrong with it when it was sent.
    #[prop(optional_no_strip)]
    form_error: Option<FormError>,
    /// Its class, where it is more, or less, than fields above one another.
    #[prop(default = "form")]
    class: &'static str,
    /// Its fields and its button.
    children: Children,
) -> impl IntoView {
    let owner = use_context::<FormOwner>().map(|FormOwner(owner)| hidden(FORM_OWNER, owner));
    view! {
        <PendingForm>
            <form class=class method="post" action=action>
                {owner}
                {return_to.clone().map(|return_to| hidden("return_to", return_to))}
                <FormErrorNotice form_error return_to />
                {children()}
            </form>
        </PendingForm>
    }
    .into_any()
}

/// A field that nobody sees.
pub fn hidden(name: &'static str, value: String) -> AnyView {
    view! { <input type="hidden" name=name value=value /> }.into_any()
}

/// Tells a password manager whose password is asked for, where the page does not ask for the address.
#[component]
pub fn UserName(
    /// The address.
    value: String,
) -> impl IntoView {
    view! { <input type="text" name="username" value=value autocomplete="username" readonly hidden /> }
}

/// The button that sends a form. Of its two texts one shows.
#[component]
pub fn Submit(
    /// What it does.
    text: &'static str,
    /// What it says while it is being done.
    busy: &'static str,
    /// Its class, when it is not the button that the form is there for.
    #[prop(default = "button")]
    look: &'static str,
    /// A note at its corner, to be read with it.
    #[prop(optional_no_strip)]
    note: Option<&'static str>,
    /// More for its name, which eyes find beside it: what it does this to.
    #[prop(optional_no_strip)]
    to: Option<String>,
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
    .into_any()
}

/// What went wrong, where no single form is to blame.
#[component]
pub fn FormErrorNotice(
    /// The trouble, if there was any.
    form_error: Option<FormError>,
    /// Where the person was going.
    #[prop(optional_no_strip)]
    return_to: Option<String>,
) -> impl IntoView {
    form_error.map(|form_error| {
        view! { <NoticeBox telling=wording::form_error(form_error, return_to.as_deref()) alert=true /> }
    })
}
