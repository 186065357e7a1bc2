//! `/inspect/source/{file}`: the text of a file that a walkthrough names.

use leptos::prelude::*;

use crate::ui::{components::frame::Frame, view::SourceFileView};

#[component]
pub fn SourcePage(view: SourceFileView) -> impl IntoView {
    let SourceFileView { file, text } = view;
    let lines: Vec<_> = text.lines().map(|line| view! { <span class="walk-line">{line}</span> }).collect();
    view! {
        <Frame>
            <p class="way-back">
                <a href="/inspect">"All recorded flows"</a>
            </p>
            <div class="walk-page">
                <h1 class="title walk-file">{file}</h1>
                <p class="walk-lead">"As this server was built from it."</p>
                <pre class="walk-text">
                    <code>{lines}</code>
                </pre>
            </div>
        </Frame>
    }
    .into_any()
}
