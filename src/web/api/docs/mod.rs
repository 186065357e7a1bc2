//! GET `/api/docs`: the OpenAPI document as a page, rendered once at startup.

mod members;
mod samples;
mod view;

use axum::{
    Extension,
    body::Bytes,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use leptos::nonce::Nonce;
use serde_json::Value;

use crate::{
    ui::{
        plain_document::{NONCE_SLOT, api_docs_html},
        view::Assets,
    },
    web::state::AppState,
};

/// The page before and after the nonce of its script, which differs with each response.
#[derive(Clone, Debug)]
pub struct Page([Bytes; 2]);

impl Page {
    pub fn new(document: &Value, assets: &Assets) -> Self {
        let html = api_docs_html(view::of(document), assets);
        let (before, after) = html.split_once(NONCE_SLOT).unwrap_or((&html, ""));
        Self([before.to_owned().into(), after.to_owned().into()])
    }

    fn with(&self, nonce: &str) -> Vec<u8> {
        let Self([before, after]) = self;
        [before, nonce.as_bytes(), after].concat()
    }
}

pub async fn page(State(app): State<AppState>, Extension(nonce): Extension<Nonce>) -> Response {
    let html = app.api_documents.page().with(&nonce);
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// The target of a reference, or the schema itself.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let pointer = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(schema)
}
