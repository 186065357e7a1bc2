//! Lists files.

use super::{error::DriveError, page::FilePage, query::FileQuery};
use crate::{
    grants::{DriveMetadataReadonly, Granted, Grants},
    oauth::HttpResponse,
};

/// Requests one page.
pub async fn list(
    grants: &Grants,
    granted: &mut Granted<DriveMetadataReadonly>,
    query: &FileQuery,
) -> Result<FilePage, DriveError> {
    let response = grants.ask(granted, &query.path_and_query()).await?;
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
