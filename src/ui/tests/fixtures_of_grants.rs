//! Views of grants, with every field filled.

use super::fixtures::{NEW_YEAR, google};
use crate::{
    codes::{
        access::Access,
        files::{FileKind, FileSort},
    },
    ui::view::{
        AccountView, CalendarView, ConnectView, CrumbView, DriveState, DriveView, EventTime, EventView, FileView,
        FilesView, FilterView, GrantState, GrantView, ProviderApiError,
    },
};

pub fn account() -> AccountView {
    AccountView { identity: "identity-1".into(), label: "ada@example.com".into(), sees: vec![Access::Drive] }
}

pub fn another_account() -> AccountView {
    AccountView { identity: "identity-2".into(), label: "ada@work.example".into(), sees: vec![] }
}

/// A person who has not connected anything yet.
pub fn connect(access: Access) -> ConnectView {
    ConnectView {
        access,
        accounts: vec![AccountView { sees: vec![], ..account() }],
        provider: Some(google()),
        lost: None,
        return_to: "/drive?folder=a&sort=name".into(),
    }
}

pub fn file() -> FileView {
    FileView {
        id: "file-1".into(),
        name: "Notes on the engine.pdf".into(),
        kind: FileKind::Pdf,
        owner: Some("Charles Babbage".into()),
        mine: false,
        in_shared_drive: false,
        modified: Some(NEW_YEAR),
        size: Some(52_428_800),
        open: Some("https://drive.example/file-1".into()),
        enter: None,
        shared: true,
        starred: true,
    }
}

pub fn folder() -> FileView {
    FileView {
        id: "folder-1".into(),
        name: "Drawings".into(),
        kind: FileKind::Folder,
        owner: None,
        mine: true,
        in_shared_drive: false,
        modified: Some(NEW_YEAR - 86_400),
        size: None,
        open: Some("https://drive.example/folder-1".into()),
        enter: Some("/drive?folder=folder-1".into()),
        shared: false,
        starred: false,
    }
}

/// No filter.
pub fn filter() -> FilterView {
    FilterView {
        account: None,
        folder: None,
        search: String::new(),
        kind: None,
        sort: FileSort::Name,
        clear: None,
        everywhere: None,
    }
}

pub fn files() -> FilesView {
    FilesView {
        account: account(),
        others: vec![("ada@work.example".into(), "/drive?account=identity-2".into())],
        crumbs: vec![
            CrumbView { name: "My Drive".into(), href: "/drive".into() },
            CrumbView { name: "Engines".into(), href: "/drive?folder=engines".into() },
        ],
        filter: FilterView { account: Some("identity-1".into()), folder: Some("engines".into()), ..filter() },
        files: vec![folder(), file()],
        page: 1,
        first: None,
        next: Some("/drive?folder=engines&page_token=t&page=2".into()),
        incomplete: false,
        connected_at: NEW_YEAR,
    }
}

pub fn drive(files: FilesView) -> DriveView {
    DriveView { notice: None, state: DriveState::Files(Box::new(files)) }
}

pub const FAILURES: [ProviderApiError; 6] = [
    ProviderApiError::RateLimited { seconds: 42 },
    ProviderApiError::Unavailable,
    ProviderApiError::Unreadable,
    ProviderApiError::Refused,
    ProviderApiError::NoSuchFolder,
    ProviderApiError::NoSuchPage,
];

pub fn events() -> CalendarView {
    let event = |title: &str, time, place: Option<&str>| EventView {
        title: Some(title.into()),
        time,
        place: place.map(Into::into),
        open: Some("https://calendar.example/event".into()),
    };
    CalendarView::Events(vec![
        event("Tea", EventTime::From { begins: NEW_YEAR, ends: NEW_YEAR + 5_400 }, Some("Dorset Street")),
        event("Holiday", EventTime::Days { first: "2026-01-02".into(), last: "2026-01-04".into() }, None),
        EventView {
            title: None,
            time: EventTime::Days { first: "2026-01-05".into(), last: "2026-01-05".into() },
            place: None,
            open: None,
        },
    ])
}

pub const BY_HAND: &str = "https://myaccount.example/connections";

pub fn grant(state: GrantState) -> GrantView {
    GrantView {
        identity: "identity-1".into(),
        slug: "google".into(),
        provider: "Google".into(),
        account: "ada@example.com".into(),
        sees: vec![Access::Drive, Access::Calendar],
        withdrawn: vec![],
        further: vec!["https://www.example/auth/further".into()],
        given_at: NEW_YEAR,
        used_at: Some(NEW_YEAR + 86_400),
        state,
    }
}
