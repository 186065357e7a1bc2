//! Google Drive v3, as far as a list of files needs it: requests and responses. Pure, but for `list`, `open_folder` and
//! `ancestors`, which call the API through a grant.
//!
//! Sources: "Method: files.list", "Method: files.get", "Search query terms and operators", "Google Workspace and Google
//! Drive supported MIME types", "Implement shared drive support" (developers.google.com/workspace/drive/api), and the discovery
//! document of the API; read November 2026.

mod ancestors;
mod error;
mod file;
mod file_id;
mod folder;
mod kind;
mod list;
mod page;
mod query;

pub use ancestors::{ancestors, open_folder};
pub use error::DriveError;
pub use file::File;
pub use file_id::FileId;
pub use folder::{Folder, OpenFolder};
pub use list::list;
pub use page::FilePage;
pub use query::FileQuery;
