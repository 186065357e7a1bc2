//! `/drive`: the person's files in Google Drive, or how to connect them.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        connect::connect_page,
        frame::{Frame, Place},
        notice::NoticeBox,
    },
    document::set_title,
    islands::drive_files::DriveFiles,
    markup::{IntoMarkup, Markup},
    view::{DriveState, DriveView, FilesView, Notice},
    wording,
};

mod connection;
mod crumbs;
mod empty;
mod failure;
mod filter;
mod list;
mod pager;
mod row;

const TITLE: &str = "Google Drive";

#[component]
pub fn DrivePage() -> Markup {
    drawn(|DriveView { notice, state }| match state {
        DriveState::Connect(connect) => connect_page(notice, connect),
        DriveState::Failed { account, failure, again } => failure::failure_page(notice, account, failure, again),
        DriveState::Files(files) => files_page(notice, *files),
    })
}

fn files_page(notice: Option<Notice>, files: FilesView) -> Markup {
    let failed = notice.as_ref().is_some_and(wording::is_alarming);
    let notice = notice.map(|notice| {
        view! { <NoticeBox message=wording::notice_inside(&notice) alert=wording::is_alarming(&notice) /> }
    });
    let head = connection::account_switcher(&files.account, &files.others);
    let connection = connection::connection(&files.account, files.connected_at);
    let filter = filter::filter(&files.filter, filter::folder(&files.filter, &files.crumbs));
    let count = wording::files::count(files.files.len(), files.next.is_some());
    let status = if files.page > 1 { format!("Page {}: {count}", files.page) } else { count };
    set_title(wording::title_of(TITLE, failed));
    view! {
        <Frame signed_in=Some(Place::Drive)>
            <div class="drive">
                <header class="drive-head">
                    <h1 class="title">"Google Drive"</h1>
                    {head}
                </header>
                {notice}
                <DriveFiles>
                    {filter}
                    {list::list(files)}
                    <div class="files-told">
                        <p class="files-status" role="status">
                            {status}
                        </p>
                        <button class="button is-quiet is-small files-retry" type="button" hidden>
                            "Try again"
                        </button>
                    </div>
                </DriveFiles>
                {connection}
            </div>
        </Frame>
    }
    .into_markup()
}
