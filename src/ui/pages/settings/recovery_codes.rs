//! `/settings/recovery-codes`: shows new codes once, and replaces them.

use leptos::prelude::*;

use crate::{
    codes::settings_page::SettingsPage,
    ui::{
        components::{
            card_page::Step,
            form::{PostForm, Submit},
            notice::NoticeBox,
        },
        markup::{IntoMarkup, Markup},
        pages::drawn,
        view::RecoveryCodesView,
        wording,
    },
};

#[component]
pub fn RecoveryCodesPage() -> Markup {
    drawn(draw)
}

fn draw(view: RecoveryCodesView) -> Markup {
    let RecoveryCodesView { codes, left, return_to, notice } = view;
    let failed = notice.as_ref().is_some_and(wording::is_alarming);
    let notice = notice.map(|notice| {
        let message = wording::notice_inside(&notice);
        view! { <NoticeBox message alert=wording::is_alarming(&notice) /> }
    });
    let body = match codes {
        Some(codes) => shown(codes, return_to),
        None => hidden_codes(left),
    };
    view! {
        <Step above=SettingsPage::Security title="Recovery codes" heading="Recovery codes" failed>
            {notice}
            {body}
        </Step>
    }
    .into_markup()
}

fn shown(codes: Vec<String>, return_to: String) -> Markup {
    let file = format!("data:text/plain;charset=utf-8,{}", codes.join("%0A"));
    let codes: Vec<_> = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect();
    view! {
        <p class="lead">
            "If you lose your phone, one of these codes lets you in instead. Each works once. Print them or keep them in a password manager; we show them only now."
        </p>
        <ol class="recovery-codes">{codes}</ol>
        <a class="button is-quiet" href=file download="latchkey-recovery-codes.txt">
            "Download as a file"
        </a>
        <a class="button" href=return_to>
            "I've saved them"
        </a>
    }
    .into_markup()
}

fn hidden_codes(left: u32) -> Markup {
    let left = match left {
        0 => "No codes are left.".to_owned(),
        1 => "One code is left.".to_owned(),
        left => format!("{left} codes are left."),
    };
    view! {
        <p class="lead">
            {left} " We can't show them again. Get new ones if you've lost them; the earlier ones then stop working."
        </p>
        <PostForm action="/settings/recovery-codes">
            <Submit text="Get new codes" busy="Making codes…" />
        </PostForm>
    }
    .into_markup()
}
