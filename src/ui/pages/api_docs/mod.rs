//! `/api/docs`: the JSON API's reference. No islands; a script adds copy buttons.

use leptos::prelude::*;

use self::{
    sample::sample,
    tables::{errors_table, members_table},
};
use crate::ui::{
    components::frame::Frame,
    markup::{IntoMarkup, Markup},
    view::{ApiAnswerView, ApiDocsView, ApiErrorView, ApiMembersView, ApiOperationView, ApiSampleView, ApiSectionView},
};

mod sample;
mod tables;

const ERRORS: &str = "Errors";

#[component]
pub fn ApiDocsPage(docs: ApiDocsView) -> impl IntoView {
    let ApiDocsView { lead, sections, error, errors } = docs;
    view! {
        <Frame>
            <div class="api">
                <h1 class="title">"API reference"</h1>
                {contents(&sections)}
                <div class="prose">
                    {lead.into_iter().map(paragraph).collect_view()}
                    <p>
                        "For code generators: the OpenAPI document "
                        <a href="/api/openapi.json">"/api/openapi.json"</a>
                        "."
                    </p>
                </div>
                <div class="api-text">
                    {sections.into_iter().map(section).collect_view()} {every_error(error, errors)}
                </div>
            </div>
        </Frame>
    }
}

fn contents(sections: &[ApiSectionView]) -> Markup {
    let groups: Vec<Markup> = sections
        .iter()
        .map(|section| {
            let operations: Vec<Markup> = section.operations.iter().map(entry).collect();
            let (name, id) = (section.name.clone(), anchor(&section.name));
            view! {
                <li>
                    <a class="api-group" href=format!("#{id}")>
                        {name}
                    </a>
                    <ul role="list">{operations}</ul>
                </li>
            }
            .into_markup()
        })
        .collect();
    view! {
        <nav class="api-nav" aria-label="API reference">
            <ul role="list">
                {groups}
                <li>
                    <a class="api-group" href=format!("#{}", anchor(ERRORS))>
                        {ERRORS}
                    </a>
                </li>
            </ul>
        </nav>
    }
    .into_markup()
}

fn entry(operation: &ApiOperationView) -> Markup {
    let ApiOperationView { id, method, summary, .. } = operation.clone();
    view! {
        <li>
            <a href=format!("#{id}")>
                <span>{summary}</span>
                " "
                <code class="api-method">{method}</code>
            </a>
        </li>
    }
    .into_markup()
}

fn section(section: ApiSectionView) -> Markup {
    let ApiSectionView { name, lead, operations } = section;
    let (id, label) = (anchor(&name), anchor(&name));
    view! {
        <section class="api-section" aria-labelledby=label>
            <div>
                <h2 class="card-title" id=id>
                    {name}
                </h2>
                <p class="card-lead">{lead}</p>
            </div>
            {operations.into_iter().map(operation).collect_view()}
        </section>
    }
    .into_markup()
}

fn operation(operation: ApiOperationView) -> Markup {
    let summary = operation.summary.clone();
    let credentials = operation.credentials.unwrap_or_else(|| "none".to_owned());
    let body_note = (!operation.body_note.is_empty()).then(|| paragraph(operation.body_note));
    view! {
        <section class="card api-operation" id=operation.id>
            <div>
                <h3 class="card-title">{operation.summary}</h3>
                <p>
                    <code class="api-address">
                        <strong>{operation.method}</strong>
                        " "
                        {operation.path}
                    </code>
                </p>
            </div>
            <div class="prose">
                {operation.description.into_iter().map(paragraph).collect_view()}
                <p>"Credentials: " {credentials} "."</p>
                {body_note}
            </div>
            {tables(operation.parameters, true)}
            <h4>"Request"</h4>
            {samples(operation.samples, &summary)}
            {operation.answers.into_iter().map(|it| answer(it, &summary)).collect_view()}
            {folded_errors(ERRORS, operation.errors)}
        </section>
    }
    .into_markup()
}

fn answer(answer: ApiAnswerView, summary: &str) -> Markup {
    let ApiAnswerView { status, description, members, samples: examples } = answer;
    view! {
        <h4>"Answer"</h4>
        <p>
            <code>{status}</code>
            " "
            {description}
        </p>
        {tables(members, false)}
        {samples(examples, summary)}
    }
    .into_markup()
}

fn every_error(error: Vec<ApiMembersView>, errors: Vec<ApiErrorView>) -> Markup {
    let (id, label) = (anchor(ERRORS), anchor(ERRORS));
    view! {
        <section class="api-section" aria-labelledby=label>
            <h2 class="card-title" id=id>
                {ERRORS}
            </h2>
            <div class="card api-operation">
                {tables(error, false)} {folded_errors("All codes", errors)}
            </div>
        </section>
    }
    .into_markup()
}

fn folded_errors(title: &'static str, errors: Vec<ApiErrorView>) -> Markup {
    let number = errors.len();
    view! {
        <details class="api-errors">
            <summary>{title} " (" {number} ")"</summary>
            {errors_table(errors)}
        </details>
    }
    .into_markup()
}

fn tables(tables: Vec<ApiMembersView>, are_parameters: bool) -> Markup {
    tables.into_iter().map(|table| members_table(table, are_parameters)).collect_view().into_markup()
}

fn samples(samples: Vec<ApiSampleView>, of: &str) -> Markup {
    samples.into_iter().map(|it| sample(it, of)).collect_view().into_markup()
}

fn paragraph(text: String) -> Markup {
    view! { <p>{prose(&text)}</p> }.into_markup()
}

/// Text with code between backticks.
fn prose(text: &str) -> Markup {
    let parts = text.split('`').map(str::to_owned).enumerate().map(|(number, part)| match number % 2 {
        1 => view! { <code>{part}</code> }.into_markup(),
        _ => part.into_markup(),
    });
    parts.collect_view().into_markup()
}

fn anchor(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}
