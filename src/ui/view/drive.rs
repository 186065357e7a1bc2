//! `/drive`.

use super::{AccountView, ConnectView, Notice, ProviderApiError};
use crate::codes::files::{FileKind, FileSort};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriveView {
    pub notice: Option<Notice>,
    pub state: DriveState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriveState {
    /// Not connected, or not any more.
    Connect(ConnectView),
    /// Connected, but the list cannot be shown.
    Failed {
        account: AccountView,
        failure: ProviderApiError,
        /// The path to try again at: the same; the first page if the page does not exist; My Drive if the folder does not.
        again: String,
    },
    Files(Box<FilesView>),
}

/// A list of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilesView {
    pub account: AccountView,
    /// The person's other accounts, connected or not: label and path.
    pub others: Vec<(String, String)>,
    /// From My Drive to the current folder, which comes last. Empty if the list is not of one folder.
    pub crumbs: Vec<CrumbView>,
    pub filter: FilterView,
    pub files: Vec<FileView>,
    /// Counts from 1.
    pub page: u32,
    /// Path of the first page, unless this is it.
    pub first: Option<String>,
    /// Path of the next page.
    pub next: Option<String>,
    /// Google did not search everywhere.
    pub incomplete: bool,
    pub connected_at: i64,
}

/// A folder in the breadcrumbs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrumbView {
    pub name: String,
    pub href: String,
}

/// The fields of the filter form, a GET to `/drive`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterView {
    /// `account`, a hidden field. `None` for the default account.
    pub account: Option<String>,
    /// `folder`, a hidden field. `None` in My Drive, and if the list is not of one folder.
    pub folder: Option<String>,
    /// `q`: words in the name.
    pub search: String,
    /// `kind`.
    pub kind: Option<FileKind>,
    /// `sort`.
    pub sort: FileSort,
    /// Path without any filter, if there is one.
    pub clear: Option<String>,
    /// Path of the same search in the whole drive, if it is in one folder.
    pub everywhere: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileView {
    /// Google's id.
    pub id: String,
    /// Any text of any length.
    pub name: String,
    pub kind: FileKind,
    /// The owner's name; `None` for the person's own files, or if unknown.
    pub owner: Option<String>,
    /// The person owns it.
    pub mine: bool,
    /// It belongs to a shared drive instead.
    pub in_shared_drive: bool,
    pub modified: Option<i64>,
    /// In bytes. Folders and shortcuts have none.
    pub size: Option<u64>,
    /// URL in Google Drive, https (or the mock provider's).
    pub open: Option<String>,
    /// Path of the contents of a folder, or of the one that a shortcut leads to.
    pub enter: Option<String>,
    pub shared: bool,
    pub starred: bool,
}
