//! An icon for each kind of file, in the colour of the surrounding text and always beside the kind's name.
//!
//! No thumbnails: Google serves them from changing hosts, with URLs that are credentials. The content security policy
//! would have to allow images from anywhere, and the URLs would be in the page.

use leptos::prelude::*;

use crate::codes::files::FileKind;
use crate::ui::markup::IntoMarkup;

#[component]
pub fn FileIcon(kind: FileKind) -> impl IntoView {
    view! {
        <svg class="file-icon" width="24" height="24" data-kind=kind.code() viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path
                fill="none"
                stroke="currentColor"
                stroke-width="1.6"
                stroke-linecap="round"
                stroke-linejoin="round"
                d=shape(kind)
            />
        </svg>
    }
    .into_markup()
}

/// Out of our pages: an arrow that leaves its frame.
#[component]
pub fn ExternalLinkIcon() -> impl IntoView {
    view! {
        <svg class="away-icon" width="12" height="12" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path
                fill="none"
                stroke="currentColor"
                stroke-width="1.5"
                stroke-linecap="round"
                stroke-linejoin="round"
                d="M6.5 3.5H3.5v9h9v-3M9.5 3.5h3v3M12.5 3.5 7.5 8.5"
            />
        </svg>
    }
    .into_markup()
}

fn shape(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Folder => "M3.5 7.5v10a2 2 0 0 0 2 2h13a2 2 0 0 0 2-2v-8a2 2 0 0 0-2-2H12l-2-3H5.5a2 2 0 0 0-2 2z",
        FileKind::Document => "M6 3.5h8.5L19 8v12.5H6zM14.5 3.5V8H19M9 12h7M9 14.75h7M9 17.5h4",
        FileKind::Spreadsheet => "M4 4.5h16v15H4zM4 9.5h16M4 14.5h16M9.5 4.5v15",
        FileKind::Presentation => "M3.5 5h17v11h-17zM12 16v3.5M8.5 19.5h7M10.5 8.5v4l3.5-2z",
        FileKind::Form => "M5 3.5h14v17H5zM8 8.5h1M12 8.5h4M8 12.5h1M12 12.5h4M8 16.5h1M12 16.5h4",
        FileKind::Drawing => {
            "M4 20l1-4.5L15.5 5a2.1 2.1 0 0 1 3 0l.5.5a2.1 2.1 0 0 1 0 3L8.5 19zM13.5 7l3.5 3.5M13 20h7"
        }
        FileKind::Pdf => {
            "M6 3.5h8.5L19 8v12.5H6zM14.5 3.5V8H19M9 17.5v-5h1.2a1.4 1.4 0 0 1 0 2.8H9M13.5 17.5v-5h2.5M13.5 15h2"
        }
        FileKind::Image => "M4 5h16v14H4zM4 16l4.5-4.5 4 4 2.5-2.5 5 4.5M15.5 9.2h.01",
        FileKind::Video => "M3.5 6h12v12h-12zM15.5 10.5l5-3v9l-5-3",
        FileKind::Audio => {
            "M9 17.5V6l10-2v11M9 17.5a2.25 2.25 0 1 1-4.5 0 2.25 2.25 0 0 1 4.5 0zM19 15a2.25 2.25 0 1 1-4.5 0 2.25 2.25 0 0 1 4.5 0z"
        }
        FileKind::Archive => "M4 4.5h16v4H4zM5.5 8.5v11h13v-11M10 12.5h4",
        FileKind::Text => "M6 3.5h8.5L19 8v12.5H6zM14.5 3.5V8H19M10.5 12 8.5 14.25l2 2.25M14 12l2 2.25-2 2.25",
        FileKind::Shortcut => "M9 15l6-6M10.5 9H15v4.5M4.5 4.5h15v15h-15z",
        FileKind::Other => "M6 3.5h8.5L19 8v12.5H6zM14.5 3.5V8H19",
    }
}
