//! Passkeys among the sign-in methods: a row each, and the button that adds one.

use leptos::prelude::*;

use super::{
    row::{mark, row},
    section,
};
use crate::ui::{
    components::{
        form::{PostForm, Submit, hidden},
        mark::PASSKEY,
        timestamp::Ago,
    },
    links,
    markup::{IntoMarkup, Markup},
    passkeys::{PASSKEYS_PAGE, PasskeyButton},
    view::{PasskeyView, PasskeysView},
};

pub fn passkeys(view: PasskeysView) -> Markup {
    let PasskeysView { passkeys, known, full, reauthenticated, may_remove } = view;
    let rows: Vec<_> = passkeys.into_iter().map(|shown| passkey(shown, may_remove)).collect();
    let add = match (full, reauthenticated) {
        (true, _) => {
            view! { <p class="row-note">"You have as many passkeys as an account can have."</p> }.into_markup()
        }
        (false, true) => {
            view! { <PasskeyButton step="add" text="Add a passkey" look="button is-quiet" known=Some(known) /> }
                .into_markup()
        }
        (false, false) => view! {
            <a class="button is-quiet" href=links::confirm(PASSKEYS_PAGE)>
                "Add a passkey"
            </a>
        }
        .into_markup(),
    };
    let body = view! {
        <p class="card-lead">
            "Sign in with your fingerprint, your face or your screen lock. A passkey can't be guessed or phished."
        </p>
        {(!rows.is_empty())
            .then(|| {
                view! {
                    <ul class="rows" role="list">
                        {rows}
                    </ul>
                }
            })}
        {add}
    };
    section("passkeys", "Passkeys", body.into_markup())
}

fn passkey(passkey: PasskeyView, may_remove: bool) -> Markup {
    let PasskeyView { id, name, synced, added_at, last_used_at } = passkey;
    let used = match last_used_at {
        Some(unix) => view! { "Last used " <Ago unix /> }.into_markup(),
        None => view! { "Added " <Ago unix=added_at /> }.into_markup(),
    };
    let facts = synced.then(|| "Synced".into_markup()).into_iter().chain([used]).collect();
    let remove = may_remove.then(|| {
        view! {
            <a class="button is-plain is-small" href=links::remove_passkey(&id)>
                "Remove"
                <span class="visually-hidden">" " {name.clone()}</span>
            </a>
        }
    });
    let only = (!may_remove).then_some(("is-mild", "Only way to sign in"));
    let field = format!("name-{id}");
    let (now, title) = (name.clone(), name.clone());
    let rename = view! {
        <details class="more">
            <summary class="button is-plain is-small">
                "Rename" <span class="visually-hidden">" " {name}</span>
            </summary>
            <PostForm action="/settings/passkeys/rename" class="passkey-name">
                {hidden("passkey", id)}
                <label class="visually-hidden" for=field.clone()>
                    "Name"
                </label>
                <input class="input" id=field.clone() name="name" type="text" maxlength="60" required value=now />
                <Submit text="Save" busy="Saving…" look="button is-quiet is-small" />
            </PostForm>
        </details>
    };
    let actions = view! { <div class="row-actions">{rename} {remove}</div> };
    row(mark(PASSKEY.into()), title, only, facts, Some(actions.into_markup()))
}
