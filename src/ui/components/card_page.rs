//! A page that is one card: a heading and one thing to do.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    frame::{Frame, Place},
    mark::{KeyMark, ProviderMark},
};
use crate::ui::wording;

/// A page of the ways in: ours is the mark at its head.
#[component]
pub fn CardPage(
    /// The document's title.
    title: &'static str,
    /// The heading.
    heading: &'static str,
    /// The slug of a provider that the page is about, to stand beside our mark.
    #[prop(optional_no_strip)]
    beside: Option<String>,
    /// Where the person is, if they are signed in.
    #[prop(optional_no_strip)]
    signed_in: Option<Place>,
    /// It says what went wrong.
    #[prop(optional)]
    failed: bool,
    /// What stands below the card.
    #[prop(optional_no_strip)]
    below: Option<AnyView>,
    /// What follows the heading.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=wording::title_of(title, failed) />
        <Frame narrow=true signed_in>
            <section class="card sheet" aria-labelledby="sheet-title">
                <div class="sheet-head">
                    <div class="sheet-marks">
                        <span class="sheet-mark">
                            <KeyMark />
                        </span>
                        {beside
                            .map(|slug| {
                                view! {
                                    <span class="sheet-mark is-theirs">
                                        <ProviderMark slug />
                                    </span>
                                }
                            })}
                    </div>
                    <h1 class="title" id="sheet-title">
                        {heading}
                    </h1>
                </div>
                {children()}
            </section>
            {below}
        </Frame>
    }
    .into_any()
}

/// A page behind the settings: one step, and the way back.
#[component]
pub fn Step(
    /// The document's title. Never a text from outside: it is written into the head as it is.
    title: &'static str,
    /// The heading.
    #[prop(into)]
    heading: String,
    /// It says what went wrong.
    #[prop(optional)]
    failed: bool,
    /// What follows the heading.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=wording::title_of(title, failed) />
        <Frame narrow=true signed_in=Some(Place::Settings)>
            <p class="way-back">
                <a href="/settings">"Back to the settings"</a>
            </p>
            <section class="card sheet" aria-labelledby="sheet-title">
                <h1 class="title" id="sheet-title">
                    {heading}
                </h1>
                {children()}
            </section>
        </Frame>
    }
    .into_any()
}

/// Between two kinds of ways in.
#[component]
pub fn Or() -> impl IntoView {
    view! {
        <p class="or">
            <span>"or"</span>
        </p>
    }
}
