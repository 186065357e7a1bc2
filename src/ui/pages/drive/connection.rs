//! Whose files they are, and the end of it.

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
        view::AccountView,
    },
};

/// The account, and the way to another one.
pub fn whose(account: &AccountView, others: &[(String, String)]) -> AnyView {
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
                <span class="visually-hidden">"The files of "</span>
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
    .into_any()
}

/// Since when, and the button that ends it.
pub fn connection(account: &AccountView, connected_at: i64) -> AnyView {
    view! {
        <section class="card connection" aria-labelledby="connection-title">
            <div class="connection-told">
                <h2 class="card-title" id="connection-title">
                    "This connection"
                </h2>
                <p class="card-lead">{ALL_AT_ONCE}</p>
                {stays()}
                <p class="card-lead">"Connected since " <Timestamp unix=connected_at /></p>
            </div>
            {disconnect(account)}
        </section>
    }
    .into_any()
}

/// The same where there is nothing to tell but that it can be ended. What comes next is about the same account: with two,
/// the files of the other under "It is disconnected" would say the wrong thing.
pub fn disconnect(account: &AccountView) -> AnyView {
    view! {
        <DisconnectForm
            identity=account.identity.clone()
            account=account.label.clone()
            return_to=links::of_account(Access::Drive, &account.identity)
        />
    }
    .into_any()
}

/// On a shared machine the difference between the three matters.
pub fn stays() -> AnyView {
    view! {
        <p class="card-lead">
            "Signing out of Latchkey neither ends this connection nor signs you out of Google."
        </p>
    }
    .into_any()
}
