//! Lists files.

use super::{error::DriveError, folder::OpenFolder, page::FilePage, query::FileQuery};
use crate::{
    grants::{DriveMetadataReadonly, Granted, Grants},
    oauth::HttpResponse,
};

/// A page with fewer files is completed by the next one: Google may return a short or empty page although others follow.
const ENOUGH: usize = 10;
/// Maximum number of requests.
const MAX_PAGES: usize = 4;

/// Requests a page of the list; `folder` is the one that the query names.
pub async fn list(
    grants: &Grants,
    granted: &mut Granted<DriveMetadataReadonly>,
    query: &FileQuery,
    folder: Option<&OpenFolder>,
) -> Result<FilePage, DriveError> {
    let mut page = request(grants, granted, query, folder).await?;
    for _ in 1..MAX_PAGES {
        let Some(token) = page.next.clone().filter(|_| page.files.len() < ENOUGH) else { break };
        let query = FileQuery { page_token: Some(token), ..query.clone() };
        match request(grants, granted, &query, folder).await {
            Ok(next) => page.append(next),
            // The link to the next page stays, and says what is wrong with it when it is opened.
            Err(_) if !page.files.is_empty() => break,
            Err(error) => return Err(error),
        }
    }
    Ok(page)
}

async fn request(
    grants: &Grants,
    granted: &mut Granted<DriveMetadataReadonly>,
    query: &FileQuery,
    folder: Option<&OpenFolder>,
) -> Result<FilePage, DriveError> {
    let drive = folder.and_then(|folder| folder.drive.as_ref());
    let response = grants.ask(granted, &query.path_and_query(drive)).await?;
    let token = query.page_token.as_deref();
    match response.status {
        200 => FilePage::read(&response.body, token, grants.endpoint_override(granted).as_ref())
            .ok_or(malformed(&response)),
        404 => Err(DriveError::NoSuchFolder),
        // The page token is the only part of the request that we did not make.
        400 if token.is_some() => Err(DriveError::NoSuchPage),
        _ => Err(malformed(&response)),
    }
}

pub(super) fn malformed(response: &HttpResponse) -> DriveError {
    DriveError::Malformed { status: response.status, bytes: response.body.len() }
}
