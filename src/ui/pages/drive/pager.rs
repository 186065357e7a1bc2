//! Links to other pages of the list.

use leptos::prelude::*;

use crate::ui::markup::{IntoMarkup, Markup};

/// The island replaces the second link with the button.
pub fn pager(first: Option<String>, next: Option<String>) -> Option<Markup> {
    if first.is_none() && next.is_none() {
        return None;
    }
    Some(
        view! {
            <nav class="pager" aria-label="Pages">
                {first
                    .map(|href| {
                        view! {
                            <a class="button is-quiet files-first" href=href rel="nofollow">
                                "Back to the first page"
                            </a>
                        }
                    })}
                {next
                    .map(|href| {
                        view! {
                            <a class="button is-quiet files-next" href=href rel="next nofollow">
                                "Next page"
                            </a>
                            <button class="button is-quiet files-more" type="button" hidden>
                                <span class="submit-inviting">"Load more"</span>
                                <span class="submit-busy">"Loading…"</span>
                            </button>
                        }
                    })}
            </nav>
        }
        .into_markup(),
    )
}
