//! What the pages are told that show what we may see at a provider: `/drive`, `/calendar`, a card on the dashboard and
//! one in the settings.

use super::{Notice, ProviderButton};
use crate::codes::{
    access::Access,
    files::{FileKind, FileSort},
};

/// What `/drive` is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriveView {
    /// What went wrong on the way here, or what was done.
    pub notice: Option<Notice>,
    /// What there is to show.
    pub state: DriveState,
}

/// What `/calendar` is told: the step-up for the card on the dashboard, which is where the events are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarPageView {
    /// What went wrong on the way here.
    pub notice: Option<Notice>,
    /// The way to the events.
    pub connect: ConnectView,
}

/// What `/drive` shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriveState {
    /// We may not look yet, or not any more.
    Connect(ConnectView),
    /// We may, and cannot at the moment.
    FormError {
        /// The account that it is about.
        account: AccountView,
        /// Why not.
        form_error: ApiFailure,
        /// Our address to try again at, a path of ours: the same; the first page where the page is not there; the top
        /// where the folder is not.
        again: String,
    },
    /// The files.
    Files(Box<FilesView>),
}

/// The step-up: what will be read, and the button that asks the provider for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectView {
    /// What is to be seen.
    pub access: Access,
    /// The person's accounts at the provider; none when they have not linked one, and then they link one first.
    pub accounts: Vec<AccountView>,
    /// The provider, to link; `None` when it is not switched on here, and nothing can be connected.
    pub provider: Option<ProviderButton>,
    /// We were allowed in before: why that ended.
    pub lost: Option<Lost>,
    /// Where the person goes once it is connected: a path of ours.
    pub return_to: String,
}

/// Why we may not see any more what we once were allowed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The provider does not take our token any more: the person took it back there, changed the password, or it was not
    /// used for long.
    Revoked,
    /// The access ran out, and the provider gave nothing to renew it with.
    Expired,
    /// The provider took just this out of what was granted: the person, or an administrator, took it back there.
    Withdrawn,
}

/// One of the person's accounts at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountView {
    /// What names its identity in forms and in `?account=`.
    pub identity: String,
    /// Its address, or its name, or "your Google account".
    pub label: String,
    /// What we may see there.
    pub sees: Vec<Access>,
}

/// Why the provider's API gives nothing at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiFailure {
    /// Too many questions: it wants us to wait so many seconds.
    Busy {
        /// Until it can be asked again.
        seconds: u64,
    },
    /// It does not answer, or not sensibly.
    Away,
    /// The tokens were sealed with a key that this server does not have.
    Unreadable,
    /// It answers, and says no: an administrator switched the API off for this account, say.
    Refused,
    /// There is no such folder (any more).
    NoSuchFolder,
    /// The address names a page of a list that the provider does not know (any more).
    NoSuchPage,
}

/// A list of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilesView {
    /// The account whose files they are.
    pub account: AccountView,
    /// The person's other accounts: label and our address to look there. Connected or not.
    pub others: Vec<(String, String)>,
    /// The way from the top to the present folder, each with our address. The last one is the present one. Empty while
    /// the list is not of one folder.
    pub crumbs: Vec<CrumbView>,
    /// What the list is narrowed to.
    pub filter: FilterView,
    /// Its files, in their order.
    pub files: Vec<FileView>,
    /// The number of this page, from 1.
    pub page: u32,
    /// Our address of the first page, when this is another.
    pub first: Option<String>,
    /// Our address of the next page.
    pub next: Option<String>,
    /// Google did not look everywhere.
    pub incomplete: bool,
    /// When it was connected.
    pub connected_at: i64,
}

/// A folder on the way to the present one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrumbView {
    /// Its name.
    pub name: String,
    /// Our address of it.
    pub href: String,
}

/// What a list is narrowed to: the fields of the form above it, a GET to `/drive`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterView {
    /// `account`: kept as it is, a hidden field. `None` for the one that is shown without it.
    pub account: Option<String>,
    /// `folder`: kept as it is, a hidden field. `None` at the top, and where the list is not of one folder.
    pub folder: Option<String>,
    /// `q`: words that the name has to contain.
    pub search: String,
    /// `kind`.
    pub kind: Option<FileKind>,
    /// `sort`.
    pub sort: FileSort,
    /// Our address without any of these, when there are any.
    pub clear: Option<String>,
    /// Our address of the same in the whole drive, when it is looked for in one folder.
    pub everywhere: Option<String>,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileView {
    /// Google's id of it: to tell rows apart.
    pub id: String,
    /// Its name. May be anything, and long.
    pub name: String,
    /// What kind it is.
    pub kind: FileKind,
    /// Its owner's name; `None` when it is the person's own, or nobody is told.
    pub owner: Option<String>,
    /// The person owns it.
    pub mine: bool,
    /// When it was changed last.
    pub modified: Option<i64>,
    /// In bytes. Google's own kinds have none.
    pub size: Option<u64>,
    /// Its address in Google Drive, https (or the stand-in's).
    pub open: Option<String>,
    /// Our address of what is in it, for a folder.
    pub enter: Option<String>,
    /// Others can see it.
    pub shared: bool,
    /// The person marked it.
    pub starred: bool,
}

/// What the dashboard's card about the calendar is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarView {
    /// There is nothing to connect here: no card.
    Off,
    /// We may not look yet: a link to `/calendar`.
    NotConnected,
    /// We may not any more: a link to `/calendar`.
    Lost(Lost),
    /// We may, and cannot at the moment.
    FormError(ApiFailure),
    /// The next events, the next one first; maybe none.
    Events(Vec<EventView>),
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventView {
    /// What it is called; `None` where it has no title, or is private.
    pub title: Option<String>,
    /// When it is.
    pub time: EventTime,
    /// Where it is, in the person's own words.
    pub place: Option<String>,
    /// Its address in Google Calendar, https (or the stand-in's).
    pub open: Option<String>,
}

/// When an event is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventTime {
    /// From a moment to another (Unix seconds).
    From {
        /// Its beginning.
        begins: i64,
        /// Its end.
        ends: i64,
    },
    /// On whole days, in no time zone: `2026-11-25`, both included; one day when they are the same.
    Days {
        /// The first.
        first: String,
        /// The last.
        last: String,
    },
}

/// What we may see at one account of a provider, for the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantView {
    /// What names the identity in the form that disconnects.
    pub identity: String,
    /// The provider's slug.
    pub slug: String,
    /// The provider's label.
    pub provider: String,
    /// The account there.
    pub account: String,
    /// What we may see, or could.
    pub sees: Vec<Access>,
    /// What the provider took out of it since.
    pub withdrawn: Vec<Access>,
    /// Other scopes that were granted, by the provider's names, shown as they are.
    pub further: Vec<String>,
    /// When it was given first.
    pub given_at: i64,
    /// When it was used last.
    pub used_at: Option<i64>,
    /// How it stands.
    pub state: GrantState,
}

/// How a grant stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantState {
    /// It works, and is renewed by itself until it is disconnected, or was not used until then.
    Renewed {
        /// When the provider forgets it.
        unused_until: i64,
    },
    /// It works until then, and cannot be renewed.
    Until(i64),
    /// It does not work any more.
    Lost(Lost),
    /// Disconnected: our copies are gone, and the provider is being told.
    BeingRevoked {
        /// It was told in vain so often.
        attempts: u32,
        /// The provider's page where the person can do it.
        by_hand: String,
    },
    /// Disconnected, and the provider has confirmed it.
    Revoked {
        /// When.
        at: i64,
    },
    /// Disconnected, and the provider has not confirmed it and is asked no more: the person has to do it there.
    NotRevoked {
        /// The provider's page where they can.
        by_hand: String,
    },
}
