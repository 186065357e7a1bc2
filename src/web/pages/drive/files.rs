//! A list of files, as its page is told of it.

use super::asked::Asked;
use crate::{
    codes::files::FileKind,
    drive::{File, FileId, FilePage, Folder},
    ui::view::{CrumbView, FileView, FilesView},
    web::pages::accounts::{Account, Accounts},
};

/// The page of a list.
pub fn files_view(
    accounts: &Accounts,
    account: &Account,
    asked: &Asked,
    page: FilePage,
    method: Vec<Folder>,
) -> FilesView {
    let FilePage { files, next, incomplete } = page;
    let usual = accounts.usual().map(|account| account.identity.id);
    let address = |other: &Account| {
        Asked::top_of((usual != Some(other.identity.id)).then(|| other.view.identity.clone())).address()
    };
    FilesView {
        account: account.view.clone(),
        others: accounts.others(account).map(|other| (other.view.label.clone(), address(other))).collect(),
        crumbs: method.into_iter().map(|folder| crumb(asked, folder)).collect(),
        filter: asked.filter(),
        files: files.into_iter().map(|file| file_view(asked, file)).collect(),
        page: asked.page(),
        first: (asked.page() > 1 || asked.question().page_token.is_some()).then(|| asked.first()),
        next: next.map(|token| asked.next(&token)),
        incomplete,
        connected_at: account.grant.as_ref().map_or(0, |grant| grant.given_at.unix_timestamp()),
    }
}

fn crumb(asked: &Asked, folder: Folder) -> CrumbView {
    CrumbView { href: asked.of_folder(&folder.id), name: folder.name }
}

fn file_view(asked: &Asked, file: File) -> FileView {
    let folder = FileId::parse(&file.id).filter(|_| file.kind == FileKind::Folder);
    FileView {
        enter: folder.map(|folder| asked.of_folder(&folder)),
        id: file.id,
        name: file.name,
        kind: file.kind,
        owner: file.owner,
        mine: file.mine,
        modified: file.modified,
        size: file.size,
        open: file.link,
        shared: file.shared,
        starred: file.starred,
    }
}
