//! `/signup`: an account is asked for. It exists when the letter's link was followed, or when a provider said who it is.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        card_page::{CardPage, Or},
        field::{EmailField, NewPasswordField, of_email, of_password},
        form::{FormErrorNotice, PostForm, Submit},
        sign_in_methods::SignInMethods,
    },
    links,
    view::SignUpView,
    wording,
};

/// The page, drawn from the [`SignUpView`] in the context.
#[component]
pub fn SignUpPage() -> impl IntoView {
    drawn(draw)
}

fn draw(sign_up: SignUpView) -> AnyView {
    let SignUpView { providers, password, return_to, email, form_error } = sign_up;
    let concern = form_error.map(wording::concern);
    let several = !providers.is_empty() && password;
    let lead = match (providers.is_empty(), password) {
        (_, false) => "Here one signs up with an account from elsewhere; e-mail and password are not in use.",
        (true, true) => "With your e-mail address and a password of your own.",
        (false, true) => "With an account that you already have, or with an address and a password.",
    };
    let to = return_to.clone();
    let sign_in = links::login(return_to.as_deref());
    let without_form = (!password).then(|| view! { <FormErrorNotice form_error return_to=return_to.clone() /> });
    view! {
        <CardPage title="Create an account" heading="Create your account" failed=form_error.is_some()>
            <p class="lead">{lead}</p>
            {without_form}
            {(!providers.is_empty()).then(|| view! { <SignInMethods providers return_to /> })}
            {several.then(|| view! { <Or /> })}
            {password
                .then(|| {
                    view! {
                        <PostForm action="/auth/password/sign-up" return_to=to form_error>
                            <EmailField value=email troubled=of_email(concern) />
                            <NewPasswordField label="Password" troubled=of_password(concern) />
                            <Submit text="Create account" busy="Sending you a letter…" />
                            <p class="fine-print">"We send you a letter. Its link finishes your account."</p>
                        </PostForm>
                    }
                })}
            <p class="turns">
                <span>"You have an account? " <a href=sign_in>"Sign in"</a></span>
            </p>
        </CardPage>
    }
    .into_any()
}
