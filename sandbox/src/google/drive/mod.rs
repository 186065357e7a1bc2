//! Mock Google Drive v3: `files.list`, `files.get`, and the pages that file links point to.
//!
//! Source: "Method: files.list", "Search query terms and operators" and "Resolve errors" (Google Drive API, 2025).
//! Without `fields`, a file has only `kind`, `id`, `name` and `mimeType`. `name contains` matches the beginnings of
//! words. Trashed files are listed unless `trashed = false`. `size` is absent for folders, shortcuts and Google's own
//! types; byte counts are strings. A page token belongs to its query. Stricter than Drive: an unknown field, sort key
//! or query term is a 400.

mod disk;
mod kind;
mod links;
mod names;
mod order;
mod page;
mod query;
mod resource;

use axum::Json;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};

use super::api::{ApiError, Call, Listing, Mask, Schema, caller, parameters, resumed, size, token};
use crate::fields::Fields;
use crate::state::SharedState;
use disk::{Disk, Place};
use order::Order;
use query::Filter;

const SCOPES: &[&str] = &["drive.metadata.readonly", "drive.readonly", "drive"];
const LIST: Call =
    Call { service: "drive.googleapis.com", method: "google.apps.drive.v3.DriveFiles.List", scopes: SCOPES };
const GET: Call =
    Call { service: "drive.googleapis.com", method: "google.apps.drive.v3.DriveFiles.Get", scopes: SCOPES };

/// The default `fields`.
const USUAL: &str = "kind,id,name,mimeType";

pub fn routes() -> Router<SharedState> {
    Router::new().route("/drive/v3/files", get(list)).route("/drive/v3/files/{id}", get(get_file))
}

pub fn pages() -> Router<SharedState> {
    Router::new()
        .route("/drive/{kind}/d/{id}", get(links::file_page))
        .route("/drive/icon/{*mime_type}", get(links::icon))
        .route("/drive/thumbnail/{id}", get(links::thumbnail))
}

async fn list(State(shared): State<SharedState>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = Fields::parse(query.as_deref().unwrap_or_default());
    respond(caller(&shared, &headers, &LIST).and_then(|(person, now)| {
        let disk = Disk::of(&person, now, shared.origin());
        list_files(&disk, &Listing::of(&person.sub, &query, &["q", "orderBy", "spaces", "corpora"]), &query)
    }))
}

async fn get_file(
    State(shared): State<SharedState>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = Fields::parse(query.as_deref().unwrap_or_default());
    respond(caller(&shared, &headers, &GET).and_then(|(person, now)| {
        parameters("drive", "files.get", &query)?;
        let mask = Mask::read(query.get("fields").unwrap_or(USUAL))?;
        mask.known(Schema::of("drive", "File"))?;
        let disk = Disk::of(&person, now, shared.origin());
        let missing = || ApiError::missing("fileId", format!("File not found: {id}."));
        let mut file = match disk.place(&id).ok_or_else(missing)? {
            Place::Root => resource::root(&disk),
            Place::At(index) => resource::file(&disk, index),
        };
        mask.keep(&mut file);
        Ok(file)
    }))
}

fn list_files(disk: &Disk, listing: &Listing, query: &Fields) -> Result<Value, ApiError> {
    parameters("drive", "files.list", query)?;
    let within = |name, known: &[&str]| match query.get(name) {
        Some(value) if !known.contains(&value) => Err(ApiError::value(name)),
        _ => Ok(()),
    };
    within("spaces", &["drive"])?;
    within("corpora", &["user"])?;
    let mask =
        Mask::read(query.get("fields").unwrap_or(&format!("kind,incompleteSearch,nextPageToken,files({USUAL})")))?;
    mask.known(Schema::of("drive", "FileList"))?;
    let filter = Filter::read(query.get("q").unwrap_or_default(), disk)?;
    let order = Order::read(query.get("orderBy").unwrap_or_default())?;
    let most = size(query, "pageSize", 100, 1_000)?;
    let behind = resumed(listing, query)?;
    let page = page::page(disk, &filter, &order, behind, most);
    let files: Vec<_> = page.indexes.iter().map(|index| resource::file(disk, *index)).collect();
    let mut answer = json!({"kind": "drive#fileList", "incompleteSearch": false, "files": files});
    if let (true, Some(last)) = (page.goes_on, page.indexes.last()) {
        answer["nextPageToken"] = json!(token(listing, *last));
    }
    mask.keep(&mut answer);
    Ok(answer)
}

fn respond(outcome: Result<Value, ApiError>) -> Response {
    match outcome {
        Ok(body) => ([(CACHE_CONTROL, "no-cache, no-store, max-age=0, must-revalidate")], Json(body)).into_response(),
        Err(error) => error.into_response(),
    }
}
