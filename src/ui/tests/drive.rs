//! `/drive` and `/calendar`.

use super::{
    document::{Form, HOSTILE, attribute, field, forms, is_a_sound_document, render, stays_text, tags},
    fixtures::google,
    fixtures_of_grants::{TROUBLES, account, another_account, connect, drive, file, files, filter, folder},
};
use crate::{
    codes::{
        access::Access,
        files::{FileKind, FileSort},
        outcome::{Done, FormError},
        sign_in_error::SignInError,
    },
    ui::{
        view::{
            AccountView, ApiFailure, CalendarPageView, ConnectView, CrumbView, DriveState, DriveView, FileView,
            FilesView, FilterView, Lost, Notice, ProviderButton,
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
async fn what_is_read_and_what_is_not_is_told_before_it_is_asked_for() {
    let html = connect_page(connect(Access::Drive)).await;
    let lists = [wording::access::read(Access::Drive), wording::access::not_read(Access::Drive)];
    for item in lists.concat() {
        assert!(html.contains(item), "{item} is missing in {html}");
    }
    assert!(html.contains("ada@example.com") && html.contains("Connect Google Drive"), "{html}");
    // Google's question about the files is as wide as what is read, and the one about the calendar is not.
    assert!(!html.contains("Google asks more widely"), "{html}");
    let calendar = connect_page(connect(Access::Calendar)).await;
    assert!(calendar.contains("the events of all your calendars"), "{calendar}");
    assert!(html.contains("Signing out of Latchkey does not end it."), "{html}");
    assert_eq!(forms(&html), [connecting("identity-1", "drive")]);
    assert!(html.contains("href=\"/settings/link?provider=google&amp;return_to=%2Fdrive\""), "{html}");
}

#[tokio::test]
async fn of_several_accounts_each_has_a_button_that_names_it() {
    let html =
        connect_page(ConnectView { accounts: vec![account(), another_account()], ..connect(Access::Drive) }).await;
    assert_eq!(forms(&html), [connecting("identity-1", "drive"), connecting("identity-2", "drive")]);
    assert!(html.contains("Which account?"), "{html}");
    for label in ["ada@example.com", "ada@work.example"] {
        assert_eq!(html.matches(label).count(), 2, "{label} in {html}");
    }
}

#[tokio::test]
async fn who_has_no_account_there_links_one_first_and_without_the_provider_nothing_is_offered() {
    let none = ConnectView { accounts: vec![], ..connect(Access::Drive) };
    let html = connect_page(none.clone()).await;
    assert!(
        html.contains("href=\"/settings/link?provider=google&amp;return_to=%2Fdrive\"") && forms(&html).is_empty(),
        "{html}"
    );

    for accounts in [vec![], vec![account()]] {
        let off = connect_page(ConnectView { provider: None, accounts, ..none.clone() }).await;
        assert!(off.contains("Not switched on here") && forms(&off).is_empty(), "{off}");
        assert!(!off.contains("/settings/link"), "{off}");
    }
}

#[tokio::test]
async fn what_was_lost_is_reconnected_and_says_why() {
    for (lost, why) in [
        (Lost::Revoked, "does not let us in any more"),
        (Lost::Expired, "ran out"),
        (Lost::Withdrawn, "Google no longer lets us see your files"),
    ] {
        let html = connect_page(ConnectView { lost: Some(lost), ..connect(Access::Drive) }).await;
        assert!(html.contains(why) && html.contains("Reconnect Google Drive"), "{html}");
        assert_eq!(forms(&html), [connecting("identity-1", "drive")]);
    }
    assert!(!connect_page(connect(Access::Drive)).await.contains("Reconnect"));
}

#[tokio::test]
async fn the_calendar_is_connected_on_a_page_of_its_own_that_says_what_is_connected_already() {
    let view = CalendarPageView {
        notice: Some(Notice::FormError(FormError::ScopeDeclined)),
        connect: ConnectView { accounts: vec![account()], ..connect(Access::Calendar) },
    };
    let html = render("/calendar", view).await;
    is_a_sound_document(&html);
    assert_eq!(forms(&html), [connecting("identity-1", "calendar")]);
    assert!(html.contains("Connected already: Google Drive") && html.contains("role=\"alert\""), "{html}");
    assert!(html.contains("You did not tick the box"), "{html}");
}

#[tokio::test]
async fn whatever_went_wrong_on_the_way_is_an_alert_above_the_button() {
    let mut notices: Vec<_> = FormError::ALL.iter().map(|form_error| Notice::FormError(*form_error)).collect();
    notices.extend(SignInError::ALL.map(|sign_in_error| Notice::Refused {
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
async fn the_list_tells_of_each_file_what_one_looks_for() {
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
async fn what_leads_to_google_says_so_opens_beside_us_and_tells_google_nothing() {
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
async fn the_way_to_a_folder_ends_at_the_present_one() {
    let html = list(files()).await;
    let (_, method) = html.split_once("aria-label=\"Folders\"").expect("a way");
    let (method, _) = method.split_once("</nav>").expect("its end");
    assert!(method.contains("href=\"/drive\"") && !method.contains("folder=engines"), "{method}");
    assert_eq!(method.matches("aria-current=\"page\"").count(), 1, "{method}");
    assert!(!list(FilesView { crumbs: vec![], ..files() }).await.contains("aria-label=\"Folders\""));
}

#[tokio::test]
async fn the_form_is_a_get_that_keeps_account_and_folder_and_shows_what_is_narrowed() {
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
async fn pages_lead_on_and_back_to_the_first() {
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
    assert!(found.contains("Nothing found") && !found.contains("is empty"), "{found}");
    assert_eq!(found.matches("href=\"/drive?folder=engines\"").count(), 1, "{found}");

    let everywhere = Some("/drive?q=x&kind=pdf".to_owned());
    let within = FilterView { folder: Some("engines".into()), everywhere, ..narrowed.clone() };
    let here = list(FilesView { filter: within.clone(), ..none() }).await;
    assert!(here.contains("Nothing in <bdi>Engines</bdi> is like that") && !here.contains("Nothing found"), "{here}");
    assert!(here.contains("href=\"/drive?q=x&amp;kind=pdf\"") && here.contains(">Look everywhere</a>"), "{here}");
    let nameless = list(FilesView { filter: within, crumbs: vec![], ..none() }).await;
    assert!(nameless.contains("Nothing in <bdi>this folder</bdi> is like that"), "{nameless}");

    let so_far = list(FilesView { next: Some("/drive?page=2".into()), filter: narrowed, ..none() }).await;
    assert!(so_far.contains("Nothing so far") && so_far.contains("Next page"), "{so_far}");

    let past = list(FilesView { page: 2, first: Some("/drive".into()), ..none() }).await;
    assert!(past.contains("That was all") && past.contains("Back to the first page"), "{past}");
    for empty in [folder, top, found, here, so_far, past] {
        assert!(!empty.contains("<table"), "{empty}");
    }
}

#[tokio::test]
async fn what_google_left_out_is_told() {
    assert!(list(FilesView { incomplete: true, ..files() }).await.contains("Google did not look everywhere"));
    assert!(!list(files()).await.contains("Google did not look everywhere"));
}

#[tokio::test]
async fn the_connection_ends_by_a_form_that_says_what_ends_with_it_and_what_does_not() {
    let html = list(files()).await;
    let end = Form {
        action: "/grants/disconnect",
        fields: vec![("return_to", "/drive?account=identity-1"), ("identity", "identity-1")],
    };
    assert!(forms(&html).contains(&end), "{html}");
    assert!(html.contains("Google takes everything back at once: Drive and Calendar"), "{html}");
    assert!(html.contains("neither ends this connection nor signs you out of Google"), "{html}");
    assert!(html.contains("Use another account") && html.contains("href=\"/drive?account=identity-2\""), "{html}");
}

#[tokio::test]
async fn each_trouble_has_a_page_with_one_thing_to_do() {
    let mut said = std::collections::BTreeSet::new();
    for form_error in TROUBLES {
        let again = "/drive?folder=a&sort=name".to_owned();
        let html = render(
            "/drive",
            DriveView { notice: None, state: DriveState::FormError { account: account(), form_error, again } },
        )
        .await;
        is_a_sound_document(&html);
        let telling = wording::api_failure(form_error, Access::Drive);
        assert!(html.contains(&telling.happened) && html.contains(&telling.advice), "{html}");
        assert!(html.contains("ada@example.com"), "{html}");
        let missing = matches!(form_error, ApiFailure::NoSuchFolder | ApiFailure::NoSuchPage);
        assert_eq!(html.contains("action=\"/grants/disconnect\""), !missing, "{html}");
        let connects = forms(&html).contains(&connecting("identity-1", "drive"));
        assert_eq!(connects, form_error == ApiFailure::Unreadable, "{html}");
        assert!(connects || html.contains("href=\"/drive?folder=a&amp;sort=name\""), "{html}");
        said.insert(telling.happened);
    }
    assert_eq!(said.len(), TROUBLES.len());
}

#[tokio::test]
async fn what_was_done_is_told_above_the_list() {
    let state = DriveState::Files(Box::new(files()));
    let html = render("/drive", DriveView { notice: Some(Notice::Done(Done::Linked)), state }).await;
    is_a_sound_document(&html);
    assert!(html.contains("Another way into your account was added."), "{html}");
}

#[tokio::test]
async fn names_that_show_nothing_still_have_something_to_hold_on_to() {
    for name in ["", " \u{200b}", "\u{202e}"] {
        let html = list(FilesView { files: vec![FileView { name: name.into(), ..file() }], ..files() }).await;
        assert!(html.contains("Without a name"), "{html}");
    }
}

#[tokio::test]
async fn what_turns_the_text_around_stays_in_its_name() {
    let name = "\u{202e}fdp.tnuocca".to_owned();
    let html = list(FilesView { files: vec![FileView { name: name.clone(), ..file() }], ..files() }).await;
    assert!(html.contains(&format!(">{name}</bdi>")), "{html}");
}

#[tokio::test]
async fn every_kind_has_a_drawing_and_a_name_of_its_own() {
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
async fn hostile_text_stays_text() {
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
    for form_error in TROUBLES {
        let state = DriveState::FormError { account: whose(), form_error, again: text() };
        stays_text(&render("/drive", DriveView { notice: None, state }).await);
    }
}
