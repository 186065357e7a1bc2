//! `/link`: somebody came with an identity whose address is a user's already. Who shows that the account is theirs gets
//! one more way into it; nobody else does.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        card_page::{CardPage, Or},
        field::{PasswordField, of_password},
        form::{PostForm, Submit, UserName, hidden},
        notice::NoticeBox,
        sign_in_methods::MethodsByPost,
    },
    view::{LinkPromptView, Notice},
    wording,
};

/// The page, drawn from the [`LinkPromptView`] in the context.
#[component]
pub fn LinkPromptPage() -> impl IntoView {
    drawn(draw)
}

fn draw(prompt: LinkPromptView) -> AnyView {
    let LinkPromptView { id, provider, slug, email, methods, methods_off, password, signed_in, notice } = prompt;
    let told = view! {
        <div class="prose">
            <p>
                {provider.clone()} " says you are " <strong>{email.clone()}</strong>
                ". There is an account with that address already. Show that it is yours, and " {provider.clone()}
                " becomes one more way into it."
            </p>
        </div>
    };
    let concern = match notice {
        Some(Notice::FormError(form_error)) => Some(wording::concern(form_error)),
        _ => None,
    };
    let failed = notice.as_ref().is_some_and(wording::is_alarming);
    let notice = notice.map(|notice| {
        let telling = wording::notice_inside(&notice);
        view! { <NoticeBox telling alert=wording::is_alarming(&notice) /> }
    });
    let stuck = !signed_in && !password && methods.is_empty();
    let steps = if signed_in {
        confirm(id)
    } else {
        let both = password && !methods.is_empty();
        view! {
            {password.then(|| with_password(id.clone(), email, of_password(concern)))}
            {both.then(|| view! { <Or /> })}
            {(!methods.is_empty()).then(|| view! { <MethodsByPost providers=methods action="/auth/link/provider" link=Some(id) /> })}
        }
        .into_any()
    };
    view! {
        <CardPage title="You already have an account" heading="You already have an account" failed beside=Some(slug)>
            {told}
            {notice}
            {steps}
            {(!methods_off.is_empty()).then(|| switched_off(&methods_off))}
            {stuck.then(no_way_here)}
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
    .into_any()
}

/// Who was just seen needs to say yes only.
fn confirm(id: String) -> AnyView {
    view! {
        <PostForm action="/auth/link/confirm">
            {hidden("link", id)}
            <Submit text="Link the two" busy="Linking…" />
        </PostForm>
    }
    .into_any()
}

fn with_password(id: String, email: String, troubled: bool) -> AnyView {
    view! {
        <PostForm action="/auth/link/password">
            {hidden("link", id)}
            <UserName value=email />
            <PasswordField label="The password of your account" troubled />
            <Submit text="Sign in and link" busy="Linking…" />
        </PostForm>
    }
    .into_any()
}

fn switched_off(labels: &[String]) -> AnyView {
    view! {
        <p class="fine-print">"It also opens with " {labels.join(", ")} ", which this site does not use at present."</p>
    }
    .into_any()
}

fn no_way_here() -> AnyView {
    view! {
        <div class="prose">
            <p>"None of its ways in can be used here. A letter to the address leads to a password for it."</p>
        </div>
        <a class="button" href="/forgot">
            "Send me the letter"
        </a>
    }
    .into_any()
}
