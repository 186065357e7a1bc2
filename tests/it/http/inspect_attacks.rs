//! The buttons that attack this server: each check that a button names is the one that stops it.

use super::{app::App, inspect::newest};

/// Each button's name and the check that it names.
fn buttons(list: &str) -> Vec<(String, String)> {
    let items = list.split("class=\"walk-attack\"").skip(1);
    let item = |item: &str| {
        let (_, name) = item.split_once("name=\"attack\" value=\"").expect("a form");
        let (_, check) = item.split_once("Stopped by: </strong>").expect("a check");
        let check = check.trim_start_matches("<!---->").split(". Without it").next().unwrap_or_default();
        (name.split('"').next().unwrap_or_default().to_owned(), check.to_owned())
    };
    items.map(item).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_attack_is_stopped_by_the_check_that_its_button_names() {
    let app = App::builder().start().await;
    let browser = app.browser();
    assert!(!browser.get("/inspect").await.body.contains("Attack it"), "only with the sandbox");
    assert_eq!(browser.submit("/inspect/attack", &[("attack", "wrong_nonce")]).await.status, 404);
    app.state.allow_attacks(app.sandbox.origin());
    let attacks = buttons(&browser.get("/inspect").await.body);
    assert_eq!(attacks.len(), 17, "{attacks:?}");
    // The hanging provider costs ten seconds: `outages.rs` has it.
    for (attack, stopped_by) in attacks.iter().filter(|(attack, _)| attack != "token_hang") {
        let victim = app.browser();
        let begun = victim.submit("/inspect/attack", &[("attack", attack)]).await;
        let page = match begun.location() {
            played if played.starts_with("/inspect/") => victim.get(played).await.body,
            start => {
                let callback = victim.callback_url("ada", start).await;
                assert!(victim.get(&callback).await.location().starts_with("/login?error="), "{attack}");
                newest(&victim).await.1
            }
        };
        assert!(page.contains(&format!("Stopped at: {stopped_by}<")), "{attack}: {stopped_by}: {page}");
        assert!(!victim.is_signed_in().await);
    }
    assert_eq!(browser.submit("/inspect/attack", &[("attack", "unknown")]).await.status, 404);
    browser.sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_played_attack_shows_what_succeeded_before_it() {
    let app = App::builder().start().await;
    let browser = app.browser();
    app.state.allow_attacks(app.sandbox.origin());
    let replay = browser.submit("/inspect/attack", &[("attack", "replay")]).await.location().to_owned();
    let page = browser.get(&replay).await.body;
    for expected in ["Sign-in with Google", "A session begins", "1. GET /auth/google", "3. GET /auth/callback/google"] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert_eq!(app.requested_endpoints().await.iter().filter(|endpoint| *endpoint == "token").count(), 1);
    let thief = browser.submit("/inspect/attack", &[("attack", "old_refresh_token")]).await.location().to_owned();
    let page = browser.get(&thief).await.body;
    assert!(page.contains("Row deleted from sessions"), "{page}");
}
