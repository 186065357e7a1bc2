//! Asking for a list of files.

use super::{error::DriveError, page::FilePage, query::FileQuery};
use crate::{
    grants::{DriveMetadataReadonly, Granted, Grants},
    oauth::HttpResponse,
};

/// Asks for one page.
///
/// # Errors
/// [`DriveError`].
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
        // Of what we send only the token was made elsewhere: the rest is understood.
        400 if token.is_some() => Err(DriveError::NoSuchPage),
        _ => Err(malformed(&response)),
    }
}

/// An answer that is of no use.
pub(super) fn malformed(response: &HttpResponse) -> DriveError {
    DriveError::Malformed { status: response.status, bytes: response.body.len() }
}
