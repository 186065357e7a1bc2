//! Grants in the settings and on the dashboard.

use super::{
    document::{Form, HOSTILE, attribute, forms, is_a_sound_document, render, render_with, stays_text, tags},
    fixtures::{NEW_YEAR, connection_settings, dashboard, google, login},
    fixtures_of_grants::{BY_HAND, FAILURES, events, grant},
};
use crate::{
    codes::access::Access,
    ui::{
        view::{
            Assets, CalendarView, ConnectionSettingsView, DashboardView, EventTime, EventView, GrantState, GrantView,
            LoginView, Lost, Notice, ProviderButton,
        },
        wording,
    },
};

async fn with_grant(state: GrantState) -> String {
    let html = render("/settings/connections", connection_settings(vec![grant(state)])).await;
    is_a_sound_document(&html);
    let (_, section) = html.split_once("id=\"services\"").expect("the section");
    section.split_once("</section>").expect("its end").0.to_owned()
}

async fn with_calendar(calendar: CalendarView) -> String {
    let html = render("/dashboard", DashboardView { calendar, ..dashboard() }).await;
    is_a_sound_document(&html);
    html
}

#[tokio::test]
async fn a_grant_shows_its_access_start_and_expiry() {
    let html = with_grant(GrantState::Renewed { unused_until: NEW_YEAR + 864_000 }).await;
    for part in [
        wording::access::sees(Access::Drive),
        wording::access::sees(Access::Calendar),
        "<code>https://www.example/auth/further</code>",
        "ada@example.com",
        "1 January 2026, 00:00 UTC",
        "2 January 2026, 00:00 UTC",
        "11 January 2026, 00:00 UTC",
        "Disconnecting removes all of Latchkey's access to this Google account",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    let never = GrantView { used_at: None, ..grant(GrantState::Until(NEW_YEAR)) };
    let html = render("/settings/connections", connection_settings(vec![never])).await;
    assert!(html.contains("Not used yet") && html.contains("Can't be renewed. Works until "), "{html}");
}

#[tokio::test]
async fn only_grants_that_may_be_valid_can_be_disconnected() {
    let by_hand = || BY_HAND.to_owned();
    let end = Form {
        action: "/grants/disconnect",
        fields: vec![("return_to", "/settings/connections"), ("identity", "identity-1")],
    };
    for (state, expected, ends) in [
        (GrantState::Renewed { unused_until: NEW_YEAR }, "Connected", true),
        (GrantState::Until(NEW_YEAR), "Connected", true),
        (GrantState::Lost(Lost::Revoked), "no longer accepts our access token", true),
        (GrantState::Lost(Lost::Expired), "can't be renewed", true),
        (GrantState::BeingRevoked { attempts: 0, by_hand: by_hand() }, "is being notified.", false),
        (GrantState::BeingRevoked { attempts: 1, by_hand: by_hand() }, "hasn't confirmed yet", false),
        (GrantState::BeingRevoked { attempts: 4, by_hand: by_hand() }, "hasn't confirmed after 4 attempts", false),
        (GrantState::Revoked { at: NEW_YEAR }, "confirmed it", false),
        (GrantState::NotRevoked { by_hand: by_hand() }, "hasn't confirmed it", false),
    ] {
        let html = with_grant(state.clone()).await;
        assert!(html.contains(expected), "{expected} is missing in {html}");
        assert_eq!(forms(&html).contains(&end), ends, "{html}");
        let links_away = matches!(state, GrantState::BeingRevoked { .. } | GrantState::NotRevoked { .. });
        assert_eq!(
            html.contains(&format!("href=\"{BY_HAND}\" target=\"_blank\" rel=\"noopener noreferrer\"")),
            links_away
        );
        assert_eq!(html.contains(">Reconnect"), matches!(state, GrantState::Lost(_)), "{html}");
        let again = "href=\"/drive?account=identity-1\"";
        assert_eq!(html.contains(again), matches!(state, GrantState::Lost(_)), "{html}");
        assert_eq!(html.contains("We deleted our access tokens"), !ends, "{html}");
    }
}

#[tokio::test]
async fn a_grant_without_known_scopes_is_not_called_connected() {
    let state = || GrantState::Renewed { unused_until: NEW_YEAR };
    let left = GrantView { sees: vec![], further: vec![], withdrawn: vec![Access::Calendar], ..grant(state()) };
    let html = render("/settings/connections", connection_settings(vec![left])).await;
    is_a_sound_document(&html);
    assert!(html.contains("Only your basic profile.") && !html.contains(">Connected<"), "{html}");
    assert!(html.contains("Google no longer lets Latchkey see your events."), "{html}");
    assert!(html.contains("href=\"/calendar?account=identity-1\""), "{html}");
    let whole = with_grant(state()).await;
    assert!(
        whole.contains(">Connected<")
            && !whole.contains("Only your basic profile")
            && !whole.contains("no longer lets")
    );
}

#[tokio::test]
async fn without_grants_the_settings_offer_what_is_enabled() {
    let html = render("/settings/connections", connection_settings(vec![])).await;
    is_a_sound_document(&html);
    assert!(html.contains("Only your basic profile") && html.contains("href=\"/calendar\""), "{html}");
    assert!(html.contains(">Connect Google Drive</a>"), "{html}");
    let off =
        render("/settings/connections", ConnectionSettingsView { offered: vec![], ..connection_settings(vec![]) })
            .await;
    assert!(off.contains("Only your basic profile") && !off.contains("href=\"/calendar\""), "{off}");
}

#[tokio::test]
async fn services_that_are_not_connected_are_offered() {
    let of = |sees: Vec<Access>, state| GrantView { sees, ..grant(state) };
    let works = || GrantState::Renewed { unused_until: NEW_YEAR };
    let both = vec![Access::Drive, Access::Calendar];
    for (grants, drive, calendar) in [
        (vec![of(vec![Access::Drive], works())], false, true),
        (vec![of(vec![Access::Calendar], works())], true, false),
        (vec![of(vec![Access::Drive], works()), of(vec![Access::Calendar], works())], false, false),
        (vec![of(both.clone(), works())], false, false),
        (vec![of(both.clone(), GrantState::Lost(Lost::Revoked))], false, false),
        (vec![of(both, GrantState::Revoked { at: NEW_YEAR })], true, true),
    ] {
        let html = render("/settings/connections", connection_settings(grants.clone())).await;
        is_a_sound_document(&html);
        let offered = ["Drive", "Calendar"].map(|name| html.contains(&format!("Connect Google {name}</a>")));
        assert_eq!(offered, [drive, calendar], "{grants:?}");
    }
}

#[tokio::test]
async fn events_show_title_time_and_place() {
    let html = with_calendar(events()).await;
    for part in [
        "Next in your calendar",
        "Tea",
        "1 January 2026, 00:00 UTC",
        "for 1 hour 30 minutes",
        "Dorset Street",
        "2 January 2026 to 4 January 2026",
        "5 January 2026, all day",
        "Busy",
        "opens in Google Calendar, in a new tab",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    let away = tags(&html).filter(|tag| tag.contains("https://calendar.example"));
    assert!(away.into_iter().all(|tag| attribute(tag, "rel") == Some("noopener noreferrer")));
}

#[tokio::test]
async fn the_calendar_card_has_a_next_step_in_every_state() {
    let none = with_calendar(CalendarView::Events(vec![])).await;
    assert!(none.contains("No upcoming events"), "{none}");
    let so_far = with_calendar(CalendarView::NothingYet).await;
    assert!(
        !so_far.contains("No upcoming events") && so_far.contains("href=\"https://calendar.google.com/\""),
        "{so_far}"
    );
    let new = with_calendar(CalendarView::NotConnected).await;
    assert!(new.contains("href=\"/calendar\"") && new.contains("Connect Google Calendar"), "{new}");
    for lost in [Lost::Revoked, Lost::Expired] {
        let html = with_calendar(CalendarView::Lost(lost)).await;
        assert!(html.contains("Reconnect Google Calendar") && html.contains("href=\"/calendar\""), "{html}");
    }
    for failure in FAILURES {
        let html = with_calendar(CalendarView::Failed(failure)).await;
        let (text, href) = wording::calendar_step(failure);
        assert!(html.contains(&wording::provider_api_error(failure, Access::Calendar).happened), "{html}");
        assert!(html.contains(text) && html.contains(&format!("href=\"{href}\"")), "{html}");
    }
}

#[tokio::test]
async fn the_dashboard_omits_services_that_are_not_enabled() {
    let off = with_calendar(CalendarView::Off).await;
    for part in ["Next in your calendar", "href=\"/drive\"", "stay connected"] {
        assert!(!off.contains(part), "{part} is in {off}");
    }
    let on = with_calendar(CalendarView::NotConnected).await;
    assert!(on.contains("href=\"/drive\"") && on.contains("stay connected until"), "{on}");
}

#[tokio::test]
async fn another_account_is_offered_only_with_an_account_chooser() {
    let out = |lets_choose| LoginView {
        providers: vec![ProviderButton { lets_choose, ..google() }],
        notice: Some(Notice::SignedOut),
        ..login()
    };
    let can = render("/login", out(true)).await;
    assert!(can.contains("Use another Google account") && can.contains("prompt=select_account"), "{can}");
    let cannot = render("/login", out(false)).await;
    is_a_sound_document(&cannot);
    assert!(cannot.contains("You're still signed in to Google") && !cannot.contains("select_account"), "{cannot}");
}

#[tokio::test]
async fn markup_in_text_is_escaped() {
    let text = || HOSTILE.to_owned();
    let states = [
        GrantState::BeingRevoked { attempts: 2, by_hand: text() },
        GrantState::NotRevoked { by_hand: text() },
        GrantState::Lost(Lost::Revoked),
        GrantState::Renewed { unused_until: NEW_YEAR },
    ];
    let grants = states
        .map(|state| GrantView {
            identity: text(),
            slug: text(),
            provider: text(),
            account: text(),
            further: vec![text()],
            ..grant(state)
        })
        .to_vec();
    stays_text(&render_with("/settings/connections", connection_settings(grants), Assets::default()).await);

    let event = |time| EventView { title: Some(text()), time, place: Some(text()), open: Some(text()) };
    let calendar = CalendarView::Events(vec![
        event(EventTime::From { begins: i64::MIN, ends: i64::MAX }),
        event(EventTime::Days { first: text(), last: text() }),
    ]);
    stays_text(&render("/dashboard", DashboardView { calendar, picture: None, ..dashboard() }).await);
}
