//! The way from the top of the drive to a folder.

use super::{
    error::DriveError,
    file_id::FileId,
    folder::{Folder, FolderDocument},
    list::malformed,
};
use crate::grants::{DriveMetadataReadonly, Granted, Grants};

/// Folders that are asked for at most; each is a request.
const MOST: usize = 8;

/// The folders from the top down to `folder`, which is the last one. What others share begins where it was shared, and
/// what lies deeper than eight folders begins in between.
///
/// # Errors
/// [`DriveError`]; [`DriveError::NoSuchFolder`] also for a file that is no folder.
pub async fn ancestors(
    grants: &Grants,
    granted: &mut Granted<DriveMetadataReadonly>,
    folder: &FileId,
) -> Result<Vec<Folder>, DriveError> {
    if folder.is_root() {
        return Ok(vec![Folder::top()]);
    }
    // The top has an id of its own, by which its children name it.
    let Some(top) = look(grants, granted, &FileId::root()).await? else { return Err(DriveError::NoSuchFolder) };
    let mut method = Vec::new();
    let mut next = Some(folder.clone());
    while let Some(id) = next.take() {
        if id == top.folder.id {
            method.push(Folder::top());
            break;
        }
        match look(grants, granted, &id).await? {
            Some(FolderDocument { folder, parent, .. }) => {
                method.push(folder);
                next = parent.filter(|id| method.len() < MOST && method.iter().all(|folder| folder.id != *id));
            }
            None if method.is_empty() => return Err(DriveError::NoSuchFolder),
            // What it lies in is not shared with this person.
            None => break,
        }
    }
    method.reverse();
    Ok(method)
}

/// A folder's document; `None` when there is none, or it is no folder's.
async fn look(
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
