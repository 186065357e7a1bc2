//! Tables of members and of errors. On a phone each row is a block (style/api.css): the roles keep it a row of a table for
//! assistive technology.

use leptos::prelude::*;

use super::prose;
use crate::ui::{
    markup::{IntoMarkup, Markup},
    view::{ApiErrorView, ApiMemberView, ApiMembersView},
};

/// Only parameters are required or not; an answer has all of its members.
pub fn members_table(table: ApiMembersView, are_parameters: bool) -> Markup {
    let ApiMembersView { title, note, members } = table;
    let note = (!note.is_empty()).then(|| view! { <span class="api-note">{prose(&note)}</span> });
    let columns: &[_] = match are_parameters {
        true => &["Name", "Type", "Required", "Description"],
        false => &["Name", "Type", "Description"],
    };
    let rows: Vec<Markup> = members.into_iter().map(|member| row(member, are_parameters)).collect();
    let caption = view! {
        <strong>{title}</strong>
        " "
        {note}
    };
    table_of(Some(caption.into_markup()), columns, rows)
}

fn row(member: ApiMemberView, is_parameter: bool) -> Markup {
    let ApiMemberView { name, kind, required, description } = member;
    let required = is_parameter.then(|| {
        let (word, look) = if required { ("required", "api-required") } else { ("optional", "api-optional") };
        view! { <td class=look>{word}</td> }
    });
    view! {
        <tr>
            <th scope="row">
                <code>{name}</code>
            </th>
            <td class="api-kind">{kind}</td>
            {required}
            <td class="api-description">{prose(&description)}</td>
        </tr>
    }
    .into_markup()
}

pub fn errors_table(errors: Vec<ApiErrorView>) -> Markup {
    let rows = errors.into_iter().map(|error| {
        let ApiErrorView { status, code, meaning } = error;
        view! {
            <tr>
                <th scope="row">
                    <code>{code}</code>
                </th>
                <td class="api-kind">{status}</td>
                <td class="api-description">{meaning}</td>
            </tr>
        }
        .into_markup()
    });
    table_of(None, &["Code", "Status", "Meaning"], rows.collect())
}

fn table_of(caption: Option<Markup>, columns: &[&'static str], rows: Vec<Markup>) -> Markup {
    let columns: Vec<Markup> =
        columns.iter().map(|column| view! { <th scope="col">{*column}</th> }.into_markup()).collect();
    view! {
        <table class="api-table">
            {caption.map(|caption| view! { <caption>{caption}</caption> })}
            <thead>
                <tr>{columns}</tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_markup()
}
