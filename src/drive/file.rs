//! A file of a list.

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
    pub id: String,
    /// May be empty.
    pub name: String,
    pub kind: FileKind,
    /// The owner's name, if it is another user and Google names one.
    pub owner: Option<String>,
    pub mine: bool,
    /// Last change by any user, in Unix seconds. Clients choose it, so it may lie in the future.
    pub modified: Option<i64>,
    /// In bytes; folders, shortcuts and Google's own types have none.
    pub size: Option<u64>,
    /// Its URL in Google Drive.
    pub link: Option<String>,
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
        Some(Self {
            id,
            name: words(text("name").unwrap_or_default()),
            kind: kind_of(text("mimeType").unwrap_or_default()),
            owner: owner.filter(|_| !mine).map(words),
            mine,
            modified: text("modifiedTime").and_then(timestamp),
            // A string, since it may exceed JSON numbers.
            size: text("size").and_then(|digits| digits.parse().ok()),
            link: text("webViewLink").and_then(|url| link(url, endpoint_override)),
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
    fn missing_or_mistyped_members_are_left_out() {
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
