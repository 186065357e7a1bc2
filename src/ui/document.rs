//! The document of a page with islands.

use leptos::{attr::custom::custom_attribute, prelude::*};
use leptos_meta::{MetaTags, provide_meta_context};

use super::{
    boot::{Boot, LiveReload},
    page::Page,
    view::Assets,
};

/// Reads [`Assets`] and the nonce from the context, as the page reads its view model. The server matched the route: no
/// router of Leptos matches it again.
pub fn document(page: Page) -> impl IntoView {
    provide_meta_context();
    let assets = use_context::<Assets>().unwrap_or_default();
    let reload = assets.reload.clone();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <HeadBasics css=assets.css.clone() />
                <Boot assets />
                {reload.map(|url| view! { <LiveReload url /> })}
                <MetaTags />
            </head>
            <body>{page.view()}</body>
        </html>
    }
}

/// For search engines and link previews.
const DESCRIPTION: &str = "Sign in to Latchkey with an account you already have, or with your email and password.";

/// The start of every head.
#[component]
pub(super) fn HeadBasics(css: String) -> impl IntoView {
    view! {
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="description" content=DESCRIPTION />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#f5f9f8" {..custom_attribute("media", "(prefers-color-scheme: light)")} />
        <meta name="theme-color" content="#0d1211" {..custom_attribute("media", "(prefers-color-scheme: dark)")} />
        <link rel="stylesheet" href=css />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
    }
}
