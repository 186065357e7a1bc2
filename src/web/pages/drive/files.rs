//! The view model of a list of files.

use super::drive_url::DriveUrl;
use crate::{
    drive::{File, FilePage, Folder},
    ui::view::{CrumbView, FileView, FilesView},
    web::pages::accounts::{Account, Accounts},
};

pub fn files_view(
    accounts: &Accounts,
    account: &Account,
    url: &DriveUrl,
    page: FilePage,
    folders: Vec<Folder>,
) -> FilesView {
    let FilePage { files, next, incomplete } = page;
    let default = accounts.default_account().map(|account| account.identity.id);
    let path = |other: &Account| {
        DriveUrl::my_drive((default != Some(other.identity.id)).then(|| other.view.identity.clone())).path()
    };
    FilesView {
        account: account.view.clone(),
        others: accounts.others(account).map(|other| (other.view.label.clone(), path(other))).collect(),
        crumbs: folders.into_iter().map(|folder| crumb(url, folder)).collect(),
        filter: url.filter(),
        files: files.into_iter().map(|file| file_view(url, file)).collect(),
        page: url.page(),
        first: (url.page() > 1 || url.query().page_token.is_some()).then(|| url.first_page()),
        next: next.map(|token| url.next_page(&token)),
        incomplete,
        connected_at: account.grant.as_ref().map_or(0, |grant| grant.given_at.unix_timestamp()),
    }
}

fn crumb(url: &DriveUrl, folder: Folder) -> CrumbView {
    CrumbView { href: url.folder(&folder.id), name: folder.name }
}

fn file_view(url: &DriveUrl, file: File) -> FileView {
    FileView {
        enter: file.folder.map(|folder| url.folder(&folder)),
        id: file.id,
        name: file.name,
        kind: file.kind,
        owner: file.owner,
        mine: file.mine,
        in_shared_drive: file.in_shared_drive,
        modified: file.modified,
        size: file.size,
        open: file.link,
        shared: file.shared,
        starred: file.starred,
    }
}
