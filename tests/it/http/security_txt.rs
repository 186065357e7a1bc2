//! `/.well-known/security.txt`, and what the browser forgets at the sign-out.

use super::app::App;

const YEAR: i64 = 365 * 24 * 3600;

#[tokio::test(flavor = "multi_thread")]
async fn the_contact_is_published_until_it_expires() {
    let expires = time::OffsetDateTime::now_utc() + time::Duration::days(100);
    let expires = expires.format(&time::format_description::well_known::Rfc3339).expect("a time");
    let settings = [
        ("SECURITY_CONTACT", "mailto:security@app.example,https://app.example/report"),
        ("SECURITY_EXPIRES", expires.as_str()),
    ];
    let app = App::builder().settings(&settings).start().await;
    let page = app.browser().get("/.well-known/security.txt").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/plain; charset=utf-8"));
    let canonical = format!("Canonical: {}/.well-known/security.txt", app.origin);
    let expires = format!("Expires: {expires}");
    let lines = ["Contact: mailto:security@app.example", "Contact: https://app.example/report", &expires, &canonical];
    assert_eq!(page.body.lines().collect::<Vec<_>>(), lines);
    app.advance(YEAR).await;
    assert_eq!(app.browser().get("/.well-known/security.txt").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_contact_there_is_no_file() {
    let app = App::builder().start().await;
    assert_eq!(app.browser().get("/.well-known/security.txt").await.status, 404);
}

/// Not `"cookies"`: those of other applications on the domain would go, too.
#[tokio::test(flavor = "multi_thread")]
async fn signing_out_and_deleting_clear_the_sites_data_and_nothing_else_does() {
    const CLEARED: &str = r#""cache", "storage""#;
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    assert_eq!(browser.get("/dashboard").await.header("clear-site-data"), "");
    let signed_out = browser.post("/auth/logout", "").await;
    assert_eq!((signed_out.status, signed_out.header("clear-site-data")), (303, CLEARED));
    browser.sign_in("ada").await;
    let refused = browser.submit("/settings/delete", &[("word", "no")]).await;
    assert_eq!(refused.header("clear-site-data"), "");
    let deleted = browser.submit("/settings/delete", &[("word", "delete")]).await;
    assert_eq!((deleted.location(), deleted.header("clear-site-data")), ("/login?done=deleted", CLEARED));
}
