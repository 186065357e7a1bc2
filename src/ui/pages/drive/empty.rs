//! Why there is nothing to see, and what to do.

use leptos::prelude::*;

use crate::ui::view::FilterView;

/// Where there is nothing.
pub struct Place {
    /// The number of the page, from 1.
    pub page: u32,
    /// There is a next page.
    pub more: bool,
    /// The folder's name, when it is looked for in one.
    pub here: Option<String>,
    /// Our address of the folder above.
    pub above: Option<String>,
}

/// In the place of the table.
pub fn empty(filter: &FilterView, place: Place) -> AnyView {
    let Place { page, more, here, above } = place;
    let narrowed = !filter.search.is_empty() || filter.kind.is_some();
    let told = |title: &'static str| title.into_any();
    let (title, advice, step) = match (more, narrowed, page > 1) {
        (true, ..) => (told("Nothing so far"), "Google has not looked at everything yet. Go on, and it does.", None),
        (false, true, false) => match here {
            Some(here) => (
                view! { "Nothing in " <bdi>{here}</bdi> " is like that" }.into_any(),
                "What is in folders within it is not looked at.",
                filter.everywhere.clone().map(|href| ("Look everywhere", href)),
            ),
            None => (told("Nothing found"), "No file is like that. Try fewer words, or all kinds.", None),
        },
        (false, _, true) => (told("That was all"), "There is nothing on this page any more.", None),
        (false, false, false) => (
            told(if above.is_some() { "This folder is empty" } else { "Your Drive is empty" }),
            "What you put into it at Google shows here.",
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
    .into_any()
}
