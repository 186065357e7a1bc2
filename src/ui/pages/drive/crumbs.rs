//! Breadcrumbs.

use leptos::prelude::*;

use crate::ui::{
    markup::{IntoMarkup, Markup},
    view::CrumbView,
};

/// `None` if the list is not of one folder.
pub fn crumbs(crumbs: Vec<CrumbView>) -> Option<Markup> {
    let here = crumbs.len().checked_sub(1)?;
    let steps: Vec<_> = crumbs
        .into_iter()
        .enumerate()
        .map(|(place, CrumbView { name, href })| {
            let title = name.clone();
            let step = if place == here {
                view! {
                    <span class="crumb" aria-current="page" title=title>
                        <bdi>{display_name(name)}</bdi>
                    </span>
                }
                .into_markup()
            } else {
                view! {
                    <a class="crumb" href=href title=title>
                        <bdi>{display_name(name)}</bdi>
                    </a>
                }
                .into_markup()
            };
            view! { <li>{step}</li> }
        })
        .collect();
    Some(
        view! {
            <nav class="crumbs" aria-label="Folders">
                <ol role="list">{steps}</ol>
            </nav>
        }
        .into_markup(),
    )
}

/// Names without visible characters become "Untitled": a link needs a visible target.
pub fn display_name(name: String) -> String {
    if name.chars().any(is_visible) { name } else { "Untitled".into() }
}

/// Not white space, control or format characters (Unicode's `Cf`, as far as they occur in names).
fn is_visible(c: char) -> bool {
    let is_format = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !(c.is_whitespace() || c.is_control() || is_format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_names_become_untitled() {
        for invisible in ["", " ", "\u{a0}\t\n", "\u{202e}\u{200b}", "\u{7}"] {
            assert_eq!(display_name(invisible.into()), "Untitled", "{invisible:?}");
        }
        for visible in [".", "\u{202e}x", "🗂", "ملف"] {
            assert_eq!(display_name(visible.into()), visible);
        }
    }
}
