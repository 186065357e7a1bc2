//! `/calendar`: asks for access to the calendar, for the card on the dashboard.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{components::connect::connect_page, markup::Markup, view::CalendarPageView};

#[component]
pub fn CalendarPage() -> Markup {
    drawn(|page: CalendarPageView| connect_page(page.notice, page.connect))
}
