//! What we may see at providers beyond who somebody is, since when, and the way to end it.

use leptos::prelude::*;

use super::{identities::mark, section};
use crate::{
    codes::access::Access,
    ui::{
        components::{
            disconnect::{ALL_AT_ONCE, DisconnectForm},
            file_icon::AwayIcon,
            timestamp::Timestamp,
        },
        links,
        view::{GrantState, GrantView, Lost},
        wording,
    },
};

/// What is left without a grant, or of one.
const NOTHING: &str = "Nothing beyond who you are.";

/// "What Latchkey may see".
pub fn access(grants: Vec<GrantView>, offers_google: bool) -> AnyView {
    let none = grants.is_empty();
    let live = grants.iter().any(|grant| may_end(&grant.state));
    let offers: Vec<_> = Access::ALL
        .iter()
        .filter(|access| offers_google && !is_seen(&grants, **access))
        .map(|access| offer(*access))
        .collect();
    let rows: Vec<_> = grants.into_iter().map(grant).collect();
    let body = view! {
        {none
            .then(|| {
                view! {
                    <p class="card-lead">
                        {NOTHING} " What a page needs more it asks for when you use it."
                    </p>
                }
            })}
        {live
            .then(|| {
                view! {
                    <p class="card-lead">
                        {ALL_AT_ONCE} " Signing out of Latchkey does not end it."
                    </p>
                }
            })}
        {(!none)
            .then(|| {
                view! {
                    <ul class="rows" role="list">
                        {rows}
                    </ul>
                }
            })}
        {(!offers.is_empty())
            .then(|| {
                view! { <div class="card-steps">{offers}</div> }
            })}
    };
    section("access", body.into_any())
}

/// Whether some account of theirs lets us see it, or did until it was lost: its row offers to reconnect it.
fn is_seen(grants: &[GrantView], access: Access) -> bool {
    grants.iter().any(|grant| may_end(&grant.state) && grant.sees.contains(&access))
}

/// The way to what is not connected yet.
fn offer(access: Access) -> AnyView {
    view! {
        <a class="button is-quiet" href=access.page()>
            {format!("Connect {}", wording::access::name(access))}
        </a>
    }
    .into_any()
}

fn grant(grant: GrantView) -> AnyView {
    let GrantView { identity, slug, provider, account, sees, withdrawn, further, given_at, used_at, state } = grant;
    // That account's: another one may be connected, and would be shown.
    let again = links::of_account(*sees.first().unwrap_or(&Access::Drive), &identity);
    let nothing = sees.is_empty() && further.is_empty();
    let badge = match &state {
        GrantState::Renewed { .. } | GrantState::Until(_) if nothing => nothing_left(),
        state => badge(state),
    };
    let withdrawn: Vec<_> = withdrawn.into_iter().map(|access| taken_back(access, &identity)).collect();
    let ending = may_end(&state).then(|| {
        view! {
            <DisconnectForm identity account=format!("{provider} {account}") return_to="/settings" />
        }
    });
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
                <p class="row-told">
                    <bdi>{account}</bdi>
                </p>
                <ul class=format!("scopes {now}") role="list">
                    {scopes} {further} {nothing.then(|| view! { <li>{NOTHING}</li> })}
                </ul>
                {withdrawn}
                <p class="row-told">"Given " <Timestamp unix=given_at /></p>
                <p class="row-told">
                    {match used_at {
                        Some(unix) => view! { "Last used " <Timestamp unix /> }.into_any(),
                        None => "Not used yet".into_any(),
                    }}
                </p>
                {standing(state, provider, again)}
            </div>
            {ending}
        </li>
    }
    .into_any()
}

/// Whether there is something to end: tokens that work, or that Google may still know.
fn may_end(state: &GrantState) -> bool {
    match state {
        GrantState::Renewed { .. } | GrantState::Until(_) | GrantState::Lost(_) => true,
        GrantState::BeingRevoked { .. } | GrantState::Revoked { .. } | GrantState::NotRevoked { .. } => false,
    }
}

/// A grant that lives, and of which nothing is left that we know: not a connection to anything.
fn nothing_left() -> AnyView {
    view! { <span class="badge is-mild">"Nothing to see"</span> }.into_any()
}

/// What its provider took out of it, and the way to have it back.
fn taken_back(access: Access, identity: &str) -> AnyView {
    view! {
        <p class="row-note is-mild">
            {wording::access::withdrawn(access)} " You or an administrator took it back. "
            <a class="row-step" href=links::of_account(access, identity)>
                "Reconnect"
            </a>
        </p>
    }
    .into_any()
}

/// How it stands, in a word.
fn badge(state: &GrantState) -> AnyView {
    let (class, text) = match state {
        GrantState::Renewed { .. } | GrantState::Until(_) => ("badge is-good", "Connected"),
        GrantState::Lost(_) => ("badge is-mild", "Does not work"),
        GrantState::BeingRevoked { .. } => ("badge is-mild", "Being revoked"),
        GrantState::Revoked { .. } => ("badge", "Revoked"),
        GrantState::NotRevoked { .. } => ("badge is-mild", "Not revoked"),
    };
    view! { <span class=class>{text}</span> }.into_any()
}

/// How it stands, in a sentence that is true.
fn standing(state: GrantState, provider: String, again: String) -> AnyView {
    match state {
        GrantState::Renewed { unused_until } => view! {
            <p class="row-told">
                "Renewed by itself. " {provider} " forgets it when it is not used until " <Timestamp unix=unused_until />
            </p>
        }
        .into_any(),
        GrantState::Until(unix) => {
            view! { <p class="row-told">"Cannot be renewed. Works until " <Timestamp unix /></p> }.into_any()
        }
        GrantState::Lost(lost) => {
            let why = match lost {
                Lost::Revoked => " does not take our keys any more. ",
                Lost::Expired => " gave us nothing to renew it with, and it ran out. ",
                Lost::Withdrawn => " does not let us see anything any more. ",
            };
            view! {
                <p class="row-note is-mild">
                    {provider} {why} <a class="row-step" href=again>
                        "Reconnect"
                    </a>
                </p>
            }
            .into_any()
        }
        GrantState::BeingRevoked { attempts, by_hand } => {
            let tried = match attempts {
                0 => " is being told.".to_owned(),
                1 => " is being told; it did not answer yet.".to_owned(),
                _ => format!(" is being told; it did not answer {attempts} times."),
            };
            view! {
                <p class="row-note">
                    "Disconnected: our copies of the keys are gone. " {provider.clone()} {tried} " "
                    {by_hand_link("You need not wait: revoke it at ", provider, by_hand)}
                </p>
            }
            .into_any()
        }
        GrantState::Revoked { at } => view! {
            <p class="row-note">
                "Disconnected: our copies of the keys are gone, and " {provider} " confirmed it "
                <Timestamp unix=at />
            </p>
        }
        .into_any(),
        GrantState::NotRevoked { by_hand } => view! {
            <p class="row-note is-mild">
                "Disconnected: our copies of the keys are gone. " {provider.clone()}
                " has not confirmed it, so it may still list us. " {by_hand_link("Revoke it at ", provider, by_hand)}
            </p>
        }
        .into_any(),
    }
}

fn by_hand_link(text: &'static str, provider: String, href: String) -> AnyView {
    view! {
        <a class="row-step" href=href target="_blank" rel="noopener noreferrer">
            {text}
            <span class="row-step-end">{provider} <AwayIcon /></span>
            <span class="visually-hidden">" (in a new tab)"</span>
        </a>
    }
    .into_any()
}
