//! The account whose files are shown, and how to disconnect it.

use leptos::prelude::*;

use crate::{
    codes::access::Access,
    ui::{
        components::{
            disconnect::{ALL_AT_ONCE, DisconnectForm},
            mark::ProviderMark,
            timestamp::Timestamp,
        },
        links,
        markup::{IntoMarkup, Markup},
        view::AccountView,
    },
};

/// The account, and links to others.
pub fn account_switcher(account: &AccountView, others: &[(String, String)]) -> Markup {
    let others: Vec<_> = others
        .iter()
        .map(|(label, href)| {
            view! {
                <li>
                    <a class="whose-other" href=href.clone()>
                        <bdi>{label.clone()}</bdi>
                    </a>
                </li>
            }
        })
        .collect();
    view! {
        <div class="whose">
            <p class="whose-account">
                <ProviderMark slug="google".into() />
                <span class="visually-hidden">"Files of "</span>
                <bdi class="whose-label">{account.label.clone()}</bdi>
            </p>
            <details class="whose-others">
                <summary>"Use another account"</summary>
                <ul role="list">
                    {others} <li>
                        <a class="whose-other" href=links::link("google", Some(Access::Drive.page())) rel="nofollow">
                            "Link another Google account"
                        </a>
                    </li>
                </ul>
            </details>
        </div>
    }
    .into_markup()
}

pub fn connection(account: &AccountView, connected_at: i64) -> Markup {
    view! {
        <section class="card connection" aria-labelledby="connection-title">
            <div class="connection-text">
                <h2 class="card-title" id="connection-title">
                    "Connection"
                </h2>
                <p class="card-lead">{ALL_AT_ONCE}</p>
                {sign_out_note()}
                <p class="card-lead">"Connected since " <Timestamp unix=connected_at /></p>
            </div>
            {disconnect(account)}
        </section>
    }
    .into_markup()
}

/// Returns to the same account: with two, the page would otherwise show the other one's files.
pub fn disconnect(account: &AccountView) -> Markup {
    view! {
        <DisconnectForm
            identity=account.identity.clone()
            account=account.label.clone()
            return_to=links::of_account(Access::Drive, &account.identity)
        />
    }
    .into_markup()
}

/// Signing out, disconnecting and Google's own session differ, which matters on a shared device.
pub fn sign_out_note() -> Markup {
    view! {
        <p class="card-lead">
            "Signing out of Latchkey doesn't disconnect Google Drive or sign you out of Google."
        </p>
    }
    .into_markup()
}
