//! `/calendar`, and the calendar card on the dashboard.

use std::time::Duration;

use time::OffsetDateTime;
use tracing::Instrument;

use super::{
    accounts::{AccessError, Account, Accounts, ConnectionStatus},
    page_request::{PageRejection, PageRequest, PageResult},
};
use crate::{
    accounts::{Identity, UserId},
    calendar::{CalendarError, Event, NextEvents, When, next_events},
    codes::access::Access,
    grants::{CalendarEventsReadonly, GrantError, Grants},
    store::StoreError,
    ui::{
        page::Page,
        view::{CalendarPageView, CalendarView, EventTime, EventView, Notice, ProviderApiError},
    },
};

/// The page with the events.
const CARD: &str = "/dashboard";
/// How long the dashboard waits for its card.
const TIMEOUT: Duration = Duration::from_millis(1500);

/// GET `/calendar`: asks for the permission. Once connected, it redirects to the events on the dashboard.
pub async fn calendar(request: PageRequest) -> PageResult {
    let user = request.signed_in()?.user.id;
    let mut accounts = Accounts::of(&request, user, Access::Calendar).await?;
    let asked_for = request.query.one("account");
    let notice = request.notice();
    let lost = match accounts.chosen(asked_for)? {
        Some(Account { status: ConnectionStatus::Lost(lost), .. }) => Some(*lost),
        Some(Account { status: ConnectionStatus::Connected, identity, .. })
            if matches!(notice, None | Some(Notice::Done(_))) =>
        {
            let Err(error) = request.app.grants.take::<CalendarEventsReadonly>(identity).await else {
                return Err(PageRejection::Redirect(CARD.to_owned()));
            };
            let lost = match AccessError::from(error) {
                AccessError::NotConnected(lost) => lost,
                AccessError::Api(ProviderApiError::Unreadable) => None,
                AccessError::Api(_) | AccessError::Store(_) => return Err(PageRejection::Redirect(CARD.to_owned())),
            };
            // The grant just ended, perhaps for other services too.
            accounts = Accounts::of(&request, user, Access::Calendar).await?;
            lost
        }
        _ => None,
    };
    let only = accounts.chosen(asked_for)?.filter(|_| asked_for.is_some());
    let connect = accounts.connect(&request, only, lost, CARD.to_owned());
    request.draw(Page::Calendar, CalendarPageView { notice, connect })
}

/// The card. It needs no query for people without a Google account, and delays the dashboard by at most [`TIMEOUT`].
pub async fn card(request: &PageRequest, user: UserId, identities: &[Identity]) -> Result<CalendarView, StoreError> {
    let accounts = Accounts::among(request, user, Access::Calendar, identities).await?;
    let Some(account) = accounts.default_account() else { return Ok(CalendarView::Off) };
    match account.status {
        ConnectionStatus::NotConnected => Ok(CalendarView::NotConnected),
        ConnectionStatus::Lost(lost) => Ok(CalendarView::Lost(lost)),
        ConnectionStatus::Connected => load(request, account).await,
    }
}

async fn load(request: &PageRequest, account: &Account) -> Result<CalendarView, StoreError> {
    let (grants, identity, now) = (request.app.grants.clone(), account.identity.clone(), request.context.clock.date());
    // Runs on after the timeout: a token refresh must not be cut off, and the circuit breaker must see a calendar that hangs.
    let loading = async move { events(&grants, &identity, now).await };
    let loading = request.app.tasks.spawn(loading.in_current_span());
    let events = match tokio::time::timeout(TIMEOUT, loading).await {
        Ok(Ok(events)) => events,
        Ok(Err(_)) | Err(_) => return Ok(CalendarView::Failed(ProviderApiError::Unavailable)),
    };
    let error = match events {
        Ok(NextEvents { events, incomplete: true }) if events.is_empty() => return Ok(CalendarView::NothingYet),
        Ok(NextEvents { events, .. }) => return Ok(CalendarView::Events(events.into_iter().map(event_view).collect())),
        Err(error) => error,
    };
    if matches!(error, CalendarError::Grant(GrantError::Unavailable) | CalendarError::Malformed { .. }) {
        tracing::warn!(%error, "cannot load events from Google Calendar");
    }
    let error = match error {
        CalendarError::Malformed { .. } => AccessError::Api(ProviderApiError::Unavailable),
        CalendarError::Grant(error) => AccessError::from(error),
    };
    match error {
        AccessError::NotConnected(None) => Ok(CalendarView::NotConnected),
        AccessError::NotConnected(Some(lost)) => Ok(CalendarView::Lost(lost)),
        AccessError::Api(failure) => Ok(CalendarView::Failed(failure)),
        AccessError::Store(error) => Err(error),
    }
}

async fn events(grants: &Grants, identity: &Identity, now: OffsetDateTime) -> Result<NextEvents, CalendarError> {
    let mut granted = grants.take(identity).await?;
    next_events(grants, &mut granted, now).await
}

fn event_view(event: Event) -> EventView {
    let time = match event.when {
        When::Timestamps { begins, ends } => EventTime::From { begins, ends },
        // `Date` displays as ISO 8601.
        When::Days { first, last } => EventTime::Days { first: first.to_string(), last: last.to_string() },
    };
    EventView { title: event.title, time, place: event.place, open: event.link }
}
