//! Code to copy.

use leptos::prelude::*;

use crate::ui::{
    markup::{IntoMarkup, Markup},
    view::ApiSampleView,
};

/// `of` is the operation. The code is focusable, so that the keyboard can scroll long lines.
pub fn sample(sample: ApiSampleView, of: &str) -> Markup {
    let ApiSampleView { label, note, code } = sample;
    let name = [of, &label, &note].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(", ");
    let note = (!note.is_empty()).then(|| view! { <span class="api-note">{note}</span> });
    view! {
        <figure class="api-sample">
            <figcaption>
                <span>
                    <strong>{label}</strong>
                    " "
                    {note}
                </span>
            </figcaption>
            <pre tabindex="0" role="group" aria-label=name>
                <code>{code}</code>
            </pre>
        </figure>
    }
    .into_markup()
}
