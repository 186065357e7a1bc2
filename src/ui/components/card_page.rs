//! A page that is one card: a heading and one thing to do.

use leptos::prelude::*;

use super::{
    frame::{Frame, Place},
    mark::{KeyMark, ProviderMark},
};
use crate::{
    codes::settings_page::SettingsPage,
    ui::{
        document::set_title,
        links,
        markup::{Content, IntoMarkup, Markup},
        wording,
    },
};

/// With our mark at its head.
#[component]
pub fn CardPage(
    title: &'static str,
    heading: &'static str,
    /// The slug of a provider that the page is about, to stand beside our mark.
    #[prop(optional_no_strip)]
    beside: Option<String>,
    #[prop(optional_no_strip)] signed_in: Option<Place>,
    #[prop(optional)] failed: bool,
    #[prop(optional_no_strip)] below: Option<Markup>,
    children: Content,
) -> impl IntoView {
    set_title(wording::title_of(title, failed));
    view! {
        <Frame narrow=true signed_in>
            <section class="card card-page" aria-labelledby="card-page-title">
                <div class="card-page-head">
                    <div class="card-page-marks">
                        <span class="card-page-mark">
                            <KeyMark />
                        </span>
                        {beside
                            .map(|slug| {
                                view! {
                                    <span class="card-page-mark is-theirs">
                                        <ProviderMark slug />
                                    </span>
                                }
                            })}
                    </div>
                    <h1 class="title" id="card-page-title">
                        {heading}
                    </h1>
                </div>
                {children.draw()}
            </section>
            {below}
        </Frame>
    }
    .into_markup()
}

/// A page below the settings: one step, and a link back.
#[component]
pub fn Step(
    /// The document's title.
    title: &'static str,
    #[prop(into)] heading: String,
    /// The page of the settings that leads here.
    above: SettingsPage,
    /// The page that one came from, if it is another: a checked path.
    #[prop(optional_no_strip)]
    came_from: Option<String>,
    #[prop(optional)] failed: bool,
    children: Content,
) -> impl IntoView {
    set_title(wording::title_of(title, failed));
    let (back, back_to) = links::back(came_from.as_deref().unwrap_or(above.path()));
    view! {
        <Frame narrow=true signed_in=Some(Place::Settings)>
            <p class="way-back">
                <a href=back_to>{back}</a>
            </p>
            <section class="card card-page" aria-labelledby="card-page-title">
                <h1 class="title" id="card-page-title">
                    {heading}
                </h1>
                {children.draw()}
            </section>
        </Frame>
    }
    .into_markup()
}

/// Between providers and password.
#[component]
pub fn Divider() -> impl IntoView {
    view! {
        <p class="divider">
            <span>"or"</span>
        </p>
    }
}
