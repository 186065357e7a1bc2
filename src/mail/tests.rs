use std::time::Duration;

use rstest::rstest;
use time::OffsetDateTime;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use uuid::Uuid;

use super::{
    step::{Limits, Step},
    *,
};
use crate::{
    accounts::{Cause, EmailAddress, EmailCode, EmailKind, EmailMessage, EmailToken, RevokedAccess, SignInMethod},
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

fn every_kind() -> Vec<EmailKind> {
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
        EmailKind::SignUpRefused,
        EmailKind::Invitation { token: token() },
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
        EmailKind::SecondFactorAdded { undo: token() },
        EmailKind::SecondFactorReplaced { undo: token() },
        EmailKind::SecondFactorRemoved { undo: token() },
        EmailKind::RecoveryCodesReplaced,
        EmailKind::RecoveryCodeUsed { left: 0 },
        EmailKind::RecoveryCodeUsed { left: 9 },
        EmailKind::PasswordChanged { first: true, undo: token() },
        EmailKind::PasswordChanged { first: false, undo: token() },
        EmailKind::Code { code: EmailCode::from_random([7; 5]) },
        EmailKind::SignInCode { code: EmailCode::from_random([7; 5]) },
        EmailKind::NoSignInCode { methods: methods() },
        EmailKind::NoAccountToSignIn,
        EmailKind::NewDevice { failed: 0, not_me: token() },
        EmailKind::NewDevice { failed: 1, not_me: token() },
        EmailKind::FailedTries { failed: 12 },
        EmailKind::TokenReused,
        EmailKind::AccountAtRisk { provider: "google".to_owned() },
        EmailKind::DataDeleted { provider: "facebook".to_owned(), with_account: true },
        EmailKind::DataDeleted { provider: "facebook".to_owned(), with_account: false },
        EmailKind::AccountDeleted { revoked_access: vec![] },
        EmailKind::AccountDeleted { revoked_access: revoked_access() },
    ]
}

fn message(kind: EmailKind) -> EmailMessage {
    let cause =
        Cause { at: 1_769_850_300, device: "Firefox on Linux".to_owned(), ip: "192.0.2.1".to_owned(), zone: None };
    EmailMessage { to: address("ada@example.com"), name: Some("Ada Lovelace".to_owned()), kind, cause }
}

fn hostile(kind: EmailKind) -> EmailMessage {
    let cause =
        Cause { at: i64::MAX, device: HOSTILE.to_owned(), ip: HOSTILE.to_owned(), zone: Some(HOSTILE.to_owned()) };
    EmailMessage { name: Some(HOSTILE.to_owned()), cause, ..message(kind) }
}

fn plain(text: &str) -> bool {
    !text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}')
}

#[test]
fn every_email_says_what_when_from_where_and_what_to_do() {
    for kind in every_kind() {
        let RenderedEmail { subject, text, html } = render(&message(kind.clone()), &site());
        assert!(!subject.is_empty() && subject.len() < 78 && !subject.contains('\n') && plain(&subject), "{subject}");
        assert!(subject.contains("app.example"), "{subject}");
        for part in [&text, &html.replace("&#39;", "'")] {
            assert!(plain(part), "{part}");
            for said in ["31 January 2026, 09:05 UTC", "Firefox on Linux", "192.0.2.1", "If this wasn't"] {
                assert!(part.contains(said), "{said}: {part}");
            }
        }
    }
}

#[test]
fn codes_have_a_line_of_their_own() {
    let code = EmailCode::from_random([7; 5]);
    for kind in [EmailKind::Code { code: code.clone() }, EmailKind::SignInCode { code: code.clone() }] {
        let RenderedEmail { text, html, .. } = render(&message(kind), &site());
        assert!(text.lines().any(|line| line == code.grouped()), "{text}");
        assert!(html.contains(&format!(">{}</p>", code.grouped())), "{html}");
    }
}

#[test]
fn token_links_appear_with_their_expiry_and_nowhere_else() {
    for kind in every_kind() {
        let RenderedEmail { subject, text, html } = render(&message(kind.clone()), &site());
        let expected = usize::from(kind.link().is_some());
        assert_eq!(text.matches("/auth/email-link").count(), expected, "{text}");
        assert_eq!(text.lines().filter(|line| *line == LINK).count(), expected, "{text}");
        // On the button, and in words below it.
        assert_eq!(html.matches("/auth/email-link").count(), 2 * expected, "{html}");
        assert_eq!(html.matches(&format!("<a class=\"button-link\" href=\"{LINK}\"")).count(), expected, "{html}");
        assert_eq!(text.contains("The link works once and expires in "), expected == 1, "{text}");
        assert!(!subject.contains(TOKEN));
        // No external resources, and no link but the button.
        let outside = html.replace("src=\"cid:mark\"", "");
        assert!(html.matches("href=").count() <= 1 && !outside.contains("src=") && !html.contains("url("), "{html}");
    }
}

#[rstest]
#[case(EmailKind::ConfirmSignUp { token: EmailToken::new(TOKEN.to_owned()) }, "24 hours (1 February 2026, 09:05 UTC)")]
#[case(EmailKind::ResetPassword { token: EmailToken::new(TOKEN.to_owned()) }, "30 minutes (31 January 2026, 09:35 UTC)")]
#[case(EmailKind::Invitation { token: EmailToken::new(TOKEN.to_owned()) }, "seven days (7 February 2026, 09:05 UTC)")]
#[case(EmailKind::PasswordChanged { first: false, undo: EmailToken::new(TOKEN.to_owned()) }, "seven days (7 February 2026, 09:05 UTC)")]
fn emails_say_when_the_link_expires(#[case] kind: EmailKind, #[case] end: &str) {
    let rendered = render(&message(kind), &site());
    assert!(rendered.text.contains(end) && rendered.html.contains(end), "{}", rendered.text);
}

#[test]
fn providers_appear_with_their_labels() {
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
fn revoked_access_is_listed_with_the_providers_page() {
    let removed =
        |revoked_access| EmailKind::MethodRemoved { provider: "google".to_owned(), account: None, revoked_access };
    for (kind, without) in [
        (removed(revoked_access()), removed(vec![])),
        (
            EmailKind::AccountDeleted { revoked_access: revoked_access() },
            EmailKind::AccountDeleted { revoked_access: vec![] },
        ),
    ] {
        let RenderedEmail { text, html, .. } = render(&message(kind), &site());
        assert!(text.contains("Latchkey's access to Google Drive and Google Calendar will be revoked."), "{text}");
        assert!(text.contains(CONNECTIONS) && html.contains(CONNECTIONS), "{text}");
        let RenderedEmail { text, html, .. } = render(&message(without), &site());
        assert!(!text.contains("revoked") && !text.contains(CONNECTIONS) && !html.contains(CONNECTIONS), "{text}");
    }
    // A provider that is disabled here is still listed, without a page.
    let elsewhere = RevokedAccess { provider: "new".to_owned(), sees: vec![Access::Drive] };
    let RenderedEmail { text, .. } =
        render(&message(EmailKind::AccountDeleted { revoked_access: vec![elsewhere] }), &site());
    assert!(text.contains("access to Google Drive will be revoked.") && !text.contains("connections"), "{text}");
}

#[test]
fn token_reuse_email_points_to_the_sessions() {
    let RenderedEmail { subject, text, html } = render(&message(EmailKind::TokenReused), &site());
    assert_eq!(subject, "One of your sessions at app.example was ended");
    for said in ["A used sign-in token from one of your sessions", "We ended that session", "If it happens often"] {
        assert!(text.contains(said), "{text}");
    }
    assert!(
        text.contains("https://app.example/settings/security\n")
            && html.contains("href=\"https://app.example/settings/security\""),
        "{text}"
    );
}

#[test]
fn strangers_are_not_greeted_by_name() {
    let greeted = |kind| render(&message(kind), &site()).text.starts_with("Hello Ada Lovelace,");
    assert!(greeted(EmailKind::AccountDeleted { revoked_access: vec![] }));
    assert!(greeted(EmailKind::ResetPassword { token: EmailToken::new(TOKEN.to_owned()) }));
    let to_strangers = [
        EmailKind::ConfirmSignUp { token: EmailToken::new(TOKEN.to_owned()) },
        EmailKind::ConfirmEmailChange { token: EmailToken::new(TOKEN.to_owned()) },
        EmailKind::AlreadyRegistered { methods: Vec::new() },
        EmailKind::SignUpRefused,
        EmailKind::Invitation { token: EmailToken::new(TOKEN.to_owned()) },
        EmailKind::EmailTaken,
        EmailKind::NoAccount,
    ];
    for kind in to_strangers {
        let rendered = render(&message(kind), &site());
        assert!(!rendered.text.contains("Ada") && !rendered.html.contains("Ada"), "{}", rendered.text);
    }
}

#[test]
fn attackers_cannot_send_their_own_words() {
    for kind in with_account(HOSTILE) {
        let RenderedEmail { subject, text, html } = render(&hostile(kind), &site());
        assert!(plain(&subject) && plain(&text) && plain(&html), "{subject}\n{text}");
        for part in [&subject, &text, &html] {
            assert!(!part.contains("evil.example") && !part.contains("Bcc") && !part.contains("click"), "{part}");
        }
        assert!(!html.contains("https://evil"), "{html}");
    }
}

#[test]
fn markup_in_names_and_labels_is_escaped() {
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
fn a_malformed_token_stays_one_query_value() {
    let token = EmailToken::new("a b&next=\"><script>\r\n#?/".to_owned());
    let RenderedEmail { text, html, .. } = render(&message(EmailKind::ConfirmSignUp { token }), &site());
    assert!(text.contains("token=a%20b%26next%3D%22%3E%3Cscript%3E%0D%0A%23%3F%2F\n"), "{text}");
    assert!(!html.contains("<script"), "{html}");
}

fn rendered() -> RenderedEmail {
    render(&message(EmailKind::ConfirmSignUp { token: EmailToken::new(TOKEN.to_owned()) }), &site())
}

#[test]
fn messages_have_one_recipient_and_are_auto_submitted() {
    let from = message::sender("Latchkey <no-reply@app.example>").unwrap();
    let at = OffsetDateTime::from_unix_timestamp(1_769_850_300).unwrap();
    let id = Uuid::from_u128(7);
    let envelope = message::envelope(&from, &address("ada@example.com"), rendered(), id, at).unwrap();
    let text = String::from_utf8(envelope.message).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    for line in [
        "From: Latchkey <no-reply@app.example>",
        "To: <ada@example.com>",
        "Subject: Confirm your email address for app.example",
        "Date: Sat, 31 Jan 2026 09:05:00 +0000",
        "Message-ID: <00000000-0000-0000-0000-000000000007@app.example>",
        "Auto-Submitted: auto-generated",
    ] {
        assert_eq!(head.lines().filter(|found| *found == line).count(), 1, "{line}: {head}");
    }
    assert!(!head.contains("cc:") && body.contains("text/plain") && body.contains("text/html"), "{text}");
    // The mark belongs to the HTML, inside the alternative to the text.
    let places = ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"];
    let places = places.map(|part| text.find(part).unwrap_or_else(|| panic!("{part}: {text}")));
    assert!(places.is_sorted() && body.contains("Content-ID: <mark>") && body.contains("inline"), "{text}");
    assert_eq!(envelope.to.to_string(), "ada@example.com");
}

const NEVER: Duration = Duration::from_secs(3600);

fn limits(command: Duration, text: Duration) -> Limits {
    Limits { connect: NEVER, command, data: NEVER, text }
}

fn transport(listener: &TcpListener, security: Security, limits: Limits) -> SmtpTransport {
    let url = format!("smtp://me:hush@{}", listener.local_addr().unwrap());
    let server = MailServer { security, ..MailServer::parse(&url.into()).unwrap() };
    SmtpTransport::to(server, message::sender("no-reply@app.example").unwrap(), limits).unwrap()
}

async fn deliver(transport: &SmtpTransport) -> Result<(), DeliveryError> {
    transport.deliver(&address("ada@example.com"), rendered(), Uuid::nil(), OffsetDateTime::UNIX_EPOCH).await
}

#[tokio::test]
async fn a_silent_server_counts_as_unavailable() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let transport = transport(&silent, Security::Loopback, limits(Duration::from_millis(50), NEVER));
    let outcome = deliver(&transport).await;
    assert!(matches!(outcome, Err(DeliveryError::Server(_))), "{outcome:?}");
    assert!(transport.is_delayed());
}

#[test]
fn each_step_may_take_as_long_as_rfc_5321_allows() {
    let minutes = |step| Limits::DELIVERY.of(step).as_secs() / 60;
    for (step, least) in [
        (Step::Connect, 5),
        (Step::StartTls, 5),
        (Step::Auth, 5),
        (Step::Mail, 5),
        (Step::Rcpt, 5),
        (Step::Data, 2),
        (Step::Text, 10),
    ] {
        assert!(minutes(step) >= least, "{step}");
    }
}

/// The server has the whole text: it may have taken the email.
#[rstest]
#[case::silent(Duration::from_millis(50))]
#[case::closed(NEVER)]
#[tokio::test]
async fn an_email_without_a_final_reply_is_unconfirmed(#[case] limit: Duration) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let transport = transport(&listener, Security::Loopback, limits(NEVER, limit));
    let server = async {
        let (stream, received) = conversation(&listener, &ACCEPTING[..6]).await;
        // Silent as long as the stream lives.
        ((limit != NEVER).then_some(stream), received)
    };
    let (outcome, _) = tokio::join!(deliver(&transport), server);
    assert!(matches!(outcome, Err(DeliveryError::Unconfirmed(_))), "{outcome:?}");
}

/// The row of an email stays in the queue while the database does not answer.
#[tokio::test]
async fn an_email_that_the_server_took_is_not_submitted_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let transport = transport(&listener, Security::Loopback, limits(NEVER, NEVER));
    for _ in 0..2 {
        let (outcome, _) = tokio::join!(deliver(&transport), conversation(&listener, &ACCEPTING));
        assert_eq!(outcome, Ok(()));
        // No one answers now.
        assert_eq!(deliver(&transport).await, Ok(()));
        transport.forget(Uuid::nil());
    }
}

/// Over one connection, until the server has had enough of it.
#[tokio::test]
async fn emails_of_a_round_share_a_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let transport = transport(&listener, Security::Loopback, limits(NEVER, NEVER));
    let round = transport.round();
    let deliver = async |number: u128| {
        let id = Uuid::from_u128(number);
        round.deliver(&address("ada@example.com"), rendered(), id, OffsetDateTime::UNIX_EPOCH).await
    };
    // The answers to one more MAIL, RCPT, DATA and text; then the server is tired.
    let two_emails = [&ACCEPTING[..], &ACCEPTING[3..], &["421 enough\r\n"]].concat();
    let server = async {
        let (first, commands) = conversation(&listener, &two_emails).await;
        drop(first);
        (commands, conversation(&listener, &ACCEPTING).await)
    };
    let client = async {
        for number in 1..=3 {
            assert_eq!(deliver(number).await, Ok(()), "{number}");
        }
        round.clone().end().await;
    };
    let ((commands, (_, second)), ()) = tokio::join!(server, client);
    let count = |commands: &[String], name: &str| commands.iter().filter(|line| line.starts_with(name)).count();
    assert_eq!(
        (count(&commands, "EHLO"), count(&commands, "AUTH"), count(&commands, "RCPT")),
        (1, 1, 2),
        "{commands:?}"
    );
    assert_eq!((count(&second, "EHLO"), count(&second, "RCPT")), (1, 1), "{second:?}");
    assert!(!transport.is_delayed());
}

const NOBODY: &str = "550 5.1.1 nobody\r\n";

/// One wrong address costs the other emails no connection, unless the server wants a new one.
#[rstest]
#[case::goes_on("250 reset\r\n", 1)]
#[case::has_had_enough("421 too many errors\r\n", 2)]
#[tokio::test]
async fn after_a_rejected_recipient_the_connection_is_used_again(#[case] reset: &str, #[case] connections: usize) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let transport = transport(&listener, Security::Loopback, limits(NEVER, NEVER));
    let round = transport.round();
    let deliver = async |number: u128| {
        let id = Uuid::from_u128(number);
        round.deliver(&address("ada@example.com"), rendered(), id, OffsetDateTime::UNIX_EPOCH).await
    };
    let server = async {
        // A connection that has been told to go away gets no further answers.
        let after = if connections == 1 { &ACCEPTING[3..] } else { &[] };
        let (first, commands) = conversation(&listener, &[&ACCEPTING[..4], &[NOBODY, reset], after].concat()).await;
        drop(first);
        let second = if connections == 1 { Vec::new() } else { conversation(&listener, &ACCEPTING).await.1 };
        (commands, second)
    };
    let client = async {
        assert!(matches!(deliver(1).await, Err(DeliveryError::Permanent(_))));
        assert_eq!(deliver(2).await, Ok(()));
        round.clone().end().await;
    };
    let ((first, second), ()) = tokio::join!(server, client);
    assert!(first.iter().any(|line| line == "RSET"), "{first:?}");
    let texts = |commands: &[String]| commands.iter().filter(|line| line.as_str() == "DATA").count();
    assert_eq!((texts(&first), texts(&second)), if connections == 1 { (1, 0) } else { (0, 1) });
    assert!(!transport.is_delayed());
}

/// Answers to the connection, EHLO, AUTH, MAIL, RCPT, DATA, and to the text.
const ACCEPTING: [&str; 7] = [
    "220 hi\r\n",
    "250-hi\r\n250 AUTH PLAIN\r\n",
    "235 welcome\r\n",
    "250 yes\r\n",
    "250 yes\r\n",
    "354 go on\r\n",
    "250 taken\r\n",
];

/// A server with fixed answers: to the connection, and to each command in turn; the text is one command. Returns its
/// stream and the first lines of what it received.
async fn conversation(listener: &TcpListener, answers: &[&str]) -> (TcpStream, Vec<String>) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut received = Vec::new();
    for answer in answers {
        stream.write_all(answer.as_bytes()).await.unwrap();
        let end = if answer.starts_with("354") { "\r\n.\r\n" } else { "\r\n" };
        match read_until(&mut stream, end).await {
            Some(command) => received.push(command.lines().next().unwrap_or_default().to_owned()),
            None => break,
        }
    }
    (stream, received)
}

/// `None` at the end of the connection.
async fn read_until(stream: &mut TcpStream, end: &str) -> Option<String> {
    let mut read = Vec::new();
    while !read.ends_with(end.as_bytes()) {
        read.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8_lossy(&read).into_owned())
}

async fn at(answers: &[&str], security: Security) -> (SmtpTransport, Result<(), DeliveryError>, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let transport = transport(&listener, security, limits(NEVER, NEVER));
    let server = async { conversation(&listener, answers).await.1 };
    let (outcome, received) = tokio::join!(deliver(&transport), server);
    (transport, outcome, received)
}

/// The first of [`ACCEPTING`], then another answer.
fn answering(accepted: usize, answer: &'static str) -> Vec<&'static str> {
    [&ACCEPTING[..accepted], &[answer]].concat()
}

/// A server that rejects us rejects every email: none is given up for that.
#[rstest]
#[case::no_service(&["554 no service here\r\n"])]
#[case::no_password(&["220 hi\r\n", "250-hi\r\n250 AUTH PLAIN\r\n", "535 5.7.8 wrong password for ada@example.com\r\n"])]
#[case::no_authentication(&["220 hi\r\n", "250 hi\r\n"])]
#[case::not_this_sender(&["220 hi\r\n", "250-hi\r\n250 AUTH PLAIN\r\n", "235 welcome\r\n", "550 not from you\r\n"])]
#[tokio::test]
async fn a_server_that_rejects_us_counts_as_unavailable(#[case] answers: &'static [&'static str]) {
    let (transport, outcome, _) = at(answers, Security::Loopback).await;
    let error = outcome.unwrap_err();
    assert!(matches!(error, DeliveryError::Server(_)), "{error:?}");
    let shown = format!("{error} {error:?} {transport:?}");
    assert!(!shown.contains("hush") && !shown.contains("ada@") && !shown.contains(TOKEN), "{shown}");
    assert!(transport.is_delayed());
}

const RCPT: usize = 4;
const DATA: usize = 5;
const TEXT: usize = 6;

/// Errors about the recipient and the text concern one email.
#[rstest]
#[case::greylisted(RCPT, "451 later\r\n", false)]
#[case::no_mailbox(RCPT, "550 5.1.1 <ada@example.com>: nobody\r\n", true)]
#[case::full(TEXT, "552 5.2.2 full\r\n", true)]
#[case::unclear(RCPT, "550 5.4.1 access denied\r\n", false)]
#[tokio::test]
async fn a_rejected_recipient_does_not_delay_other_emails(
    #[case] step: usize,
    #[case] answer: &'static str,
    #[case] for_good: bool,
) {
    let (transport, outcome, _) = at(&answering(step, answer), Security::Loopback).await;
    let error = outcome.unwrap_err();
    assert_eq!(matches!(error, DeliveryError::Permanent(_)), for_good, "{error:?}");
    assert_eq!(matches!(error, DeliveryError::Temporary(_)), !for_good, "{error:?}");
    assert!(!error.to_string().contains("ada@") && !transport.is_delayed(), "{error}");
}

/// They are about us, although they come late: no email is lost for them.
#[rstest]
#[case::relaying(RCPT, "554 5.7.1 <ada@example.com>: Relay access denied\r\n", "send as MAIL_FROM")]
#[case::no_code_of_smtp(RCPT, "571 <ada@example.com> not authorised\r\n", "send as MAIL_FROM")]
#[case::quota(RCPT, "550 5.4.5 daily limit\r\n", "sending limit")]
#[case::policy(DATA, "550 5.7.1 policy\r\n", "send as MAIL_FROM")]
#[case::content(TEXT, "554 5.7.1 spam\r\n", "send as MAIL_FROM")]
#[tokio::test]
async fn a_late_rejection_of_us_loses_no_email(
    #[case] step: usize,
    #[case] answer: &'static str,
    #[case] next_step: &str,
) {
    let (transport, outcome, _) = at(&answering(step, answer), Security::Loopback).await;
    let error = outcome.unwrap_err();
    assert!(matches!(&error, DeliveryError::Policy(_)), "{error:?}");
    let shown = error.to_string();
    assert!(shown.contains(next_step), "{shown}");
    assert!(!shown.contains("ada@") && transport.is_delayed(), "{shown}");
}

async fn checked(url: &str, answers: &[&str]) -> (Result<(), ServerError>, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = url.replace("PORT", &listener.local_addr().unwrap().port().to_string());
    let transport = SmtpTransport::smtp(&url.into(), "no-reply@app.example").unwrap();
    let server = async { conversation(&listener, answers).await.1 };
    tokio::join!(transport.check_up(), server)
}

#[tokio::test]
async fn a_checkup_authenticates_and_sends_nothing() {
    let answers = [&ACCEPTING[..4], &["221 bye\r\n"]].concat();
    let (outcome, received) = checked("smtp://me:hush@127.0.0.1:PORT", &answers).await;
    assert_eq!(outcome, Ok(()));
    let verbs: Vec<_> = received.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(verbs, ["EHLO", "AUTH", "MAIL", "QUIT"]);
}

const WITH_PASSWORD: &str = "smtp://me:hush@127.0.0.1:PORT";

#[rstest]
#[case::wrong_password(WITH_PASSWORD, answering(2, "535 5.7.8 no\r\n"), "the user and the password")]
#[case::no_password("smtp://127.0.0.1:PORT", vec!["220 hi\r\n", "250 hi\r\n", "530 5.7.0 no\r\n"], "put a user")]
#[case::sender(WITH_PASSWORD, answering(3, "553 5.7.1 not yours\r\n"), "send as MAIL_FROM")]
#[case::no_tls("smtps://127.0.0.1:PORT", vec!["220 hi\r\n"], "begins without TLS: write smtp://")]
#[tokio::test]
async fn a_checkup_says_what_to_do(#[case] url: &str, #[case] answers: Vec<&str>, #[case] next_step: &str) {
    let error = checked(url, &answers).await.0.unwrap_err();
    assert!(error.next_step.contains(next_step), "{error}");
    assert!(!error.to_string().contains("hush"), "{error}");
}

/// An attacker strips the STARTTLS offer: neither email nor password is sent.
#[rstest]
#[case::not_offered(&["220 hi\r\n", "250-hi\r\n250 AUTH PLAIN\r\n", "235 welcome\r\n"])]
#[case::refused(&["220 hi\r\n", "250-hi\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n", "454 not now\r\n", "235 welcome\r\n"])]
#[tokio::test]
async fn nothing_is_sent_without_tls_except_on_loopback(#[case] answers: &'static [&'static str]) {
    let (_, outcome, received) = at(answers, Security::StartTls).await;
    assert!(matches!(outcome, Err(DeliveryError::Server(_))), "{outcome:?}");
    let allowed = ["EHLO", "STARTTLS", "QUIT"];
    assert!(received.iter().all(|line| allowed.iter().any(|verb| line.starts_with(verb))), "{received:?}");
    assert!(!received.is_empty());
    // Its twin, on loopback, goes on.
    let (_, _, received) = at(answers, Security::Loopback).await;
    assert!(received.iter().any(|line| line.starts_with("AUTH PLAIN")), "{received:?}");
}
