//! `/settings/connections`: access to providers' APIs, and what can be connected.

use leptos::prelude::*;

use super::{
    grant::{NOTHING, grant, may_end},
    section, settings_page,
};
use crate::{
    codes::{access::Access, settings_page::SettingsPage},
    ui::{
        components::disconnect::ALL_AT_ONCE,
        markup::{IntoMarkup, Markup},
        pages::drawn,
        view::{ConnectionSettingsView, GrantView},
        wording,
    },
};

#[component]
pub fn ConnectionsPage() -> Markup {
    drawn(|ConnectionSettingsView { notice, grants, offered }: ConnectionSettingsView| {
        settings_page(SettingsPage::Connections, notice, services(grants, offered))
    })
}

fn services(grants: Vec<GrantView>, offered: Vec<Access>) -> Markup {
    let none = grants.is_empty();
    let live = grants.iter().any(|grant| may_end(&grant.state));
    let offers: Vec<_> = offered.into_iter().filter(|access| !is_listed(&grants, *access)).map(offer).collect();
    let rows: Vec<_> = grants.into_iter().map(grant).collect();
    let body = view! {
        {none
            .then(|| {
                view! {
                    <p class="card-lead">
                        {NOTHING} " Pages that need more will ask you first."
                    </p>
                }
            })}
        {live
            .then(|| {
                view! {
                    <p class="card-lead">
                        {ALL_AT_ONCE} " Signing out of Latchkey doesn't disconnect it."
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
    section("services", "Connected services", body.into_markup())
}

/// Whether some account gives this access, or did until it was lost: its row offers to reconnect.
fn is_listed(grants: &[GrantView], access: Access) -> bool {
    grants.iter().any(|grant| may_end(&grant.state) && grant.sees.contains(&access))
}

fn offer(access: Access) -> Markup {
    view! {
        <a class="button is-quiet" href=access.page()>
            {format!("Connect {}", wording::access::name(access))}
        </a>
    }
    .into_markup()
}
