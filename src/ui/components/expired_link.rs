//! The page of an email link that was used, has expired, or never existed.

use leptos::prelude::*;

use super::{card_page::CardPage, frame::Place};
use crate::ui::markup::{IntoMarkup, Markup};

/// `signed_in`: the name of the user who is signed in. They have no need of a link that leads to the sign-in, so the page leads on.
pub fn expired_link(
    signed_in: Option<String>,
    why: &'static str,
    step: (&'static str, &'static str),
    others: &[(&'static str, &'static str)],
) -> Markup {
    if let Some(name) = signed_in {
        return used_link(name, step);
    }
    let (text, href) = step;
    let others: Vec<_> = others.iter().map(|(text, href)| view! { <a href=*href>{*text}</a> }).collect();
    view! {
        <CardPage title="This link has expired" heading="This link has expired">
            <div class="prose">
                <p>{why}</p>
            </div>
            <a class="button" href=href>
                {text}
            </a>
            <p class="turns">{others}</p>
        </CardPage>
    }
    .into_markup()
}

fn used_link(name: String, (text, href): (&'static str, &'static str)) -> Markup {
    view! {
        <CardPage title="This link has expired" heading="This link has expired" signed_in=Some(Place::Dashboard)>
            <div class="prose">
                <p>"The link that you opened was already used, or has expired. You're signed in as " <bdi>{name}</bdi> ", so you may not need it."</p>
            </div>
            <a class="button" href="/dashboard">
                "Continue"
            </a>
            <p class="turns">
                {(href != "/login").then(|| view! { <a href=href>{text}</a> })}
                {(href != "/settings").then(|| view! { <a href="/settings">"Go to settings"</a> })}
            </p>
        </CardPage>
    }
    .into_markup()
}
