//! What stands in the place of a letter's link that was used, ran out, or never was.

use leptos::prelude::*;

use super::card_page::CardPage;

/// The page of such a link: why, the likeliest next step, and others.
pub fn expired_link(
    why: &'static str,
    step: (&'static str, &'static str),
    others: &[(&'static str, &'static str)],
) -> AnyView {
    let (text, href) = step;
    let others: Vec<_> = others.iter().map(|(text, href)| view! { <a href=*href>{*text}</a> }).collect();
    view! {
        <CardPage title="This link counts no more" heading="This link counts no more">
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
