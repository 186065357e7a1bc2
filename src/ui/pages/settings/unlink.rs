//! `/settings/unlink`: a way in is to go.

use leptos::prelude::*;

use crate::ui::{
    components::{
        card_page::Step,
        form::{PostForm, Submit, hidden},
    },
    pages::drawn,
    view::{IdentityView, UnlinkView},
    wording,
};

use super::identities::mark;

/// The page, drawn from the [`UnlinkView`] in the context.
#[component]
pub fn UnlinkPage() -> impl IntoView {
    drawn(draw)
}

fn draw(unlink: UnlinkView) -> AnyView {
    let UnlinkView { identity, last, gives_back, form_error } = unlink;
    let IdentityView { id, name, slug, label, email, .. } = identity;
    let who = email.or(name).unwrap_or_else(|| "Shares no e-mail address".into());
    let step = if last {
        view! {
            <p class="lead">"It is the only way into your account. Add another one first; then it can go."</p>
            <a class="button" href="/settings#ways">
                "Add a way to sign in"
            </a>
        }
        .into_any()
    } else {
        view! {
            <p class="lead">
                "It opens your account here no more. Your account at " {label.clone()}
                " stays as it is, and a letter tells you of it."
            </p>
            {wording::access::revoked_access(&gives_back).map(|told| view! { <p class="lead">{told}</p> })}
            <PostForm action="/settings/unlink" form_error>
                {hidden("identity", id)} <Submit text="Unlink" busy="Unlinking…" look="button is-grave" />
            </PostForm>
        }
        .into_any()
    };
    view! {
        <Step title="Unlink an account" heading=format!("Unlink {label}") failed=form_error.is_some()>
            <div class="row is-alone">
                {mark(slug)}
                <div class="row-what">
                    <p class="row-title">{label}</p>
                    <p class="row-told">{who}</p>
                </div>
            </div>
            {step}
        </Step>
    }
    .into_any()
}
