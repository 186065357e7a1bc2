//! Mock Google Drive.

use std::collections::HashSet;

use latchkey_sandbox::{Sandbox, Settings};
use serde_json::{Value, json};

use crate::client::{Answer, CALENDAR, DRIVE, TestClient, part, query};

const FILES: &str = "/drive/v3/files";
const FOLDER: &str = "application/vnd.google-apps.folder";
const ALL: (&str, &str) = ("fields", "nextPageToken,files(*)");

impl TestClient {
    async fn files(&self, access: &str, query: &[(&str, &str)]) -> Answer {
        self.api(access, FILES, query).await
    }

    /// All files of all pages, and the number of pages.
    async fn every_file(&self, access: &str, query: &[(&str, &str)]) -> (Vec<Value>, usize) {
        let (mut files, mut pages, mut next) = (Vec::new(), 0, None::<String>);
        loop {
            let mut query = query.to_vec();
            query.extend(next.as_deref().map(|token| ("pageToken", token)));
            let mut page = self.files(access, &query).await.json();
            files.append(page["files"].as_array_mut().unwrap_or_else(|| panic!("{query:?}")));
            pages += 1;
            next = page["nextPageToken"].as_str().map(str::to_owned);
            if next.is_none() {
                return (files, pages);
            }
        }
    }

    async fn names(&self, access: &str, q: &str) -> Vec<String> {
        let (files, _) = self.every_file(access, &[("q", q), ("pageSize", "1000")]).await;
        files.iter().map(|file| text(file, "name").to_owned()).collect()
    }
}

fn text<'a>(file: &'a Value, member: &str) -> &'a str {
    file[member].as_str().unwrap_or_else(|| panic!("{member} of {file}"))
}

fn reason(answer: &Answer) -> (u16, String) {
    let error = answer.json()["error"].clone();
    assert_eq!(error["code"], answer.status);
    (answer.status, text(&error["errors"][0], "reason").to_owned())
}

#[tokio::test]
async fn listing_has_each_file_once_with_the_default_fields() {
    let client = TestClient::start().await;
    let access = client.access("ada", &[DRIVE]).await;
    let first = client.files(&access, &[]).await.json();
    assert_eq!((&first["kind"], &first["incompleteSearch"]), (&json!("drive#fileList"), &json!(false)));
    assert_eq!(first["files"].as_array().unwrap().len(), 100);
    for size in ["1000", "100", "37"] {
        let (files, pages) = client.every_file(&access, &[("pageSize", size)]).await;
        let ids: HashSet<_> = files.iter().map(|file| text(file, "id")).collect();
        assert_eq!((files.len(), ids.len()), (300, 300));
        assert_eq!(pages, 300_usize.div_ceil(size.parse().unwrap()), "{size}");
        assert!(files.iter().all(|file| file.as_object().unwrap().len() == 4));
    }
}

#[tokio::test]
async fn files_cover_all_kinds_owners_and_names() {
    let client = TestClient::start().await;
    let access = client.access("ada", &[DRIVE]).await;
    let (files, _) = client.every_file(&access, &[ALL, ("pageSize", "1000")]).await;
    let distinct = |member: &str| files.iter().map(|file| file[member].to_string()).collect::<HashSet<_>>().len();
    assert!(distinct("mimeType") > 16 && distinct("owners") == 3 && distinct("name") > 100);
    for flag in ["shared", "starred", "trashed", "ownedByMe", "hasThumbnail"] {
        assert_eq!(distinct(flag), 2, "{flag}");
    }
    for file in &files {
        let is_googles = text(file, "mimeType").starts_with("application/vnd.google-apps.");
        let has_none = ["folder", "shortcut", "form"].iter().any(|kind| text(file, "mimeType").ends_with(kind));
        assert_eq!(file.get("size").is_none(), is_googles && has_none, "{file}");
        assert!(text(file, "webViewLink").starts_with(client.sandbox.origin()));
        assert_eq!(file["hasThumbnail"], file.get("thumbnailLink").is_some());
        assert_eq!(file.get("shortcutDetails").is_some(), text(file, "mimeType").ends_with(".shortcut"));
        assert!(text(file, "createdTime").ends_with("Z") && text(file, "modifiedTime").len() == 24);
    }
    let names: Vec<_> = files.iter().map(|file| text(file, "name")).collect();
    for awkward in ["   ", "..", "<script>alert(1)</script><img src=x onerror=alert(1)>.html"] {
        assert!(names.contains(&awkward), "{awkward}");
    }
    assert_eq!(names.iter().filter(|name| **name == "Untitled document").count(), 2);
    assert!(names.iter().any(|name| name.contains('\n')) && names.iter().any(|name| name.len() > 500));
    let file = files.iter().find(|file| file.get("thumbnailLink").is_some()).unwrap();
    for link in ["webViewLink", "iconLink", "thumbnailLink"] {
        let path = text(file, link).strip_prefix(client.sandbox.origin()).unwrap();
        assert_eq!(client.get(path).await.status, 200, "{link}");
    }
}

#[tokio::test]
async fn folders_are_four_deep_and_parents_list_their_files() {
    let client = TestClient::start().await;
    let access = client.access("grace", &[DRIVE]).await;
    let (files, _) = client.every_file(&access, &[ALL, ("pageSize", "1000")]).await;
    let root = client.api(&access, "/drive/v3/files/root", &[]).await.json();
    assert_eq!(root, json!({"kind": "drive#file", "id": root["id"], "name": "My Drive", "mimeType": FOLDER}));
    let (mut level, mut seen, mut depth) = (vec![text(&root, "id").to_owned()], 0, 0);
    while !level.is_empty() {
        let mut next = Vec::new();
        for id in &level {
            let (inside, _) = client.every_file(&access, &[("q", &format!("'{id}' in parents"))]).await;
            seen += inside.len();
            let folders = inside.iter().filter(|file| file["mimeType"] == FOLDER);
            next.extend(folders.map(|file| text(file, "id").to_owned()));
        }
        depth += usize::from(!next.is_empty());
        level = next;
    }
    let nowhere = files.iter().filter(|file| file.get("parents").is_none()).collect::<Vec<_>>();
    assert!(!nowhere.is_empty() && nowhere.iter().all(|file| file["ownedByMe"] == false));
    assert_eq!((seen + nowhere.len(), depth), (300, 4));
    assert_eq!(client.names(&access, "'root' in parents").await.len(), {
        let top = |file: &&Value| file["parents"][0] == root["id"];
        files.iter().filter(top).count()
    });
}

#[tokio::test]
async fn shared_drive_is_listed_on_request() {
    let client = TestClient::start().await;
    let access = client.access("grace", &[DRIVE]).await;
    let aware = [("supportsAllDrives", "true"), ("includeItemsFromAllDrives", "true"), ALL, ("pageSize", "1000")];
    let everywhere = [&aware[..], &[("corpora", "allDrives")]].concat();
    let (all, _) = client.every_file(&access, &everywhere).await;
    let (shared, own): (Vec<_>, Vec<_>) = all.iter().partition(|file| file["driveId"].is_string());
    assert_eq!((own.len(), shared.len()), (300, 24));
    assert_eq!(client.every_file(&access, &[]).await.0.len(), 300, "not without being asked for");
    let drive = text(shared[0], "driveId");
    for file in &shared {
        assert_eq!(file["driveId"], drive);
        for absent in ["owners", "ownedByMe", "shared"] {
            assert!(file.get(absent).is_none(), "{absent} of {file}");
        }
    }
    let narrow = [&aware[..], &[("corpora", "drive"), ("driveId", drive)]].concat();
    assert_eq!(client.every_file(&access, &narrow).await.0.len(), 24);
    let q = format!("'{drive}' in parents");
    let top = [&narrow[..], &[("q", q.as_str())]].concat();
    let top = client.every_file(&access, &top).await.0;
    assert!(top.len() > 2 && top.iter().filter(|file| file["mimeType"] == FOLDER).count() == 2);

    for id in [drive, text(shared[0], "id")] {
        let path = format!("{FILES}/{id}");
        assert_eq!(client.api(&access, &path, &[]).await.status, 404, "{id}");
        let found = client.api(&access, &path, &[("supportsAllDrives", "true"), ("fields", "*")]).await.json();
        assert_eq!((text(&found, "id"), text(&found, "driveId")), (id, drive));
        assert_eq!(found["name"] == "Drive" && found.get("parents").is_none(), id == drive);
    }
    for wrong in [
        &[("corpora", "drive"), ("driveId", drive)][..],
        &[("corpora", "allDrives")],
        &[("includeItemsFromAllDrives", "true")],
        &[("corpora", "drive"), ("supportsAllDrives", "true"), ("includeItemsFromAllDrives", "true")],
        &[("driveId", drive)],
        &[("includeItemsFromAllDrives", "yes")],
    ] {
        assert_eq!(client.files(&access, wrong).await.status, 400, "{wrong:?}");
    }
    let ada = client.access("ada", &[DRIVE]).await;
    assert_eq!(client.files(&ada, &narrow).await.status, 404, "it is not Ada's");
}

#[tokio::test]
async fn search_matches_name_words_type_and_trash() {
    let client = TestClient::start().await;
    let access = client.access("ada", &[DRIVE]).await;
    let budgets = client.names(&access, "name contains 'budg'").await;
    assert!(budgets.len() > 3 && budgets.iter().all(|name| name.starts_with("Budget")));
    assert!(client.names(&access, "name contains 'udget'").await.is_empty());
    assert_eq!(client.names(&access, r"name contains 'it\'s' and name contains 'back\\\\slashed'").await.len(), 1);
    let count = async |q: &str| client.names(&access, q).await.len();
    let folders = count(&format!("mimeType = '{FOLDER}'")).await;
    assert_eq!((folders, folders + count(&format!("mimeType != '{FOLDER}'")).await), (30, 300));
    assert!(count("mimeType contains 'image/'").await > 10);
    let bin = count("trashed = true").await;
    assert!(bin > 0 && bin + count("trashed = false").await == 300);
    let both = format!("mimeType = '{FOLDER}' and 'root' in parents and trashed = false");
    assert_eq!(count(&both).await, 2);
}

#[tokio::test]
async fn listing_follows_order_by() {
    let client = TestClient::start().await;
    let access = client.access("ada", &[DRIVE]).await;
    let sorted = async |by: &str| client.every_file(&access, &[ALL, ("orderBy", by), ("pageSize", "70")]).await.0;
    let names = |files: &[Value]| files.iter().map(|file| text(file, "name").to_lowercase()).collect::<Vec<_>>();
    let by_name = sorted("name").await;
    assert!(by_name.len() == 300 && names(&by_name).is_sorted());
    let folders_first = sorted("folder,name").await;
    let (folders, files) = folders_first.split_at(30);
    assert!(folders.iter().all(|file| file["mimeType"] == FOLDER) && names(folders).is_sorted());
    assert!(files.iter().all(|file| file["mimeType"] != FOLDER) && names(files).is_sorted());
    let natural: Vec<_> = sorted("folder,name_natural").await;
    let natural = names(&natural[..30]);
    let number = |name: &String| {
        name.rsplit_once(' ').and_then(|(word, number)| Some((word.to_owned(), number.parse::<u32>().ok()?)))
    };
    let numbered: Vec<_> = natural.iter().filter_map(number).collect();
    assert!(numbered.len() > 20 && numbered.is_sorted(), "{numbered:?}");
    assert!(!natural.is_sorted(), "9 comes before 10, and not after it");
    let newest = sorted("modifiedTime desc").await;
    // The clock advances between two pages.
    let days: Vec<_> = newest.iter().map(|file| text(file, "modifiedTime")[..10].to_owned()).collect();
    assert!(days.is_sorted_by(|one, other| one >= other));
    let sizes: Vec<u64> =
        sorted("quotaBytesUsed desc").await.iter().map(|file| text(file, "quotaBytesUsed").parse().unwrap()).collect();
    assert!(sizes.is_sorted_by(|one, other| one >= other) && sizes[0] > 1 << 28);
}

#[tokio::test]
async fn response_has_the_requested_fields() {
    let client = TestClient::start().await;
    let access = client.access("ada", &[DRIVE]).await;
    let page = client.files(&access, &[("fields", "files(id,owners(me))"), ("pageSize", "2")]).await.json();
    assert_eq!(page.as_object().unwrap().len(), 1);
    assert_eq!(page["files"][0], json!({"id": page["files"][0]["id"], "owners": [{"me": true}]}));
    let path = format!("{FILES}/{}", text(&page["files"][0], "id"));
    let file = client.api(&access, &path, &[]).await.json();
    let mut names: Vec<_> = file.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["id", "kind", "mimeType", "name"]);
    let parents = client.api(&access, &path, &[("fields", "parents")]).await.json();
    assert_eq!(parents["parents"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn invalid_requests_return_googles_error_envelope() {
    let client = TestClient::start().await;
    let access = client.access("ada", &[DRIVE]).await;
    for (name, value, wanted) in [
        ("q", "fullText contains 'x'", "invalid"),
        ("q", "name contains 'x", "invalid"),
        ("orderBy", "size", "invalid"),
        ("pageToken", "nonsense", "invalid"),
        ("spaces", "appDataFolder", "invalid"),
        ("corpora", "drive", "invalid"),
        ("pageSize", "0", "invalidParameter"),
        ("pageSize", "many", "invalidParameter"),
        ("fields", "files(nam)", "invalidParameter"),
        ("fields", "files(id,owners(name))", "invalidParameter"),
        ("fields", "files(id,shortcutDetails(target))", "invalidParameter"),
        ("pageSizes", "3", "invalid"),
        ("fields", "files(", "invalidParameter"),
    ] {
        let answer = client.files(&access, &[(name, value)]).await;
        assert_eq!(reason(&answer), (400, wanted.to_owned()), "{name}={value}");
        assert_eq!(answer.json()["error"]["errors"][0]["location"], name);
    }
    assert_eq!(client.files(&access, &[("pageSize", "5000")]).await.status, 200);
    let grace = client.access("grace", &[DRIVE]).await;
    let hers = client.files(&grace, &[("pageSize", "1")]).await.json();
    let id = text(&hers["files"][0], "id");
    let path = format!("{FILES}/{id}");
    assert_eq!(client.api(&grace, &path, &[]).await.status, 200);
    assert_eq!(reason(&client.api(&access, &path, &[]).await), (404, "notFound".to_owned()), "it is not Ada's");
    assert_eq!(client.files(&access, &[("q", &format!("'{id}' in parents"))]).await.status, 404);
    let token = ("pageToken", text(&hers, "nextPageToken"));
    assert_eq!(client.files(&grace, &[token]).await.status, 200);
    assert_eq!(client.files(&grace, &[token, ("orderBy", "name")]).await.status, 400, "of another listing");
    assert_eq!(client.files(&access, &[token]).await.status, 400, "of another drive");
}

#[tokio::test]
async fn call_needs_a_valid_token_with_the_scope() {
    let client = TestClient::start().await;
    let bare = client.send(client.http.get(format!("{}{FILES}", client.sandbox.google_api_url()))).await;
    assert_eq!(reason(&bare), (401, "required".to_owned()));
    let wrong = client.files("ya29.wrong", &[]).await;
    assert_eq!(reason(&wrong), (401, "authError".to_owned()));
    assert_eq!(wrong.json()["error"]["status"], "UNAUTHENTICATED");
    assert!(wrong.header("www-authenticate").contains("invalid_token"));

    let scope = format!("openid email {DRIVE}");
    let declined = client.consent(&query(&[("scope", &scope)]), "ada", &[]).await.code();
    let access = client.exchange(&declined).await.json()["access_token"].as_str().unwrap().to_owned();
    let answer = client.files(&access, &[]).await;
    assert_eq!(reason(&answer), (403, "insufficientPermissions".to_owned()));
    let error = &answer.json()["error"];
    assert_eq!(error["details"][0]["reason"], "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
    assert!(answer.header("www-authenticate").contains(DRIVE));
    let other = client.access("ada", &[CALENDAR]).await;
    assert_eq!(client.files(&other, &[]).await.status, 403);
    for scope in [DRIVE, "https://www.googleapis.com/auth/drive.readonly", "https://www.googleapis.com/auth/drive"] {
        assert_eq!(client.files(&client.access("ada", &[scope]).await, &[]).await.status, 200, "{scope}");
    }
}

#[tokio::test]
async fn include_granted_scopes_adds_earlier_scopes() {
    let client = TestClient::start().await;
    client.access("ada", &[DRIVE]).await;
    for (wish, status) in [("true", 200), ("false", 403)] {
        let wide = query(&[("scope", CALENDAR), ("include_granted_scopes", wish)]);
        let code = client.consent(&wide, "ada", &[CALENDAR]).await.code();
        let access = client.exchange(&code).await.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(client.files(&access, &[]).await.status, status, "{wish}");
    }
}

#[tokio::test]
async fn token_expires_after_an_hour_or_with_its_grant() {
    let client = TestClient::start().await;
    let tokens = client.grant("ada", &[DRIVE]).await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    client.control("clock", json!({"offset_seconds": 3_590})).await;
    assert_eq!(client.files(access, &[]).await.status, 200);
    client.control("clock", json!({"offset_seconds": 3_600})).await;
    assert_eq!(reason(&client.files(access, &[]).await), (401, "authError".to_owned()));
    let refreshed = client.refresh(refresh).await.json();
    assert!(refreshed.get("refresh_token").is_none() && refreshed["scope"] == tokens["scope"]);
    let renewed = text(&refreshed, "access_token");
    assert_eq!(client.files(renewed, &[]).await.status, 200);
    assert_eq!(client.post("/google/revoke", &[("token", refresh)]).await.status, 200);
    assert_eq!(client.files(renewed, &[]).await.status, 401);
    assert_eq!(client.refresh(refresh).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn large_drive_pages_to_its_end_and_empty_has_no_page() {
    let client = TestClient::start().await;
    let access = client.access("long", &[DRIVE]).await;
    let (files, pages) =
        client.every_file(&access, &[("fields", "nextPageToken,files/id"), ("pageSize", "1000")]).await;
    let ids: HashSet<_> = files.iter().map(|file| text(file, "id")).collect();
    assert_eq!((ids.len(), pages), (50_000, 50));
    let page = client.files(&access, &[("orderBy", "name desc"), ("pageSize", "3")]).await.json();
    assert!(page["files"].as_array().unwrap().len() == 3 && page["nextPageToken"].is_string());

    let empty = client.access("plain", &[DRIVE]).await;
    let page = client.files(&empty, &[]).await.json();
    assert_eq!(page, json!({"kind": "drive#fileList", "incompleteSearch": false, "files": []}));
    assert_eq!(client.names(&empty, "'root' in parents").await, Vec::<String>::new());
}

#[tokio::test]
async fn drive_is_stable_across_restarts_and_differs_per_user() {
    let listing = async |person: &str| {
        let client =
            TestClient { sandbox: Sandbox::start(Settings::default()).await.unwrap(), ..TestClient::start().await };
        let access = client.access(person, &[DRIVE]).await;
        let fields = ("fields", "nextPageToken,files(id,name,size,parents,mimeType,starred)");
        let first = client.files(&access, &[fields, ("orderBy", "name")]).await.json();
        let next = ("pageToken", text(&first, "nextPageToken"));
        let second = client.files(&access, &[fields, ("orderBy", "name"), next]).await.json();
        (first, second)
    };
    let ada = listing("ada").await;
    assert_eq!(ada, listing("ada").await);
    assert_ne!(ada, listing("grace").await);
}

#[tokio::test]
async fn times_follow_the_sandbox_clock() {
    let client = TestClient::start().await;
    let access = client.access("ada", &[DRIVE]).await;
    let newest = async || {
        let page = client.files(&access, &[ALL, ("orderBy", "modifiedTime desc"), ("pageSize", "1")]).await.json();
        text(&page["files"][0], "modifiedTime").to_owned()
    };
    let before = newest().await;
    client.control("clock", json!({"offset_seconds": -86_400})).await;
    assert!(newest().await < before);
}

#[tokio::test]
async fn refresh_fault_applies_to_refresh_requests_only() {
    let client = TestClient::start().await;
    let tokens = client.grant("ada", &[DRIVE]).await;
    let refresh = text(&tokens, "refresh_token");
    let arm = async |preset: &str| {
        client.control("google/presets", json!({"preset": preset, "person": "ada", "times": 1})).await;
        let signed_in = client.exchange(&client.code().await).await;
        assert_eq!(signed_in.status, 200, "{preset} is not for signing in");
        signed_in.json()
    };
    let valid = arm("refresh_other_subject").await;
    let subject = |tokens: &Value| part(text(tokens, "id_token"), 1)["sub"].clone();
    assert_eq!(subject(&valid), subject(&tokens));
    assert_eq!(subject(&client.refresh(refresh).await.json()), "199999999999999999999");
    assert_eq!(subject(&client.refresh(refresh).await.json()), subject(&tokens));
    arm("refresh_invalid_grant").await;
    assert_eq!(client.refresh(refresh).await.json()["error"], "invalid_grant");
    arm("refresh_rotates").await;
    let rotated = client.refresh(refresh).await.json();
    let successor = text(&rotated, "refresh_token");
    assert_ne!(successor, refresh);
    assert_eq!(client.refresh(refresh).await.status, 400);
    assert_eq!(client.refresh(successor).await.status, 200);
}

#[tokio::test]
async fn drive_misbehaves_and_the_log_records_it() {
    let client = TestClient::start().await;
    let access = client.access("ada", &[DRIVE]).await;
    for (preset, status, wanted) in [
        ("drive_rate_limited", 403, "rateLimitExceeded"),
        ("drive_user_rate_limited", 403, "userRateLimitExceeded"),
        ("drive_quota_429", 429, "rateLimitExceeded"),
        ("drive_token_expired", 401, "authError"),
    ] {
        client.control("google/presets", json!({"preset": preset, "person": "ada", "times": 1})).await;
        let answer = client.files(&access, &[]).await;
        assert_eq!(reason(&answer), (status, wanted.to_owned()), "{preset}");
        assert_eq!(answer.header("retry-after"), if status == 429 { "30" } else { "" });
        assert_eq!(answer.header("www-authenticate").is_empty(), status != 401);
        assert_eq!(client.files(&access, &[]).await.status, 200);
    }
    let seen = client.requests("files").await;
    assert_eq!((&seen[0]["person"], &seen[0]["status"]), (&json!("ada"), &json!(403)));
    assert_eq!((&seen[0]["provider"], seen.len()), (&json!("google"), 8));
    assert!(!client.get("/control/requests").await.body.contains(&access));
}
