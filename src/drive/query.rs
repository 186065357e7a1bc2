//! The request for a list of files.

use super::{file_id::FileId, kind::clause};
use crate::codes::{
    files::{FileKind, FileSort},
    percent::with_query,
};

const PAGE_SIZE: &str = "50";
/// Only what the page shows.
const FIELDS: &str = "nextPageToken,incompleteSearch,files(id,name,mimeType,modifiedTime,size,starred,shared,\
    ownedByMe,owners(displayName,me),driveId,shortcutDetails(targetId,targetMimeType),webViewLink)";

/// Search criteria. Files in the trash are never found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileQuery {
    /// Without it: the root of the drive, or the whole drive when `search` or `kind` is set.
    pub folder: Option<FileId>,
    /// Prefixes of words in the name.
    pub search: Option<String>,
    pub kind: Option<FileKind>,
    /// Without it, a folder is sorted by name and the whole drive by last change.
    pub sort: Option<FileSort>,
    /// `next` of the previous page.
    pub page_token: Option<String>,
}

impl FileQuery {
    /// The folder to list; `None` for the whole drive.
    pub fn within(&self) -> Option<FileId> {
        let narrowed = self.search.is_some() || self.kind.is_some();
        self.folder.clone().or_else(|| (!narrowed).then(FileId::root))
    }

    pub fn order(&self) -> FileSort {
        self.sort.unwrap_or(if self.within().is_some() { FileSort::Name } else { FileSort::Newest })
    }

    /// Path and query of the request, below the API's base URL. `drive` is the shared drive that the folder is in.
    pub(super) fn path_and_query(&self, drive: Option<&FileId>) -> String {
        let order = match self.order() {
            // 9 before 10.
            FileSort::Name => "folder,name_natural",
            FileSort::Newest => "modifiedTime desc",
            FileSort::Oldest => "modifiedTime",
            // Google cannot sort by `size`.
            FileSort::Largest => "quotaBytesUsed desc",
        };
        // Google searches all drives only where it has to.
        let corpora = match (drive, self.within()) {
            (Some(_), _) => "drive",
            (None, Some(_)) => "user",
            (None, None) => "allDrives",
        };
        let q = self.q();
        let mut parameters = vec![
            ("spaces", "drive"),
            ("supportsAllDrives", "true"),
            ("includeItemsFromAllDrives", "true"),
            ("corpora", corpora),
            ("pageSize", PAGE_SIZE),
            ("fields", FIELDS),
            ("orderBy", order),
            ("q", &q),
        ];
        parameters.extend(drive.map(|drive| ("driveId", drive.as_str())));
        parameters.extend(self.page_token.as_deref().map(|token| ("pageToken", token)));
        with_query("/drive/v3/files", &parameters)
    }

    fn q(&self) -> String {
        let folder = self.within().map(|folder| format!("{} in parents", quoted(folder.as_str())));
        let search = self.search.as_deref().map(|search| format!("name contains {}", quoted(search)));
        let kind = self.kind.map(clause);
        let terms = ["trashed = false".to_owned()].into_iter().chain(folder).chain(search).chain(kind);
        terms.collect::<Vec<_>>().join(" and ")
    }
}

/// A string literal of the query language. The threat is query injection: a search that closes its quote.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use url::form_urlencoded;

    use super::*;
    use crate::grants::google_schema::unknown_names;

    fn parameter(query: &FileQuery, name: &str) -> String {
        parameter_in(query, None, name)
    }

    fn parameter_in(query: &FileQuery, drive: Option<&FileId>, name: &str) -> String {
        let path = query.path_and_query(drive);
        let (path, query) = path.split_once('?').unwrap();
        assert_eq!(path, "/drive/v3/files");
        let values: Vec<_> = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name).collect();
        assert!(values.len() < 2, "{name} twice");
        values.into_iter().map(|(_, value)| value.into_owned()).next().unwrap_or_default()
    }

    #[rstest]
    #[case(FileQuery::default(), "trashed = false and 'root' in parents", "folder,name_natural")]
    #[case(
        FileQuery { folder: FileId::parse("1a"), ..FileQuery::default() },
        "trashed = false and '1a' in parents",
        "folder,name_natural"
    )]
    #[case(
        FileQuery { search: Some("it's \\ it".into()), ..FileQuery::default() },
        r"trashed = false and name contains 'it\'s \\ it'",
        "modifiedTime desc"
    )]
    #[case(
        FileQuery { kind: Some(FileKind::Pdf), sort: Some(FileSort::Largest), ..FileQuery::default() },
        "trashed = false and (mimeType = 'application/pdf')",
        "quotaBytesUsed desc"
    )]
    #[case(
        FileQuery {
            folder: FileId::parse("1a"),
            search: Some("x".into()),
            kind: Some(FileKind::Form),
            sort: Some(FileSort::Oldest),
            page_token: None,
        },
        "trashed = false and '1a' in parents and name contains 'x' and (mimeType = 'application/vnd.google-apps.form')",
        "modifiedTime"
    )]
    fn criteria_become_the_query_and_the_order(#[case] query: FileQuery, #[case] q: &str, #[case] order: &str) {
        assert_eq!((parameter(&query, "q"), parameter(&query, "orderBy")), (q.to_owned(), order.to_owned()));
        assert_eq!(parameter(&query, "pageSize"), "50");
        assert_eq!(parameter(&query, "spaces"), "drive");
        assert!(parameter(&query, "fields").starts_with("nextPageToken,incompleteSearch,files("));
    }

    #[test]
    fn shared_drives_are_searched_where_files_may_be() {
        let folder = FileQuery { folder: FileId::parse("1a"), ..FileQuery::default() };
        let search = FileQuery { search: Some("x".into()), ..FileQuery::default() };
        let narrowed = FileQuery { search: Some("x".into()), ..folder.clone() };
        let drive = FileId::parse("0D");
        for (query, drive, corpora, drive_id) in [
            (&FileQuery::default(), None, "user", ""),
            (&folder, None, "user", ""),
            (&narrowed, None, "user", ""),
            (&search, None, "allDrives", ""),
            (&folder, drive.as_ref(), "drive", "0D"),
            (&narrowed, drive.as_ref(), "drive", "0D"),
        ] {
            let parameter = |name| parameter_in(query, drive, name);
            assert_eq!((parameter("corpora").as_str(), parameter("driveId").as_str()), (corpora, drive_id));
            assert_eq!(
                (parameter("supportsAllDrives").as_str(), parameter("includeItemsFromAllDrives").as_str()),
                ("true", "true")
            );
        }
    }

    #[test]
    fn google_knows_every_name() {
        let query = FileQuery { page_token: Some("t".into()), ..FileQuery::default() };
        let path = query.path_and_query(FileId::parse("0D").as_ref());
        assert_eq!(unknown_names("drive", "files.list", "FileList", &path), [""; 0]);
    }

    #[test]
    fn a_page_token_is_sent_back_unchanged() {
        let token = "~!!~AI9FV7Q+/=& é";
        let query = FileQuery { page_token: Some(token.into()), ..FileQuery::default() };
        assert_eq!(parameter(&query, "pageToken"), token);
    }

    /// The string literals, as Google reads them, and the rest.
    fn read(q: &str) -> (Vec<String>, String) {
        let (mut texts, mut around, mut characters) = (Vec::new(), String::new(), q.chars());
        while let Some(character) = characters.next() {
            if character != '\'' {
                around.push(character);
                continue;
            }
            let mut text = String::new();
            loop {
                match characters.next().expect("a quote that ends") {
                    '\'' => break,
                    '\\' => {
                        text.push(characters.next().filter(|character| "'\\".contains(*character)).expect("an escape"))
                    }
                    character => text.push(character),
                }
            }
            texts.push(text);
        }
        (texts, around)
    }

    proptest! {
        #[test]
        fn any_search_stays_inside_its_quotes(
            search in prop_oneof![any::<String>(), r"['\\ a]{0,12}"],
            token in any::<String>()
        ) {
            let query = FileQuery {
                folder: FileId::parse("1a"),
                search: Some(search.clone()),
                page_token: Some(token),
                ..FileQuery::default()
            };
            let (texts, around) = read(&parameter(&query, "q"));
            prop_assert_eq!(texts, ["1a".to_owned(), search]);
            prop_assert_eq!(around, "trashed = false and  in parents and name contains ");
            prop_assert!(query.path_and_query(None).is_ascii());
        }
    }
}
