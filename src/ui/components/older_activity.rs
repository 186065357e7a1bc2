//! The way to the next page of a list of events.

use leptos::prelude::*;

pub fn older_activity(href: String) -> AnyView {
    view! {
        <div class="card-steps">
            <a class="button is-quiet" href=href>
                "Older activity"
            </a>
        </div>
    }
    .into_any()
}
