//! `/link`: a new identity has the email address of an existing user. It is linked only after signing in to that account.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        card_page::{CardPage, Divider},
        field::{PasswordField, of_password},
        form::{PostForm, Submit, UserName, hidden},
        notice::NoticeBox,
        sign_in_methods::MethodsByPost,
    },
    markup::{IntoMarkup, Markup},
    passkeys::PasskeyButton,
    view::{LinkPromptView, Notice},
    wording,
};

#[component]
pub fn LinkPromptPage() -> Markup {
    drawn(draw)
}

fn draw(prompt: LinkPromptView) -> Markup {
    let LinkPromptView { id, provider, slug, email, methods, methods_off, password, passkey, signed_in, notice } =
        prompt;
    let explanation = view! {
        <div class="prose">
            <p>
                "There's already an account for " <strong>{email.clone()}</strong> ", the email address of your "
                {provider.clone()} " account. Sign in to it, and we'll add " {provider.clone()} " to your ways to sign in."
            </p>
        </div>
    };
    let concern = match notice {
        Some(Notice::FormError(form_error)) => Some(wording::concern(form_error)),
        _ => None,
    };
    let failed = notice.as_ref().is_some_and(wording::is_alarming);
    let notice = notice.map(|notice| {
        let message = wording::notice_inside(&notice);
        view! { <NoticeBox message alert=wording::is_alarming(&notice) /> }
    });
    let stuck = !signed_in && !password && !passkey && methods.is_empty();
    let steps = if signed_in {
        confirm(id)
    } else {
        let both = password && !methods.is_empty();
        view! {
            {passkey.then(|| view! { <PasskeyButton step="link" text="Use a passkey" /> })}
            {(passkey && password).then(|| view! { <Divider /> })}
            {password.then(|| with_password(id.clone(), email, of_password(concern)))}
            {both.then(|| view! { <Divider /> })}
            {(!methods.is_empty()).then(|| view! { <MethodsByPost providers=methods action="/auth/link/provider" link=Some(id) /> })}
        }
        .into_markup()
    };
    view! {
        <CardPage title="You already have an account" heading="You already have an account" failed beside=Some(slug)>
            {explanation}
            {notice}
            {steps}
            {(!methods_off.is_empty()).then(|| disabled_methods(&methods_off))}
            {stuck.then(no_method_here)}
            <PostForm action="/auth/link/cancel">
                <Submit text="Cancel" busy="Cancelling…" look="button is-quiet" />
            </PostForm>
            {password
                .then(|| {
                    view! {
                        <p class="turns">
                            <a href="/forgot">"Forgot your password?"</a>
                        </p>
                    }
                })}
        </CardPage>
    }
    .into_markup()
}

/// After a recent authentication one click is enough.
fn confirm(id: String) -> Markup {
    view! {
        <PostForm action="/auth/link/confirm">
            {hidden("link", id)}
            <Submit text="Link accounts" busy="Linking…" />
        </PostForm>
    }
    .into_markup()
}

fn with_password(id: String, email: String, invalid: bool) -> Markup {
    view! {
        <PostForm action="/auth/link/password">
            {hidden("link", id)}
            <UserName value=email />
            <PasswordField label="Your Latchkey password" invalid />
            <Submit text="Sign in and link" busy="Linking…" />
        </PostForm>
    }
    .into_markup()
}

fn disabled_methods(labels: &[String]) -> Markup {
    view! {
        <p class="fine-print">"This account also uses " {labels.join(", ")} ", which isn't available on this site right now."</p>
    }
    .into_markup()
}

fn no_method_here() -> Markup {
    view! {
        <div class="prose">
            <p>"None of the account's sign-in methods are available here. We can email you a link to set a password."</p>
        </div>
        <a class="button" href="/forgot">
            "Set a password by email"
        </a>
    }
    .into_markup()
}
