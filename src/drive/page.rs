//! One page of a list.

use std::collections::HashSet;

use url::Origin;

use super::file::File;
use crate::oauth::parse_received_json;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilePage {
    /// May be empty although there are more pages ("Method: files.list").
    pub files: Vec<File>,
    /// Token of the next page.
    pub next: Option<String>,
    /// Google did not search everywhere (`incompleteSearch`).
    pub incomplete: bool,
}

impl FilePage {
    /// The response to a request with `page_token`; `None` when it is not the JSON of a list.
    pub(super) fn read(body: &[u8], page_token: Option<&str>, endpoint_override: Option<&Origin>) -> Option<Self> {
        let answer = parse_received_json(body, &[]).ok()?;
        let files = answer.get("files")?.as_array()?;
        // A page that names itself as the next one would loop forever.
        let next = answer["nextPageToken"].as_str().filter(|token| !token.is_empty() && Some(*token) != page_token);
        Some(Self {
            files: files.iter().filter_map(|file| File::read(file, endpoint_override)).collect(),
            next: next.map(str::to_owned),
            incomplete: answer["incompleteSearch"].as_bool() == Some(true),
        })
    }

    /// Continues this page with the next one. A file that moved meanwhile may be on both.
    pub(super) fn append(&mut self, next: Self) {
        let known: HashSet<_> = self.files.iter().map(|file| file.id.clone()).collect();
        self.files.extend(next.files.into_iter().filter(|file| !known.contains(&file.id)));
        self.incomplete |= next.incomplete;
        self.next = next.next;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[test]
    fn files_without_an_id_are_left_out() {
        let body =
            br#"{"nextPageToken":"n","incompleteSearch":true,"files":[{"id":"1"},{"name":"x"},7,{"id":"2"}],"more":1}"#;
        let page = FilePage::read(body, None, None).unwrap();
        assert_eq!(page.files.iter().map(|file| file.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!((page.next.as_deref(), page.incomplete), (Some("n"), true));
        assert_eq!(FilePage::read(br#"{"files":[]}"#, None, None), Some(FilePage::default()));
        let odd = FilePage::read(br#"{"files":[],"nextPageToken":7,"incompleteSearch":"true"}"#, None, None);
        assert_eq!(odd, Some(FilePage::default()));
    }

    #[rstest]
    #[case(r#""nextPageToken":null"#)]
    #[case(r#""nextPageToken":"""#)]
    #[case(r#""nextPageToken":{}"#)]
    #[case(r#""nextPageToken":"a","nextPageToken":"b""#)]
    #[case(r#""incompleteSearch":null"#)]
    #[case(r#""incompleteSearch":true,"incompleteSearch":true"#)]
    #[case(r#""kind":7,"kind":[]"#)]
    fn unused_and_odd_members_do_not_cost_the_list(#[case] member: &str) {
        let body = format!(r#"{{{member},"files":[null,{{"id":"1","name":"a","name":"b","x":1,"x":2}}]}}"#);
        let page = FilePage::read(body.as_bytes(), None, None).unwrap();
        assert_eq!((page.next, page.incomplete), (None, false));
        let names: Vec<_> = page.files.iter().map(|file| (file.id.as_str(), file.name.as_str())).collect();
        assert_eq!(names, [("1", "")], "a name that stands twice is no name");
    }

    #[test]
    fn a_page_continues_with_the_next_one() {
        let read = |body: &str| FilePage::read(body.as_bytes(), None, None).unwrap();
        let mut page = read(r#"{"files":[{"id":"1"},{"id":"2"}],"nextPageToken":"b","incompleteSearch":true}"#);
        page.append(read(r#"{"files":[{"id":"2"},{"id":"3"}],"nextPageToken":"c"}"#));
        assert_eq!(page.files.iter().map(|file| file.id.as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
        assert_eq!((page.next.as_deref(), page.incomplete), (Some("c"), true));
    }

    #[rstest]
    #[case(b"")]
    #[case(b"<!doctype html>")]
    #[case(br#"{"files":[{"id":"1"}"#)]
    #[case(br#"{}"#)]
    #[case(br#"{"files":{}}"#)]
    #[case(br#"{"files":null}"#)]
    #[case(br#"[]"#)]
    #[case(br#"{"files":[],"files":[]}"#)]
    #[case(b"{\"files\":[{\"id\":\"\xff\"}]}")]
    fn anything_but_a_list_is_rejected(#[case] body: &[u8]) {
        assert_eq!(FilePage::read(body, None, None), None);
    }

    #[test]
    fn a_page_that_names_itself_as_the_next_is_the_last() {
        let next = |page_token| FilePage::read(br#"{"files":[],"nextPageToken":"b"}"#, page_token, None).unwrap().next;
        assert_eq!((next(None), next(Some("a"))), (Some("b".into()), Some("b".into())));
        assert_eq!(next(Some("b")), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_parsed_or_rejected(body in any::<Vec<u8>>()) {
            let _ = FilePage::read(&body, None, None);
        }

        #[test]
        fn any_json_is_parsed_or_rejected(
            body in r#"\{"files":\[(\{"(id|name|size|owners|mimeType)":("[^"\\]{0,5}"|-?[0-9]{1,30}|null|\[\{\}\]|\{"me":1\})\},?){0,4}\]\}"#
        ) {
            let _ = FilePage::read(body.as_bytes(), None, None);
        }
    }
}
