//! Why the list is empty, and what to do.

use leptos::prelude::*;

use crate::ui::{
    markup::{IntoMarkup, Markup},
    view::FilterView,
};

pub struct Place {
    /// Counts from 1.
    pub page: u32,
    /// There is a next page.
    pub more: bool,
    /// The folder's name, if the search is in one.
    pub here: Option<String>,
    /// Path of the parent folder.
    pub above: Option<String>,
}

pub fn empty(filter: &FilterView, place: Place) -> Markup {
    let Place { page, more, here, above } = place;
    let narrowed = !filter.search.is_empty() || filter.kind.is_some();
    let plain = |title: &'static str| title.into_markup();
    let (title, advice, step) = match (more, narrowed, page > 1) {
        (true, ..) => {
            (plain("Nothing found yet"), "Google hasn't searched everything yet. Continue to see more.", None)
        }
        (false, true, false) => match here {
            Some(here) => (
                view! { "Nothing in " <bdi>{here}</bdi> " matches" }.into_markup(),
                "Subfolders aren't searched.",
                filter.everywhere.clone().map(|href| ("Search everywhere", href)),
            ),
            None => (plain("No files match"), "Try fewer words or all types.", None),
        },
        (false, _, true) => (plain("No more files"), "There's nothing left on this page.", None),
        (false, false, false) => (
            plain(if above.is_some() { "This folder is empty" } else { "Your Drive is empty" }),
            "Files that you add in Google Drive appear here.",
            above.map(|above| ("Up one folder", above)),
        ),
    };
    view! {
        <div class="empty is-alone">
            <h2 class="empty-title">{title}</h2>
            <p>{advice}</p>
            {step
                .map(|(text, href)| {
                    view! {
                        <a class="button is-quiet is-small" href=href>
                            {text}
                        </a>
                    }
                })}
        </div>
    }
    .into_markup()
}
