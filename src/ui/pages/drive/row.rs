//! One file.

use leptos::prelude::*;

use super::crumbs::display_name;
use crate::{
    codes::files::FileKind,
    ui::{
        components::{
            file_icon::{ExternalLinkIcon, FileIcon},
            timestamp::BriefTimestamp,
        },
        markup::{IntoMarkup, Markup},
        view::FileView,
        wording,
    },
};

/// The name of a folder, or of a shortcut to one, opens it here; any other name opens the file in Google Drive.
pub fn row(file: FileView) -> Markup {
    let FileView { id, name, kind, owner, mine, in_shared_drive, modified, size, open, enter, shared, starred } = file;
    let name = display_name(name);
    let (main, beside) = match (enter, open) {
        (Some(enter), open) => (inwards(name.clone(), enter), open.map(|open| outwards_beside(name, open))),
        (None, Some(open)) => (outwards(name, open), None),
        (None, None) => (view! { <span class="file-link">{bare(name)}</span> }.into_markup(), None),
    };
    let owner = match (mine, owner) {
        (true, _) => "You".into_markup(),
        (false, Some(owner)) => view! { <bdi>{owner}</bdi> }.into_markup(),
        (false, None) if in_shared_drive => "Shared drive".into_markup(),
        (false, None) => "Unknown".into_markup(),
    };
    view! {
        <tr class="file" class:is-folder=kind == FileKind::Folder data-file=id>
            <th class="file-name" scope="row">
                <FileIcon kind />
                {main}
            </th>
            <td class="file-kind">
                {wording::files::kind(kind)}
                {(shared || starred)
                    .then(|| {
                        view! {
                            <span class="file-marks">
                                {shared.then(|| mark("shared"))} {starred.then(|| mark("starred"))}
                            </span>
                        }
                    })}
            </td>
            <td class="file-owner">
                {owner}
            </td>
            <td class="file-changed">
                {modified.map(|unix| view! { <BriefTimestamp unix /> })}
            </td>
            <td class="file-size">
                {size.map(wording::files::size)}
            </td>
            <td class="file-away">
                {beside}
            </td>
        </tr>
    }
    .into_markup()
}

/// The style sheet draws a dot on the space.
fn mark(word: &'static str) -> Markup {
    view! {
        <span class="dot">" "</span>
        {word}
    }
    .into_markup()
}

fn inwards(name: String, href: String) -> Markup {
    view! {
        <a class="file-link" href=href>
            {bare(name)}
        </a>
    }
    .into_markup()
}

/// Google learns neither the page nor, through `window.opener`, its origin.
fn outwards(name: String, href: String) -> Markup {
    view! {
        <a class="file-link" href=href target="_blank" rel="noopener noreferrer">
            {bare(name)}
            <ExternalLinkIcon />
            <span class="visually-hidden">" (opens in Google Drive, in a new tab)"</span>
        </a>
    }
    .into_markup()
}

fn outwards_beside(name: String, href: String) -> Markup {
    view! {
        <a class="file-beside" href=href target="_blank" rel="noopener noreferrer" title="Open in Google Drive, in a new tab">
            <ExternalLinkIcon />
            <span class="visually-hidden">
                "Open " <bdi>{name}</bdi> " in Google Drive, in a new tab"
            </span>
        </a>
    }
    .into_markup()
}

/// `bdi` isolates the name's text direction and its bidirectional control characters.
fn bare(name: String) -> Markup {
    let title = name.clone();
    view! {
        <bdi class="file-text" title=title>
            {name}
        </bdi>
    }
    .into_markup()
}
