use crate::grants::GrantError;

#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// Deleted, not visible to this user, or not a folder.
    #[error("there is no such folder")]
    NoSuchFolder,
    /// The page token is invalid or has expired.
    #[error("there is no such page of this list")]
    NoSuchPage,
    /// A response that Google does not document.
    #[error("unexpected response from Google Drive: status {status}, {bytes} bytes")]
    Malformed { status: u16, bytes: usize },
}
