//! `/inspect/compare`: two flows side by side.

use leptos::prelude::*;

use super::badge;
use crate::{
    codes::percent::encode,
    ui::{
        components::frame::Frame,
        view::{CompareView, ComparedFlowView, ComparedLineView},
    },
};

#[component]
pub fn ComparePage(view: CompareView) -> impl IntoView {
    let CompareView { flows, lines } = view;
    let differing = lines.iter().filter(|line| line.differs).count();
    let rows: Vec<_> = lines.into_iter().map(line).collect();
    let heads: Vec<_> = flows.into_iter().map(head).collect();
    view! {
        <Frame>
            <p class="way-back">
                <a href="/inspect">"All recorded flows"</a>
            </p>
            <div class="walk-page">
                <h1 class="title">"Two flows side by side"</h1>
                <p class="walk-lead">
                    {format!("{differing} lines differ; they are marked. A dash stands where a flow has no such step.")}
                </p>
                <table class="walk-compare">
                    <thead>
                        <tr>
                            <th scope="col">"Step"</th>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Frame>
    }
    .into_any()
}

fn head(flow: ComparedFlowView) -> AnyView {
    let ComparedFlowView { id, title, outcome } = flow;
    view! {
        <th scope="col">
            <a href=format!("/inspect/{}", encode(&id))>{title}</a>
            " "
            {badge(outcome)}
        </th>
    }
    .into_any()
}

fn line(line: ComparedLineView) -> AnyView {
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
    .into_any()
}
