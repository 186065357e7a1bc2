//! `/calendar`: the step-up for the card on the dashboard.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{components::connect::connect_page, view::CalendarPageView};

/// The page, drawn from the [`CalendarPageView`] in the context.
#[component]
pub fn CalendarPage() -> impl IntoView {
    drawn(|page: CalendarPageView| connect_page(page.notice, page.connect))
}
