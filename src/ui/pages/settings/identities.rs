//! Sign-in methods: the password, linked identities, and what can be added.

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
                        "Add another way"
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
    let status = match set_at {
        Some(unix) => view! { "Set " <Timestamp unix /> }.into_any(),
        None => "Not set".into_any(),
    };
    let step = if set_at.is_some() { ("Change", " password") } else { ("Set a password", "") };
    view! {
        <li class="row">
            {mark(PASSWORD.into())}
            <div class="row-what">
                <h3 class="row-title">"Password"</h3>
                <p class="row-told">{status}</p>
                {(!on).then(|| view! { <p class="row-told">"Passwords are turned off on this site."</p> })}
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
    let who = email.or(name).unwrap_or_else(|| "No email address shared".into());
    let step = if may_unlink {
        view! {
            <a class="button is-quiet is-small" href=links::unlink(&id)>
                "Unlink"
                <span class="visually-hidden">" " {label.clone()} " " {who.clone()}</span>
            </a>
        }
        .into_any()
    } else {
        view! { <p class="row-note">"Your only way to sign in. Add another before you remove it."</p> }.into_any()
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

/// A form after a recent authentication; otherwise a link to the page that asks for it.
fn add(method: ProviderButton, reauthenticated: bool) -> AnyView {
    let ProviderButton { slug, label, available, .. } = method;
    let href = links::link(&slug, None);
    let label = view! {
        <ProviderMark slug=slug.clone() />
        <span>"Add " {label}</span>
    };
    let step = if reauthenticated {
        view! {
            <PostForm action="/settings/link" class="form-of-a-button">
                {hidden("provider", slug)}
                <button class="addition" type="submit">
                    {label}
                </button>
            </PostForm>
        }
        .into_any()
    } else {
        view! {
            <a class="addition" href=href rel="nofollow">
                {label}
            </a>
        }
        .into_any()
    };
    view! {
        <li>
            {step}
            {(!available).then(|| view! { <p class="row-note is-mild">"Not responding right now"</p> })}
        </li>
    }
    .into_any()
}

pub(super) fn mark(slug: String) -> AnyView {
    view! {
        <span class="row-mark">
            <ProviderMark slug />
        </span>
    }
    .into_any()
}
