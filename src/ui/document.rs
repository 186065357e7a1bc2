//! The document of a page with islands.

use std::sync::{Arc, OnceLock};

use hydration_context::SsrSharedContext;
use leptos::{attr::custom::custom_attribute, nonce::Nonce, prelude::*};

use super::{
    boot::{Boot, LiveReload},
    markup::{IntoMarkup, Markup},
    page::Page,
    valid_html::{push_valid_html, valid_html},
    view::Assets,
};

/// What every document begins with, before its title: rendered once, since only the nonce of its script changes.
#[derive(Debug)]
pub struct DocumentHead {
    /// Around the nonces.
    parts: Vec<String>,
    /// Of pages behind the sign-in.
    account_style: String,
}

impl DocumentHead {
    /// `nonce` is any random one: it marks the places of the others.
    pub fn new(assets: &Assets, nonce: &Nonce) -> Self {
        let rendered = Owner::new().with(|| {
            provide_context(nonce.clone());
            let (assets, reload) = (assets.clone(), assets.reload.clone());
            view! {
                <HeadBasics css=assets.css.clone() />
                <Boot assets />
                {reload.map(|url| view! { <LiveReload url /> })}
            }
            .to_html()
        });
        let parts = valid_html(&rendered).split(&**nonce).map(str::to_owned).collect();
        Self { parts, account_style: account_style(assets).map(|link| link.to_html()).unwrap_or_default() }
    }
}

/// Renders a page in one pass: nothing in it waits. `provide` puts what the page reads into the context, its view model above
/// all. The server matched the route: no router of Leptos matches it again.
pub fn document(head: &DocumentHead, nonce: &Nonce, page: Page, provide: impl FnOnce()) -> String {
    let islands = SsrSharedContext::new_islands();
    let (title, body) = Owner::new_root(Some(Arc::new(islands))).with(|| {
        let title = DocumentTitle::default();
        provide_context(title.clone());
        provide_context(nonce.clone());
        provide();
        let body = page.view().to_html();
        (view! { <title>{title.0.get().cloned()}</title> }.to_html(), body)
    });
    let account_style = if page.is_for_visitors() { "" } else { &head.account_style };
    let head_length: usize = head.parts.iter().map(|part| part.len() + nonce.len()).sum();
    let room = body.len() / 16 + title.len() + account_style.len() + 256;
    let mut document = String::with_capacity(head_length + body.len() + room);
    document.push_str("<!DOCTYPE html><html lang=\"en\"><head>");
    for (index, part) in head.parts.iter().enumerate() {
        if index > 0 {
            document.push_str(nonce);
        }
        document.push_str(part);
    }
    document.push_str(account_style);
    document.push_str(&title);
    if page == Page::CheckInbox {
        document.push_str(REFRESH);
    }
    document.push_str("</head><body>");
    push_valid_html(&body, &mut document);
    document.push_str("</body></html>");
    document
}

/// The style sheet after that of every page.
pub(super) fn account_style(assets: &Assets) -> Option<Markup> {
    assets.account_css.clone().map(|href| view! { <link rel="stylesheet" href=href /> }.into_markup())
}

/// Of a page that leads on when something has happened elsewhere. With script it asks by itself.
const REFRESH: &str = "<noscript><meta http-equiv=\"refresh\" content=\"30\"></noscript>";

/// The title of the document that is being rendered, set by its page.
#[derive(Clone, Default)]
struct DocumentTitle(Arc<OnceLock<String>>);

/// The first call counts.
pub fn set_title(text: String) {
    if let Some(DocumentTitle(title)) = use_context() {
        _ = title.set(text);
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
