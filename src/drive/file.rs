//! A file of a list.

use serde_json::Value;
use url::Origin;

use super::{file_id::FileId, folder::shortcut_target, kind::kind_of};
use crate::{
    codes::files::FileKind,
    grants::status::{link, timestamp, words},
};

/// A file, or a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub id: String,
    /// May be empty.
    pub name: String,
    pub kind: FileKind,
    /// The owner's name, if it is another user and Google names one.
    pub owner: Option<String>,
    pub mine: bool,
    /// It belongs to a shared drive, and to no user.
    pub in_shared_drive: bool,
    /// Last change by any user, in Unix seconds. Clients choose it, so it may lie in the future.
    pub modified: Option<i64>,
    /// In bytes; folders, shortcuts and some of Google's own types have none.
    pub size: Option<u64>,
    /// Its URL in Google Drive.
    pub link: Option<String>,
    /// The folder to enter: itself, or a shortcut's target.
    pub folder: Option<FileId>,
    pub shared: bool,
    pub starred: bool,
}

impl File {
    /// `None` without an id. Any other member that is missing or of an undocumented type is left out: one odd file does not
    /// break the list.
    pub(super) fn read(document: &Value, endpoint_override: Option<&Origin>) -> Option<Self> {
        let text = |name: &str| document[name].as_str();
        let is = |name: &str| document[name].as_bool() == Some(true);
        let id = text("id").filter(|id| !id.is_empty())?.to_owned();
        let owners = document["owners"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mine = is("ownedByMe") || owners.iter().any(|owner| owner["me"].as_bool() == Some(true));
        let owner = owners.iter().find_map(|owner| owner["displayName"].as_str());
        let kind = kind_of(text("mimeType").unwrap_or_default());
        let folder = match kind {
            FileKind::Folder => FileId::parse(&id),
            FileKind::Shortcut => shortcut_target(document),
            _ => None,
        };
        Some(Self {
            id,
            name: words(text("name").unwrap_or_default()),
            kind,
            owner: owner.filter(|_| !mine).map(words),
            mine,
            in_shared_drive: text("driveId").is_some_and(|drive| !drive.is_empty()),
            modified: text("modifiedTime").and_then(timestamp),
            // A string, since it may exceed JSON numbers.
            size: text("size").and_then(|digits| digits.parse().ok()),
            link: text("webViewLink").and_then(|url| link(url, endpoint_override)),
            folder,
            shared: is("shared"),
            starred: is("starred"),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({
            "id": "1a", "name": "Übersicht\n.pdf", "mimeType": "application/pdf",
            "modifiedTime": "2026-11-25T10:00:00.000Z", "size": "18446744073709551615",
            "starred": true, "shared": true, "ownedByMe": false,
            "owners": [{"displayName": "Émilie <b>du</b> Châtelet", "me": false}],
            "webViewLink": "https://drive.google.com/file/d/1a/view", "unknown": {"a": 1},
        })
    }

    fn with(member: &str, value: Value) -> File {
        let mut document = document();
        document[member] = value;
        File::read(&document, None).unwrap()
    }

    #[test]
    fn a_document_is_parsed() {
        let file = File {
            id: "1a".into(),
            name: "Übersicht .pdf".into(),
            kind: FileKind::Pdf,
            owner: Some("Émilie <b>du</b> Châtelet".into()),
            mine: false,
            in_shared_drive: false,
            modified: Some(1_795_600_800),
            size: Some(u64::MAX),
            link: Some("https://drive.google.com/file/d/1a/view".into()),
            folder: None,
            shared: true,
            starred: true,
        };
        assert_eq!(File::read(&document(), None), Some(file));
    }

    #[rstest]
    #[case(json!({}))]
    #[case(json!({"name": "x"}))]
    #[case(json!({"id": ""}))]
    #[case(json!({"id": 7}))]
    #[case(json!(null))]
    #[case(json!(["id"]))]
    fn without_an_id_there_is_no_file(#[case] document: Value) {
        assert_eq!(File::read(&document, None), None);
    }

    #[test]
    fn missing_or_mistyped_members_are_left_out() {
        let bare = File::read(&json!({"id": "1a"}), None).unwrap();
        assert_eq!((bare.name.as_str(), bare.kind, bare.mine, bare.owner), ("", FileKind::Other, false, None));
        for odd in [json!(null), json!(7), json!([]), json!({}), json!("")] {
            assert_eq!(with("modifiedTime", odd.clone()).modified, None, "{odd}");
            assert_eq!(with("size", odd.clone()).size, None, "{odd}");
            assert_eq!(with("webViewLink", odd.clone()).link, None, "{odd}");
            assert_eq!(with("owners", odd.clone()).owner, None, "{odd}");
            assert!(!with("shared", odd.clone()).shared && !with("starred", odd.clone()).starred, "{odd}");
            assert!(!with("driveId", odd.clone()).in_shared_drive, "{odd}");
            assert_eq!(with("shortcutDetails", odd.clone()).folder, None, "{odd}");
            assert_eq!(with("mimeType", odd.clone()).kind, FileKind::Other, "{odd}");
            assert_eq!(with("name", odd).name, "");
        }
        assert_eq!(with("size", json!("-1")).size, None);
        assert_eq!(with("size", json!("0")).size, Some(0));
        assert_eq!(with("webViewLink", json!("javascript:alert(1)")).link, None);
        assert_eq!(with("owners", json!([null, {"displayName": 1}, {"displayName": "Ada"}])).owner, Some("Ada".into()));
    }

    #[test]
    fn a_folder_and_a_shortcut_to_one_can_be_entered() {
        let folder = "application/vnd.google-apps.folder";
        assert_eq!(with("mimeType", json!(folder)).folder, FileId::parse("1a"));
        let shortcut = |mime_type: &str| {
            let mut document = document();
            document["mimeType"] = json!("application/vnd.google-apps.shortcut");
            document["shortcutDetails"] = json!({"targetId": "2b", "targetMimeType": mime_type});
            File::read(&document, None).unwrap().folder
        };
        assert_eq!((shortcut(folder), shortcut("application/pdf")), (FileId::parse("2b"), None));
    }

    #[test]
    fn files_of_a_shared_drive_have_no_owner() {
        let document = json!({"id": "1a", "driveId": "0D"});
        let file = File::read(&document, None).unwrap();
        assert!(file.in_shared_drive && !file.mine && file.owner.is_none());
    }

    #[test]
    fn own_files_name_no_owner() {
        let own = with("ownedByMe", json!(true));
        assert!(own.mine && own.owner.is_none());
        let own = with("owners", json!([{"displayName": "Ada", "me": true}]));
        assert!(own.mine && own.owner.is_none());
        assert!(!with("owners", json!([{"displayName": "Ada", "me": "true"}])).mine);
    }

    proptest! {
        #[test]
        fn any_document_is_parsed(name in any::<String>(), time in any::<String>(), size in any::<String>(), link in any::<String>()) {
            let document = json!({"id": "1", "name": name, "modifiedTime": time, "size": size, "webViewLink": link});
            let file = File::read(&document, None).unwrap();
            prop_assert_eq!(file.name.chars().count(), name.chars().count());
            prop_assert!(!file.name.chars().any(char::is_control));
        }
    }
}
