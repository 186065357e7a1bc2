//! The way from the top to the present folder.

use leptos::prelude::*;

use crate::ui::view::CrumbView;

/// The way, or nothing while the list is not of one folder.
pub fn crumbs(crumbs: Vec<CrumbView>) -> Option<AnyView> {
    let here = crumbs.len().checked_sub(1)?;
    let steps: Vec<_> = crumbs
        .into_iter()
        .enumerate()
        .map(|(place, CrumbView { name, href })| {
            let title = name.clone();
            let step = if place == here {
                view! {
                    <span class="crumb" aria-current="page" title=title>
                        <bdi>{named(name)}</bdi>
                    </span>
                }
                .into_any()
            } else {
                view! {
                    <a class="crumb" href=href title=title>
                        <bdi>{named(name)}</bdi>
                    </a>
                }
                .into_any()
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
        .into_any(),
    )
}

/// A name that shows nothing is called so: a link needs something to hold on to.
pub fn named(name: String) -> String {
    if name.chars().any(is_seen) { name } else { "Without a name".into() }
}

/// Leaves out what takes no ink: spaces, control characters, and those that only join or turn (Unicode's `Cf`, as far
/// as they occur in names).
fn is_seen(c: char) -> bool {
    let joins_or_turns = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !(c.is_whitespace() || c.is_control() || joins_or_turns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_shows_nothing_is_called_so() {
        for nothing in ["", " ", "\u{a0}\t\n", "\u{202e}\u{200b}", "\u{7}"] {
            assert_eq!(named(nothing.into()), "Without a name", "{nothing:?}");
        }
        for something in [".", "\u{202e}x", "🗂", "ملف"] {
            assert_eq!(named(something.into()), something);
        }
    }
}
