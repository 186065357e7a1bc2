//! A folder of a path.

use serde_json::Value;

use super::{file_id::FileId, kind::kind_of};
use crate::{codes::files::FileKind, grants::status::words, oauth::parse_json};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// `root` for the root of the drive, instead of its real id.
    pub id: FileId,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FolderDocument {
    pub(super) folder: Folder,
    /// `None` for the root, and for what others share.
    pub(super) parent: Option<FileId>,
    /// An id may be any file's.
    pub(super) is_folder: bool,
}

impl Folder {
    /// The root of the drive, by Google's name for it.
    pub(super) fn root() -> Self {
        Self { id: FileId::root(), name: "My Drive".to_owned() }
    }
}

impl FolderDocument {
    pub(super) fn path_and_query(id: &FileId) -> String {
        format!("/drive/v3/files/{}?fields=id%2Cname%2Cparents%2CmimeType", id.as_str())
    }

    /// `None` when the body is not the JSON of a file.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let document = parse_json(body).ok()?;
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        let id = FileId::parse(text("id")?)?;
        let parent = document["parents"].as_array().and_then(|parents| parents.first()?.as_str());
        let folder = Folder { id, name: words(text("name").unwrap_or_default()) };
        let is_folder = kind_of(text("mimeType").unwrap_or_default()) == FileKind::Folder;
        Some(Self { folder, parent: parent.and_then(FileId::parse), is_folder })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIME: &str = r#""mimeType":"application/vnd.google-apps.folder""#;

    #[test]
    fn a_folder_is_parsed_with_its_parent() {
        let read = |members: &str| FolderDocument::read(format!("{{{members}}}").as_bytes());
        let inner = read(&format!(r#""id":"1a","name":"Budget\u0000",{MIME},"parents":["0A"]"#)).unwrap();
        assert_eq!(inner.folder, Folder { id: FileId::parse("1a").unwrap(), name: "Budget\u{fffd}".into() });
        assert_eq!(inner.parent, FileId::parse("0A"));
        for parents in ["", r#","parents":[]"#, r#","parents":[7]"#, r#","parents":"0A""#, r#","parents":["../x"]"#] {
            assert_eq!(read(&format!(r#""id":"1a",{MIME}{parents}"#)).unwrap().parent, None, "{parents}");
        }
        assert!(inner.is_folder);
        for other in [r#""id":"1a","mimeType":"application/pdf""#, r#""id":"1a""#, r#""id":"1a","mimeType":7"#] {
            assert!(!read(other).unwrap().is_folder, "{other}");
        }
        for odd in [MIME, r#""id":"a/b""#, r#""id":7"#, ""] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    #[test]
    fn the_request_has_the_id() {
        let path = FolderDocument::path_and_query(&FileId::root());
        assert_eq!(path, "/drive/v3/files/root?fields=id%2Cname%2Cparents%2CmimeType");
    }
}
