//! Times in the browser's zone, once a cookie says which.

use rstest::rstest;

use super::{account::PASSWORD, app::App};

const ADA: &str = "ada@example.com";

#[rstest]
#[case::tokyo("Asia/Tokyo", 9, Some(" Tokyo time"))]
#[case::kolkata("Asia/Kolkata", 5, Some(" Kolkata time"))]
#[case::unknown("Europe/Atlantis", 0, None)]
#[case::markup("<b>now</b>", 0, None)]
#[case::path("../../etc/passwd", 0, None)]
#[case::long(&"A".repeat(3000), 0, None)]
#[tokio::test(flavor = "multi_thread")]
async fn pages_and_emails_are_in_the_browsers_zone(
    #[case] zone: &str,
    #[case] hours: i64,
    #[case] named: Option<&str>,
) {
    let app = App::builder().start().await;
    let browser = app.browser();
    app.sign_up(&browser, ADA, PASSWORD).await;
    browser.set_cookie("zone", zone);
    let page = browser.get("/dashboard").await;
    let (is_local, is_utc) = (page.shows("is-localised"), page.shows(" UTC</time>") || page.shows(" UTC\n"));
    assert_eq!((is_local, is_utc), (named.is_some(), named.is_none()), "{}", page.body);
    if named.is_some() {
        let half = if zone == "Asia/Kolkata" { time::Duration::minutes(30) } else { time::Duration::ZERO };
        let local = app.now() + time::Duration::hours(hours) + half;
        let day = format!("{} {} {}", local.day(), local.month(), local.year());
        assert!(page.shows(&day), "{day}: {}", page.body);
    }
    app.emails().await;
    browser.request_reset(ADA).await;
    let message = app.one_email().await;
    assert_eq!(message.cause.zone.as_deref(), named.map(|_| zone));
    let site = latchkey::mail::Site { origin: "http://localhost".into(), ..latchkey::mail::Site::default() };
    let rendered = latchkey::mail::render(&message, &site);
    for text in [&rendered.text, &rendered.html] {
        assert!(text.contains(named.unwrap_or(" UTC")), "{text}");
        assert_eq!(text.contains(" UTC"), named.is_none(), "{text}");
    }
}
