//! `/settings/unlink`: removes a provider as a sign-in method.

use leptos::prelude::*;

use crate::codes::settings_page::SettingsPage;
use crate::ui::{
    components::{
        card_page::Step,
        form::{PostForm, Submit, hidden},
    },
    pages::drawn,
    view::{IdentityView, UnlinkView},
    wording,
};

use super::row::mark;

#[component]
pub fn UnlinkPage() -> impl IntoView {
    drawn(draw)
}

fn draw(unlink: UnlinkView) -> AnyView {
    let UnlinkView { identity, last, affected_access, form_error } = unlink;
    let IdentityView { id, name, slug, label, email, .. } = identity;
    let who = email.or(name).unwrap_or_else(|| "No email address shared".into());
    let step = if last {
        view! {
            <p class="lead">"This is your only way to sign in. Add another one before you remove it."</p>
            <a class="button" href=SettingsPage::Security.path()>
                "Add a way to sign in"
            </a>
        }
        .into_any()
    } else {
        view! {
            <p class="lead">
                "You'll no longer be able to sign in with it. Your account at " {label.clone()}
                " isn't affected. We'll confirm by email."
            </p>
            {wording::access::revoked_access(&affected_access).map(|text| view! { <p class="lead">{text}</p> })}
            <PostForm action="/settings/unlink" form_error>
                {hidden("identity", id)} <Submit text="Unlink" busy="Unlinking…" look="button is-grave" />
            </PostForm>
        }
        .into_any()
    };
    view! {
        <Step above=SettingsPage::Security title="Unlink an account" heading=format!("Unlink {label}") failed=form_error.is_some()>
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
