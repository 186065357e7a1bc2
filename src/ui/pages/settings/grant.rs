//! One account's access to a provider's APIs: what, since when, and how to disconnect it.

use leptos::prelude::*;

use super::row::{line, mark};
use crate::{
    codes::{access::Access, settings_page::SettingsPage},
    ui::{
        components::{
            disconnect::DisconnectForm,
            file_icon::ExternalLinkIcon,
            timestamp::{Ago, Timestamp},
        },
        links,
        markup::{IntoMarkup, Markup},
        view::{GrantState, GrantView, Lost},
        wording,
    },
};

/// Without a grant, or if nothing is left of one.
pub const NOTHING: &str = "Only your basic profile.";

pub fn grant(grant: GrantView) -> Markup {
    let GrantView { identity, slug, provider, account, sees, withdrawn, further, given_at, used_at, state } = grant;
    // Names the account, as another one may be the default.
    let again = links::of_account(*sees.first().unwrap_or(&Access::Drive), &identity);
    let nothing = sees.is_empty() && further.is_empty();
    let badge = match &state {
        GrantState::Renewed { .. } | GrantState::Until(_) if nothing => nothing_left(),
        state => badge(state),
    };
    let withdrawn: Vec<_> = withdrawn.into_iter().map(|access| withdrawn_note(access, &identity)).collect();
    let ending = may_end(&state).then(|| {
        view! {
            <DisconnectForm identity account=format!("{provider} {account}") return_to=SettingsPage::Connections.path() />
        }
    });
    let used = match used_at {
        Some(unix) => view! { "Last used " <Ago unix /> }.into_markup(),
        None => "Not used yet".into_markup(),
    };
    let facts = vec![
        view! { <bdi>{account.clone()}</bdi> }.into_markup(),
        view! { "Connected " <Ago unix=given_at /> }.into_markup(),
        used,
    ];
    let now = if may_end(&state) { "" } else { "is-past" };
    let scopes: Vec<_> = sees.iter().map(|seen| view! { <li>{wording::access::sees(*seen)}</li> }).collect();
    let further: Vec<_> = further.into_iter().map(|scope| view! { <li><code>{scope}</code></li> }).collect();
    view! {
        <li class="row">
            {mark(slug)}
            <div class="row-what">
                <h3 class="row-title">
                    {provider.clone()} " " {badge}
                </h3>
                {line(facts)}
                <ul class=format!("scopes {now}") role="list">
                    {scopes} {further} {nothing.then(|| view! { <li>{NOTHING}</li> })}
                </ul>
                {withdrawn}
                {status(state, provider, again)}
            </div>
            {ending}
        </li>
    }
    .into_markup()
}

/// Whether there are tokens that may still be valid at Google.
pub fn may_end(state: &GrantState) -> bool {
    match state {
        GrantState::Renewed { .. } | GrantState::Until(_) | GrantState::Lost(_) => true,
        GrantState::BeingRevoked { .. } | GrantState::Revoked { .. } | GrantState::NotRevoked { .. } => false,
    }
}

/// A live grant without any scope that Latchkey uses.
fn nothing_left() -> Markup {
    view! { <span class="badge is-mild">"No access"</span> }.into_markup()
}

fn withdrawn_note(access: Access, identity: &str) -> Markup {
    view! {
        <p class="row-note is-mild">
            {wording::access::withdrawn(access)} " You or an administrator removed this permission. "
            <a class="row-step" href=links::of_account(access, identity)>
                "Reconnect"
            </a>
        </p>
    }
    .into_markup()
}

fn badge(state: &GrantState) -> Markup {
    let (class, text) = match state {
        GrantState::Renewed { .. } | GrantState::Until(_) => ("badge is-good", "Connected"),
        GrantState::Lost(_) => ("badge is-mild", "Not working"),
        GrantState::BeingRevoked { .. } => ("badge is-mild", "Revoking"),
        GrantState::Revoked { .. } => ("badge", "Revoked"),
        GrantState::NotRevoked { .. } => ("badge is-mild", "Not revoked"),
    };
    view! { <span class=class>{text}</span> }.into_markup()
}

fn status(state: GrantState, provider: String, again: String) -> Markup {
    match state {
        GrantState::Renewed { unused_until } => view! {
            <p class="row-told">
                "Renews automatically. " {provider} " removes it if it isn't used by " <Timestamp unix=unused_until />
            </p>
        }
        .into_markup(),
        GrantState::Until(unix) => {
            view! { <p class="row-told">"Can't be renewed. Works until " <Timestamp unix /></p> }.into_markup()
        }
        GrantState::Lost(lost) => {
            let why = match lost {
                Lost::Revoked => " no longer accepts our access token. ",
                Lost::Expired => " access has expired and can't be renewed. ",
                Lost::Withdrawn => " no longer gives us access. ",
            };
            view! {
                <p class="row-note is-mild">
                    {provider} {why} <a class="row-step" href=again>
                        "Reconnect"
                    </a>
                </p>
            }
            .into_markup()
        }
        GrantState::BeingRevoked { attempts, by_hand } => {
            let progress = match attempts {
                0 => " is being notified.".to_owned(),
                1 => " hasn't confirmed yet.".to_owned(),
                _ => format!(" hasn't confirmed after {attempts} attempts."),
            };
            view! {
                <p class="row-note">
                    "Disconnected. We deleted our access tokens. " {provider.clone()} {progress} " "
                    {by_hand_link("You can also revoke it at ", provider, by_hand)}
                </p>
            }
            .into_markup()
        }
        GrantState::Revoked { at } => view! {
            <p class="row-note">
                "Disconnected. We deleted our access tokens, and " {provider} " confirmed it "
                <Ago unix=at />
            </p>
        }
        .into_markup(),
        GrantState::NotRevoked { by_hand } => view! {
            <p class="row-note is-mild">
                "Disconnected. We deleted our access tokens. " {provider.clone()}
                " hasn't confirmed it, so it may still list Latchkey. " {by_hand_link("Revoke it at ", provider, by_hand)}
            </p>
        }
        .into_markup(),
    }
}

fn by_hand_link(text: &'static str, provider: String, href: String) -> Markup {
    view! {
        <a class="row-step" href=href target="_blank" rel="noopener noreferrer">
            {text}
            <span class="row-step-end">{provider} <ExternalLinkIcon /></span>
            <span class="visually-hidden">" (in a new tab)"</span>
        </a>
    }
    .into_markup()
}
