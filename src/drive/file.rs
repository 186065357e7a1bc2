//! A file, as an answer tells it.

use serde_json::Value;
use url::Origin;

use super::kind::kind_of;
use crate::{
    codes::files::FileKind,
    grants::status::{link, timestamp, words},
};

/// A file, or a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What names it.
    pub id: String,
    /// Its name; may be anything, and nothing.
    pub name: String,
    /// What kind it is.
    pub kind: FileKind,
    /// Its owner's name, where it is somebody else's and Google tells one.
    pub owner: Option<String>,
    /// Whether the person owns it.
    pub mine: bool,
    /// When anybody changed it last (Unix seconds). May lie ahead: clients choose it.
    pub modified: Option<i64>,
    /// In bytes; folders, shortcuts and Google's own kinds have none.
    pub size: Option<u64>,
    /// Its address in Google Drive.
    pub link: Option<String>,
    /// Others can see it.
    pub shared: bool,
    /// The person marked it.
    pub starred: bool,
}

impl File {
    /// Reads the document of one file; `None` without an id. What else is missing, or not of the type that Google
    /// documents, is absent: one odd file does not cost the list.
    pub(super) fn read(document: &Value, endpoint_override: Option<&Origin>) -> Option<Self> {
        let text = |name: &str| document[name].as_str();
        let is = |name: &str| document[name].as_bool() == Some(true);
        let id = text("id").filter(|id| !id.is_empty())?.to_owned();
        let owners = document["owners"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mine = is("ownedByMe") || owners.iter().any(|owner| owner["me"].as_bool() == Some(true));
        let owner = owners.iter().find_map(|owner| owner["displayName"].as_str());
        Some(Self {
            id,
            name: words(text("name").unwrap_or_default()),
            kind: kind_of(text("mimeType").unwrap_or_default()),
            owner: owner.filter(|_| !mine).map(words),
            mine,
            modified: text("modifiedTime").and_then(timestamp),
            // A number of bytes is a text: it may be beyond what JSON numbers hold everywhere.
            size: text("size").and_then(|digits| digits.parse().ok()),
            link: text("webViewLink").and_then(|address| link(address, endpoint_override)),
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
    fn a_document_is_read() {
        let file = File {
            id: "1a".into(),
            name: "Übersicht .pdf".into(),
            kind: FileKind::Pdf,
            owner: Some("Émilie <b>du</b> Châtelet".into()),
            mine: false,
            modified: Some(1_795_600_800),
            size: Some(u64::MAX),
            link: Some("https://drive.google.com/file/d/1a/view".into()),
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
    fn what_is_missing_or_of_the_wrong_type_is_absent() {
        let bare = File::read(&json!({"id": "1a"}), None).unwrap();
        assert_eq!((bare.name.as_str(), bare.kind, bare.mine, bare.owner), ("", FileKind::Other, false, None));
        for odd in [json!(null), json!(7), json!([]), json!({}), json!("")] {
            assert_eq!(with("modifiedTime", odd.clone()).modified, None, "{odd}");
            assert_eq!(with("size", odd.clone()).size, None, "{odd}");
            assert_eq!(with("webViewLink", odd.clone()).link, None, "{odd}");
            assert_eq!(with("owners", odd.clone()).owner, None, "{odd}");
            assert!(!with("shared", odd.clone()).shared && !with("starred", odd.clone()).starred, "{odd}");
            assert_eq!(with("name", odd).name, "");
        }
        assert_eq!(with("size", json!("-1")).size, None);
        assert_eq!(with("size", json!("0")).size, Some(0));
        assert_eq!(with("webViewLink", json!("javascript:alert(1)")).link, None);
        assert_eq!(with("owners", json!([null, {"displayName": 1}, {"displayName": "Ada"}])).owner, Some("Ada".into()));
    }

    #[test]
    fn what_is_the_persons_own_names_no_owner() {
        let own = with("ownedByMe", json!(true));
        assert!(own.mine && own.owner.is_none());
        let own = with("owners", json!([{"displayName": "Ada", "me": true}]));
        assert!(own.mine && own.owner.is_none());
        assert!(!with("owners", json!([{"displayName": "Ada", "me": "true"}])).mine);
    }

    proptest! {
        #[test]
        fn any_json_is_read_or_left(name in any::<String>(), time in any::<String>(), size in any::<String>(), link in any::<String>()) {
            let document = json!({"id": "1", "name": name, "modifiedTime": time, "size": size, "webViewLink": link});
            let file = File::read(&document, None).unwrap();
            prop_assert_eq!(file.name.chars().count(), name.chars().count());
            prop_assert!(!file.name.chars().any(char::is_control));
        }
    }
}
