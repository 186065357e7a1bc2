//! The document as a view model.

use serde_json::Value;

use super::{
    entries, list,
    members::{path_parameters, tables},
    samples::{Request, curl, fetch},
    text,
};
use crate::{
    codes::api_error::ApiError,
    ui::view::{ApiAnswerView, ApiDocsView, ApiErrorView, ApiOperationView, ApiSampleView, ApiSectionView},
};

/// In the order of use; others follow.
const ORDER: [&str; 7] = ["getNonce", "signIn", "refreshTokens", "signOut", "getMe", "listSessions", "endSession"];

pub fn of(document: &Value) -> ApiDocsView {
    let schemas = &document["components"]["schemas"];
    ApiDocsView {
        lead: paragraphs(&document["info"]["description"]),
        sections: list(&document["tags"]).map(|tag| section(document, tag)).collect(),
        error: tables(document, &schemas["ErrorResponse"]),
        errors: ApiError::ALL.iter().map(|error| error_view(*error)).collect(),
    }
}

fn section(document: &Value, tag: &Value) -> ApiSectionView {
    let mut operations: Vec<_> = entries(&document["paths"])
        .flat_map(|(path, item)| entries(item).map(move |(method, operation)| (path, method, operation)))
        .filter(|(.., operation)| list(&operation["tags"]).any(|other| *other == tag["name"]))
        .map(|(path, method, described)| operation(document, path, method, described))
        .collect();
    operations.sort_by_key(|operation| ORDER.iter().position(|id| *id == operation.id).unwrap_or(ORDER.len()));
    ApiSectionView { name: text(&tag["name"]), lead: text(&tag["description"]), operations }
}

fn operation(document: &Value, path: &str, method: &str, described: &Value) -> ApiOperationView {
    let body = &described["requestBody"]["content"]["application/json"];
    let parameters = path_parameters(document, described);
    let bodies = tables(document, &body["schema"]).into_iter().map(|table| table.titled("Body"));
    let answers = entries(&described["responses"]).filter(|(status, _)| status.starts_with('2'));
    ApiOperationView {
        id: text(&described["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&described["summary"]),
        description: paragraphs(&described["description"]),
        credentials: credentials(described),
        parameters: parameters.into_iter().chain(bodies).collect(),
        body_note: text(&described["requestBody"]["description"]),
        samples: requests(document, path, method, described),
        answers: answers.map(|(status, described)| answer(document, status, described)).collect(),
        errors: errors(described),
    }
}

/// What can authenticate the caller.
fn credentials(described: &Value) -> Option<String> {
    let schemes: Vec<_> = list(&described["security"]).flat_map(entries).map(|(scheme, _)| scheme).collect();
    let names = schemes.iter().map(|scheme| match *scheme {
        "bearer" => "an access token",
        "cookie" => "the session’s cookie",
        _ => "the refresh token’s cookie",
    });
    let names: Vec<_> = names.collect();
    let is_optional = list(&described["security"]).any(|requirement| *requirement == Value::Object(Default::default()));
    (!names.is_empty()).then(|| format!("{}{}", names.join(" or "), if is_optional { " (optional)" } else { "" }))
}

fn requests(document: &Value, path: &str, method: &str, described: &Value) -> Vec<ApiSampleView> {
    let body = &described["requestBody"]["content"]["application/json"];
    let examples = examples(body);
    let bodies: Vec<_> = match examples.is_empty() {
        true => vec![(String::new(), None)],
        false => examples.into_iter().map(|(summary, body)| (summary, Some(body))).collect(),
    };
    let id = list(&described["parameters"]).next().map(|parameter| text(&parameter["example"])).unwrap_or_default();
    let url = format!("{}{}", text(&document["servers"][0]["url"]), path.replace("{id}", &id));
    let needs_token = list(&described["security"]).next().is_some_and(|first| first.get("bearer").is_some());
    let samples = bodies.into_iter().flat_map(|(summary, body)| {
        let request = Request { method: &method.to_uppercase(), url: &url, needs_token, body };
        [("curl", curl(&request)), ("fetch", fetch(&request))].map(|(label, code)| ApiSampleView {
            label: label.to_owned(),
            note: summary.clone(),
            code,
        })
    });
    samples.collect()
}

fn answer(document: &Value, status: &str, described: &Value) -> ApiAnswerView {
    let content = &described["content"]["application/json"];
    let samples = examples(content).into_iter().map(|(note, example)| ApiSampleView {
        label: "JSON".to_owned(),
        note,
        code: serde_json::to_string_pretty(example).unwrap_or_default(),
    });
    ApiAnswerView {
        status: status.to_owned(),
        description: text(&described["description"]),
        members: tables(document, &content["schema"]),
        samples: samples.collect(),
    }
}

/// Each with its summary, which a single example has not.
fn examples(content: &Value) -> Vec<(String, &Value)> {
    let one = content.get("example").map(|example| (String::new(), example));
    let several = entries(&content["examples"]).map(|(_, example)| (text(&example["summary"]), &example["value"]));
    one.into_iter().chain(several).collect()
}

fn errors(described: &Value) -> Vec<ApiErrorView> {
    let failures = entries(&described["responses"]).filter(|(status, _)| !status.starts_with('2'));
    let codes = failures.flat_map(|(_, answer)| entries(&answer["content"]["application/json"]["examples"]));
    codes.filter_map(|(code, _)| ApiError::from_code(code)).map(error_view).collect()
}

fn error_view(error: ApiError) -> ApiErrorView {
    ApiErrorView { status: error.status(), code: error.code().to_owned(), meaning: error.sentence().to_owned() }
}

fn paragraphs(value: &Value) -> Vec<String> {
    let text = text(value);
    text.split("\n\n").map(|part| part.replace('\n', " ")).filter(|part| !part.is_empty()).collect()
}
