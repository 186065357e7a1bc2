//! The way to the next page of a list of events.

use leptos::prelude::*;

use crate::ui::markup::{IntoMarkup, Markup};

pub fn older_activity(href: String) -> Markup {
    view! {
        <div class="card-steps">
            <a class="button is-quiet" href=href>
                "Older activity"
            </a>
        </div>
    }
    .into_markup()
}
