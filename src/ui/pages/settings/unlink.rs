//! `/settings/unlink`: removes a provider as a sign-in method.

use leptos::prelude::*;

use crate::codes::settings_page::SettingsPage;
use crate::ui::{
    components::{
        card_page::Step,
        form::{PostForm, Submit, hidden},
    },
    markup::{IntoMarkup, Markup},
    pages::drawn,
    view::{IdentityView, UnlinkView},
    wording,
};

use super::{only_way::only_way, row::mark};

#[component]
pub fn UnlinkPage() -> Markup {
    drawn(draw)
}

fn draw(unlink: UnlinkView) -> Markup {
    let UnlinkView { identity, last, affected_access, form_error } = unlink;
    let IdentityView { id, name, slug, label, email, .. } = identity;
    let who = email.or(name).unwrap_or_else(|| "No email address shared".into());
    let step = if last {
        only_way()
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
        .into_markup()
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
    .into_markup()
}
