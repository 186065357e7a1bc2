//! The page of an email link that was used, has expired, or never existed.

use leptos::prelude::*;

use super::card_page::CardPage;

pub fn expired_link(
    why: &'static str,
    step: (&'static str, &'static str),
    others: &[(&'static str, &'static str)],
) -> AnyView {
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
    .into_any()
}
