//! The path from the root of the drive to a folder.

use super::{
    error::DriveError,
    file_id::FileId,
    folder::{Folder, FolderDocument},
    list::malformed,
};
use crate::grants::{DriveMetadataReadonly, Granted, Grants};

/// Maximum depth; each folder is a request.
const MAX_DEPTH: usize = 8;

/// The folders from the root to `folder`, which is the last one. For shared folders the path begins where they were shared;
/// of a path deeper than eight folders only the last eight are there.
///
/// # Errors
/// [`DriveError::NoSuchFolder`] also for a file that is not a folder.
pub async fn ancestors(
    grants: &Grants,
    granted: &mut Granted<DriveMetadataReadonly>,
    folder: &FileId,
) -> Result<Vec<Folder>, DriveError> {
    if folder.is_root() {
        return Ok(vec![Folder::root()]);
    }
    // Children refer to the root by its real id.
    let Some(root) = get(grants, granted, &FileId::root()).await? else { return Err(DriveError::NoSuchFolder) };
    let mut path = Vec::new();
    let mut next = Some(folder.clone());
    while let Some(id) = next.take() {
        if id == root.folder.id {
            path.push(Folder::root());
            break;
        }
        match get(grants, granted, &id).await? {
            Some(FolderDocument { folder, parent, .. }) => {
                path.push(folder);
                next = parent.filter(|id| path.len() < MAX_DEPTH && path.iter().all(|folder| folder.id != *id));
            }
            None if path.is_empty() => return Err(DriveError::NoSuchFolder),
            // The parent is not shared with this user.
            None => break,
        }
    }
    path.reverse();
    Ok(path)
}

/// The folder with this id; `None` when there is none, or it is not a folder.
async fn get(
    grants: &Grants,
    granted: &mut Granted<DriveMetadataReadonly>,
    id: &FileId,
) -> Result<Option<FolderDocument>, DriveError> {
    let response = grants.ask(granted, &FolderDocument::path_and_query(id)).await?;
    match response.status {
        200 => {
            let document = FolderDocument::read(&response.body).ok_or(malformed(&response))?;
            Ok(document.is_folder.then_some(document))
        }
        404 => Ok(None),
        _ => Err(malformed(&response)),
    }
}
