//! `/inspect/source/{file}`: the text of a file that a walkthrough names.

use leptos::prelude::*;

use super::frame::{below_the_list, page};
use crate::ui::{markup::IntoMarkup, view::SourceFileView};

#[component]
pub fn SourcePage(view: SourceFileView) -> impl IntoView {
    let SourceFileView { file, text } = view;
    let title = view! { <h1 class="title walk-file">{file}</h1> };
    let lines: Vec<_> = text.lines().map(|line| view! { <span class="walk-line">{line}</span> }).collect();
    let text = view! {
        <pre class="walk-text">
            <code>{lines}</code>
        </pre>
    };
    below_the_list(page(title.into_markup(), "As this server was built from it.", text))
}
