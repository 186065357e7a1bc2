//! `/drive` and `/calendar`.

use super::{
    document::{Form, HOSTILE, attribute, field, forms, is_a_sound_document, render, stays_text, tags},
    fixtures::google,
    fixtures_of_grants::{FAILURES, account, another_account, connect, drive, file, files, filter, folder},
};
use crate::{
    codes::{
        access::Access,
        done::Done,
        files::{FileKind, FileSort},
        form_error::FormError,
        sign_in_error::SignInError,
    },
    ui::{
        view::{
            AccountView, CalendarPageView, ConnectView, CrumbView, DriveState, DriveView, FileView, FilesView,
            FilterView, Lost, Notice, ProviderApiError, ProviderButton,
        },
        wording,
    },
};

async fn list(files: FilesView) -> String {
    let html = render("/drive", drive(files)).await;
    is_a_sound_document(&html);
    html
}

async fn connect_page(view: ConnectView) -> String {
    let html = render("/drive", DriveView { notice: None, state: DriveState::Connect(view) }).await;
    is_a_sound_document(&html);
    html
}

fn connecting<'a>(identity: &'a str, access: &'a str) -> Form<'a> {
    let fields = vec![("return_to", "/drive?folder=a&amp;sort=name"), ("access", access), ("identity", identity)];
    Form { action: "/grants/connect", fields }
}

#[tokio::test]
async fn the_connect_page_lists_what_is_read_and_what_is_not() {
    let html = connect_page(connect(Access::Drive)).await;
    let lists = [wording::access::read(Access::Drive), wording::access::not_read(Access::Drive)];
    for item in lists.concat() {
        assert!(html.contains(item), "{item} is missing in {html}");
    }
    assert!(html.contains("ada@example.com") && html.contains("Connect Google Drive"), "{html}");
    // Google's question about the files is as wide as what is read, and the one about the calendar is not.
    assert!(!html.contains("Google will ask for access to the events"), "{html}");
    let calendar = connect_page(connect(Access::Calendar)).await;
    assert!(calendar.contains("the events in all your calendars"), "{calendar}");
    assert!(html.contains("Signing out of Latchkey doesn't disconnect it."), "{html}");
    assert_eq!(forms(&html), [connecting("identity-1", "drive")]);
    assert!(html.contains("href=\"/settings/link?provider=google&amp;return_to=%2Fdrive\""), "{html}");
}

#[tokio::test]
async fn each_account_has_a_button_that_names_it() {
    let html =
        connect_page(ConnectView { accounts: vec![account(), another_account()], ..connect(Access::Drive) }).await;
    assert_eq!(forms(&html), [connecting("identity-1", "drive"), connecting("identity-2", "drive")]);
    assert!(html.contains("Choose an account"), "{html}");
    for label in ["ada@example.com", "ada@work.example"] {
        assert_eq!(html.matches(label).count(), 2, "{label} in {html}");
    }
}

#[tokio::test]
async fn connecting_needs_a_linked_account_and_an_enabled_provider() {
    let none = ConnectView { accounts: vec![], ..connect(Access::Drive) };
    let html = connect_page(none.clone()).await;
    assert!(
        html.contains("href=\"/settings/link?provider=google&amp;return_to=%2Fdrive\"") && forms(&html).is_empty(),
        "{html}"
    );

    for accounts in [vec![], vec![account()]] {
        let off = connect_page(ConnectView { provider: None, accounts, ..none.clone() }).await;
        assert!(off.contains("Not available here") && forms(&off).is_empty(), "{off}");
        assert!(!off.contains("/settings/link"), "{off}");
    }
}

#[tokio::test]
async fn lost_access_says_why_and_offers_to_reconnect() {
    for (lost, why) in [
        (Lost::Revoked, "is no longer connected"),
        (Lost::Expired, "has expired"),
        (Lost::Withdrawn, "Google no longer lets Latchkey see your files"),
    ] {
        let html = connect_page(ConnectView { lost: Some(lost), ..connect(Access::Drive) }).await;
        assert!(html.contains(why) && html.contains("Reconnect Google Drive"), "{html}");
        assert_eq!(forms(&html), [connecting("identity-1", "drive")]);
    }
    assert!(!connect_page(connect(Access::Drive)).await.contains("Reconnect"));
}

#[tokio::test]
async fn the_calendar_page_lists_what_is_connected_already() {
    let view = CalendarPageView {
        notice: Some(Notice::FormError(FormError::ScopeDeclined)),
        connect: ConnectView { accounts: vec![account()], ..connect(Access::Calendar) },
    };
    let html = render("/calendar", view).await;
    is_a_sound_document(&html);
    assert_eq!(forms(&html), [connecting("identity-1", "calendar")]);
    assert!(html.contains("Already connected: Google Drive") && html.contains("role=\"alert\""), "{html}");
    assert!(html.contains("Latchkey didn't get the permission"), "{html}");
}

#[tokio::test]
async fn connect_errors_are_alerts_above_the_button() {
    let mut notices: Vec<_> = FormError::ALL.iter().map(|form_error| Notice::FormError(*form_error)).collect();
    notices.extend(SignInError::ALL.iter().copied().map(|sign_in_error| Notice::Refused {
        sign_in_error,
        provider: Some("Google".into()),
        slug: Some("google".into()),
    }));
    for notice in notices {
        let state = DriveState::Connect(ConnectView { lost: Some(Lost::Revoked), ..connect(Access::Drive) });
        let html = render("/drive", DriveView { notice: Some(notice), state }).await;
        is_a_sound_document(&html);
        assert_eq!(html.matches("class=\"notice is-").count(), 1, "{html}");
        assert!(html.contains("role=\"alert\""), "{html}");
    }
}

#[tokio::test]
async fn rows_show_name_kind_owner_date_and_size() {
    let html = list(files()).await;
    for part in [
        "<title>Google Drive · Latchkey</title>",
        "Notes on the engine.pdf",
        "Charles Babbage",
        "52 MB",
        "1 January 2026",
        "title=\"1 January 2026, 00:00 UTC\"",
        "datetime=\"2026-01-01T00:00:00Z\"",
        "data-kind=\"pdf\"",
        "shared",
        "starred",
        "href=\"/drive?folder=folder-1\"",
        "You",
        "2 files so far",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    let heads: Vec<_> = tags(&html).filter(|tag| tag.starts_with("th ") && tag.contains("scope=\"col\"")).collect();
    assert_eq!(heads.len(), 6, "{heads:?}");
    assert_eq!(tags(&html).filter(|tag| tag.contains("scope=\"row\"")).count(), 2);
}

#[tokio::test]
async fn a_file_without_an_owner_names_its_shared_drive() {
    let nobody = FileView { owner: None, mine: false, ..file() };
    for (in_shared_drive, words, not) in [(true, "Shared drive", "Unknown"), (false, "Unknown", "Shared drive")] {
        let html = list(FilesView { files: vec![FileView { in_shared_drive, ..nobody.clone() }], ..files() }).await;
        assert!(html.contains(words) && !html.contains(not), "{html}");
    }
}

#[tokio::test]
async fn links_to_google_open_a_tab_without_referrer_or_opener() {
    let html = list(files()).await;
    let away: Vec<_> = tags(&html).filter(|tag| tag.contains("https://drive.example")).collect();
    assert_eq!(away.len(), 2, "{away:?}");
    for tag in away {
        assert_eq!(
            (attribute(tag, "target"), attribute(tag, "rel")),
            (Some("_blank"), Some("noopener noreferrer")),
            "{tag}"
        );
    }
    assert_eq!(html.matches("in a new tab)").count() + html.matches("in Google Drive, in a new tab</span>").count(), 2);
    assert!(!html.contains("thumbnail"), "{html}");
}

#[tokio::test]
async fn breadcrumbs_end_at_the_current_folder() {
    let html = list(files()).await;
    let (_, method) = html.split_once("aria-label=\"Folders\"").expect("a way");
    let (method, _) = method.split_once("</nav>").expect("its end");
    assert!(method.contains("href=\"/drive\"") && !method.contains("folder=engines"), "{method}");
    assert_eq!(method.matches("aria-current=\"page\"").count(), 1, "{method}");
    assert!(!list(FilesView { crumbs: vec![], ..files() }).await.contains("aria-label=\"Folders\""));
}

#[tokio::test]
async fn the_filter_form_keeps_account_and_folder() {
    let narrowed = FilterView {
        account: Some("identity-1".into()),
        folder: Some("engines".into()),
        search: "steam".into(),
        kind: Some(FileKind::Pdf),
        sort: FileSort::Largest,
        clear: Some("/drive?folder=engines".into()),
        everywhere: Some("/drive?q=steam&kind=pdf&sort=largest".into()),
    };
    let html = list(FilesView { filter: narrowed, ..files() }).await;
    let form = forms(&html).into_iter().find(|form| form.action == "/drive").expect("the form");
    assert_eq!(form.fields, [("account", "identity-1"), ("folder", "engines"), ("q", "steam")]);
    assert_eq!(attribute(field(&html, "kind"), "name"), Some("kind"));
    assert_eq!(attribute(field(&html, "sort"), "name"), Some("sort"));
    let chosen: Vec<_> = tags(&html)
        .filter(|tag| tag.starts_with("option") && tag.ends_with(" selected"))
        .filter_map(|tag| attribute(tag, "value"))
        .collect();
    assert_eq!(chosen, ["pdf", "largest"]);
    assert_eq!(html.matches("<option").count(), 1 + FileKind::ALL.len() + FileSort::ALL.len());
    assert!(html.contains("PDFs only") && html.contains("<bdi>steam</bdi>"), "{html}");
    let clear = tags(&html).find(|tag| attribute(tag, "class") == Some("narrowed-clear")).expect("a link");
    assert_eq!(attribute(clear, "href"), Some("/drive?folder=engines"));
    let size = tags(&html).find(|tag| tag.contains("aria-sort")).expect("a sorted column");
    assert_eq!(attribute(size, "aria-sort"), Some("descending"));

    let all = list(files()).await;
    assert!(!all.contains("narrowed-clear"), "{all}");

    assert!(all.contains(", in <bdi>Engines</bdi>") && !all.contains("anywhere"), "{all}");
    let top = list(FilesView { filter: filter(), ..files() }).await;
    assert!(top.contains(", anywhere in your Drive"), "{top}");
}

#[tokio::test]
async fn the_pager_links_the_next_and_the_first_page() {
    let first = list(files()).await;
    assert!(first.contains("href=\"/drive?folder=engines&amp;page_token=t&amp;page=2\""), "{first}");
    assert!(first.contains("rel=\"next nofollow\"") && !first.contains("Back to the first page"), "{first}");
    let more = tags(&first).find(|tag| tag.contains("files-more")).expect("a button for the island");
    assert!(more.contains(" hidden"), "{more}");

    let last = FilesView { page: 3, first: Some("/drive?folder=engines".into()), next: None, ..files() };
    let last = list(last).await;
    assert!(last.contains("Page 3: 2 files") && last.contains("Back to the first page"), "{last}");
    assert!(!last.contains("rel=\"next") && !last.contains("files-more"), "{last}");

    let only = list(FilesView { next: None, ..files() }).await;
    assert!(!only.contains("aria-label=\"Pages\"") && only.contains("2 files<"), "{only}");
}

#[tokio::test]
async fn an_empty_list_says_why_and_what_to_do() {
    let none = || FilesView { files: vec![], next: None, ..files() };
    let folder = list(none()).await;
    assert!(folder.contains("This folder is empty") && folder.contains("Up one folder"), "{folder}");

    let top = list(FilesView { crumbs: vec![], filter: filter(), ..none() }).await;
    assert!(top.contains("Your Drive is empty") && !top.contains("Up one folder"), "{top}");

    let clear = Some("/drive?folder=engines".to_owned());
    let narrowed = FilterView { search: "x".into(), clear, ..filter() };
    let found = list(FilesView { filter: narrowed.clone(), crumbs: vec![], ..none() }).await;
    assert!(found.contains("No files match") && !found.contains("is empty"), "{found}");
    assert_eq!(found.matches("href=\"/drive?folder=engines\"").count(), 1, "{found}");

    let everywhere = Some("/drive?q=x&kind=pdf".to_owned());
    let within = FilterView { folder: Some("engines".into()), everywhere, ..narrowed.clone() };
    let here = list(FilesView { filter: within.clone(), ..none() }).await;
    assert!(here.contains("Nothing in <bdi>Engines</bdi> matches") && !here.contains("No files match"), "{here}");
    assert!(here.contains("href=\"/drive?q=x&amp;kind=pdf\"") && here.contains(">Search everywhere</a>"), "{here}");
    let nameless = list(FilesView { filter: within, crumbs: vec![], ..none() }).await;
    assert!(nameless.contains("Nothing in <bdi>this folder</bdi> matches"), "{nameless}");

    let so_far = list(FilesView { next: Some("/drive?page=2".into()), filter: narrowed, ..none() }).await;
    assert!(so_far.contains("Nothing found yet") && so_far.contains("Next page"), "{so_far}");

    let past = list(FilesView { page: 2, first: Some("/drive".into()), ..none() }).await;
    assert!(past.contains("No more files") && past.contains("Back to the first page"), "{past}");
    for empty in [folder, top, found, here, so_far, past] {
        assert!(!empty.contains("<table"), "{empty}");
    }
}

#[tokio::test]
async fn incomplete_searches_are_reported() {
    assert!(list(FilesView { incomplete: true, ..files() }).await.contains("Google couldn't search everywhere"));
    assert!(!list(files()).await.contains("Google couldn't search everywhere"));
}

#[tokio::test]
async fn the_disconnect_form_says_what_ends_and_what_stays() {
    let html = list(files()).await;
    let end = Form {
        action: "/grants/disconnect",
        fields: vec![("return_to", "/drive?account=identity-1"), ("identity", "identity-1")],
    };
    assert!(forms(&html).contains(&end), "{html}");
    assert!(
        html.contains("Disconnecting removes all of Latchkey's access to this Google account: Drive and Calendar"),
        "{html}"
    );
    assert!(html.contains("doesn't disconnect Google Drive or sign you out of Google"), "{html}");
    assert!(html.contains("Use another account") && html.contains("href=\"/drive?account=identity-2\""), "{html}");
}

#[tokio::test]
async fn each_failure_has_a_page_with_one_next_step() {
    let mut said = std::collections::BTreeSet::new();
    for failure in FAILURES {
        let again = "/drive?folder=a&sort=name".to_owned();
        let html = render(
            "/drive",
            DriveView { notice: None, state: DriveState::Failed { account: account(), failure, again } },
        )
        .await;
        is_a_sound_document(&html);
        let message = wording::provider_api_error(failure, Access::Drive);
        assert!(html.contains(&message.happened) && html.contains(&message.advice), "{html}");
        assert!(html.contains("ada@example.com"), "{html}");
        let missing = matches!(failure, ProviderApiError::NoSuchFolder | ProviderApiError::NoSuchPage);
        assert_eq!(html.contains("action=\"/grants/disconnect\""), !missing, "{html}");
        let connects = forms(&html).contains(&connecting("identity-1", "drive"));
        assert_eq!(connects, failure == ProviderApiError::Unreadable, "{html}");
        assert!(connects || html.contains("href=\"/drive?folder=a&amp;sort=name\""), "{html}");
        said.insert(message.happened);
    }
    assert_eq!(said.len(), FAILURES.len());
}

#[tokio::test]
async fn confirmations_are_shown_above_the_list() {
    let state = DriveState::Files(Box::new(files()));
    let html = render("/drive", DriveView { notice: Some(Notice::Done(Done::Linked)), state }).await;
    is_a_sound_document(&html);
    assert!(html.contains("Sign-in method added."), "{html}");
}

#[tokio::test]
async fn invisible_names_are_shown_as_untitled() {
    for name in ["", " \u{200b}", "\u{202e}"] {
        let html = list(FilesView { files: vec![FileView { name: name.into(), ..file() }], ..files() }).await;
        assert!(html.contains("Untitled"), "{html}");
    }
}

#[tokio::test]
async fn bidirectional_control_characters_stay_in_the_name() {
    let name = "\u{202e}fdp.tnuocca".to_owned();
    let html = list(FilesView { files: vec![FileView { name: name.clone(), ..file() }], ..files() }).await;
    assert!(html.contains(&format!(">{name}</bdi>")), "{html}");
}

#[tokio::test]
async fn every_kind_has_its_own_icon_and_name() {
    let of_kind = |kind: &FileKind| FileView { kind: *kind, ..file() };
    let html = list(FilesView { files: FileKind::ALL.iter().map(of_kind).collect(), ..files() }).await;
    let mut drawings = std::collections::BTreeSet::new();
    for piece in html.split("class=\"file-icon\"").skip(1) {
        let (_, shape) = piece.split_once(" d=\"").expect("a shape");
        drawings.insert(shape.split('"').next().unwrap_or_default());
    }
    assert_eq!(drawings.len(), FileKind::ALL.len());
    let names: std::collections::BTreeSet<_> = FileKind::ALL.iter().map(|kind| wording::files::kind(*kind)).collect();
    assert_eq!(names.len(), FileKind::ALL.len());
}

#[tokio::test]
async fn markup_in_text_is_escaped() {
    let text = || HOSTILE.to_owned();
    let whose = || AccountView { identity: text(), label: text(), sees: vec![Access::Calendar] };
    let view = FilesView {
        account: whose(),
        others: vec![(text(), text())],
        crumbs: vec![CrumbView { name: text(), href: text() }, CrumbView { name: text(), href: text() }],
        filter: FilterView {
            account: Some(text()),
            folder: Some(text()),
            search: text(),
            clear: Some(text()),
            everywhere: Some(text()),
            ..filter()
        },
        files: [file(), folder()]
            .map(|file| FileView {
                id: text(),
                name: text(),
                owner: Some(text()),
                mine: false,
                open: Some(text()),
                enter: file.enter.map(|_| text()),
                ..file
            })
            .to_vec(),
        first: Some(text()),
        next: Some(text()),
        ..files()
    };
    let html = render("/drive", drive(view)).await;
    stays_text(&html);
    assert!(!html.contains("<img"), "{html}");

    let provider = ProviderButton { slug: text(), label: text(), ..google() };
    for accounts in [vec![], vec![whose()], vec![whose(), whose()]] {
        let view =
            ConnectView { accounts, provider: Some(provider.clone()), return_to: text(), ..connect(Access::Drive) };
        stays_text(&connect_page(view).await);
    }
    for failure in FAILURES {
        let state = DriveState::Failed { account: whose(), failure, again: text() };
        stays_text(&render("/drive", DriveView { notice: None, state }).await);
    }
}
