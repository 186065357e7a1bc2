//! A code that was sent by email: the form that takes it, and what helps where the email didn't come.

use leptos::prelude::*;

use super::{
    field::CodeField,
    form::{PostForm, Submit, hidden},
};
use crate::codes::form_error::FormError;
use crate::ui::markup::{IntoMarkup, Markup};

/// The form that sends another code.
pub struct AnotherCode {
    pub action: &'static str,
    pub return_to: Option<String>,
    /// Where to, for a user who is not signed in.
    pub email: Option<String>,
}

/// `action`, `return_to` and `form_error` are those of the form that takes the code, and `lead` stands in it above the field.
#[component]
pub fn EmailedCode(
    action: &'static str,
    text: &'static str,
    busy: &'static str,
    /// From the email's link.
    code: Option<String>,
    invalid: bool,
    #[prop(optional_no_strip)] return_to: Option<String>,
    #[prop(optional_no_strip)] form_error: Option<FormError>,
    #[prop(optional_no_strip)] lead: Option<Markup>,
    inbox: Option<String>,
    another: AnotherCode,
) -> impl IntoView {
    let AnotherCode { action: resend, return_to: resend_return_to, email } = another;
    view! {
        <PostForm action return_to form_error>
            {lead}
            <CodeField value=code invalid />
            <Submit text busy />
        </PostForm>
        {inbox.map(|href| view! { <InboxLink href look="button is-quiet" /> })}
        <PostForm action=resend return_to=resend_return_to>
            {email.map(|email| hidden("email", email))}
            <Submit text="Send another code" busy="Sending…" look="button is-quiet" />
        </PostForm>
    }
    .into_markup()
}

/// To the emails that the sandbox captured.
#[component]
pub fn InboxLink(href: String, #[prop(default = "button")] look: &'static str) -> impl IntoView {
    view! {
        <a class=look href=href>
            "Open the sandbox inbox"
        </a>
    }
    .into_markup()
}
