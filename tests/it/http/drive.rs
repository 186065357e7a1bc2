//! `/drive`: the list of files.

use std::collections::{BTreeMap, HashSet};

use latchkey::codes::files::{FileKind, FileSort};
use rstest::rstest;
use serde_json::{Value, json};

use super::{
    app::App,
    browser::{Browser, Page, parameter},
    granting::DRIVE,
};
use crate::support::database::Engine;

const FOLDER: &str = "application/vnd.google-apps.folder";

/// Includes shared drives.
const SHARED: [(&str, &str); 2] = [("supportsAllDrives", "true"), ("includeItemsFromAllDrives", "true")];

fn ids(files: &[Value]) -> Vec<String> {
    files.iter().map(|file| file["id"].as_str().expect("an id").to_owned()).collect()
}

/// All pages of a list.
async fn pages(browser: &Browser, first: &str) -> Vec<Page> {
    let (mut pages, mut next) = (Vec::new(), Some(first.to_owned()));
    while let Some(address) = next.take() {
        let page = browser.get(&address).await;
        assert_eq!(page.status, 200, "{address}");
        next = page.next();
        pages.push(page);
    }
    pages
}

async fn listed(browser: &Browser, first: &str) -> Vec<String> {
    pages(browser, first).await.iter().flat_map(Page::files).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn my_drive_lists_each_file_once_over_pages(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.with_drive("ada").await;
    let q = ("q", "'root' in parents and trashed = false");
    let wanted = ids(&app.every_file(&browser, &[q, ("orderBy", "folder,name_natural")]).await);

    let pages = pages(&browser, "/drive").await;
    assert_eq!(pages.len(), wanted.len().div_ceil(50));
    assert!(pages.len() > 1 && pages[0].shows("My Drive"));
    assert_eq!(pages.iter().flat_map(Page::files).collect::<Vec<_>>(), wanted);
    let second = pages[0].next().expect("a second page");
    assert_eq!(parameter(&second, "page"), "2");
    assert!(pages[1].links().contains(&"/drive".to_owned()), "the second page leads to the first");
    assert_eq!(app.count("files").await, pages.len() + 1, "one request for each page, and one of this test");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_file_has_one_kind_and_is_found_by_it(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.with_drive("ada").await;
    let wanted: HashSet<String> =
        ids(&app.every_file(&browser, &[("q", "trashed = false")]).await).into_iter().collect();
    let mut found = BTreeMap::new();
    for kind in FileKind::ALL {
        for id in listed(&browser, &format!("/drive?kind={}", kind.code())).await {
            let earlier = found.insert(id, kind.code());
            assert_eq!(earlier, None, "{} is another kind as well", kind.code());
        }
    }
    assert_eq!(found.keys().cloned().collect::<HashSet<_>>(), wanted);
    let some: HashSet<_> = found.values().collect();
    assert!(some.len() >= 10 && some.contains(&"folder") && some.contains(&"document"), "{some:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_listed_in_the_requested_order() {
    let app = App::builder().start().await;
    let browser = app.with_drive("grace").await;
    for (sort, by) in [
        (FileSort::Name, "folder,name_natural"),
        (FileSort::Newest, "modifiedTime desc"),
        (FileSort::Oldest, "modifiedTime"),
        (FileSort::Largest, "quotaBytesUsed desc"),
    ] {
        let q = ("q", "'root' in parents and trashed = false");
        let wanted = ids(&app.every_file(&browser, &[q, ("orderBy", by)]).await);
        assert_eq!(listed(&browser, &format!("/drive?sort={}", sort.code())).await, wanted, "{by}");
    }
    // The whole drive starts with the latest change.
    let wanted =
        [("q", "name contains 'b' and trashed = false"), ("orderBy", "modifiedTime desc"), ("corpora", "allDrives")];
    let wanted = [&wanted[..], &SHARED].concat();
    let wanted = app.every_file(&browser, &wanted);
    assert_eq!(listed(&browser, "/drive?q=b").await, ids(&wanted.await));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_shows_its_files_and_breadcrumbs(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.with_drive("ada").await;
    let is_folder = ("q", "mimeType = 'application/vnd.google-apps.folder'");
    let folders = app.every_file(&browser, &[is_folder]).await;
    let by_id: BTreeMap<String, &Value> = ids(&folders).into_iter().zip(&folders).collect();
    let method = |id: &str| {
        let mut method = vec![id.to_owned()];
        while let Some(parent) = by_id.get(&method[0]).and_then(|folder| folder["parents"][0].as_str()) {
            method.insert(0, parent.to_owned());
        }
        method
    };
    let deepest = by_id.keys().max_by_key(|id| method(id).len()).expect("a folder");
    let method = method(deepest);
    assert_eq!(method.len(), 5, "the top, and four folders");

    // By the links of the pages, from My Drive down.
    let mut address = "/drive".to_owned();
    for folder in &method[1..] {
        let enter = format!("/drive?folder={folder}");
        let found = pages(&browser, &address).await;
        assert!(found.iter().any(|page| page.links().contains(&enter)), "{address} leads not to {enter}");
        address = enter;
    }
    let page = browser.get(&address).await;
    let crumbs: Vec<String> = std::iter::once("/drive".to_owned())
        .chain(method[1..4].iter().map(|id| format!("/drive?folder={id}")))
        .collect();
    let links = page.links();
    let places: Vec<_> = crumbs.iter().map(|crumb| links.iter().position(|link| link == crumb)).collect();
    assert!(places.iter().all(Option::is_some), "{crumbs:?} {links:?}");
    for id in &method[1..] {
        assert!(page.shows(by_id[id]["name"].as_str().expect("a name")));
    }
    let q = format!("'{deepest}' in parents and trashed = false");
    let wanted = ids(&app.every_file(&browser, &[("q", &q), ("orderBy", "folder,name_natural")]).await);
    assert_eq!(listed(&browser, &address).await, wanted);

    // One request per breadcrumb.
    let before = app.count("files").await;
    browser.get(&address).await;
    assert_eq!(app.count("files").await - before, 1 + method.len());

    // A search in a folder finds nothing outside it.
    let inside = listed(&browser, &format!("{address}&kind=pdf")).await;
    assert!(inside.iter().all(|id| wanted.contains(id)) && inside.len() < wanted.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_drive_is_found_and_entered() {
    let app = App::builder().start().await;
    let browser = app.with_drive("grace").await;
    let all = [&SHARED[..], &[("q", "trashed = false"), ("corpora", "allDrives")]].concat();
    let files = app.every_file(&browser, &all).await;
    let (shared, own): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file["driveId"].is_string());
    assert!(!shared.is_empty());
    let drive = shared[0]["driveId"].as_str().expect("an id").to_owned();
    let folder =
        shared.iter().find(|file| file["mimeType"] == FOLDER && file["parents"][0] != *drive).expect("a folder");
    let (id, parent) = (folder["id"].as_str().expect("an id"), folder["parents"][0].as_str().expect("a parent"));

    // A search covers all drives; My Drive is the user's own.
    let folders = listed(&browser, "/drive?kind=folder").await;
    assert!(folders.iter().any(|found| found == id), "{folders:?}");
    assert!(browser.get("/drive?kind=folder").await.shows("Shared drive"), "in place of an owner");
    let mine: HashSet<_> = ids(&own).into_iter().collect();
    assert!(listed(&browser, "/drive").await.iter().all(|file| mine.contains(file)));

    let before = app.count("files").await;
    let page = browser.get(&format!("/drive?folder={id}")).await;
    assert_eq!((page.status, app.count("files").await - before), (200, 4), "the folder, its files, and two above it");
    let inside: HashSet<_> = shared
        .iter()
        .filter(|file| file["parents"][0] == *id)
        .cloned()
        .collect::<Vec<_>>()
        .iter()
        .map(|file| file["id"].as_str().expect("an id").to_owned())
        .collect();
    assert_eq!(page.files().into_iter().collect::<HashSet<_>>(), inside);
    let links = page.links();
    for above in [parent, &drive] {
        assert!(links.contains(&format!("/drive?folder={above}")), "{above} {links:?}");
    }
    assert!(page.shows("Shared drive"));
    let root = browser.get(&format!("/drive?folder={drive}")).await;
    assert!(root.status == 200 && root.files().contains(&parent.to_owned()), "{root:?}");

    let ada = app.with_drive("ada").await;
    for folder in [id, &drive] {
        assert_eq!(ada.get(&format!("/drive?folder={folder}")).await.status, 404, "not Ada's");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shortcut_to_a_folder_is_entered() {
    let app = App::builder().start().await;
    let browser = app.with_drive("ada").await;
    let q = format!("mimeType = '{FOLDER}' and 'root' in parents");
    let folder = ids(&app.every_file(&browser, &[("q", &q)]).await).remove(0);
    let shortcut = |id: &str, target_type: &str| {
        let details = json!({ "targetId": folder, "targetMimeType": target_type });
        json!({ "id": id, "name": "Way", "mimeType": "application/vnd.google-apps.shortcut", "shortcutDetails": details })
    };
    let files = json!([shortcut("1to-folder", FOLDER), shortcut("1to-file", "application/pdf")]);
    app.fail_once("files", json!({ "kind": "patch", "set": { "files": files }, "remove": ["nextPageToken"] })).await;
    let enter = format!("/drive?folder={folder}");
    let page = browser.get("/drive").await;
    assert_eq!(page.links().iter().filter(|link| **link == enter).count(), 1, "{page:?}");
    let wanted = browser.get(&enter).await.files();

    // By the shortcut's own id, as in a link that someone keeps.
    let Value::Object(document) = shortcut("1to-folder", FOLDER) else { unreachable!() };
    app.fail_once("files", json!({ "kind": "patch", "set": document })).await;
    assert_eq!(browser.get(&enter).await.files(), wanted);
    let Value::Object(document) = shortcut("1to-file", "application/pdf") else { unreachable!() };
    app.fail_once("files", json!({ "kind": "patch", "set": document })).await;
    assert_eq!(browser.get(&enter).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn short_and_empty_pages_are_followed() {
    let app = App::builder().start().await;
    let browser = app.with_drive("ada").await;
    let wanted = ids(&app
        .every_file(&browser, &[("q", "'root' in parents and trashed = false"), ("orderBy", "folder,name_natural")])
        .await);
    let nothing = json!({ "kind": "patch", "set": { "files": [] } });
    let before = app.count("files").await;
    app.fail_once("files", nothing.clone()).await;
    let page = browser.get("/drive").await;
    assert_eq!((page.files(), app.count("files").await - before), (wanted[50..].to_vec(), 2));

    // The next page does not work: what there is stays, with the way on.
    let some = json!([{ "id": "1only", "name": "The only one" }]);
    app.fail_once("files", json!({ "kind": "patch", "set": { "files": some, "nextPageToken": "of another list" } }))
        .await;
    let page = browser.get("/drive").await;
    assert!(page.status == 200 && page.shows("The only one") && page.next().is_some(), "{page:?}");

    // Only empty pages.
    let plenty = app.with_drive("long").await;
    let before = app.count("files").await;
    app.control_sandbox("google/faults", json!({ "endpoint": "files", "fault": nothing, "times": 4 })).await;
    let page = plenty.get("/drive?kind=document").await;
    assert!(
        page.status == 200 && page.files().is_empty() && page.next().is_some() && !page.shows("No files match"),
        "{page:?}"
    );
    assert_eq!(app.count("files").await - before, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_folder_is_not_found() {
    let app = App::builder().start().await;
    let browser = app.with_drive("ada").await;
    let grace = app.with_drive("grace").await;
    let is_folder = ("q", "mimeType = 'application/vnd.google-apps.folder'");
    let hers = ids(&app.every_file(&grace, &[is_folder]).await).remove(0);
    let file =
        ids(&app.every_file(&browser, &[("q", "mimeType = 'application/pdf' and trashed = false")]).await).remove(0);
    for (what, folder) in [("another's", hers.as_str()), ("a file", &file), ("made up", "1made-up")] {
        let page = browser.get(&format!("/drive?folder={folder}")).await;
        assert_eq!((page.status, page.files().len()), (404, 0), "{what}");
        assert!(page.links().contains(&"/drive".to_owned()), "{what}");
    }
    let before = app.count("files").await;
    for folder in ["..%2Fabout", "a%27b", "%2e%2e", "a%2Fb"] {
        assert_eq!(browser.get(&format!("/drive?folder={folder}")).await.status, 404, "{folder}");
    }
    assert_eq!(app.count("files").await, before, "what cannot be an id is not asked for");
    let mine = ids(&app.every_file(&browser, &[is_folder]).await).remove(0);
    assert_eq!(browser.get(&format!("/drive?folder={mine}")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_escapes_quotes_and_backslashes() {
    let app = App::builder().start().await;
    let browser = app.with_drive("ada").await;
    let found = async |typed: &str| {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", typed).finish();
        listed(&browser, &format!("/drive?{query}&kind=&sort=")).await.len()
    };
    assert_eq!(found("it's").await, 1);
    assert_eq!(found(r"back\\slashed").await, 1);
    assert_eq!(found(r"back\slashed").await, 0);
    assert_eq!(found(r#""quoted" \ and"#).await, 1);
    assert!(found("budg").await > 3 && found("旅行").await > 0 && found("ÜBERSICHT").await > 0);
    for injected in [
        r"' or trashed = true or name contains '",
        r"\' or trashed = true or name contains \'",
        r"x\",
        "x') or (trashed = true",
        "'",
    ] {
        assert!(found(injected).await <= 1, "{injected}");
    }
    assert_eq!(browser.get("/drive?q=nothing-is-called-so").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drive_of_fifty_thousand_files_is_read_page_by_page() {
    let app = App::builder().start().await;
    let browser = app.with_drive("long").await;
    let (mut address, mut seen) = ("/drive?kind=document".to_owned(), HashSet::new());
    for number in 1..=6 {
        let page = browser.get(&address).await;
        assert_eq!((page.status, page.files().len()), (200, 50), "page {number}");
        seen.extend(page.files());
        assert!(page.body.len() < 400_000, "{}", page.body.len());
        address = page.next().expect("more");
        assert_eq!(parameter(&address, "page"), (number + 1).to_string());
    }
    assert_eq!(seen.len(), 300);
    assert_eq!(app.count("files").await, 6, "one request for each page");
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_drives_and_empty_searches_have_their_pages() {
    let app = App::builder().start().await;
    let browser = app.with_drive("plain").await;
    for address in ["/drive", "/drive?q=x", "/drive?kind=folder", "/drive?sort=oldest"] {
        let page = browser.get(address).await;
        assert_eq!((page.status, page.files().len(), page.next()), (200, 0, None), "{address}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_page_token_is_not_found() {
    let app = App::builder().start().await;
    let browser = app.with_drive("ada").await;
    let second = browser.get("/drive").await.next().expect("a second page");
    let token = parameter(&second, "page_token");
    assert_eq!(browser.get(&second).await.status, 200);
    for address in ["/drive?page_token=nonsense".to_owned(), format!("/drive?q=budget&page_token={token}")] {
        let page = browser.get(&address).await;
        assert_eq!((page.status, page.files().len()), (404, 0), "{address}");
    }
    // Google announces another page again and again.
    app.control_sandbox("google/presets", json!({ "preset": "drive_endless" })).await;
    let next = browser.get("/drive").await.next().expect("a promise");
    assert_eq!(browser.get(&next).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_file_names_and_links_are_harmless() {
    let app = App::builder().start().await;
    let browser = app.with_drive("ada").await;
    let shown: String = pages(&browser, "/drive").await.into_iter().map(|page| page.body).collect();
    assert!(!shown.contains("<script>alert") && !shown.contains("<img src=x") && !shown.contains("<b>du</b>"));
    assert!(shown.contains("&lt;script&gt;alert(1)"));
    assert!(!shown.contains('\u{202e}') && shown.contains("invoice\u{fffd}fdp.exe"));
    assert!(shown.contains("two lines  and a tab.txt") && shown.contains("تقرير الميزانية שנתי.docx"));
    assert!(
        shown.contains("WolfeschlegelsteinhausenbergerdorffMinutesOfTheMeeting") && shown.contains("../../etc/passwd")
    );

    let file = |id: &str, link: &str| json!({ "id": id, "name": format!("file {id}"), "webViewLink": link });
    let files = json!([
        file("1script", "javascript:alert(1)"),
        file("1evil", "https://evil.example/google/drive/file/d/1evil"),
        file("1like", "https://drive.google.com.evil.example/file/d/1like"),
        file("1user", "https://drive.google.com@evil.example/file/d/1user"),
        file("1true", "https://drive.google.com/file/d/1true/view"),
        { "name": "without an id" },
        { "id": "1odd", "name": 7, "size": {}, "owners": "nobody", "modifiedTime": "soon", "shared": "yes" },
    ]);
    app.fail_once("files", json!({ "kind": "patch", "set": { "files": files } })).await;
    let page = browser.get("/drive").await;
    let links = page.links();
    assert!(links.contains(&"https://drive.google.com/file/d/1true/view".to_owned()), "{links:?}");
    assert!(links.iter().all(|link| !link.contains("evil") && !link.starts_with("javascript")), "{links:?}");
    for id in ["1script", "1evil", "1like", "1user", "1true"] {
        assert!(page.shows(&format!("file {id}")), "{id}");
    }
    assert!(!page.shows("without an id"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn drive_pages_need_a_session_and_a_grant(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.browser();
    let asked_for = "/drive?folder=1a&q=x";
    assert_eq!(browser.get(asked_for).await.location(), "/login?return_to=%2Fdrive%3Ffolder%3D1a%26q%3Dx");
    browser.sign_in("ada").await;
    let page = browser.get(asked_for).await;
    assert!(page.offers_to_connect(), "{page:?}");
    assert!(page.shows("/drive?folder=1a&q=x") && page.shows("ada@gmail.com"), "it comes back to where it was");
    browser.get("/dashboard").await;
    browser.get("/settings").await;
    assert_eq!((app.count("files").await, app.count("events").await), (0, 0));
    assert_eq!(app.database.count("grants").await, 0);

    browser.step_up(&app, "ada", "drive", asked_for, &[]).await;
    assert!(browser.get("/drive").await.offers_to_connect(), "declined");
    assert_eq!(app.count("files").await, 0);
    let landed = browser.step_up(&app, "ada", "drive", asked_for, &[DRIVE]).await;
    assert!(landed.location().starts_with(asked_for), "{}", landed.location());
    assert_eq!(browser.get("/drive").await.status, 200);
    assert!(app.count("files").await > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn users_see_only_their_own_accounts() {
    let app = App::builder().start().await;
    let (ada, grace) = (app.with_drive("ada").await, app.with_drive("grace").await);
    let hers = app.google_identity(&ada).await.id.to_string();
    let other = app.google_identity(&grace).await.id.to_string();
    assert_eq!(ada.get(&format!("/drive?account={hers}")).await.status, 200);
    assert_eq!(grace.get(&format!("/drive?account={other}")).await.status, 200);
    let before = app.count("files").await;
    for account in [other.as_str(), "nobody", "%27"] {
        for page in ["drive", "calendar"] {
            assert_eq!(ada.get(&format!("/{page}?account={account}")).await.status, 404, "{page} {account}");
        }
    }
    assert_eq!(grace.get(&format!("/drive?account={hers}")).await.status, 404);
    assert_eq!(app.count("files").await, before);
    // The default account is not in the URLs.
    let page = ada.get(&format!("/drive?account={hers}")).await;
    assert!(page.links().iter().all(|link| !link.contains("account=")), "{:?}", page.links());
}
