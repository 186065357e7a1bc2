//! "Next in your calendar": the card, in each of its states.

use leptos::prelude::*;

use crate::{
    codes::access::Access,
    ui::{
        components::{file_icon::ExternalLinkIcon, timestamp::Timestamp},
        markup::{IntoMarkup, Markup},
        timestamp,
        view::{CalendarView, EventTime, EventView},
        wording::{self, Message},
    },
};

const GOOGLE_CALENDAR: &str = "https://calendar.google.com/";

/// `None` if there is nothing to connect.
pub fn calendar(calendar: CalendarView) -> Option<Markup> {
    let class = if has_events(&calendar) { "card is-wide" } else { "card" };
    let body = match calendar {
        CalendarView::Off => return None,
        CalendarView::NotConnected => not_connected(),
        CalendarView::Lost(lost) => {
            notice(wording::access::lost(lost, Access::Calendar), ("Reconnect Google Calendar", "/calendar"))
        }
        CalendarView::Failed(failure) => {
            notice(wording::provider_api_error(failure, Access::Calendar), wording::calendar_step(failure))
        }
        CalendarView::NothingYet => view! {
            <p class="card-lead">"Nothing to attend among the first events that Google returned. There may be more."</p>
            <div class="card-steps">
                <a class="button is-quiet" href=GOOGLE_CALENDAR target="_blank" rel="noopener noreferrer">
                    "Open Google Calendar"
                    <ExternalLinkIcon />
                    <span class="visually-hidden">" (in a new tab)"</span>
                </a>
            </div>
        }
        .into_markup(),
        CalendarView::Events(events) if events.is_empty() => {
            view! { <p class="card-lead">"No upcoming events in your main calendar."</p> }.into_markup()
        }
        CalendarView::Events(events) => {
            let events: Vec<_> = events.into_iter().map(event).collect();
            view! {
                <ol class="upcoming" role="list">
                    {events}
                </ol>
            }
            .into_markup()
        }
    };
    Some(
        view! {
            <section class=class aria-labelledby="calendar-title">
                <h2 class="card-title" id="calendar-title">
                    "Next in your calendar"
                </h2>
                {body}
            </section>
        }
        .into_markup(),
    )
}

/// Then the card has its own row.
pub fn has_events(calendar: &CalendarView) -> bool {
    matches!(calendar, CalendarView::Events(events) if !events.is_empty())
}

fn not_connected() -> Markup {
    view! {
        <p class="card-lead">
            "See your next five events here. Latchkey reads your main Google calendar and changes nothing."
        </p>
        <div class="card-steps">
            <a class="button is-quiet" href="/calendar">
                "Connect Google Calendar"
            </a>
        </div>
    }
    .into_markup()
}

fn notice(message: Message, (text, href): (&'static str, &'static str)) -> Markup {
    view! {
        <p class="card-happened">{message.happened}</p>
        <p class="card-lead">{message.advice}</p>
        <div class="card-steps">
            <a class="button is-quiet" href=href>
                {text}
            </a>
        </div>
    }
    .into_markup()
}

fn event(event: EventView) -> Markup {
    let EventView { title, time, place, open } = event;
    let title = match title {
        Some(title) => view! { <bdi>{title}</bdi> }.into_markup(),
        None => "Busy".into_markup(),
    };
    let title = match open {
        Some(href) => view! {
            <a class="upcoming-link" href=href target="_blank" rel="noopener noreferrer">
                {title}
                <ExternalLinkIcon />
                <span class="visually-hidden">" (opens in Google Calendar, in a new tab)"</span>
            </a>
        }
        .into_markup(),
        None => title,
    };
    view! {
        <li class="upcoming-event">
            <h3 class="upcoming-title">{title}</h3>
            <p class="upcoming-when">{when(time)}</p>
            {place
                .map(|place| {
                    view! {
                        <p class="upcoming-place">
                            <span class="visually-hidden">"Location: "</span>
                            <bdi>{place}</bdi>
                        </p>
                    }
                })}
        </li>
    }
    .into_markup()
}

/// A time is shown in the browser's time zone; a whole day has none.
fn when(time: EventTime) -> Markup {
    match time {
        EventTime::From { begins, ends } => {
            let duration = timestamp::duration(ends.saturating_sub(begins)).map(|duration| {
                view! { <span class="upcoming-lasts">{format!("for {duration}")}</span> }
            });
            view! { <Timestamp unix=begins /> " " {duration} }.into_markup()
        }
        EventTime::Days { first, last } => match (timestamp::day_of(&first), timestamp::day_of(&last)) {
            (Some(first), Some(last)) if first == last => format!("{first}, all day").into_markup(),
            (Some(first), Some(last)) => format!("{first} to {last}").into_markup(),
            _ => "Date unknown".into_markup(),
        },
    }
}
