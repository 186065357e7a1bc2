use std::time::Duration;

use rstest::rstest;
use time::OffsetDateTime;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};
use uuid::Uuid;

use super::*;
use crate::{
    accounts::{Cause, EmailAddress, EmailKind, EmailMessage, EmailToken, RevokedAccess, SignInMethod},
    codes::access::Access,
};

const TOKEN: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const LINK: &str = "https://app.example/auth/email-link?token=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const HOSTILE: &str = "\"><a href='https://evil.example'>\r\nBcc: eve@evil.example\r\n\r\n\u{202e}click\u{7}</a>";

const CONNECTIONS: &str = "https://google.example/connections";

fn revoked_access() -> Vec<RevokedAccess> {
    vec![RevokedAccess { provider: "google".to_owned(), sees: vec![Access::Drive, Access::Calendar] }]
}

fn site() -> Site {
    let labels = [("google", "Google"), ("work", "R&D <Work>"), ("git-hub", "GitHub")];
    Site {
        origin: "https://app.example".to_owned(),
        labels: labels.map(|(slug, label)| (slug.to_owned(), label.to_owned())).into(),
        connections: [("google".to_owned(), CONNECTIONS.to_owned())].into(),
    }
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn every_matter() -> Vec<EmailKind> {
    with_account("ada@example.com")
}

fn with_account(account: &str) -> Vec<EmailKind> {
    let token = || EmailToken::new(TOKEN.to_owned());
    let (provider, account) = ("google".to_owned(), Some(account.to_owned()));
    let methods = || {
        vec![
            SignInMethod::Provider("google".to_owned()),
            SignInMethod::Provider("git-hub".to_owned()),
            SignInMethod::Password,
        ]
    };
    vec![
        EmailKind::ConfirmSignUp { token: token() },
        EmailKind::AlreadyRegistered { methods: methods() },
        EmailKind::ResetPassword { token: token() },
        EmailKind::NoPassword { methods: methods() },
        EmailKind::NoAccount,
        EmailKind::ConfirmEmailChange { token: token() },
        EmailKind::EmailTaken,
        EmailKind::EmailChanged { new: address("new@example.com"), undo: token() },
        EmailKind::MethodAdded { provider: provider.clone(), account: account.clone(), undo: token() },
        EmailKind::MethodAdded { provider: provider.clone(), account: None, undo: token() },
        EmailKind::MethodRemoved { provider: provider.clone(), account: account.clone(), revoked_access: vec![] },
        EmailKind::MethodRemoved { provider, account, revoked_access: revoked_access() },
        EmailKind::PasswordChanged { first: true, undo: token() },
        EmailKind::PasswordChanged { first: false, undo: token() },
        EmailKind::TokenReused,
        EmailKind::AccountDeleted { revoked_access: vec![] },
        EmailKind::AccountDeleted { revoked_access: revoked_access() },
    ]
}

fn message(matter: EmailKind) -> EmailMessage {
    let cause = Cause { at: 1_769_850_300, device: "Firefox on Linux".to_owned(), ip: "192.0.2.1".to_owned() };
    EmailMessage { to: address("ada@example.com"), name: Some("Ada Lovelace".to_owned()), matter, cause }
}

fn hostile(matter: EmailKind) -> EmailMessage {
    let cause = Cause { at: i64::MAX, device: HOSTILE.to_owned(), ip: HOSTILE.to_owned() };
    EmailMessage { name: Some(HOSTILE.to_owned()), cause, ..message(matter) }
}

fn plain(text: &str) -> bool {
    !text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}')
}

#[test]
fn every_letter_says_what_when_from_where_and_what_if_it_was_not_you() {
    for matter in every_matter() {
        let RenderedEmail { subject, text, html } = render(&message(matter.clone()), &site());
        assert!(!subject.is_empty() && subject.len() < 78 && !subject.contains('\n') && plain(&subject), "{subject}");
        assert!(subject.contains("app.example"), "{subject}");
        for part in [&text, &html] {
            assert!(plain(part), "{part}");
            for said in ["31 January 2026, 09:05 UTC", "Firefox on Linux", "192.0.2.1", "If this was not you"] {
                assert!(part.contains(said), "{said}: {part}");
            }
        }
    }
}

#[test]
fn a_link_is_there_once_with_its_end_and_where_there_is_no_token_there_is_none() {
    for matter in every_matter() {
        let RenderedEmail { subject, text, html } = render(&message(matter.clone()), &site());
        let expected = usize::from(link_lifetime(&matter).is_some());
        assert_eq!(text.matches("/auth/email-link").count(), expected, "{text}");
        assert_eq!(text.lines().filter(|line| *line == LINK).count(), expected, "{text}");
        assert_eq!(html.matches("/auth/email-link").count(), expected, "{html}");
        assert_eq!(html.matches(&format!("<a class=\"button\" href=\"{LINK}\">")).count(), expected, "{html}");
        assert_eq!(text.contains("The link works once, for "), expected == 1, "{text}");
        assert!(!subject.contains(TOKEN));
        // Nothing is loaded from anywhere, and there is no link but the button.
        assert!(html.matches("href=").count() <= 1 && !html.contains("src=") && !html.contains("url("), "{html}");
    }
}

#[rstest]
#[case(EmailKind::ConfirmSignUp { token: EmailToken::new(TOKEN.to_owned()) }, "one day: until 1 February 2026, 09:05 UTC")]
#[case(EmailKind::ResetPassword { token: EmailToken::new(TOKEN.to_owned()) }, "half an hour: until 31 January 2026, 09:35 UTC")]
#[case(EmailKind::PasswordChanged { first: false, undo: EmailToken::new(TOKEN.to_owned()) }, "seven days: until 7 February 2026, 09:05 UTC")]
fn the_end_of_a_link_is_told(#[case] matter: EmailKind, #[case] end: &str) {
    let rendered = render(&message(matter), &site());
    assert!(rendered.text.contains(end) && rendered.html.contains(end), "{}", rendered.text);
}

#[test]
fn providers_are_called_by_their_labels() {
    let methods = vec![
        SignInMethod::Provider("google".to_owned()),
        SignInMethod::Provider("git-hub".to_owned()),
        SignInMethod::Password,
    ];
    let rendered = render(&message(EmailKind::AlreadyRegistered { methods }), &site());
    assert!(rendered.text.contains("You sign in with Google, GitHub or your password."), "{}", rendered.text);
    let removed = EmailKind::MethodRemoved { provider: "new".to_owned(), account: None, revoked_access: vec![] };
    assert!(render(&message(removed), &site()).subject.starts_with("new was removed"), "a provider that is gone here");
}

#[test]
fn what_is_given_back_is_told_with_the_page_to_make_sure() {
    let removed =
        |revoked_access| EmailKind::MethodRemoved { provider: "google".to_owned(), account: None, revoked_access };
    for (matter, without) in [
        (removed(revoked_access()), removed(vec![])),
        (
            EmailKind::AccountDeleted { revoked_access: revoked_access() },
            EmailKind::AccountDeleted { revoked_access: vec![] },
        ),
    ] {
        let RenderedEmail { text, html, .. } = render(&message(matter), &site());
        assert!(text.contains("Latchkey's access to Google Drive and Google Calendar is given back."), "{text}");
        assert!(text.contains(CONNECTIONS) && html.contains(CONNECTIONS), "{text}");
        let RenderedEmail { text, html, .. } = render(&message(without), &site());
        assert!(!text.contains("given back") && !text.contains(CONNECTIONS) && !html.contains(CONNECTIONS), "{text}");
    }
    // A provider that is switched off here is still told, and has no page that we know.
    let elsewhere = RevokedAccess { provider: "new".to_owned(), sees: vec![Access::Drive] };
    let RenderedEmail { text, .. } =
        render(&message(EmailKind::AccountDeleted { revoked_access: vec![elsewhere] }), &site());
    assert!(text.contains("access to Google Drive is given back.") && !text.contains("connections"), "{text}");
}

#[test]
fn who_had_a_session_ended_is_told_and_led_to_the_others() {
    let RenderedEmail { subject, text, html } = render(&message(EmailKind::TokenReused), &site());
    assert_eq!(subject, "One of your sessions at app.example was ended");
    for said in ["an old key of one of your sessions", "We ended that session", "if it happens often"] {
        assert!(text.contains(said), "{text}");
    }
    assert!(
        text.contains("https://app.example/settings\n") && html.contains("href=\"https://app.example/settings\""),
        "{text}"
    );
}

#[test]
fn a_name_greets_the_owner_and_nobody_else() {
    let greeted = |matter| render(&message(matter), &site()).text.starts_with("Hello Ada Lovelace,");
    assert!(greeted(EmailKind::AccountDeleted { revoked_access: vec![] }));
    assert!(greeted(EmailKind::ResetPassword { token: EmailToken::new(TOKEN.to_owned()) }));
    let to_strangers = [
        EmailKind::ConfirmSignUp { token: EmailToken::new(TOKEN.to_owned()) },
        EmailKind::ConfirmEmailChange { token: EmailToken::new(TOKEN.to_owned()) },
        EmailKind::AlreadyRegistered { methods: Vec::new() },
        EmailKind::EmailTaken,
        EmailKind::NoAccount,
    ];
    for matter in to_strangers {
        let rendered = render(&message(matter), &site());
        assert!(!rendered.text.contains("Ada") && !rendered.html.contains("Ada"), "{}", rendered.text);
    }
}

#[test]
fn nobody_sends_their_own_words_through_us() {
    for matter in with_account(HOSTILE) {
        let RenderedEmail { subject, text, html } = render(&hostile(matter), &site());
        assert!(plain(&subject) && plain(&text) && plain(&html), "{subject}\n{text}");
        for part in [&subject, &text, &html] {
            assert!(!part.contains("evil.example") && !part.contains("Bcc") && !part.contains("click"), "{part}");
        }
        assert!(!html.contains("<a href"), "{html}");
    }
}

#[test]
fn markup_in_a_name_or_a_label_is_text() {
    let mut message = message(EmailKind::MethodRemoved {
        provider: "work".to_owned(),
        account: Some("A & B \"C\"".to_owned()),
        revoked_access: vec![],
    });
    message.name = Some("O'Hara & Söhne".to_owned());
    let rendered = render(&message, &site());
    assert!(rendered.text.starts_with("Hello O'Hara & Söhne,"), "{}", rendered.text);
    assert!(rendered.html.contains("Hello O&#39;Hara &amp; Söhne,"), "{}", rendered.html);
    assert!(rendered.html.contains("A &amp; B &quot;C&quot;") && !rendered.html.contains("A & B"), "{}", rendered.html);
    assert!(rendered.html.contains("R&amp;D &lt;Work&gt; (A"), "{}", rendered.html);
}

#[test]
fn a_token_that_is_none_stays_a_value_of_the_query() {
    let token = EmailToken::new("a b&next=\"><script>\r\n#?/".to_owned());
    let RenderedEmail { text, html, .. } = render(&message(EmailKind::ConfirmSignUp { token }), &site());
    assert!(text.contains("token=a+b%26next%3D%22%3E%3Cscript%3E%0D%0A%23%3F%2F\n"), "{text}");
    assert!(!html.contains("<script"), "{html}");
}

fn rendered() -> RenderedEmail {
    render(&message(EmailKind::ConfirmSignUp { token: EmailToken::new(TOKEN.to_owned()) }), &site())
}

#[test]
fn a_message_has_one_recipient_and_says_that_a_machine_wrote_it() {
    let from = message::sender("Latchkey <no-reply@app.example>").unwrap();
    let at = OffsetDateTime::from_unix_timestamp(1_769_850_300).unwrap();
    let id = Uuid::from_u128(7);
    let envelope = message::envelope(&from, &address("ada@example.com"), rendered(), id, at).unwrap();
    let text = String::from_utf8(envelope.message).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    for line in [
        "From: Latchkey <no-reply@app.example>",
        "To: ada@example.com",
        "Subject: Confirm your e-mail address for app.example",
        "Date: Sat, 31 Jan 2026 09:05:00 +0000",
        "Message-ID: <00000000-0000-0000-0000-000000000007@app.example>",
        "Auto-Submitted: auto-generated",
    ] {
        assert_eq!(head.lines().filter(|found| *found == line).count(), 1, "{line}: {head}");
    }
    assert!(!head.contains("cc:") && body.contains("text/plain") && body.contains("text/html"), "{text}");
    assert_eq!(
        (envelope.from.to_string().as_str(), envelope.to.to_string().as_str()),
        ("no-reply@app.example", "ada@example.com")
    );
}

async fn deliver_to(listener: &TcpListener, patience: Duration) -> (SmtpTransport, Result<(), DeliveryError>) {
    let url = format!("smtp://me:hush@{}", listener.local_addr().unwrap());
    let post = SmtpTransport::with_patience(&url.into(), "no-reply@app.example", patience).unwrap();
    let outcome = post.deliver(&address("ada@example.com"), rendered(), Uuid::nil(), OffsetDateTime::UNIX_EPOCH).await;
    (post, outcome)
}

#[tokio::test]
async fn a_server_that_says_nothing_is_away() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (post, outcome) = deliver_to(&silent, Duration::from_millis(50)).await;
    assert!(matches!(outcome, Err(DeliveryError::Away(_))), "{outcome:?}");
    assert!(post.is_delayed());
}

/// A server of fixed answers: to the greeting, and to each line in turn. Tells what it was told.
async fn answering(listener: TcpListener, answers: &'static [&'static str]) -> Vec<String> {
    let (stream, _) = listener.accept().await.unwrap();
    let (read, mut write) = stream.into_split();
    let (mut lines, mut heard) = (BufReader::new(read).lines(), Vec::new());
    for answer in answers {
        write.write_all(answer.as_bytes()).await.unwrap();
        match lines.next_line().await.unwrap_or_default() {
            Some(line) => heard.push(line),
            None => break,
        }
    }
    heard
}

async fn at(
    answers: &'static [&'static str],
    security: Security,
) -> (SmtpTransport, Result<(), DeliveryError>, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://me:hush@{}", listener.local_addr().unwrap());
    let server = MailServer { security, ..MailServer::parse(&url.into()).unwrap() };
    let post =
        SmtpTransport::to(server, message::sender("no-reply@app.example").unwrap(), Duration::from_secs(10)).unwrap();
    let heard = tokio::spawn(answering(listener, answers));
    let outcome = post.deliver(&address("ada@example.com"), rendered(), Uuid::nil(), OffsetDateTime::UNIX_EPOCH).await;
    (post, outcome, heard.await.unwrap())
}

/// Whoever refuses us refuses every letter: none is given up for that.
#[rstest]
#[case::no_service(&["554 no service here\r\n"])]
#[case::no_password(&["220 hi\r\n", "250-hi\r\n250 AUTH PLAIN\r\n", "535 5.7.8 wrong password for ada@example.com\r\n"])]
#[case::no_authentication(&["220 hi\r\n", "250 hi\r\n"])]
#[case::not_this_sender(&["220 hi\r\n", "250-hi\r\n250 AUTH PLAIN\r\n", "235 welcome\r\n", "550 not from you\r\n"])]
#[tokio::test]
async fn a_server_that_refuses_us_is_away(#[case] answers: &'static [&'static str]) {
    let (post, outcome, _) = at(answers, Security::Loopback).await;
    let error = outcome.unwrap_err();
    assert!(matches!(error, DeliveryError::Away(_)), "{error:?}");
    let shown = format!("{error} {error:?} {post:?}");
    assert!(!shown.contains("hush") && !shown.contains("ada@") && !shown.contains(TOKEN), "{shown}");
    assert!(post.is_delayed());
}

/// What is said of the recipient and of the text is about one letter.
#[rstest]
#[case::greylisted("451 later\r\n", false)]
#[case::no_mailbox("550 5.1.1 <ada@example.com>: nobody\r\n", true)]
#[tokio::test]
async fn a_recipient_that_is_refused_says_nothing_of_the_server(#[case] answer: &'static str, #[case] for_good: bool) {
    let answers = ["220 hi\r\n", "250-hi\r\n250 AUTH PLAIN\r\n", "235 welcome\r\n", "250 yes\r\n", answer];
    let (post, outcome, _) = at(Box::leak(Box::new(answers)), Security::Loopback).await;
    let error = outcome.unwrap_err();
    assert_eq!(matches!(error, DeliveryError::Permanent(_)), for_good, "{error:?}");
    assert_eq!(matches!(error, DeliveryError::Temporary(_)), !for_good, "{error:?}");
    assert!(!error.to_string().contains("ada@") && !post.is_delayed(), "{error}");
}

/// Somebody between us and the server takes the offer of STARTTLS out: no letter and no password passes.
#[rstest]
#[case::not_offered(&["220 hi\r\n", "250-hi\r\n250 AUTH PLAIN\r\n", "235 welcome\r\n"])]
#[case::refused(&["220 hi\r\n", "250-hi\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n", "454 not now\r\n", "235 welcome\r\n"])]
#[tokio::test]
async fn without_tls_nothing_is_said_beyond_loopback(#[case] answers: &'static [&'static str]) {
    let (_, outcome, heard) = at(answers, Security::StartTls).await;
    assert!(matches!(outcome, Err(DeliveryError::Away(_))), "{outcome:?}");
    let allowed = ["EHLO", "STARTTLS", "QUIT"];
    assert!(heard.iter().all(|line| allowed.iter().any(|verb| line.starts_with(verb))), "{heard:?}");
    assert!(!heard.is_empty());
    // Its twin, on loopback, goes on.
    let (_, _, heard) = at(answers, Security::Loopback).await;
    assert!(heard.iter().any(|line| line.starts_with("AUTH PLAIN")), "{heard:?}");
}
