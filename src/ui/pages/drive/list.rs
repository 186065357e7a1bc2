//! The filtered list: the part of the page that the island replaces.

use leptos::prelude::*;

use super::{
    crumbs::crumbs,
    empty::{Place, empty},
    filter::folder,
    pager::pager,
    row::row,
};
use crate::{
    codes::files::FileSort,
    ui::{
        markup::{IntoMarkup, Markup},
        view::{FilesView, FilterView},
        wording,
    },
};

pub fn list(files: FilesView) -> Markup {
    let FilesView { crumbs: folders, filter, files, page, first, next, incomplete, .. } = files;
    let above = folders.len().checked_sub(2).and_then(|place| folders.get(place)).map(|crumb| crumb.href.clone());
    let body = if files.is_empty() {
        let here = folder(&filter, &folders);
        empty(&filter, Place { page, more: next.is_some(), here, above })
    } else {
        let rows: Vec<_> = files.into_iter().map(row).collect();
        table(filter.sort, rows)
    };
    view! {
        <div id="files" class="files">
            {crumbs(folders)}
            {narrowed(&filter)}
            {body}
            {incomplete
                .then(|| {
                    view! {
                        <p class="files-note">
                            "Google couldn't search everywhere, so some files may be missing. Search in one folder, or try fewer words."
                        </p>
                    }
                })}
            {pager(first, next)}
        </div>
    }
    .into_markup()
}

/// On a phone its rows become blocks, and stay a table for screen readers.
fn table(sort: FileSort, rows: Vec<Markup>) -> Markup {
    let (name, changed, size) = match sort {
        FileSort::Name => (Some("ascending"), None, None),
        FileSort::Newest => (None, Some("descending"), None),
        FileSort::Oldest => (None, Some("ascending"), None),
        FileSort::Largest => (None, None, Some("descending")),
    };
    let head = |text, sorted: Option<&'static str>| {
        view! {
            <th scope="col" aria-sort=sorted>
                {text}
            </th>
        }
    };
    view! {
        <table class="file-table" aria-label="Files">
            <thead>
                <tr class="file-heads">
                    {head("Name", name)} {head("Type", None)} {head("Owner", None)} {head("Modified", changed)}
                    {head("Size", size)} <th scope="col">
                        <span class="visually-hidden">"In Google Drive"</span>
                    </th>
                </tr>
            </thead>
            <tbody id="file-rows">
                {rows}
            </tbody>
        </table>
    }
    .into_markup()
}

/// The active filters in words, and a link to clear them.
fn narrowed(filter: &FilterView) -> Option<Markup> {
    let clear = filter.clear.clone()?;
    let search = (!filter.search.is_empty()).then(|| {
        let words = filter.search.clone();
        view! {
            <span class="narrowed-part">
                "Name contains “" <bdi>{words}</bdi> "”"
            </span>
        }
    });
    let kind = filter.kind.map(|kind| {
        view! { <span class="narrowed-part">{format!("{} only", wording::files::kinds(kind))}</span> }
    });
    let sort = (filter.sort != FileSort::Name).then(|| {
        view! { <span class="narrowed-part">{wording::files::sort(filter.sort)}</span> }
    });
    Some(
        view! {
            <p class="narrowed">
                {search} {kind} {sort} <a class="narrowed-clear" href=clear>
                    "Clear"
                </a>
            </p>
        }
        .into_markup(),
    )
}
