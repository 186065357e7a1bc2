//! Sign-in methods: first those that the account has, then what can be added.

use leptos::prelude::*;

use super::{
    row::{mark, row},
    section,
};
use crate::ui::{
    components::{
        form::{PostForm, hidden},
        mark::{PASSWORD, ProviderMark},
        timestamp::Ago,
    },
    links,
    markup::{IntoMarkup, Markup},
    view::{IdentityView, ProviderButton, SecuritySettingsView},
};

pub fn sign_in_methods(security: &SecuritySettingsView) -> Markup {
    let password = security.password_set_at.map(|set_at| password(set_at, security.password_on));
    let identities = security.identities.iter().cloned().map(|shown| identity(shown, security.may_unlink));
    let rows: Vec<_> = password.into_iter().chain(identities).collect();
    let set_password = (security.password_on && security.password_set_at.is_none()).then(set_password);
    let providers = security.linkable.iter().cloned().map(|method| add(method, security.reauthenticated));
    let additions: Vec<_> = set_password.into_iter().chain(providers).collect();
    let body = view! {
        <ul class="rows" role="list">
            {rows}
        </ul>
        {(!additions.is_empty())
            .then(|| {
                view! {
                    <details class="more">
                        <summary class="button is-quiet">"Add a sign-in method"</summary>
                        <ul class="additions" role="list">
                            {additions}
                        </ul>
                    </details>
                }
            })}
    };
    section("methods", "Ways to sign in", body.into_markup())
}

fn password(set_at: i64, on: bool) -> Markup {
    let facts = match on {
        true => vec![view! { "Set " <Ago unix=set_at /> }.into_markup()],
        false => vec!["Passwords are turned off on this site.".into_markup()],
    };
    let change = on.then(|| {
        view! {
            <a class="button is-quiet is-small" href="/settings/password">
                "Change"
                <span class="visually-hidden">" password"</span>
            </a>
        }
        .into_markup()
    });
    row(mark(PASSWORD.into()), "Password".into(), None, facts, change)
}

fn identity(identity: IdentityView, may_unlink: bool) -> Markup {
    let IdentityView { id, name, slug, label, email, linked_at, last_used_at } = identity;
    let who = email.or(name).unwrap_or_else(|| "No email address shared".into());
    let used = if last_used_at > linked_at {
        view! { "Last used " <Ago unix=last_used_at /> }.into_markup()
    } else {
        view! { "Linked " <Ago unix=linked_at /> }.into_markup()
    };
    let unlink = may_unlink.then(|| {
        view! {
            <a class="button is-plain is-small" href=links::unlink(&id)>
                "Unlink"
                <span class="visually-hidden">" " {label.clone()} " " {who.clone()}</span>
            </a>
        }
        .into_markup()
    });
    let only = (!may_unlink).then_some(("is-mild", "Only way to sign in"));
    row(mark(slug), label, only, vec![who.into_markup(), used], unlink)
}

fn set_password() -> Markup {
    view! {
        <li>
            <a class="addition" href="/settings/password">
                <ProviderMark slug=PASSWORD.into() />
                <span>"Set a password"</span>
            </a>
        </li>
    }
    .into_markup()
}

/// A form after a recent authentication; otherwise a link to the page that asks for it.
fn add(method: ProviderButton, reauthenticated: bool) -> Markup {
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
        .into_markup()
    } else {
        view! {
            <a class="addition" href=href rel="nofollow">
                {label}
            </a>
        }
        .into_markup()
    };
    view! {
        <li>
            {step}
            {(!available).then(|| view! { <p class="row-note is-mild">"Not responding right now"</p> })}
        </li>
    }
    .into_markup()
}
