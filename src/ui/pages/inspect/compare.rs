//! `/inspect/compare`: two flows side by side.

use leptos::prelude::*;

use super::{
    badge,
    frame::{below_the_list, page},
};
use crate::{
    codes::percent::encode,
    ui::{
        markup::{IntoMarkup, Markup},
        view::{CompareView, ComparedFlowView, ComparedLineView},
    },
};

#[component]
pub fn ComparePage(view: CompareView) -> impl IntoView {
    let CompareView { flows, lines } = view;
    let differing = lines.iter().filter(|line| line.differs).count();
    let rows: Vec<_> = lines.into_iter().map(line).collect();
    let heads: Vec<_> = flows.into_iter().map(head).collect();
    let title = view! { <h1 class="title">"Two flows side by side"</h1> };
    let lead = format!("{differing} lines differ; they are marked. A dash stands where a flow has no such step.");
    let table = view! {
        <table class="walk-compare">
            <thead>
                <tr>
                    <th scope="col">"Step"</th>
                    {heads}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    below_the_list(page(title.into_markup(), lead, table))
}

fn head(flow: ComparedFlowView) -> Markup {
    let ComparedFlowView { id, title, outcome } = flow;
    view! {
        <th scope="col">
            <a href=format!("/inspect/{}", encode(&id))>{title}</a>
            " "
            {badge(outcome)}
        </th>
    }
    .into_markup()
}

fn line(line: ComparedLineView) -> Markup {
    let ComparedLineView { title, sides, differs } = line;
    let cells: Vec<_> =
        sides.into_iter().map(|side| view! { <td>{side.unwrap_or_else(|| "–".to_owned())}</td> }).collect();
    view! {
        <tr class:differs=differs>
            <th scope="row">
                {differs.then(|| view! { <span class="visually-hidden">"Differs: "</span> })} {title}
            </th>
            {cells}
        </tr>
    }
    .into_markup()
}
