//! Signing up with an address and a password: the letter, the browser that asked, and another one.

use latchkey::accounts::{EmailKind, EmailToken, SignInMethod};
use rstest::rstest;

use super::{
    account::{NEW_PASSWORD, PASSWORD, WRONG_PASSWORD, kinds_of_cookies, token_of},
    app::App,
    return_to::{HOSTILE, ends_at_home},
};
use crate::support::database::Engine;

const ADA: &str = "ada@example.com";
const DAY: i64 = 24 * 3600;

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_up_out_and_in_again(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let browser = app.browser();
    let fields = [("email", "Ada@Example.Com "), ("password", PASSWORD), ("return_to", "/settings/email?x=1")];
    let asked = browser.submit("/auth/password/sign-up", &fields).await;
    assert_eq!(asked.status, 303);
    assert_eq!(asked.location(), "/check-inbox?for=sign_up&return_to=%2Fsettings%2Femail%3Fx%3D1");
    assert_eq!(app.rows().await, (0, 0, 0), "nobody is a user yet");
    assert_eq!(app.database.count("passwords").await, 0);

    let message = app.message().await;
    assert_eq!((message.to.as_str(), &message.name), (ADA, &None));
    let token = token_of(&message);
    assert_eq!(token.expose().len(), 43);

    let rows = app.all_rows().await;
    let followed = browser.follows(&token).await;
    assert_eq!((followed.status, followed.location()), (303, "/verify-email"));
    assert_eq!(followed.header("referrer-policy"), "no-referrer");
    assert_eq!(followed.header("cache-control"), "no-store");
    let cookie = followed.set_cookies().pop().expect("a cookie");
    assert!(cookie.starts_with("email-link=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    for part in [followed.location(), &cookie, &followed.body] {
        assert!(!part.contains(token.expose()), "{part}");
    }
    assert_eq!(app.all_rows().await, rows, "following a link uses nothing up");

    let verified = browser.submit("/auth/email/verify", &[]).await;
    assert_eq!((verified.status, verified.location()), (303, "/settings/email?x=1"));
    assert_eq!((app.rows().await, app.database.count("passwords").await), ((1, 0, 1), 1));
    let proof = app.database.text("SELECT verified_email || ' ' || verified_email_method FROM users").await;
    assert_eq!(proof, "ada@example.com email_link");
    assert!(browser.is_signed_in().await);
    for gone in ["email-link", "asked"] {
        assert_eq!(browser.cookie(gone), None);
    }
    assert_eq!(browser.cookie("last").as_deref(), Some("password"));

    browser.post("/auth/logout", "").await;
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.tries_password(ADA, WRONG_PASSWORD).await.location(), "/login?error=wrong_credentials");
    assert!(!browser.is_signed_in().await);
    browser.signs_in_with(ADA, PASSWORD).await;
    assert!(browser.is_signed_in().await);
    assert_eq!(app.emails().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_another_browser_the_password_is_needed_and_only_the_right_one_will_do() {
    let app = App::start(Engine::Sqlite).await;
    app.browser().asks_to_sign_up(ADA, PASSWORD).await;
    let token = token_of(&app.message().await);
    let elsewhere = app.browser();
    for wrong in [&[][..], &[("password", "")], &[("password", WRONG_PASSWORD)]] {
        elsewhere.follows(&token).await;
        let page = elsewhere.submit("/auth/email/verify", wrong).await;
        assert_eq!((page.status, page.location()), (303, "/verify-email?error=wrong_password"));
        assert_eq!(app.rows().await, (0, 0, 0));
    }
    let page = elsewhere.submit("/auth/email/verify", &[("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/dashboard");
    assert!(elsewhere.is_signed_in().await);
    assert_eq!(app.rows().await, (1, 0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_browser_that_asked_for_another_sign_up_needs_the_password_too() {
    let app = App::start(Engine::Sqlite).await;
    let (eve, ada) = (app.browser(), app.browser());
    eve.asks_to_sign_up(ADA, WRONG_PASSWORD).await;
    let planted = token_of(&app.message().await);
    ada.asks_to_sign_up(ADA, PASSWORD).await;
    let own = token_of(&app.message().await);
    ada.follows(&planted).await;
    let page = ada.submit("/auth/email/verify", &[("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/verify-email?error=wrong_password", "that letter is of Eve's sign-up");
    assert_eq!(ada.finishes(&own).await.location(), "/dashboard");
    // And Eve's sign-up ends with that.
    assert_eq!(eve.finishes(&planted).await.location(), "/verify-email?error=email_link_invalid");
    assert_eq!(eve.tries_password(ADA, WRONG_PASSWORD).await.location(), "/login?error=wrong_credentials");
    assert_eq!(app.rows().await, (1, 0, 1));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_know_the_password_chooses_another_and_the_old_one_is_void(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let (eve, ada) = (app.browser(), app.browser());
    eve.asks_to_sign_up(ADA, PASSWORD).await;
    let token = token_of(&app.message().await);
    ada.follows(&token).await;
    let page = ada.submit("/auth/password/reset", &[("password", NEW_PASSWORD)]).await;
    assert_eq!(page.location(), "/dashboard");
    assert!(ada.is_signed_in().await);
    assert_eq!(eve.tries_password(ADA, PASSWORD).await.location(), "/login?error=wrong_credentials");
    assert_eq!(eve.finishes(&token).await.location(), "/verify-email?error=email_link_invalid");
    assert!(!eve.is_signed_in().await);
    app.browser().signs_in_with(ADA, NEW_PASSWORD).await;
}

#[rstest]
#[case::an_hour_before_its_end(DAY - 3600, "/dashboard")]
#[case::at_its_end(DAY, "/verify-email?error=email_link_invalid")]
#[tokio::test(flavor = "multi_thread")]
async fn the_link_lives_a_day(#[case] seconds: i64, #[case] location: &str) {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    browser.asks_to_sign_up(ADA, PASSWORD).await;
    let token = token_of(&app.message().await);
    app.advance(seconds).await;
    assert_eq!(browser.finishes(&token).await.location(), location);
    assert_eq!(app.rows().await.0, i64::from(location == "/dashboard"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_works_once_and_from_nowhere_else_than_a_letter() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    browser.asks_to_sign_up(ADA, PASSWORD).await;
    let message = app.message().await;
    let token = token_of(&message);
    let jar = browser.cookies();
    let text = token.expose().to_owned();
    let swapped = text.chars().map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() });
    for forged in [text[..42].to_owned(), format!("{text}A"), swapped.collect(), String::new(), "%00".into()] {
        let page = browser.finishes(&EmailToken::new(forged.clone())).await;
        assert_eq!(page.location(), "/verify-email?error=email_link_invalid", "{forged}");
    }
    assert_eq!(app.rows().await, (0, 0, 0));
    assert_eq!(browser.finishes(&token).await.location(), "/dashboard");
    let again = app.browser();
    again.put_back(jar);
    assert_eq!(again.finishes(&token).await.location(), "/verify-email?error=email_link_invalid");
    assert!(!again.is_signed_in().await);
    assert_eq!(app.rows().await, (1, 0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_given_twice_or_posted_or_put_into_a_cookie_is_none() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    browser.asks_to_sign_up(ADA, PASSWORD).await;
    let token = token_of(&app.message().await);
    let twice = format!("/auth/email-link?token={0}&token={0}", token.expose());
    browser.get(&twice).await;
    let posted = browser.submit("/auth/email/verify", &[("token", token.expose())]).await;
    assert_eq!(posted.location(), "/verify-email?error=email_link_invalid");
    browser.set_cookie("email-link", token.expose());
    assert_eq!(browser.submit("/auth/email/verify", &[]).await.location(), "/verify-email?error=email_link_invalid");
    assert_eq!(app.rows().await, (0, 0, 0));
    assert_eq!(browser.finishes(&token).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_somebodys_gets_the_same_answer_and_another_letter(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let owner = app.browser();
    app.signs_up(&owner, ADA, PASSWORD).await;
    let users = app.methods().await;
    let (first, second) = (app.browser(), app.browser());
    let free = first.asks_to_sign_up("eva@example.com", NEW_PASSWORD).await;
    token_of(&app.message().await);
    let owned = second.asks_to_sign_up(ADA, NEW_PASSWORD).await;
    assert_eq!((owned.status, owned.location()), (free.status, free.location()));
    assert_eq!(kinds_of_cookies(&owned), kinds_of_cookies(&free));
    let message = app.message().await;
    assert_eq!(message.to.as_str(), ADA);
    assert_eq!(message.matter, EmailKind::AlreadyRegistered { methods: vec![SignInMethod::Password] });
    assert_eq!(app.rows().await, (1, 0, 1));
    let unchanged: Vec<String> = users.lines().take(3).map(str::to_owned).collect();
    assert_eq!(app.methods().await.lines().take(3).collect::<Vec<_>>(), unchanged);
    assert_eq!(second.tries_password(ADA, NEW_PASSWORD).await.location(), "/login?error=wrong_credentials");
    owner.signs_in_with(ADA, PASSWORD).await;
}

#[rstest]
#[case::nothing("", "password_short")]
#[case::short("kX4#pQz", "password_short")]
#[case::long(&"correct horse ".repeat(80), "password_long")]
#[case::common("password123", "password_common")]
#[case::the_address("ada.lovelace", "password_personal")]
#[case::our_name("latchkey1", "password_personal")]
#[tokio::test(flavor = "multi_thread")]
async fn a_weak_password_is_refused_with_its_reason(#[case] password: &str, #[case] code: &str) {
    let app = App::start(Engine::Sqlite).await;
    let email = "ada.lovelace@example.com";
    let browser = app.browser();
    let page = browser.asks_to_sign_up(email, password).await;
    assert_eq!((page.status, page.location()), (303, format!("/signup?error={code}").as_str()));
    assert!(!format!("{page:?}").contains(password) || password.is_empty());
    assert_eq!((app.emails().await.len(), app.database.count("email_tokens").await), (0, 0));
    // Nor at the end of a sign-up.
    browser.asks_to_sign_up(email, PASSWORD).await;
    let token = token_of(&app.message().await);
    let page = app.browser().resets(&token, password).await;
    assert_eq!(page.location(), format!("/reset-password?error={code}"));
    assert_eq!(app.rows().await, (0, 0, 0));
    assert_eq!(browser.finishes(&token).await.location(), "/dashboard");
}

const NO_ADDRESSES: [&str; 24] = [
    "",
    "@",
    "ada",
    "ada@",
    "@example.com",
    "ada@@example.com",
    "ada@localhost@example.com",
    "ada@example.com\r\nBcc: eve@evil.example",
    "ada@example.com\nBcc: eve@evil.example",
    "ada@example.com\r",
    "ada@example.com\0",
    "ada@example.com,eve@evil.example",
    "ada@example.com;eve@evil.example",
    "ada@example.com eve@evil.example",
    "\"eve@evil\"@example.com",
    "ada@example.com<eve@evil.example>",
    "Ada <ada@example.com>",
    "<ada@example.com>",
    "ada(comment)@example.com",
    "ad\u{131}@example.com",
    "\u{212a}@example.com",
    "ada@[127.0.0.1]",
    "ada%40evil.example@",
    "ada\t@example.com",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_address_gets_no_letter_anywhere() {
    let app = App::start(Engine::Sqlite).await;
    let member = app.browser();
    app.signs_up(&member, ADA, PASSWORD).await;
    let long = format!("{}@example.com", "a".repeat(10_000));
    for email in NO_ADDRESSES.into_iter().chain([long.as_str()]) {
        let browser = app.browser();
        for (page, path) in [
            (browser.asks_to_sign_up(email, PASSWORD).await, "/signup"),
            (browser.forgets(email).await, "/forgot"),
            (browser.tries_password(email, PASSWORD).await, "/login"),
            (member.submit("/settings/email", &[("email", email)]).await, "/settings/email"),
        ] {
            assert_eq!(
                (page.status, page.location()),
                (303, format!("{path}?error=email_invalid").as_str()),
                "{email}"
            );
        }
    }
    assert_eq!(app.emails().await, []);
    assert_eq!(app.database.count("email_tokens").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_spelling_of_an_address_is_one_address() {
    let app = App::start(Engine::Sqlite).await;
    app.signs_up(&app.browser(), "ada@bücher.example", PASSWORD).await;
    for spelling in
        ["ADA@BÜCHER.EXAMPLE", "ada@xn--bcher-kva.example", " ada@bücher.example. ", "Ada@Bu\u{308}cher.example"]
    {
        app.browser().signs_in_with(spelling, PASSWORD).await;
        app.browser().asks_to_sign_up(spelling, NEW_PASSWORD).await;
        let message = app.message().await;
        assert_eq!(message.to.as_str(), "ada@xn--bcher-kva.example");
        assert!(matches!(message.matter, EmailKind::AlreadyRegistered { .. }), "{spelling}");
    }
    // What a host alone knows to be the same is another mailbox to us.
    for other in ["a.da@bücher.example", "ada+x@bücher.example"] {
        app.browser().asks_to_sign_up(other, NEW_PASSWORD).await;
        assert!(matches!(app.message().await.matter, EmailKind::ConfirmSignUp { .. }), "{other}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_payload_leads_away_from_any_form() {
    let app = App::start(Engine::Sqlite).await;
    for (number, payload) in HOSTILE.into_iter().enumerate() {
        let email = format!("ada{number}@example.com");
        let browser = app.browser();
        for fields in [
            [("email", "ada"), ("password", PASSWORD), ("return_to", payload)],
            [("email", &email), ("password", "short"), ("return_to", payload)],
            [("email", &email), ("password", PASSWORD), ("return_to", payload)],
        ] {
            let page = browser.submit("/auth/password/sign-up", &fields).await;
            leads_home(&app, &page, payload);
        }
        let verified = browser.finishes(&token_of(&app.message().await)).await;
        leads_home(&app, &verified, payload);
        let user = app.user_of(&browser).await;
        assert!(user.is_some(), "{payload}");

        let fields = [("email", email.as_str()), ("password", PASSWORD), ("return_to", payload)];
        leads_home(&app, &app.browser().submit("/auth/password/sign-in", &fields).await, payload);
        leads_home(&app, &browser.submit("/auth/reauthenticate/password", &fields[1..]).await, payload);
        let fields = [("email", email.as_str()), ("return_to", payload)];
        leads_home(&app, &browser.submit("/auth/password/forgot", &fields).await, payload);
        let reset = browser.resets(&token_of(&app.message().await), NEW_PASSWORD).await;
        leads_home(&app, &reset, payload);
        app.emails().await;
    }
}

fn leads_home(app: &App, page: &super::browser::Page, payload: &str) {
    assert_eq!(page.status, 303, "{payload}: {page:?}");
    ends_at_home(app, page.location(), payload);
    ends_at_home(app, &super::browser::parameter(page.location(), "return_to"), payload);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_person_was_going_survives_another_browser() {
    let app = App::start(Engine::Sqlite).await;
    let fields = [("email", ADA), ("password", PASSWORD), ("return_to", "/settings")];
    app.browser().submit("/auth/password/sign-up", &fields).await;
    let elsewhere = app.browser();
    elsewhere.follows(&token_of(&app.message().await)).await;
    let page = elsewhere.submit("/auth/email/verify", &[("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/settings");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_from_before_the_sign_up_is_another_one_after() {
    let app = App::start(Engine::Sqlite).await;
    let (browser, attacker) = (app.browser(), app.browser());
    attacker.signs_in_as("mallory").await;
    let planted = attacker.session().expect("a session");
    browser.asks_to_sign_up(ADA, PASSWORD).await;
    browser.insert_session_row(&planted);
    assert_eq!(browser.finishes(&token_of(&app.message().await)).await.location(), "/dashboard");
    assert_ne!(browser.session().expect("a session"), planted);
    assert!(!attacker.is_signed_in().await);
    assert_eq!(app.user_of(&browser).await, app.owner_of(ADA).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_letter_can_be_sent_no_form_asks_for_one() {
    let app = App::start_without_mail(Engine::Sqlite).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    let rows = app.all_rows().await;
    for path in [
        "/auth/password/sign-up",
        "/auth/password/sign-in",
        "/auth/password/forgot",
        "/settings/email",
        "/settings/password",
    ] {
        let page = browser.submit(path, &[("email", "grace@example.com"), ("password", PASSWORD)]).await;
        assert_eq!(page.status, 404, "{path}");
    }
    assert_eq!(app.all_rows().await, rows);
    // The twin: other forms are there.
    assert_eq!(browser.submit("/settings/profile", &[("name", "Ada")]).await.status, 303);
}
