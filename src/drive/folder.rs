//! A folder that is listed, or that a path leads through.

use serde_json::Value;

use super::{file_id::FileId, kind::kind_of};
use crate::{codes::files::FileKind, grants::status::words, oauth::parse_received_json};

/// Google's name for the root of every shared drive.
const SHARED_DRIVE_ROOT: &str = "Drive";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// `root` for the root of the drive, instead of its real id.
    pub id: FileId,
    pub name: String,
}

/// A folder as Google describes it. An id may be any file's: what is not a folder cannot become one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenFolder {
    pub(super) folder: Folder,
    /// `None` for the root of a drive, and for what others share.
    pub(super) parent: Option<FileId>,
    /// The shared drive that it is in; also the id of that drive's root.
    pub(super) drive: Option<FileId>,
}

/// The document of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FolderDocument {
    Folder(OpenFolder),
    /// A shortcut to a folder.
    ShortcutTo(FileId),
    Other,
}

impl Folder {
    /// The root of the user's drive, by Google's name for it.
    pub(super) fn root() -> Self {
        Self { id: FileId::root(), name: "My Drive".to_owned() }
    }
}

impl OpenFolder {
    /// The root of the user's drive, of which nothing needs to be requested before it is listed.
    pub fn root() -> Self {
        Self { folder: Folder::root(), parent: None, drive: None }
    }

    pub fn id(&self) -> &FileId {
        &self.folder.id
    }

    #[cfg(test)]
    fn is_shared_drive(&self) -> bool {
        self.drive.as_ref() == Some(&self.folder.id)
    }
}

impl FolderDocument {
    pub(super) fn path_and_query(id: &FileId) -> String {
        format!(
            "/drive/v3/files/{}?supportsAllDrives=true&fields=id%2Cname%2Cparents%2CmimeType%2CdriveId%2C\
            shortcutDetails%28targetId%2CtargetMimeType%29",
            id.as_str()
        )
    }

    /// `None` when the body is not the JSON of a file.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let document = parse_received_json(body, &[]).ok()?;
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        let id = FileId::parse(text("id")?)?;
        match kind_of(text("mimeType").unwrap_or_default()) {
            FileKind::Folder => {}
            FileKind::Shortcut => return Some(shortcut_target(&document).map_or(Self::Other, Self::ShortcutTo)),
            _ => return Some(Self::Other),
        }
        let drive = text("driveId").and_then(FileId::parse);
        let parent = document["parents"].as_array().and_then(|parents| parents.first()?.as_str());
        let name = match text("name").unwrap_or_default() {
            SHARED_DRIVE_ROOT if drive.as_ref() == Some(&id) => "Shared drive".to_owned(),
            name => words(name),
        };
        Some(Self::Folder(OpenFolder { folder: Folder { id, name }, parent: parent.and_then(FileId::parse), drive }))
    }
}

/// The folder that a shortcut leads to; `None` for other targets.
pub(super) fn shortcut_target(document: &Value) -> Option<FileId> {
    let details = &document["shortcutDetails"];
    let target = details["targetId"].as_str().and_then(FileId::parse)?;
    (kind_of(details["targetMimeType"].as_str()?) == FileKind::Folder).then_some(target)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::grants::google_schema::unknown_names;

    const FOLDER: &str = "application/vnd.google-apps.folder";

    fn id(text: &str) -> FileId {
        FileId::parse(text).unwrap()
    }

    fn read(document: &Value) -> Option<FolderDocument> {
        FolderDocument::read(document.to_string().as_bytes())
    }

    fn folder() -> Value {
        json!({"id": "1a", "name": "Budget\u{0}", "mimeType": FOLDER, "parents": ["0A"], "driveId": "0D"})
    }

    fn with(member: &str, value: Value) -> OpenFolder {
        let mut document = folder();
        document[member] = value;
        match read(&document) {
            Some(FolderDocument::Folder(folder)) => folder,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_folder_is_parsed_with_its_parent_and_its_drive() {
        let expected = OpenFolder {
            folder: Folder { id: id("1a"), name: "Budget\u{fffd}".into() },
            parent: Some(id("0A")),
            drive: Some(id("0D")),
        };
        assert_eq!(with("unknown", json!(1)), expected);
        for odd in [json!(null), json!(7), json!([]), json!({}), json!(""), json!([7]), json!(["../x"]), json!("../x")]
        {
            assert_eq!(with("parents", odd.clone()).parent, None, "{odd}");
            assert_eq!(with("driveId", odd.clone()).drive, None, "{odd}");
            assert_eq!(with("name", if odd.is_string() { json!("") } else { odd.clone() }).folder.name, "", "{odd}");
            assert_eq!(with("shortcutDetails", odd), expected);
        }
        let twice = format!(r#"{{"id":"1a","mimeType":"{FOLDER}","driveId":"0D","driveId":"0E","x":1,"x":2}}"#);
        let FolderDocument::Folder(folder) = FolderDocument::read(twice.as_bytes()).unwrap() else { panic!() };
        assert_eq!((folder.folder.id, folder.drive), (id("1a"), None));
    }

    #[test]
    fn the_root_of_a_shared_drive_has_a_name() {
        let root = json!({"id": "0D", "name": "Drive", "mimeType": FOLDER, "driveId": "0D"});
        let Some(FolderDocument::Folder(root)) = read(&root) else { panic!("{root}") };
        assert!(root.is_shared_drive() && root.folder.name == "Shared drive");
        let inside = with("name", json!("Drive"));
        assert!(!inside.is_shared_drive() && inside.folder.name == "Drive");
    }

    #[rstest]
    #[case(json!({"id": "1a", "mimeType": "application/pdf"}), Some(FolderDocument::Other))]
    #[case(json!({"id": "1a"}), Some(FolderDocument::Other))]
    #[case(json!({"id": "1a", "mimeType": 7}), Some(FolderDocument::Other))]
    #[case(json!({"id": "a/b", "mimeType": FOLDER}), None)]
    #[case(json!({"id": 7, "mimeType": FOLDER}), None)]
    #[case(json!({"mimeType": FOLDER}), None)]
    #[case(json!([]), None)]
    fn only_a_folder_can_be_opened(#[case] document: Value, #[case] expected: Option<FolderDocument>) {
        assert_eq!(read(&document), expected);
    }

    #[rstest]
    #[case(json!({"targetId": "2b", "targetMimeType": FOLDER}), Some("2b"))]
    #[case(json!({"targetId": "2b", "targetMimeType": "application/pdf"}), None)]
    #[case(json!({"targetId": "../b", "targetMimeType": FOLDER}), None)]
    #[case(json!({"targetId": 7, "targetMimeType": FOLDER}), None)]
    #[case(json!({"targetMimeType": FOLDER}), None)]
    #[case(json!({"targetId": "2b"}), None)]
    #[case(json!(null), None)]
    fn a_shortcut_leads_to_a_folder_only(#[case] details: Value, #[case] target: Option<&str>) {
        let shortcut = "application/vnd.google-apps.shortcut";
        let document = json!({"id": "1a", "mimeType": shortcut, "shortcutDetails": details});
        let expected = target.map_or(FolderDocument::Other, |target| FolderDocument::ShortcutTo(id(target)));
        assert_eq!(read(&document), Some(expected));
    }

    #[test]
    fn google_knows_every_name() {
        let path = FolderDocument::path_and_query(&FileId::root());
        assert!(path.starts_with("/drive/v3/files/root?supportsAllDrives=true&fields=id%2Cname"), "{path}");
        assert_eq!(unknown_names("drive", "files.get", "File", &path), [""; 0]);
    }
}
