//! The filter form: a GET to `/drive`, so that each list has a URL.

use leptos::prelude::*;

use super::crumbs::display_name;
use crate::{
    codes::files::{FileKind, FileSort},
    ui::{
        components::form::hidden,
        markup::{IntoMarkup, Markup},
        view::{CrumbView, FilterView},
        wording,
    },
};

/// The name of the folder that is searched; `None` for the whole drive.
pub fn folder(filter: &FilterView, crumbs: &[CrumbView]) -> Option<String> {
    filter
        .folder
        .as_ref()
        .map(|_| crumbs.last().map_or_else(|| "this folder".into(), |here| display_name(here.name.clone())))
}

/// The island submits it while the person types; the button is for browsers without script, and for the Enter key.
pub fn filter(filter: &FilterView, here: Option<String>) -> Markup {
    let FilterView { account, folder, search, kind, sort, .. } = filter.clone();
    let kinds: Vec<_> = FileKind::ALL
        .iter()
        .map(|known| option(known.code(), wording::files::kinds(*known), kind == Some(*known)))
        .collect();
    let sorts: Vec<_> =
        FileSort::ALL.iter().map(|known| option(known.code(), wording::files::sort(*known), sort == *known)).collect();
    let place = match here {
        Some(here) => view! { ", in " <bdi>{here}</bdi> }.into_markup(),
        None => ", anywhere in your Drive".into_markup(),
    };
    view! {
        <form class="filter" method="get" action="/drive" role="search" aria-label="Files">
            {account.map(|account| hidden("account", account))}
            {folder.map(|folder| hidden("folder", folder))}
            <div class="field filter-search">
                <label class="field-label" for="search">
                    "Name" <span class="field-place">{place}</span>
                </label>
                <input
                    class="input"
                    id="search"
                    name="q"
                    type="search"
                    value=search
                    dir="auto"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    enterkeyhint="search"
                    placeholder="Words in the name"
                />
            </div>
            <div class="field">
                <label class="field-label" for="kind">
                    "Type"
                </label>
                <select class="input" id="kind" name="kind">
                    {option("", "All types", kind.is_none())}
                    {kinds}
                </select>
            </div>
            <div class="field">
                <label class="field-label" for="sort">
                    "Sort by"
                </label>
                <select class="input" id="sort" name="sort">
                    {sorts}
                </select>
            </div>
            <button class="button is-quiet filter-send" type="submit">
                "Apply"
            </button>
        </form>
    }
    .into_markup()
}

fn option(value: &'static str, text: &'static str, selected: bool) -> Markup {
    view! {
        <option value=value selected=selected>
            {text}
        </option>
    }
    .into_markup()
}
