//! `/api/docs`: the JSON API's reference. No islands, no script.

use leptos::prelude::*;

use crate::ui::{
    components::frame::Frame,
    view::{ApiAnswerView, ApiDocsView, ApiOperationView, ApiSectionView},
};

#[component]
pub fn ApiDocsPage(docs: ApiDocsView) -> impl IntoView {
    let ApiDocsView { lead, sections } = docs;
    let contents: Vec<_> = sections.iter().flat_map(|section| &section.operations).map(entry).collect();
    view! {
        <Frame>
            <article class="api">
                <h1 class="title">"API reference"</h1>
                <div class="prose">
                    {lead.into_iter().map(paragraph).collect_view()}
                    <p>
                        "OpenAPI document: " <a href="/api/openapi.json">"/api/openapi.json"</a>
                    </p>
                </div>
                <nav aria-label="Operations">
                    <ul class="api-contents" role="list">
                        {contents}
                    </ul>
                </nav>
                {sections.into_iter().map(section).collect_view()}
            </article>
        </Frame>
    }
}

fn entry(operation: &ApiOperationView) -> AnyView {
    let ApiOperationView { method, path, summary, .. } = operation.clone();
    view! {
        <li>
            <a href=format!("#{}", anchor(&method, &path))>{summary}</a>
            " "
            {endpoint(method, path)}
        </li>
    }
    .into_any()
}

fn section(section: ApiSectionView) -> AnyView {
    let ApiSectionView { name, lead, operations } = section;
    view! {
        <section class="api-section">
            <h2 class="card-title">{name}</h2>
            <p class="card-lead">{lead}</p>
            {operations.into_iter().map(operation).collect_view()}
        </section>
    }
    .into_any()
}

fn operation(operation: ApiOperationView) -> AnyView {
    let ApiOperationView { method, path, summary, description, requests, answers } = operation;
    let id = anchor(&method, &path);
    let requests = requests.into_iter().map(|body| example("Request body", body)).collect_view();
    view! {
        <section class="card api-operation" id=id>
            <h3 class="card-title">{summary}</h3>
            <p>{endpoint(method, path)}</p>
            <div class="prose">{description.into_iter().map(paragraph).collect_view()}</div>
            {requests}
            <dl class="facts">{answers.into_iter().map(answer).collect_view()}</dl>
        </section>
    }
    .into_any()
}

fn answer(answer: ApiAnswerView) -> AnyView {
    let ApiAnswerView { status, description, codes, examples } = answer;
    let codes = codes.into_iter().map(|(code, sentence)| {
        view! {
            <dd class="api-code">
                <code>{code}</code>
                " "
                <span>{sentence}</span>
            </dd>
        }
    });
    let description = (!description.is_empty()).then(|| view! { <dd>{description}</dd> });
    let examples = examples.into_iter().map(|body| view! { <dd>{example("Response body", body)}</dd> }).collect_view();
    view! {
        <div>
            <dt>{status}</dt>
            {description}
            {codes.collect_view()}
            {examples}
        </div>
    }
    .into_any()
}

fn endpoint(method: String, path: String) -> AnyView {
    view! {
        <code class="api-address">
            <strong>{method}</strong>
            " "
            {path}
        </code>
    }
    .into_any()
}

/// Focusable, so that the keyboard can scroll long lines.
fn example(label: &'static str, body: String) -> AnyView {
    view! {
        <pre class="api-example" tabindex="0" role="group" aria-label=label>
            <code>{body}</code>
        </pre>
    }
    .into_any()
}

/// Text with code between backticks.
fn paragraph(text: String) -> AnyView {
    let parts = text.split('`').map(str::to_owned).enumerate().map(|(number, part)| match number % 2 {
        1 => view! { <code>{part}</code> }.into_any(),
        _ => part.into_any(),
    });
    let parts: Vec<AnyView> = parts.collect();
    view! { <p>{parts}</p> }.into_any()
}

fn anchor(method: &str, path: &str) -> String {
    let path: String = path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("{}{path}", method.to_lowercase())
}
