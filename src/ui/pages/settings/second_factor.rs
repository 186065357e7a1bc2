//! Two-step verification in the security settings: the app, its recovery codes, and the browsers that are trusted.

use leptos::prelude::*;

use super::{
    row::{mark, row},
    section,
};
use crate::ui::{
    components::{
        device_icon::DeviceIcon,
        form::{PostForm, Submit, hidden},
        mark::PASSKEY,
        timestamp::Ago,
    },
    markup::{IntoMarkup, Markup},
    view::{AppView, SecondFactorSettingsView, TrustedBrowserView},
};

pub fn second_factor(view: SecondFactorSettingsView) -> Markup {
    let SecondFactorSettingsView { app, required, trusted } = view;
    let trusted = (!trusted.is_empty()).then(|| {
        let rows: Vec<_> = trusted.into_iter().map(trusted_browser).collect();
        view! {
            <h3 class="card-subtitle">"Trusted browsers"</h3>
            <ul class="rows" role="list">
                {rows}
            </ul>
        }
    });
    let body = match app {
        Some(shown) => view! { {with_app(shown, required)} {trusted} }.into_markup(),
        None => view! {
            <p class="card-lead">
                "Besides your password, ask for a code that only your phone can make. Then a stolen password isn't enough."
            </p>
            <a class="button is-quiet" href="/settings/authenticator">
                "Turn on two-step verification"
            </a>
            {trusted}
        }
        .into_markup(),
    };
    section("second-factor", "Two-step verification", body)
}

fn with_app(app: AppView, required: bool) -> Markup {
    let AppView { added_at, last_used_at, recovery_codes, after_providers } = app;
    let used = match last_used_at {
        Some(unix) => view! { "Last used " <Ago unix /> }.into_markup(),
        None => view! { "Added " <Ago unix=added_at /> }.into_markup(),
    };
    let actions = view! {
        <div class="row-actions">
            <a class="button is-quiet is-small" href="/settings/authenticator">
                "Replace"
                <span class="visually-hidden">" the authenticator app"</span>
            </a>
            {(!required)
                .then(|| {
                    view! {
                        <a class="button is-plain is-small" href="/settings/authenticator/remove">
                            "Turn off"
                            <span class="visually-hidden">" two-step verification"</span>
                        </a>
                    }
                })}
        </div>
    };
    let left = match recovery_codes {
        1 => "1 left".to_owned(),
        left => format!("{left} left"),
    };
    let few = (recovery_codes < 3).then_some(("is-mild", "Get new ones"));
    let replace = view! {
        <a class="button is-quiet is-small" href="/settings/recovery-codes">
            "Replace"
            <span class="visually-hidden">" the recovery codes"</span>
        </a>
    };
    view! {
        <ul class="rows" role="list">
            {row(mark(PASSKEY.into()), "Authenticator app".into(), None, vec![used], Some(actions.into_markup()))}
            {row(mark(PASSKEY.into()), "Recovery codes".into(), few, vec![left.into_markup()], Some(replace.into_markup()))}
        </ul>
        {(!required).then(|| switch(after_providers))}
    }
    .into_markup()
}

/// What Google and others have checked themselves is not asked for again, unless the person wants it.
fn switch(after_providers: bool) -> Markup {
    let (now, text) = match after_providers {
        true => ("We ask for a code also after you sign in with another account, such as Google.", "Don't ask there"),
        false => (
            "We ask for a code after your password, and not after you sign in with another account, such as Google.",
            "Ask there, too",
        ),
    };
    view! {
        <PostForm action="/settings/authenticator/providers" class="form-of-a-button">
            <p class="row-note">{now}</p>
            {(!after_providers).then(|| hidden("ask", "1".into()))}
            <Submit text busy="Saving…" look="button is-quiet is-small" />
        </PostForm>
    }
    .into_markup()
}

fn trusted_browser(browser: TrustedBrowserView) -> Markup {
    let TrustedBrowserView { id, device, ip, last_used_at, expires_at: _ } = browser;
    let to = Some(format!("{device}, {ip}"));
    let forget = view! {
        <PostForm action="/settings/trusted-browsers/forget" class="form-of-a-button">
            {hidden("browser", id)}
            <Submit text="Stop trusting" busy="Saving…" look="button is-plain is-small" to />
        </PostForm>
    };
    let icon = view! {
        <span class="row-mark">
            <DeviceIcon />
        </span>
    };
    let used = view! { "Last used " <Ago unix=last_used_at /> }.into_markup();
    row(icon.into_markup(), device, None, vec![used, ip.into_markup()], Some(forget.into_markup()))
}
