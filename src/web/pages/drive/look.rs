//! Looking into a drive: the list, and the way to what it is of.

use std::time::Duration;

use crate::{
    accounts::Identity,
    drive::{DriveError, FileId, FilePage, FileQuery, Folder, ancestors, list},
    grants::{DriveMetadataReadonly, GrantError, Granted, Grants},
};

/// Nobody waits longer for the way when the list is there.
const PATIENCE: Duration = Duration::from_secs(4);

/// One page of the list, and the way to the folder that it is of: nothing where it is of none, or where the way cannot be
/// had now.
///
/// # Errors
/// [`DriveError`].
pub async fn look(
    grants: &Grants,
    identity: &Identity,
    question: &FileQuery,
) -> Result<(FilePage, Vec<Folder>), DriveError> {
    let mut granted = grants.take(identity).await?;
    let page = list(grants, &mut granted, question).await?;
    let method = match question.within() {
        Some(folder) => way_to(grants, &mut granted, &folder).await?,
        None => Vec::new(),
    };
    Ok((page, method))
}

/// The way costs a request for each folder. What is wrong with Google behind the list costs the person the way and not the
/// list; what is wrong with the folder or with the grant is told.
async fn way_to(
    grants: &Grants,
    granted: &mut Granted<DriveMetadataReadonly>,
    folder: &FileId,
) -> Result<Vec<Folder>, DriveError> {
    let method = tokio::time::timeout(PATIENCE, ancestors(grants, granted, folder)).await;
    match method.unwrap_or(Err(GrantError::Away.into())) {
        Err(
            DriveError::Grant(GrantError::Busy { .. } | GrantError::Away | GrantError::Refused)
            | DriveError::Malformed { .. },
        ) => Ok(Vec::new()),
        method => method,
    }
}
