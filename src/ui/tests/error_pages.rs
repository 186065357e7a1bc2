//! The pages without script: errors, and the page on the way to a provider.

use super::document::{HOSTILE, attribute, is_a_sound_document, stays_text, tags};
use crate::{
    codes::page_error::PageError,
    ui::{
        plain_document::{error_page_html, onward_html, wrong_account_html},
        view::{Assets, OnwardView, WrongAccountView},
    },
};

#[test]
fn error_pages_link_home_and_have_no_script() {
    for error in PageError::ALL.iter().copied() {
        let html = error_page_html(error, Some("0193-abc".into()), &Assets::default());
        is_a_sound_document(&html);
        assert!(!html.contains("<script") && !html.contains("leptos-island"), "{html}");
        assert!(html.contains("href=\"/\" class=\"button\""), "{html}");
    }
}

#[test]
fn the_onward_page_refreshes_and_has_a_link() {
    let url = "https://id.example/authorize?state=a&scope=openid%20email".to_owned();
    let html = onward_html(OnwardView { provider: "Example".into(), url: url.clone() }, &Assets::default());
    is_a_sound_document(&html);
    assert!(!html.contains("<script"), "{html}");
    let refresh = tags(&html).find(|tag| attribute(tag, "http-equiv") == Some("refresh")).expect("a refresh");
    assert_eq!(attribute(refresh, "content").map(text), Some(format!("0; url={url}")));
    let link = tags(&html).find(|tag| attribute(tag, "class") == Some("button")).expect("a link");
    assert_eq!(attribute(link, "href").map(text), Some(url));
    let hostile = OnwardView { provider: HOSTILE.into(), url: HOSTILE.into() };
    stays_text(&onward_html(hostile, &Assets::default()));
}

#[test]
fn the_wrong_account_page_names_both_accounts() {
    let view = WrongAccountView { page_of: Some("ada@example.com".into()), signed_in: "grace@example.com".into() };
    let html = wrong_account_html(view.clone(), &Assets::default());
    is_a_sound_document(&html);
    assert!(html.contains("ada@example.com") && html.contains("grace@example.com"), "{html}");
    let unknown = wrong_account_html(WrongAccountView { page_of: None, ..view }, &Assets::default());
    is_a_sound_document(&unknown);
    assert!(unknown.contains("out of date") && unknown.contains("grace@example.com"), "{unknown}");
    let hostile = WrongAccountView { page_of: Some(HOSTILE.into()), signed_in: HOSTILE.into() };
    stays_text(&wrong_account_html(hostile, &Assets::default()));
}

fn text(attribute: &str) -> String {
    attribute.replace("&amp;", "&")
}
