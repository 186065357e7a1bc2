//! `/invitation`: where the link of an invitation leads. Opening it changes nothing yet.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        card_page::{CardPage, Divider},
        expired_link,
        field::{NewPasswordField, of_password},
        form::{FormErrorNotice, PostForm, Submit, UserName},
        sign_in_methods::FewMethods,
    },
    markup::{IntoMarkup, Markup},
    view::InvitationView,
    wording,
};

#[component]
pub fn InvitationPage() -> Markup {
    drawn(draw)
}

fn draw(view: InvitationView) -> Markup {
    let InvitationView { email, providers, password, form_error } = view;
    let Some(email) = email else { return expired_link() };
    let concern = form_error.map(wording::concern);
    let several = !providers.is_empty() && password;
    let without_form = (!password).then(|| view! { <FormErrorNotice form_error return_to=None /> });
    let shown = email.clone();
    let form = password.then(|| {
        view! {
            <PostForm action="/auth/email/accept-invitation" form_error>
                <UserName value=email />
                <NewPasswordField label="Password" invalid=of_password(concern) />
                <Submit text="Create account" busy="Creating…" />
            </PostForm>
        }
    });
    view! {
        <CardPage title="Accept your invitation" heading="Accept your invitation" failed=form_error.is_some()>
            <p class="lead">"Create your account for " <strong>{shown}</strong></p>
            {without_form}
            {form}
            {several.then(|| view! { <Divider /> })}
            {(!providers.is_empty())
                .then(|| {
                    view! {
                        <FewMethods providers return_to=None />
                        <p class="fine-print">"Choose an account there that has this email address."</p>
                    }
                })}
        </CardPage>
    }
    .into_markup()
}

fn expired_link() -> Markup {
    expired_link::expired_link(
        None,
        "It was already used, it's more than seven days old, or a newer invitation replaced it. If you used it yourself, your account is ready: just sign in.",
        ("Sign in", "/login"),
        &[("Create an account", "/signup")],
    )
}
