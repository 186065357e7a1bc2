//! `/calendar`, and the card on the dashboard.

use std::time::Duration;

use time::OffsetDateTime;
use tracing::Instrument;

use super::{
    accounts::{Account, Accounts, Fallen, Standing},
    call::{Call, PageError, PageResult},
};
use crate::{
    accounts::{Identity, UserId},
    calendar::{CalendarError, Event, When, next_events},
    codes::access::Access,
    grants::{CalendarEventsReadonly, GrantError, Grants},
    store::StoreError,
    ui::view::{ApiFailure, CalendarPageView, CalendarView, EventTime, EventView, Notice},
};

/// Where the events are.
const CARD: &str = "/dashboard";
/// The dashboard does not wait longer for its card.
const PATIENCE: Duration = Duration::from_millis(1500);

/// GET `/calendar`: the step-up. Who is connected has the events on the dashboard.
pub async fn calendar(call: Call) -> PageResult {
    let user = call.signed_in()?.user.id;
    let mut accounts = Accounts::of(&call, user, Access::Calendar).await?;
    let asked_for = call.query.one("account");
    let notice = call.notice();
    let lost = match accounts.chosen(asked_for)? {
        Some(Account { standing: Standing::Lost(lost), .. }) => Some(*lost),
        Some(Account { standing: Standing::Connected, identity, .. })
            if matches!(notice, None | Some(Notice::Done(_))) =>
        {
            let Err(error) = call.app.grants.take::<CalendarEventsReadonly>(identity).await else {
                return Err(PageError::To(CARD.to_owned()));
            };
            let lost = match Fallen::from(error) {
                Fallen::Connect(lost) => lost,
                Fallen::FormError(ApiFailure::Unreadable) => None,
                Fallen::FormError(_) | Fallen::Store(_) => return Err(PageError::To(CARD.to_owned())),
            };
            // It went while we looked, and more may have gone with it.
            accounts = Accounts::of(&call, user, Access::Calendar).await?;
            lost
        }
        _ => None,
    };
    let only = accounts.chosen(asked_for)?.filter(|_| asked_for.is_some());
    let connect = accounts.connect(&call, only, lost, CARD.to_owned());
    call.draw(CalendarPageView { notice, connect }).await
}

/// The card. Whoever has no account with a calendar costs no query, and no calendar costs the dashboard more than
/// a moment.
///
/// # Errors
/// When the database does not answer.
pub async fn card(call: &Call, user: UserId, identities: &[Identity]) -> Result<CalendarView, StoreError> {
    let accounts = Accounts::among(call, user, Access::Calendar, identities).await?;
    let Some(account) = accounts.usual() else { return Ok(CalendarView::Off) };
    match account.standing {
        Standing::Unconnected => Ok(CalendarView::NotConnected),
        Standing::Lost(lost) => Ok(CalendarView::Lost(lost)),
        Standing::Connected => look(call, account).await,
    }
}

async fn look(call: &Call, account: &Account) -> Result<CalendarView, StoreError> {
    let (grants, identity, now) = (call.app.grants.clone(), account.identity.clone(), call.context.clock.date());
    // It goes on when nobody waits any more: a renewal is not cut in half, and a calendar that hangs is found to hang.
    let asking = async move { events(&grants, &identity, now).await };
    let asking = call.app.tasks.spawn(asking.in_current_span());
    let events = match tokio::time::timeout(PATIENCE, asking).await {
        Ok(Ok(events)) => events,
        Ok(Err(_)) | Err(_) => return Ok(CalendarView::FormError(ApiFailure::Away)),
    };
    let error = match events {
        Ok(events) => return Ok(CalendarView::Events(events.into_iter().map(event_view).collect())),
        Err(error) => error,
    };
    if matches!(error, CalendarError::Grant(GrantError::Away) | CalendarError::Malformed { .. }) {
        tracing::warn!(%error, "Google Calendar gives no events");
    }
    let fallen = match error {
        CalendarError::Malformed { .. } => Fallen::FormError(ApiFailure::Away),
        CalendarError::Grant(error) => Fallen::from(error),
    };
    match fallen {
        Fallen::Connect(None) => Ok(CalendarView::NotConnected),
        Fallen::Connect(Some(lost)) => Ok(CalendarView::Lost(lost)),
        Fallen::FormError(form_error) => Ok(CalendarView::FormError(form_error)),
        Fallen::Store(error) => Err(error),
    }
}

async fn events(grants: &Grants, identity: &Identity, now: OffsetDateTime) -> Result<Vec<Event>, CalendarError> {
    let mut granted = grants.take(identity).await?;
    next_events(grants, &mut granted, now).await
}

fn event_view(event: Event) -> EventView {
    let time = match event.when {
        When::Timestamps { begins, ends } => EventTime::From { begins, ends },
        // A date's own text is the one of ISO 8601.
        When::Days { first, last } => EventTime::Days { first: first.to_string(), last: last.to_string() },
    };
    EventView { title: event.title, time, place: event.place, open: event.link }
}
