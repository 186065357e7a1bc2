//! Sign-up with email and password: the confirmation link, in the same browser and in another.

use latchkey::accounts::{EmailKind, EmailToken, SignInMethod};
use rstest::rstest;

use super::{
    account::{NEW_PASSWORD, PASSWORD, WRONG_PASSWORD, cookie_shapes, token_of},
    app::App,
    return_to::{HOSTILE, assert_local},
};
use crate::support::database::Engine;

const ADA: &str = "ada@example.com";
const DAY: i64 = 24 * 3600;

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_user_signs_up_out_and_in_again(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.browser();
    let fields = [("email", "Ada@Example.Com "), ("password", PASSWORD), ("return_to", "/settings/email?x=1")];
    let asked = browser.submit("/auth/password/sign-up", &fields).await;
    assert_eq!(asked.status, 303);
    assert_eq!(asked.location(), "/check-inbox?for=sign_up&return_to=%2Fsettings%2Femail%3Fx%3D1");
    assert_eq!(app.rows().await, (0, 0, 0), "no user yet");
    assert_eq!(app.database.count("passwords").await, 0);

    let message = app.one_email().await;
    assert_eq!((message.to.as_str(), &message.name), (ADA, &None));
    let token = token_of(&message);
    assert_eq!(token.expose().len(), 43);

    let rows = app.all_rows().await;
    let followed = browser.open_email_link(&token).await;
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
    assert_eq!(browser.try_password(ADA, WRONG_PASSWORD).await.location(), "/login?error=wrong_credentials");
    assert!(!browser.is_signed_in().await);
    browser.sign_in_with_password(ADA, PASSWORD).await;
    assert!(browser.is_signed_in().await);
    assert_eq!(app.emails().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_browser_needs_the_right_password() {
    let app = App::builder().start().await;
    app.browser().request_sign_up(ADA, PASSWORD).await;
    let token = token_of(&app.one_email().await);
    let elsewhere = app.browser();
    for wrong in [&[][..], &[("password", "")], &[("password", WRONG_PASSWORD)]] {
        elsewhere.open_email_link(&token).await;
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
async fn a_browser_with_another_sign_up_needs_the_password() {
    let app = App::builder().start().await;
    let (eve, ada) = (app.browser(), app.browser());
    eve.request_sign_up(ADA, WRONG_PASSWORD).await;
    let planted = token_of(&app.one_email().await);
    ada.request_sign_up(ADA, PASSWORD).await;
    let own = token_of(&app.one_email().await);
    ada.open_email_link(&planted).await;
    let page = ada.submit("/auth/email/verify", &[("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/verify-email?error=wrong_password", "that letter is of Eve's sign-up");
    assert_eq!(ada.confirm_email_link(&own).await.location(), "/dashboard");
    // This also ends Eve's sign-up.
    assert_eq!(eve.confirm_email_link(&planted).await.location(), "/verify-email?error=email_link_invalid");
    assert_eq!(eve.try_password(ADA, WRONG_PASSWORD).await.location(), "/login?error=wrong_credentials");
    assert_eq!(app.rows().await, (1, 0, 1));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_replaces_the_one_of_the_sign_up(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let (eve, ada) = (app.browser(), app.browser());
    eve.request_sign_up(ADA, PASSWORD).await;
    let token = token_of(&app.one_email().await);
    ada.open_email_link(&token).await;
    let page = ada.submit("/auth/password/reset", &[("password", NEW_PASSWORD)]).await;
    assert_eq!(page.location(), "/dashboard");
    assert!(ada.is_signed_in().await);
    assert_eq!(eve.try_password(ADA, PASSWORD).await.location(), "/login?error=wrong_credentials");
    assert_eq!(eve.confirm_email_link(&token).await.location(), "/verify-email?error=email_link_invalid");
    assert!(!eve.is_signed_in().await);
    app.browser().sign_in_with_password(ADA, NEW_PASSWORD).await;
}

#[rstest]
#[case::an_hour_before_its_end(DAY - 3600, "/dashboard")]
#[case::at_its_end(DAY, "/verify-email?error=email_link_invalid")]
#[tokio::test(flavor = "multi_thread")]
async fn the_link_expires_after_a_day(#[case] seconds: i64, #[case] location: &str) {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.request_sign_up(ADA, PASSWORD).await;
    let token = token_of(&app.one_email().await);
    app.advance(seconds).await;
    assert_eq!(browser.confirm_email_link(&token).await.location(), location);
    assert_eq!(app.rows().await.0, i64::from(location == "/dashboard"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_works_once() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.request_sign_up(ADA, PASSWORD).await;
    let message = app.one_email().await;
    let token = token_of(&message);
    let jar = browser.cookies();
    let text = token.expose().to_owned();
    let swapped = text.chars().map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() });
    for forged in [text[..42].to_owned(), format!("{text}A"), swapped.collect(), String::new(), "%00".into()] {
        let page = browser.confirm_email_link(&EmailToken::new(forged.clone())).await;
        assert_eq!(page.location(), "/verify-email?error=email_link_invalid", "{forged}");
    }
    assert_eq!(app.rows().await, (0, 0, 0));
    assert_eq!(browser.confirm_email_link(&token).await.location(), "/dashboard");
    let again = app.browser();
    again.replace_cookies(jar);
    assert_eq!(again.confirm_email_link(&token).await.location(), "/verify-email?error=email_link_invalid");
    assert!(!again.is_signed_in().await);
    assert_eq!(app.rows().await, (1, 0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_or_posted_token_is_rejected() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.request_sign_up(ADA, PASSWORD).await;
    let token = token_of(&app.one_email().await);
    let twice = format!("/auth/email-link?token={0}&token={0}", token.expose());
    browser.get(&twice).await;
    let posted = browser.submit("/auth/email/verify", &[("token", token.expose())]).await;
    assert_eq!(posted.location(), "/verify-email?error=email_link_invalid");
    browser.set_cookie("email-link", token.expose());
    assert_eq!(browser.submit("/auth/email/verify", &[]).await.location(), "/verify-email?error=email_link_invalid");
    assert_eq!(app.rows().await, (0, 0, 0));
    assert_eq!(browser.confirm_email_link(&token).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_taken_email_gets_the_same_answer_and_another_email(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    let owner = app.browser();
    app.sign_up(&owner, ADA, PASSWORD).await;
    let users = app.methods().await;
    let (first, second) = (app.browser(), app.browser());
    let free = first.request_sign_up("eva@example.com", NEW_PASSWORD).await;
    token_of(&app.one_email().await);
    let owned = second.request_sign_up(ADA, NEW_PASSWORD).await;
    assert_eq!((owned.status, owned.location()), (free.status, free.location()));
    assert_eq!(cookie_shapes(&owned), cookie_shapes(&free));
    let message = app.one_email().await;
    assert_eq!(message.to.as_str(), ADA);
    assert_eq!(message.kind, EmailKind::AlreadyRegistered { methods: vec![SignInMethod::Password] });
    assert_eq!(app.rows().await, (1, 0, 1));
    let unchanged: Vec<String> = users.lines().take(3).map(str::to_owned).collect();
    assert_eq!(app.methods().await.lines().take(3).collect::<Vec<_>>(), unchanged);
    assert_eq!(second.try_password(ADA, NEW_PASSWORD).await.location(), "/login?error=wrong_credentials");
    owner.sign_in_with_password(ADA, PASSWORD).await;
}

#[rstest]
#[case::nothing("", "password_short")]
#[case::short("kX4#pQz", "password_short")]
#[case::long(&"correct horse ".repeat(80), "password_long")]
#[case::common("password123", "password_common")]
#[case::the_address("ada.lovelace", "password_personal")]
#[case::our_name("latchkey1", "password_personal")]
#[tokio::test(flavor = "multi_thread")]
async fn a_weak_password_is_rejected_with_its_reason(#[case] password: &str, #[case] code: &str) {
    let app = App::builder().start().await;
    let email = "ada.lovelace@example.com";
    let browser = app.browser();
    let page = browser.request_sign_up(email, password).await;
    assert_eq!((page.status, page.location()), (303, format!("/signup?error={code}").as_str()));
    assert!(!format!("{page:?}").contains(password) || password.is_empty());
    assert_eq!((app.emails().await.len(), app.database.count("email_tokens").await), (0, 0));
    // Nor at the end of a sign-up.
    browser.request_sign_up(email, PASSWORD).await;
    let token = token_of(&app.one_email().await);
    let page = app.browser().reset_password(&token, password).await;
    assert_eq!(page.location(), format!("/reset-password?error={code}"));
    assert_eq!(app.rows().await, (0, 0, 0));
    assert_eq!(browser.confirm_email_link(&token).await.location(), "/dashboard");
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
async fn an_invalid_email_is_rejected_everywhere() {
    let app = App::builder().start().await;
    let member = app.browser();
    app.sign_up(&member, ADA, PASSWORD).await;
    let long = format!("{}@example.com", "a".repeat(10_000));
    for email in NO_ADDRESSES.into_iter().chain([long.as_str()]) {
        let browser = app.browser();
        for (page, path) in [
            (browser.request_sign_up(email, PASSWORD).await, "/signup"),
            (browser.request_reset(email).await, "/forgot"),
            (browser.try_password(email, PASSWORD).await, "/login"),
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
async fn every_spelling_of_an_email_is_one_email() {
    let app = App::builder().start().await;
    app.sign_up(&app.browser(), "ada@bücher.example", PASSWORD).await;
    for spelling in
        ["ADA@BÜCHER.EXAMPLE", "ada@xn--bcher-kva.example", " ada@bücher.example. ", "Ada@Bu\u{308}cher.example"]
    {
        app.browser().sign_in_with_password(spelling, PASSWORD).await;
        app.browser().request_sign_up(spelling, NEW_PASSWORD).await;
        let message = app.one_email().await;
        assert_eq!(message.to.as_str(), "ada@xn--bcher-kva.example");
        assert!(matches!(message.kind, EmailKind::AlreadyRegistered { .. }), "{spelling}");
    }
    // Spellings that only a mail host knows to be equal are different emails to us.
    for other in ["a.da@bücher.example", "ada+x@bücher.example"] {
        app.browser().request_sign_up(other, NEW_PASSWORD).await;
        assert!(matches!(app.one_email().await.kind, EmailKind::ConfirmSignUp { .. }), "{other}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_payload_leads_off_site_from_any_form() {
    let app = App::builder().start().await;
    for (number, payload) in HOSTILE.into_iter().enumerate() {
        let email = format!("ada{number}@example.com");
        let browser = app.browser();
        for fields in [
            [("email", "ada"), ("password", PASSWORD), ("return_to", payload)],
            [("email", &email), ("password", "short"), ("return_to", payload)],
            [("email", &email), ("password", PASSWORD), ("return_to", payload)],
        ] {
            let page = browser.submit("/auth/password/sign-up", &fields).await;
            assert_redirects_locally(&app, &page, payload);
        }
        let verified = browser.confirm_email_link(&token_of(&app.one_email().await)).await;
        assert_redirects_locally(&app, &verified, payload);
        let user = app.user_of(&browser).await;
        assert!(user.is_some(), "{payload}");

        let fields = [("email", email.as_str()), ("password", PASSWORD), ("return_to", payload)];
        assert_redirects_locally(&app, &app.browser().submit("/auth/password/sign-in", &fields).await, payload);
        assert_redirects_locally(&app, &browser.submit("/auth/reauthenticate/password", &fields[1..]).await, payload);
        let fields = [("email", email.as_str()), ("return_to", payload)];
        assert_redirects_locally(&app, &browser.submit("/auth/password/forgot", &fields).await, payload);
        let reset = browser.reset_password(&token_of(&app.one_email().await), NEW_PASSWORD).await;
        assert_redirects_locally(&app, &reset, payload);
        app.emails().await;
    }
}

fn assert_redirects_locally(app: &App, page: &super::browser::Page, payload: &str) {
    assert_eq!(page.status, 303, "{payload}: {page:?}");
    assert_local(app, page.location(), payload);
    assert_local(app, &super::browser::parameter(page.location(), "return_to"), payload);
}

#[tokio::test(flavor = "multi_thread")]
async fn return_to_survives_another_browser() {
    let app = App::builder().start().await;
    let fields = [("email", ADA), ("password", PASSWORD), ("return_to", "/settings")];
    app.browser().submit("/auth/password/sign-up", &fields).await;
    let elsewhere = app.browser();
    elsewhere.open_email_link(&token_of(&app.one_email().await)).await;
    let page = elsewhere.submit("/auth/email/verify", &[("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/settings");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_replaces_the_session_of_the_browser() {
    let app = App::builder().start().await;
    let (browser, attacker) = (app.browser(), app.browser());
    attacker.sign_in("mallory").await;
    let planted = attacker.session().expect("a session");
    browser.request_sign_up(ADA, PASSWORD).await;
    browser.set_session(&planted);
    assert_eq!(browser.confirm_email_link(&token_of(&app.one_email().await)).await.location(), "/dashboard");
    assert_ne!(browser.session().expect("a session"), planted);
    assert!(!attacker.is_signed_in().await);
    assert_eq!(app.user_of(&browser).await, app.owner_of(ADA).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_mail_no_form_asks_for_an_email() {
    let app = App::builder().without_mail().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
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
    // The counterpart: other forms exist.
    assert_eq!(browser.submit("/settings/profile", &[("name", "Ada")]).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_email_of_a_sign_up_is_sent_again_without_its_password() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.request_sign_up(ADA, PASSWORD).await;
    let kept = browser.cookie("pending-sign-up").expect("the sign-up");
    assert!(!kept.contains("argon2"), "sealed: {kept}");
    app.emails().await;
    let page = browser.get("/check-inbox?for=sign_up").await;
    assert!(page.shows("Send it again") && page.shows("in a minute"), "{}", page.body);
    let again = browser.submit("/auth/password/sign-up/again", &[]).await;
    assert_eq!(again.location(), "/check-inbox?for=sign_up");
    let token = token_of(&app.one_email().await);
    let elsewhere = app.browser();
    elsewhere.open_email_link(&token).await;
    let finished = elsewhere.submit("/auth/email/verify", &[("password", PASSWORD)]).await;
    assert_eq!(finished.location(), "/dashboard", "the password is the one chosen at the sign-up");
}

/// The answers and cookies are the same whether the address has an account or not.
#[tokio::test(flavor = "multi_thread")]
async fn sending_again_reveals_no_account() {
    let app = App::builder().start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    app.emails().await;
    let mut answers = Vec::new();
    for email in [ADA, "ida@example.com"] {
        let browser = app.browser();
        browser.request_sign_up(email, NEW_PASSWORD).await;
        app.emails().await;
        let again = browser.submit("/auth/password/sign-up/again", &[]).await;
        let to = app.one_email().await.to;
        assert_eq!(to.as_str(), email);
        let page = browser.get(again.location()).await.body.replace(email, "EMAIL");
        answers.push((again.status, again.location().to_owned(), cookie_shapes(&again), page.len()));
    }
    assert_eq!(answers[0], answers[1]);
}

/// Three emails go to an address at once: as many weak passwords must not be what they are spent on.
#[tokio::test(flavor = "multi_thread")]
async fn refused_passwords_use_up_no_emails() {
    let app = App::builder().with("RATE_LIMITS", "on").start().await;
    let browser = app.browser();
    for weak in ["short", "password1234", ADA, "qwertyuiop"] {
        let refused = browser.request_sign_up(ADA, weak).await;
        assert!(refused.location().starts_with("/signup?"), "{weak}: {refused:?}");
    }
    for location in ["/check-inbox?for=sign_up"; 3].into_iter().chain(["/check-inbox?for=sign_up&limited=1"]) {
        assert_eq!(browser.request_sign_up(ADA, PASSWORD).await.location(), location);
    }
    assert_eq!(app.emails().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_sign_up_nothing_is_sent_again() {
    let app = App::builder().with("RATE_LIMITS", "on").start().await;
    let (browser, other) = (app.browser(), app.browser());
    let fields = [("email", ADA)];
    assert_eq!(other.submit("/auth/password/sign-up/again", &fields).await.location(), "/signup");
    browser.request_sign_up(ADA, PASSWORD).await;
    let kept = browser.cookie("pending-sign-up").expect("the sign-up");
    other.set_cookie("pending-sign-up", &kept[1..]);
    assert_eq!(other.submit("/auth/password/sign-up/again", &[]).await.location(), "/signup", "forged");
    app.one_email().await;
    // The limit of the address counts these too.
    let landed = [(), (), ()].map(|()| browser.submit("/auth/password/sign-up/again", &[]));
    let mut locations = Vec::new();
    for answer in landed {
        locations.push(answer.await.location().to_owned());
    }
    assert_eq!(locations[1..], ["/check-inbox?for=sign_up", "/check-inbox?for=sign_up&limited=1"]);
    assert_eq!(app.emails().await.len(), 2);
    let page = browser.get(&locations[2]).await;
    assert!(page.shows("didn't send another email") && page.shows("in 5 minutes"), "{}", page.body);
    app.advance(601).await;
    assert_eq!(browser.submit("/auth/password/sign-up/again", &[]).await.location(), "/signup", "after ten minutes");
}

/// The browser that signed up goes on when the link was used on another device with its password, and only then.
#[rstest]
#[case::with_its_password(PASSWORD, true)]
#[case::with_another_password(NEW_PASSWORD, false)]
#[tokio::test(flavor = "multi_thread")]
async fn check_inbox_goes_on_when_its_link_was_used_elsewhere(#[case] password: &str, #[case] goes_on: bool) {
    let app = App::builder().start().await;
    let (browser, phone, stranger) = (app.browser(), app.browser(), app.browser());
    let here = "/check-inbox?for=sign_up&return_to=%2Fdrive";
    browser.request_sign_up(ADA, PASSWORD).await;
    stranger.request_sign_up(ADA, WRONG_PASSWORD).await;
    let emails = app.emails().await;
    assert_eq!(browser.get(here).await.status, 200, "it waits");
    let token = token_of(&emails[0]);
    phone.open_email_link(&token).await;
    let form = [("password", password)];
    let path = if goes_on { "/auth/email/verify" } else { "/auth/password/reset" };
    assert_eq!(phone.submit(path, &form).await.location(), "/dashboard");
    let page = browser.get(here).await;
    if goes_on {
        assert_eq!(page.location(), "/login?return_to=%2Fdrive&done=signed_up_elsewhere");
        let login = browser.get(page.location()).await;
        assert!(login.shows("email address is confirmed") && login.shows(ADA), "{}", login.body);
        assert!(!browser.is_signed_in().await, "it does not sign in");
    } else {
        assert_eq!(page.status, 200, "whose password is not the account's learns nothing");
    }
    assert_eq!(stranger.get(here).await.status, 200, "nor does another browser with the address");
}
