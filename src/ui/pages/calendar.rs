//! `/calendar`: asks for access to the calendar, for the card on the dashboard.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{components::connect::connect_page, view::CalendarPageView};

#[component]
pub fn CalendarPage() -> impl IntoView {
    drawn(|page: CalendarPageView| connect_page(page.notice, page.connect))
}
