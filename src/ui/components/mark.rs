//! The marks: Latchkey's and the providers'. Always decoration beside a text that says the same.

use std::sync::OnceLock;

use leptos::prelude::*;

use super::{fixed::fixed, line_icon::line_icon};
use crate::ui::markup::{IntoMarkup, Markup};

/// Latchkey's key, in the colour of the text around it.
#[component]
pub fn KeyMark() -> impl IntoView {
    view! {
        <svg class="key-mark" width="20" height="20" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path
                fill="currentColor"
                fill-rule="evenodd"
                d="M8.5 2a6.5 6.5 0 0 1 5.96 9.09l6.95 6.95c.38.38.59.88.59 1.42V21a1 1 0 0 1-1 1h-2.5a1 1 0 0 1-1-1v-1.5H16a1 1 0 0 1-1-1V17h-1.5a1 1 0 0 1-.7-.3l-1.71-1.7A6.5 6.5 0 1 1 8.5 2Zm-1.25 3.5a1.75 1.75 0 1 0 0 3.5 1.75 1.75 0 0 0 0-3.5Z"
            />
        </svg>
    }
}

/// The mark of the provider with this slug; the key for what is no provider, a door for a provider that is not built in.
#[component]
pub fn ProviderMark(slug: String) -> Markup {
    static DRAWN: [OnceLock<String>; MARKS.len()] = [const { OnceLock::new() }; MARKS.len()];
    static KEY: OnceLock<String> = OnceLock::new();
    static DOOR: OnceLock<String> = OnceLock::new();
    match MARKS.iter().zip(&DRAWN).find(|(mark, _)| mark.slug == slug) {
        Some((mark, place)) => fixed(place, || provider_mark(mark)),
        None if [PASSWORD, PASSKEY, EMAIL_CODE].contains(&slug.as_str()) => fixed(&KEY, || KeyMark().into_markup()),
        None => fixed(&DOOR, door),
    }
}

/// In the place of a provider's slug: a password.
pub const PASSWORD: &str = "password";
/// In the place of a provider's slug: a passkey.
pub const PASSKEY: &str = "passkey";
/// In the place of a provider's slug: a code from an email.
const EMAIL_CODE: &str = "email_code";

struct Mark {
    slug: &'static str,
    /// Side of the square view box.
    size: &'static str,
    /// Fill and shape (`d`).
    paths: &'static [(&'static str, &'static str)],
}

/// The colour of the text beside the mark.
const TEXT: &str = "currentColor";

/// One for each built-in provider; where the branding guidelines prescribe colours, the mark has them.
const MARKS: [Mark; 9] = [
    // An apple with a bite and a leaf: black on white or white on black, and in no other colours.
    Mark {
        slug: "apple",
        size: "24",
        paths: &[(
            TEXT,
            "M16.3 1.5c.1 1.3-.4 2.5-1.2 3.4-.8 1-2 1.7-3.2 1.6-.2-1.3.4-2.5 1.1-3.4.9-1 2.2-1.6 3.3-1.6zM20.4 17.2c-.5 1.2-.8 1.7-1.5 2.8-1 1.5-2.3 3.3-4 3.3-1.5 0-1.9-1-3.9-1s-2.5 1-4 1c-1.7 0-2.9-1.7-3.9-3.1C.5 16 .2 11 1.9 8.4 3.1 6.5 5 5.4 6.8 5.4c1.8 0 3 1 4.5 1s2.4-1 4.5-1c1.6 0 3.3.9 4.5 2.4-4 2.2-3.3 7.9.1 9.4z",
        )],
    },
    // A game pad with a face: two eyes, and two feet below.
    Mark {
        slug: "discord",
        size: "24",
        paths: &[(
            TEXT,
            "M20 4.6A19 19 0 0 0 15.2 3l-.7 1.5a17.5 17.5 0 0 0-5 0L8.8 3A19 19 0 0 0 4 4.6C.9 9.2.1 13.6.5 18a19 19 0 0 0 5.9 3l1.3-2a12 12 0 0 1-2-1l.5-.4a13.7 13.7 0 0 0 11.6 0l.5.4a12 12 0 0 1-2 1l1.3 2a19 19 0 0 0 5.9-3c.5-5.1-.8-9.5-3.5-13.4zM8.2 15.3c-1.1 0-2.1-1.1-2.1-2.4s.9-2.4 2.1-2.4 2.1 1.1 2.1 2.4-.9 2.4-2.1 2.4zm7.6 0c-1.1 0-2.1-1.1-2.1-2.4s.9-2.4 2.1-2.4 2.1 1.1 2.1 2.4-.9 2.4-2.1 2.4z",
        )],
    },
    // An "f" cut out of a disc.
    Mark {
        slug: "facebook",
        size: "24",
        paths: &[(
            TEXT,
            "M24 12.07C24 5.4 18.63 0 12 0S0 5.4 0 12.07c0 6.03 4.39 11.02 10.13 11.93v-8.44H7.08v-3.49h3.05V9.41c0-3.02 1.79-4.69 4.53-4.69 1.31 0 2.68.24 2.68.24v2.97h-1.51c-1.49 0-1.95.93-1.95 1.88v2.26h3.32l-.53 3.49h-2.79V24C19.61 23.09 24 18.1 24 12.07z",
        )],
    },
    // A cat's head and an arm in a disc.
    Mark {
        slug: "github",
        size: "24",
        paths: &[(
            TEXT,
            "M12 .5C5.65.5.5 5.65.5 12c0 5.08 3.29 9.39 7.86 10.91.58.11.79-.25.79-.55v-2c-3.2.7-3.87-1.36-3.87-1.36-.52-1.33-1.28-1.68-1.28-1.68-1.05-.71.08-.7.08-.7 1.16.08 1.77 1.19 1.77 1.19 1.03 1.76 2.7 1.25 3.36.96.1-.75.4-1.26.73-1.55-2.55-.29-5.24-1.28-5.24-5.69 0-1.26.45-2.28 1.19-3.09-.12-.29-.52-1.46.11-3.05 0 0 .97-.31 3.17 1.18a11 11 0 0 1 5.77 0c2.2-1.49 3.16-1.18 3.16-1.18.63 1.59.24 2.76.12 3.05.74.81 1.18 1.83 1.18 3.09 0 4.42-2.69 5.39-5.25 5.68.41.36.78 1.06.78 2.13v3.16c0 .31.21.67.8.55A11.5 11.5 0 0 0 23.5 12C23.5 5.65 18.35.5 12 .5z",
        )],
    },
    // A fox's head in three oranges, as GitLab's press kit prescribes.
    Mark {
        slug: "gitlab",
        size: "24",
        paths: &[
            ("#E24329", "M22.8 9.6 19.6 1.3a.8.8 0 0 0-1.6.1L15.9 8H8.1L6 1.4a.8.8 0 0 0-1.6-.1L1.2 9.6 12 22.5z"),
            ("#FC6D26", "M22.8 9.6a5.9 5.9 0 0 1-2 6.5L12 22.5l4.6-6.4zM1.2 9.6a5.9 5.9 0 0 0 2 6.5l8.8 6.4-4.6-6.4z"),
            ("#FCA326", "M7.4 16.1 12 22.5l4.6-6.4L12 12.8z"),
        ],
    },
    // The "G" in its four colours, as Google's branding guidelines prescribe.
    Mark {
        slug: "google",
        size: "48",
        paths: &[
            (
                "#EA4335",
                "M24 9.5c3.54 0 6.71 1.22 9.21 3.6l6.85-6.85C35.9 2.38 30.47 0 24 0 14.62 0 6.51 5.38 2.56 13.22l7.98 6.19C12.43 13.72 17.74 9.5 24 9.5z",
            ),
            (
                "#4285F4",
                "M46.98 24.55c0-1.57-.15-3.09-.38-4.55H24v9.02h12.94c-.58 2.96-2.26 5.48-4.78 7.18l7.73 6c4.51-4.18 7.09-10.36 7.09-17.65z",
            ),
            (
                "#FBBC05",
                "M10.53 28.59c-.48-1.45-.76-2.99-.76-4.59s.27-3.14.76-4.59l-7.98-6.19C.92 16.46 0 20.12 0 24c0 3.88.92 7.54 2.56 10.78l7.97-6.19z",
            ),
            (
                "#34A853",
                "M24 48c6.48 0 11.93-2.13 15.89-5.81l-7.73-6c-2.15 1.45-4.92 2.3-8.16 2.3-6.26 0-11.57-4.22-13.47-9.91l-7.98 6.19C6.51 42.62 14.62 48 24 48z",
            ),
        ],
    },
    // An "in" cut out of a rounded square.
    Mark {
        slug: "linkedin",
        size: "24",
        paths: &[(
            TEXT,
            "M3 1h18a2 2 0 0 1 2 2v18a2 2 0 0 1-2 2H3a2 2 0 0 1-2-2V3a2 2 0 0 1 2-2zM4.3 9.2h3.3V20H4.3zM5.95 4a1.9 1.9 0 1 0 0 3.8 1.9 1.9 0 0 0 0-3.8zM9.8 9.2H13v1.5c.5-.9 1.6-1.8 3.3-1.8 3 0 3.7 2 3.7 4.8V20h-3.3v-5.6c0-1.3 0-2.9-1.8-2.9s-2 1.4-2 2.8V20H9.8z",
        )],
    },
    // Four squares.
    Mark {
        slug: "microsoft",
        size: "21",
        paths: &[
            ("#F25022", "M0 0h10v10H0z"),
            ("#7FBA00", "M11 0h10v10H11z"),
            ("#00A4EF", "M0 11h10v10H0z"),
            ("#FFB900", "M11 11h10v10H11z"),
        ],
    },
    // An X with one hollow stroke.
    Mark {
        slug: "x",
        size: "24",
        paths: &[(
            TEXT,
            "M14.3 10.2 22.9 0h-2L13.4 8.8 7.5 0H.6l9 13.3L.6 24h2l7.9-9.3L16.8 24h6.9l-9.4-13.8zm-2.8 3.3-.9-1.3L3.4 1.6h3.1l5.9 8.5.9 1.3 7.6 11.1h-3.1l-6.3-9z",
        )],
    },
];

fn provider_mark(mark: &Mark) -> Markup {
    let view_box = format!("0 0 {size} {size}", size = mark.size);
    let paths = mark.paths.iter().map(|&(fill, d)| view! { <path fill=fill fill-rule="evenodd" d=d /> });
    view! {
        <svg class="provider-mark" width="20" height="20" viewBox=view_box aria-hidden="true" focusable="false">
            {paths.collect_view()}
        </svg>
    }
    .into_markup()
}

fn door() -> Markup {
    line_icon("provider-mark", "M13 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 8l4 4-4 4M14 12H4")
}
