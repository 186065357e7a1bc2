//! How you get in: the password, the linked identities, and what could be linked.

use leptos::prelude::*;

use super::section;
use crate::ui::{
    components::{
        form::{PostForm, hidden},
        mark::{PASSWORD, ProviderMark},
        timestamp::Timestamp,
    },
    links,
    view::{IdentityView, ProviderButton, SettingsView},
};

/// "Ways to sign in".
pub fn methods(settings: &SettingsView) -> AnyView {
    let shown = settings.password_on || settings.password_set_at.is_some();
    let password = shown.then(|| password(settings.password_set_at, settings.password_on));
    let rows: Vec<_> = settings.identities.iter().cloned().map(|row| identity(row, settings.may_unlink)).collect();
    let addable: Vec<_> =
        settings.linkable.iter().cloned().map(|method| add(method, settings.reauthenticated)).collect();
    let body = view! {
        <ul class="rows" role="list">
            {password} {rows}
        </ul>
        {(!addable.is_empty())
            .then(|| {
                view! {
                    <h3 class="card-subtitle" id="add-title">
                        "Add a way"
                    </h3>
                    <ul class="additions" role="list" aria-labelledby="add-title">
                        {addable}
                    </ul>
                }
            })}
    };
    section("ways", body.into_any())
}

fn password(set_at: Option<i64>, on: bool) -> AnyView {
    let told = match set_at {
        Some(unix) => view! { "Set " <Timestamp unix /> }.into_any(),
        None => "Not set".into_any(),
    };
    let step = if set_at.is_some() { ("Change", " the password") } else { ("Set a password", "") };
    view! {
        <li class="row">
            {mark(PASSWORD.into())}
            <div class="row-what">
                <h3 class="row-title">"Password"</h3>
                <p class="row-told">{told}</p>
                {(!on).then(|| view! { <p class="row-told">"Passwords are switched off on this site."</p> })}
            </div>
            {on.then(|| {
                view! {
                    <a class="button is-quiet is-small" href="/settings/password">
                        {step.0}
                        <span class="visually-hidden">{step.1}</span>
                    </a>
                }
            })}
        </li>
    }
    .into_any()
}

fn identity(identity: IdentityView, may_unlink: bool) -> AnyView {
    let IdentityView { id, name, slug, label, email, linked_at, last_used_at } = identity;
    let who = email.or(name).unwrap_or_else(|| "Shares no e-mail address".into());
    let step = if may_unlink {
        view! {
            <a class="button is-quiet is-small" href=links::unlink(&id)>
                "Unlink"
                <span class="visually-hidden">" " {label.clone()} " " {who.clone()}</span>
            </a>
        }
        .into_any()
    } else {
        view! { <p class="row-note">"Your only way in: add another before this one can go."</p> }.into_any()
    };
    view! {
        <li class="row">
            {mark(slug)}
            <div class="row-what">
                <h3 class="row-title">{label}</h3>
                <p class="row-told">{who}</p>
                <p class="row-told">"Linked " <Timestamp unix=linked_at /></p>
                <p class="row-told">"Last used " <Timestamp unix=last_used_at /></p>
            </div>
            {step}
        </li>
    }
    .into_any()
}

/// Who was just seen starts at once; anybody else is asked first, on the page that the link leads to.
fn add(method: ProviderButton, reauthenticated: bool) -> AnyView {
    let ProviderButton { slug, label, available, .. } = method;
    let href = links::link(&slug, None);
    let face = view! {
        <ProviderMark slug=slug.clone() />
        <span>"Add " {label}</span>
    };
    let step = if reauthenticated {
        view! {
            <PostForm action="/settings/link" class="form-of-a-button">
                {hidden("provider", slug)}
                <button class="addition" type="submit">
                    {face}
                </button>
            </PostForm>
        }
        .into_any()
    } else {
        view! {
            <a class="addition" href=href rel="nofollow">
                {face}
            </a>
        }
        .into_any()
    };
    view! {
        <li>
            {step}
            {(!available).then(|| view! { <p class="row-note is-mild">"Not answering at the moment"</p> })}
        </li>
    }
    .into_any()
}

/// The mark in its frame, as at the head of every row.
pub(super) fn mark(slug: String) -> AnyView {
    view! {
        <span class="row-mark">
            <ProviderMark slug />
        </span>
    }
    .into_any()
}
