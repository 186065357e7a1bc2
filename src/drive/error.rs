//! Why there are no files.

use crate::grants::GrantError;

/// Why Drive gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// It could not be asked, or did not answer as an API does.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// There is no such folder for this person: it was deleted, is another's, or is none.
    #[error("there is no such folder")]
    NoSuchFolder,
    /// The page token is none of this list, or of a list that is too old.
    #[error("there is no such page of this list")]
    NoSuchPage,
    /// It answered, and not as it is documented.
    #[error("Google Drive answered {status} with {bytes} bytes that cannot be used")]
    Malformed {
        /// The status code.
        status: u16,
        /// Length of the body.
        bytes: usize,
    },
}
