//! Mock Google Drive v3: `files.list`, `files.get`, and the pages that file links point to.
//!
//! Source: "Method: files.list", "Search query terms and operators" and "Resolve errors" (Google Drive API, 2025).
//! Without `fields`, a file has only `kind`, `id`, `name` and `mimeType`. `name contains` matches the beginnings of
//! words. Trashed files are listed unless `trashed = false`. `size` is absent for folders, shortcuts and forms; byte
//! counts are strings. A page token belongs to its query. An unknown field at any depth is a 400. Stricter than Drive: an
//! unknown parameter, sort key or query term is one as well.
//!
//! `grace` is a member of a shared drive. Its files have `driveId` and no owner; they are listed with
//! `includeItemsFromAllDrives` and `corpora=drive` or `allDrives`, and found by id with `supportsAllDrives`. The root of
//! the drive has the drive's id and the name "Drive". `drives.list`, which needs a wider scope, is not here.

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

use super::api::{ApiError, Call, Listing, Mask, Schema, caller, flag, parameters, resumed, size, token};
use crate::fields::Fields;
use crate::state::SharedState;
use disk::{Corpora, Disk, Place};
use order::Order;
use query::Filter;

const SCOPES: &[&str] = &["drive.metadata.readonly", "drive.readonly", "drive"];
const LIST: Call =
    Call { service: "drive.googleapis.com", method: "google.apps.drive.v3.DriveFiles.List", scopes: SCOPES };
const GET: Call =
    Call { service: "drive.googleapis.com", method: "google.apps.drive.v3.DriveFiles.Get", scopes: SCOPES };

/// Parameters that determine which files are listed.
const LISTING: [&str; 6] = ["q", "orderBy", "spaces", "corpora", "driveId", "includeItemsFromAllDrives"];

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
        list_files(&disk, &Listing::of(&person.sub, &query, &LISTING), &query)
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
        let all_drives = flag(&query, "supportsAllDrives")?;
        let mut file = match disk.place(&id).ok_or_else(missing)? {
            Place::Root => resource::root(&disk),
            Place::SharedRoot => resource::shared_root(&disk).filter(|_| all_drives).ok_or_else(missing)?,
            Place::At(index) if disk.is_in_shared_drive(index) && !all_drives => return Err(missing()),
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
    let corpora = corpora(disk, query)?;
    let mask =
        Mask::read(query.get("fields").unwrap_or(&format!("kind,incompleteSearch,nextPageToken,files({USUAL})")))?;
    mask.known(Schema::of("drive", "FileList"))?;
    let filter = Filter::read(query.get("q").unwrap_or_default(), disk)?;
    let order = Order::read(query.get("orderBy").unwrap_or_default())?;
    let most = size(query, "pageSize", 100, 1_000)?;
    let behind = resumed(listing, query)?;
    let files = page::Listing { disk, range: disk.range(corpora), filter: &filter, order: &order };
    let page = page::page(&files, behind, most);
    let files: Vec<_> = page.indexes.iter().map(|index| resource::file(disk, *index)).collect();
    let mut answer = json!({"kind": "drive#fileList", "incompleteSearch": false, "files": files});
    if let (true, Some(last)) = (page.goes_on, page.indexes.last()) {
        answer["nextPageToken"] = json!(token(listing, *last));
    }
    mask.keep(&mut answer);
    Ok(answer)
}

/// The drives to search: a shared drive needs its id, and a client that knows of shared drives.
fn corpora(disk: &Disk, query: &Fields) -> Result<Corpora, ApiError> {
    let includes = flag(query, "includeItemsFromAllDrives")?;
    let corpora = match query.get("corpora") {
        None | Some("user") => Corpora::User,
        Some("drive") => Corpora::Drive,
        Some("allDrives") => Corpora::AllDrives,
        Some(_) => return Err(ApiError::value("corpora")),
    };
    let invalid = |message: &str| ApiError::parameter("corpora", "invalid", message.to_owned());
    if includes && !flag(query, "supportsAllDrives")? {
        return Err(invalid("includeItemsFromAllDrives requires supportsAllDrives."));
    }
    match (corpora, query.get("driveId")) {
        (Corpora::User | Corpora::AllDrives, Some(_)) => Err(invalid("driveId requires corpora=drive.")),
        (Corpora::Drive, None) => Err(invalid("corpora=drive requires driveId.")),
        (Corpora::Drive | Corpora::AllDrives, _) if !includes => {
            Err(invalid("This corpora requires includeItemsFromAllDrives."))
        }
        (Corpora::Drive, id) if id != disk.drive_id().as_deref() => {
            Err(ApiError::missing("driveId", format!("Shared drive not found: {}", id.unwrap_or_default())))
        }
        _ => Ok(corpora),
    }
}

fn respond(outcome: Result<Value, ApiError>) -> Response {
    match outcome {
        Ok(body) => ([(CACHE_CONTROL, "no-cache, no-store, max-age=0, must-revalidate")], Json(body)).into_response(),
        Err(error) => error.into_response(),
    }
}
