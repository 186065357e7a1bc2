//! One page of a list of events.

use url::Origin;

use super::event::Event;
use crate::oauth::parse_received_json;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct EventPage {
    /// In their order; may be empty although there are more pages ("Events: list").
    pub(super) events: Vec<Event>,
    /// Token of the next page.
    pub(super) next: Option<String>,
}

impl EventPage {
    /// The response to a request with `page_token`; `None` when it is not the JSON of a list of events. Events that the user does
    /// not attend, and those without a valid start, are left out.
    pub(super) fn read(body: &[u8], page_token: Option<&str>, endpoint_override: Option<&Origin>) -> Option<Self> {
        let answer = parse_received_json(body, &[]).ok()?;
        let items = answer.get("items")?.as_array()?;
        // A page that names itself as the next one would loop.
        let next = answer["nextPageToken"].as_str().filter(|token| !token.is_empty() && Some(*token) != page_token);
        Some(Self {
            events: items.iter().filter_map(|item| Event::read(item, endpoint_override)).collect(),
            next: next.map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(b"")]
    #[case(b"<!doctype html>")]
    #[case(br#"{"items":{}}"#)]
    #[case(br#"{"items":null}"#)]
    #[case(br#"{"items":[],"items":[]}"#)]
    #[case(br#"{"files":[]}"#)]
    #[case(br#"{"items":[]"#)]
    #[case(br#"[]"#)]
    fn anything_but_a_list_is_rejected(#[case] body: &[u8]) {
        assert_eq!(EventPage::read(body, None, None), None);
        assert_eq!(EventPage::read(br#"{"items":[]}"#, None, None), Some(EventPage::default()));
    }

    #[rstest]
    #[case(r#""nextPageToken":null"#)]
    #[case(r#""nextPageToken":"""#)]
    #[case(r#""nextPageToken":7"#)]
    #[case(r#""nextPageToken":"a","nextPageToken":"b""#)]
    #[case(r#""summary":7,"summary":{}"#)]
    #[case(r#""defaultReminders":"none""#)]
    fn unused_and_odd_members_do_not_cost_the_list(#[case] member: &str) {
        let body = format!(r#"{{{member},"items":[null,7,{{}},{{"start":{{"date":"2026-11-25"}}}}]}}"#);
        let page = EventPage::read(body.as_bytes(), None, None).unwrap();
        assert_eq!((page.events.len(), page.next), (1, None));
    }

    #[test]
    fn a_page_that_names_itself_as_the_next_is_the_last() {
        let next = |page_token| EventPage::read(br#"{"items":[],"nextPageToken":"b"}"#, page_token, None).unwrap().next;
        assert_eq!((next(None), next(Some("a"))), (Some("b".into()), Some("b".into())));
        assert_eq!(next(Some("b")), None);
    }

    proptest! {
        #[test]
        fn any_json_is_parsed_or_rejected(
            body in r#"\{"items":\[(\{"(start|end|summary|attendees)":(\{"(date|dateTime)":("[-0-9TZ:]{0,20}"|7|null)\}|"x"|null|\[\{\}\])\},?){0,4}\]\}"#,
            bytes in any::<Vec<u8>>()
        ) {
            let _ = (EventPage::read(body.as_bytes(), None, None), EventPage::read(&bytes, None, None));
        }
    }
}
