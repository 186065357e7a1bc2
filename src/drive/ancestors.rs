//! The path from the root of a drive to a folder.

use super::{
    error::DriveError,
    file_id::FileId,
    folder::{Folder, FolderDocument, OpenFolder},
    list::malformed,
};
use crate::grants::{DriveMetadataReadonly, Granted, Grants};

/// Maximum depth; each folder is a request.
const MAX_DEPTH: usize = 8;

/// The folder with this id, or the one that this shortcut leads to.
///
/// # Errors
/// [`DriveError::NoSuchFolder`] also for a file that is not a folder.
pub async fn open_folder(
    grants: &Grants,
    granted: &mut Granted<DriveMetadataReadonly>,
    id: &FileId,
) -> Result<OpenFolder, DriveError> {
    let mut found = get(grants, granted, id).await?;
    // Google has no shortcuts to shortcuts.
    if let Some(FolderDocument::ShortcutTo(target)) = &found {
        found = get(grants, granted, target).await?;
    }
    match found {
        Some(FolderDocument::Folder(folder)) => Ok(folder),
        _ => Err(DriveError::NoSuchFolder),
    }
}

/// The folders from the root to `folder`, which is the last one. For shared folders the path begins where they were shared, and
/// in a shared drive at its root; of a path deeper than eight folders only the last eight are there.
pub async fn ancestors(
    grants: &Grants,
    granted: &mut Granted<DriveMetadataReadonly>,
    folder: &OpenFolder,
) -> Result<Vec<Folder>, DriveError> {
    if folder.folder.id.is_root() {
        return Ok(vec![folder.folder.clone()]);
    }
    // Children refer to the root by its real id. Nothing in a shared drive is below it.
    let root = match folder.drive {
        Some(_) => None,
        None => match get(grants, granted, &FileId::root()).await? {
            Some(FolderDocument::Folder(root)) => Some(root.folder.id),
            _ => return Err(DriveError::NoSuchFolder),
        },
    };
    if root.as_ref() == Some(&folder.folder.id) {
        return Ok(vec![Folder::root()]);
    }
    let (mut path, mut next) = (vec![folder.folder.clone()], folder.parent.clone());
    while let Some(id) = next.take() {
        if root.as_ref() == Some(&id) {
            path.push(Folder::root());
            break;
        }
        if path.len() == MAX_DEPTH || path.iter().any(|folder| folder.id == id) {
            break;
        }
        // Otherwise the parent is not shared with this user.
        if let Some(FolderDocument::Folder(OpenFolder { folder, parent, .. })) = get(grants, granted, &id).await? {
            path.push(folder);
            next = parent;
        }
    }
    path.reverse();
    Ok(path)
}

/// The file with this id; `None` when there is none.
async fn get(
    grants: &Grants,
    granted: &mut Granted<DriveMetadataReadonly>,
    id: &FileId,
) -> Result<Option<FolderDocument>, DriveError> {
    let response = grants.ask(granted, &FolderDocument::path_and_query(id)).await?;
    match response.status {
        200 => FolderDocument::read(&response.body).map(Some).ok_or(malformed(&response)),
        404 => Ok(None),
        _ => Err(malformed(&response)),
    }
}
