//! Loads a list of files, and the breadcrumbs of its folder.

use std::time::Duration;

use crate::{
    accounts::Identity,
    drive::{DriveError, FilePage, FileQuery, Folder, OpenFolder, ancestors, list, open_folder},
    grants::{DriveMetadataReadonly, GrantError, Granted, Grants},
};

/// How long a loaded list waits for its breadcrumbs.
const TIMEOUT: Duration = Duration::from_secs(4);

/// One page of the list, and the folders above it: none if the list is not of one folder, or if they cannot be loaded.
pub async fn load(
    grants: &Grants,
    identity: &Identity,
    query: &FileQuery,
) -> Result<(FilePage, Vec<Folder>), DriveError> {
    let mut granted = grants.take(identity).await?;
    let folder = match query.within() {
        Some(id) if id.is_root() => Some(OpenFolder::root()),
        Some(id) => Some(open_folder(grants, &mut granted, &id).await?),
        None => None,
    };
    // A shortcut is listed as the folder that it leads to.
    let query = FileQuery { folder: folder.as_ref().map(|folder| folder.id().clone()), ..query.clone() };
    let page = list(grants, &mut granted, &query, folder.as_ref()).await?;
    let folders = match &folder {
        Some(folder) => breadcrumbs(grants, &mut granted, folder).await?,
        None => Vec::new(),
    };
    Ok((page, folders))
}

/// One request for each folder. If Google fails after the list, only the breadcrumbs are missing; errors about the folder
/// or the grant are returned.
async fn breadcrumbs(
    grants: &Grants,
    granted: &mut Granted<DriveMetadataReadonly>,
    folder: &OpenFolder,
) -> Result<Vec<Folder>, DriveError> {
    let folders = tokio::time::timeout(TIMEOUT, ancestors(grants, granted, folder)).await;
    match folders.unwrap_or(Err(GrantError::Unavailable.into())) {
        Err(
            DriveError::Grant(GrantError::RateLimited { .. } | GrantError::Unavailable | GrantError::Refused)
            | DriveError::Malformed { .. },
        ) => Ok(Vec::new()),
        folders => folders,
    }
}
