//! Mock Google Calendar.

use serde_json::{Value, json};

use crate::client::{Answer, CALENDAR, DRIVE, TestClient, query};

const EVENTS: &str = "/calendar/v3/calendars/primary/events";
const IN_ORDER: [(&str, &str); 2] = [("singleEvents", "true"), ("orderBy", "startTime")];

impl TestClient {
    async fn events(&self, access: &str, query: &[(&str, &str)]) -> Answer {
        self.api(access, EVENTS, query).await
    }

    /// The sandbox's time in RFC 3339.
    async fn now(&self) -> String {
        let now = self.get("/control/state").await.json()["now"].as_i64().unwrap();
        let now = time::OffsetDateTime::from_unix_timestamp(now).unwrap();
        now.format(&time::format_description::well_known::Rfc3339).unwrap()
    }
}

fn items(answer: &Answer) -> Vec<Value> {
    answer.json()["items"].as_array().unwrap_or_else(|| panic!("{}", answer.body)).clone()
}

fn start(event: &Value) -> &str {
    event["start"]["dateTime"].as_str().or(event["start"]["date"].as_str()).unwrap()
}

#[tokio::test]
async fn events_are_sorted_by_start() {
    let client = TestClient::start().await;
    let access = client.access("ada", &[CALENDAR]).await;
    let now = client.now().await;
    let coming = [&IN_ORDER[..], &[("timeMin", now.as_str())]].concat();
    let answer = client.events(&access, &coming).await;
    assert_eq!(
        (&answer.json()["kind"], &answer.json()["summary"]),
        (&json!("calendar#events"), &json!("ada@gmail.com"))
    );
    let events = items(&answer);
    assert_eq!(events.len(), 19, "all but the past one");
    assert!(events.iter().map(start).is_sorted());
    assert!(start(&events[0]) < now.as_str(), "one is going on");
    let five = client.events(&access, &[&coming[..], &[("maxResults", "5")]].concat()).await;
    assert_eq!(items(&five), events[..5]);
    let token = five.json()["nextPageToken"].as_str().unwrap().to_owned();
    let rest = [&coming[..], &[("maxResults", "50"), ("pageToken", token.as_str())]].concat();
    let rest = client.events(&access, &rest).await;
    assert_eq!(items(&rest), events[5..]);
    assert!(rest.json().get("nextPageToken").is_none());
}

#[tokio::test]
async fn events_cover_all_kinds() {
    let client = TestClient::start().await;
    let access = client.access("grace", &[CALENDAR]).await;
    let events = items(&client.events(&access, &IN_ORDER).await);
    let some = |fits: fn(&Value) -> bool| events.iter().filter(|event| fits(event)).count();
    assert_eq!(some(|event| event["start"]["date"].is_string() && event["end"]["date"].is_string()), 5);
    assert_eq!(some(|event| event["location"].is_string()), 4);
    assert_eq!(some(|event| event["visibility"] == "private"), 2);
    assert_eq!(some(|event| event.get("summary").is_none()), 1);
    assert_eq!(some(|event| event["recurringEventId"].is_string()), 5);
    let whole = items(&client.events(&access, &[]).await);
    assert_eq!((whole.len(), whole.iter().filter(|event| event["recurrence"].is_array()).count()), (16, 1));
    let empty = client.access("plain", &[CALENDAR]).await;
    assert!(items(&client.events(&empty, &IN_ORDER).await).is_empty());
    client.control("clock", json!({"offset_seconds": 86_400})).await;
    let tomorrow = items(&client.events(&client.access("grace", &[CALENDAR]).await, &IN_ORDER).await);
    assert!(start(&tomorrow[0]) > start(&events[0]), "they keep ahead of the clock");
}

#[tokio::test]
async fn event_types_narrow_the_list() {
    let client = TestClient::start().await;
    let access = client.access("ada", &[CALENDAR]).await;
    let all = items(&client.events(&access, &IN_ORDER).await);
    let count = |event_type: &str| all.iter().filter(|event| event["eventType"] == event_type).count();
    let mut counts = Vec::new();
    for event_type in ["birthday", "default", "focusTime", "fromGmail", "outOfOffice", "workingLocation"] {
        let some = items(&client.events(&access, &[&IN_ORDER[..], &[("eventTypes", event_type)]].concat()).await);
        assert!(some.iter().all(|event| event["eventType"] == event_type), "{event_type}");
        assert_eq!(some.len(), count(event_type), "{event_type}");
        counts.push(some.len());
    }
    assert_eq!((counts.iter().sum::<usize>(), counts.contains(&0)), (all.len(), false));
    let two = [&IN_ORDER[..], &[("eventTypes", "birthday"), ("eventTypes", "workingLocation")]].concat();
    assert_eq!(items(&client.events(&access, &two).await).len(), counts[0] + counts[5]);
}

#[tokio::test]
async fn max_attendees_leaves_the_user() {
    let client = TestClient::start().await;
    let access = client.access("ada", &[CALENDAR]).await;
    let attendees = async |most: &str| {
        let events = items(&client.events(&access, &[("maxAttendees", most), ("singleEvents", "true")]).await);
        events.iter().filter_map(|event| event["attendees"].as_array().cloned()).collect::<Vec<_>>()
    };
    assert!(attendees("2").await.iter().all(|some| some.len() == 2));
    let alone = attendees("1").await;
    let answers: Vec<_> =
        alone.iter().map(|some| (some.len(), &some[0]["self"], some[0]["responseStatus"].as_str())).collect();
    assert_eq!(answers, [(1, &json!(true), Some("accepted")), (1, &json!(true), Some("declined"))]);
}

#[tokio::test]
async fn a_page_may_be_empty_or_short() {
    let client = TestClient::start().await;
    let access = client.access("long", &[CALENDAR]).await;
    let (mut sizes, mut next) = (Vec::new(), None::<String>);
    loop {
        let mut query = IN_ORDER.to_vec();
        query.extend(next.as_deref().map(|token| ("pageToken", token)));
        let page = client.events(&access, &query).await;
        sizes.push(items(&page).len());
        next = page.json()["nextPageToken"].as_str().map(str::to_owned);
        if next.is_none() {
            break;
        }
    }
    assert_eq!((sizes[0], sizes.iter().sum::<usize>()), (0, 20), "{sizes:?}");
    assert!(sizes[1..].iter().all(|size| *size == 2), "{sizes:?}");
}

#[tokio::test]
async fn invalid_requests_return_an_error() {
    let client = TestClient::start().await;
    let access = client.access("ada", &[CALENDAR]).await;
    for (query, location) in [
        (&[("orderBy", "startTime")][..], "orderBy"),
        (&[("orderBy", "title")][..], "orderBy"),
        (&[("timeMin", "2026-01-01")][..], "timeMin"),
        (&[("timeMin", "2026-01-01T00:00:00")][..], "timeMin"),
        (&[("timeMin", "2026-01-02T00:00:00Z"), ("timeMax", "2026-01-01T00:00:00Z")][..], "timeMax"),
        (&[("maxResults", "0")][..], "maxResults"),
        (&[("singleEvents", "yes")][..], "singleEvents"),
        (&[("pageToken", "x")][..], "pageToken"),
        (&[("fields", "item")][..], "fields"),
        (&[("fields", "items(id,start(day))")][..], "fields"),
        (&[("eventTypes", "holiday")][..], "eventTypes"),
        (&[("maxAttendees", "0")][..], "maxAttendees"),
        (&[("showDeleted", "1")][..], "showDeleted"),
        (&[("syncToken", "x")][..], "syncToken"),
        (&[("eventType", "default")][..], "eventType"),
        (&[("alt", "media")][..], "alt"),
    ] {
        let answer = client.events(&access, query).await;
        assert_eq!(answer.status, 400, "{query:?}");
        assert_eq!(answer.json()["error"]["errors"][0]["location"], location, "{query:?}");
    }
    let harmless = [("alt", "json"), ("prettyPrint", "false"), ("timeZone", "UTC"), ("showDeleted", "false")];
    assert_eq!(client.events(&access, &harmless).await.status, 200);
    assert_eq!(client.api(&access, "/calendar/v3/calendars/ada@gmail.com/events", &[]).await.status, 200);
    assert_eq!(client.api(&access, "/calendar/v3/calendars/grace@navy.example/events", &[]).await.status, 404);
}

#[tokio::test]
async fn apis_are_below_the_origin_too() {
    let client = TestClient::start().await;
    let access = client.access("ada", &[CALENDAR, DRIVE]).await;
    let get = async |path: &str| client.send(client.request(reqwest::Method::GET, path).bearer_auth(&access)).await;
    for path in ["/drive/v3/files", "/drive/v3/files/root", EVENTS] {
        let [plain, prefixed] = [get(path).await, get(&format!("/google-api{path}")).await];
        assert_eq!((plain.status, plain.json()["kind"].clone()), (200, prefixed.json()["kind"].clone()), "{path}");
    }
    assert_eq!((client.requests("files").await.len(), client.requests("events").await.len()), (4, 2));
    for path in ["/drive/v3/about", "/google-api/drive/v2/files", "/calendar/v3/colors", "/oauth2/v9/certs"] {
        let answer = get(path).await;
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (404, &json!(404)), "{path}");
    }
    let answer =
        client.send(client.request(reqwest::Method::DELETE, "/drive/v3/files/root").bearer_auth(&access)).await;
    assert_eq!((answer.status, &answer.json()["error"]["code"]), (405, &json!(405)));
    for (path, status) in [("/google/token", 405), ("/google/nothing", 404)] {
        let answer = get(path).await;
        assert_eq!((answer.status, &answer.json()["error"]), (status, &json!("invalid_request")), "{path}");
    }
}

#[tokio::test]
async fn certificates_have_the_ids_of_the_keys() {
    let client = TestClient::start().await;
    client.control("google/keys", json!({"action": "rotate"})).await;
    let keys = client.get("/google/certs").await.json();
    let ids: Vec<_> = keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
    for path in ["/oauth2/v1/certs", "/google-api/oauth2/v1/certs"] {
        let certificates = client.get(path).await.json();
        assert_eq!((certificates.as_object().unwrap().len(), ids.len()), (2, 2));
        assert!(ids.iter().all(|id| certificates[id].as_str().unwrap().starts_with("-----BEGIN CERTIFICATE-----\n")));
    }
    assert_eq!(client.requests("certs").await.len(), 3);
}

#[tokio::test]
async fn calendar_scope_can_be_declined() {
    let client = TestClient::start().await;
    let drive = client.access("ada", &[DRIVE]).await;
    assert_eq!(client.events(&drive, &[]).await.status, 403);
    let scope = format!("openid {DRIVE} {CALENDAR}");
    let wide = query(&[("scope", &scope)]);
    let screen = client.get(&format!("/google/o/oauth2/v2/auth/consent?{wide}&person=grace")).await.body;
    assert!(screen.contains("See the events of your calendars"), "{screen}");
    assert!(screen.contains("See information about your Drive files"), "{screen}");
    let code = client.consent(&wide, "grace", &[CALENDAR]).await.code();
    let access = client.exchange(&code).await.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(client.events(&access, &[]).await.status, 200);
    assert_eq!(client.api(&access, "/drive/v3/files", &[]).await.status, 403);
    assert_eq!(client.post("/google/revoke", &[("token", &access)]).await.status, 200);
    assert_eq!(client.events(&access, &[]).await.status, 401);
}

#[tokio::test]
async fn calendar_misbehaves_and_the_log_records_it() {
    let client = TestClient::start().await;
    let access = client.access("ada", &[CALENDAR]).await;
    for (preset, status) in [("calendar_token_expired", 401), ("calendar_rate_limited", 403), ("calendar_503", 503)] {
        client.control("google/presets", json!({"preset": preset, "person": "ada", "times": 1})).await;
        assert_eq!(client.events(&access, &[]).await.status, status);
        assert_eq!(client.events(&access, &[]).await.status, 200);
    }
    let seen = client.requests("events").await;
    assert_eq!((&seen[0]["person"], &seen[0]["status"], seen.len()), (&json!("ada"), &json!(401), 6));
}
