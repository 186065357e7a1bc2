//! GET `/api/docs`: the OpenAPI document as a page, without scripts, rendered once at startup.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::Value;

use crate::{
    ui::{
        plain_document::api_docs_html,
        view::{ApiAnswerView, ApiDocsView, ApiOperationView, ApiSectionView, Assets},
    },
    web::state::AppState,
};

pub async fn page(State(app): State<AppState>) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], app.api_documents.page()).into_response()
}

/// Renders a document.
pub fn render(document: &Value, assets: &Assets) -> String {
    api_docs_html(view_of(document), assets)
}

fn view_of(document: &Value) -> ApiDocsView {
    let sections = list(&document["tags"]).map(|tag| section_of(document, tag)).collect();
    ApiDocsView { lead: paragraphs(&document["info"]["description"]), sections }
}

fn section_of(document: &Value, tag: &Value) -> ApiSectionView {
    let operations = members(&document["paths"])
        .flat_map(|(path, item)| members(item).map(move |(method, operation)| (path, method, operation)))
        .filter(|(.., operation)| list(&operation["tags"]).any(|other| *other == tag["name"]))
        .map(|(path, method, operation)| operation_of(path, method, operation));
    ApiSectionView { name: text(&tag["name"]), lead: text(&tag["description"]), operations: operations.collect() }
}

fn operation_of(path: &str, method: &str, operation: &Value) -> ApiOperationView {
    let body = &operation["requestBody"]["content"]["application/json"];
    let answers = members(&operation["responses"]).map(|(status, answer)| {
        let content = &answer["content"]["application/json"];
        let is_error = !status.starts_with('2');
        let codes = members(&content["examples"]).filter(|_| is_error);
        ApiAnswerView {
            status: status.to_owned(),
            description: if is_error { String::new() } else { text(&answer["description"]) },
            codes: codes.map(|(code, example)| (code.to_owned(), text(&example["summary"]))).collect(),
            examples: if is_error { Vec::new() } else { examples_of(content) },
        }
    });
    ApiOperationView {
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        description: paragraphs(&operation["description"]),
        requests: examples_of(body),
        answers: answers.collect(),
    }
}

fn examples_of(content: &Value) -> Vec<String> {
    let one = content.get("example").into_iter();
    let several = members(&content["examples"]).map(|(_, example)| &example["value"]);
    one.chain(several).map(|example| serde_json::to_string_pretty(example).unwrap_or_default()).collect()
}

fn paragraphs(value: &Value) -> Vec<String> {
    let text = text(value);
    text.split("\n\n").map(|part| part.replace('\n', " ")).filter(|part| !part.is_empty()).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}
