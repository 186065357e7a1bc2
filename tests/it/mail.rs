//! Emails from the queue to the inbox: the store, the delivery worker and the sandbox's mail server, on both engines.

use std::sync::Arc;
use std::time::Duration;

use latchkey::accounts::{Cause, EmailAddress, EmailKind, EmailMessage, EmailToken};
use latchkey::mail::{Site, SmtpTransport, deliver_due, run_delivery};
use latchkey::relying_party::Clock;
use latchkey::sealing::Sealer;
use latchkey::store::Database;
use latchkey_sandbox::{Sandbox, Settings};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::support::database::{Engine, TestDatabase};

const TOKEN: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The queue, what a worker needs, and the mail server.
struct Desk {
    rows: TestDatabase,
    store: Arc<Database>,
    sandbox: Sandbox,
    http: reqwest::Client,
    post: SmtpTransport,
    clock: Clock,
}

impl Desk {
    async fn open(engine: Engine) -> Self {
        let rows = TestDatabase::empty(engine).await;
        let store = Arc::new(rows.open().await);
        let sandbox = Sandbox::start(Settings::default()).await.unwrap();
        let url = sandbox.smtp_url().to_owned();
        let post = SmtpTransport::smtp(&url.into(), "Latchkey <no-reply@app.example>").unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { rows, store, sandbox, http, post, clock: Clock::default() }
    }

    async fn queue(&self, to: &str, kind: EmailKind) {
        let cause =
            Cause { at: self.clock.now(), device: "Firefox on Linux".into(), ip: "192.0.2.1".into(), zone: None };
        let message = EmailMessage { to: EmailAddress::parse(to).unwrap(), name: None, kind, cause };
        self.store.queue_email(None, &message, self.clock.date()).await.unwrap();
    }

    /// One round of a worker on this store.
    async fn round_of(&self, store: &Arc<Database>) {
        let stop = CancellationToken::new();
        deliver_due(store, &self.post, &Arc::new(site()), &self.clock, &stop).await.unwrap();
    }

    async fn round(&self) {
        self.round_of(&self.store).await;
    }

    async fn mail_server(&self, behave: &str) {
        let request = self.http.post(format!("{}/control/mail", self.sandbox.origin()));
        let body = json!({ "behave": behave }).to_string();
        let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }

    async fn inbox(&self) -> Vec<Value> {
        let answer = self.http.get(format!("{}/control/emails", self.sandbox.origin())).send().await.unwrap();
        let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        answer["emails"].as_array().unwrap().clone()
    }

    async fn waiting(&self) -> i64 {
        self.rows.count("outbox").await
    }
}

fn site() -> Site {
    Site { origin: "https://app.example".to_owned(), ..Site::default() }
}

fn sign_up() -> EmailKind {
    EmailKind::ConfirmSignUp { token: EmailToken::new(TOKEN.to_owned()) }
}

#[rstest]
#[tokio::test]
async fn an_email_is_delivered_once_and_deleted(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let desk = Desk::open(engine).await;
    desk.queue("ada@example.com", sign_up()).await;
    assert!(desk.store.oldest_due_email(desk.clock.date()).await.unwrap().is_some());
    desk.round().await;
    desk.round().await;
    let inbox = desk.inbox().await;
    assert_eq!(inbox.len(), 1);
    assert_eq!(inbox[0]["to"], json!(["ada@example.com"]));
    assert_eq!(inbox[0]["from"], "Latchkey <no-reply@app.example>");
    assert_eq!(inbox[0]["links"], json!([format!("https://app.example/auth/email-link?token={TOKEN}")]));
    let source = inbox[0]["source"].as_str().unwrap();
    for line in ["Auto-Submitted: auto-generated", "Subject: Confirm your email address for app.example"] {
        assert!(source.contains(line), "{source}");
    }
    assert_eq!(desk.waiting().await, 0);
    assert_eq!(desk.store.oldest_due_email(desk.clock.date()).await.unwrap(), None);
    assert!(!desk.post.is_delayed());
}

#[rstest]
#[tokio::test]
async fn queued_emails_are_encrypted(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let desk = Desk::open(engine).await;
    desk.queue("ada@example.com", sign_up()).await;
    let sealed = desk.rows.text("SELECT sealed FROM outbox").await;
    assert!(!sealed.contains("ada") && !sealed.contains(TOKEN), "{sealed}");
    // It cannot be decrypted in another row.
    desk.queue("grace@navy.example", sign_up()).await;
    desk.rows.execute("UPDATE outbox SET sealed = (SELECT max(sealed) FROM outbox)").await;
    desk.round().await;
    assert_eq!((desk.inbox().await.len(), desk.waiting().await), (1, 1));
}

#[rstest]
#[tokio::test]
async fn emails_wait_while_the_mail_server_is_down(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let desk = Desk::open(engine).await;
    desk.mail_server("refuse_connections").await;
    desk.queue("ada@example.com", sign_up()).await;
    desk.round().await;
    assert!(desk.post.is_delayed());
    assert_eq!(desk.rows.number("SELECT attempts FROM outbox").await, 1);

    desk.mail_server("normal").await;
    desk.clock.advance(10);
    desk.round().await;
    assert_eq!((desk.inbox().await.len(), desk.waiting().await), (0, 1), "not before its time");
    desk.clock.advance(6);
    desk.round().await;
    assert_eq!((desk.inbox().await.len(), desk.waiting().await), (1, 0));
    assert!(!desk.post.is_delayed());
}

#[rstest]
#[tokio::test]
async fn an_unavailable_mail_server_is_tried_once_per_round(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let desk = Desk::open(engine).await;
    desk.mail_server("refuse_connections").await;
    for number in 0..20 {
        desk.queue(&format!("ada{number}@example.com"), sign_up()).await;
    }
    desk.round().await;
    let tried = desk.rows.number("SELECT count(*) FROM outbox WHERE attempts > 0").await;
    assert!((1..=4).contains(&tried), "{tried}");
    desk.mail_server("normal").await;
    desk.clock.advance(HOUR);
    desk.round().await;
    assert_eq!((desk.inbox().await.len(), desk.waiting().await), (20, 0));
}

#[rstest]
#[tokio::test]
async fn retry_later_answers_are_obeyed(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let desk = Desk::open(engine).await;
    desk.mail_server("greylist").await;
    desk.queue("ada@example.com", sign_up()).await;
    desk.round().await;
    assert_eq!((desk.inbox().await.len(), desk.waiting().await), (0, 1));
    assert!(!desk.post.is_delayed(), "one recipient's word is not the server's");
    desk.mail_server("normal").await;
    desk.clock.advance(MINUTE);
    desk.round().await;
    assert_eq!((desk.inbox().await.len(), desk.waiting().await), (1, 0));
}

#[rstest]
#[tokio::test]
async fn an_unknown_recipient_is_given_up(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let desk = Desk::open(engine).await;
    desk.mail_server("reject").await;
    desk.queue("nobody@example.com", sign_up()).await;
    desk.round().await;
    assert_eq!((desk.inbox().await.len(), desk.waiting().await), (0, 0));
}

/// Postfix says so at RCPT, with a code that is no word about the recipient.
#[rstest]
#[tokio::test]
async fn emails_wait_while_the_server_denies_relaying(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let desk = Desk::open(engine).await;
    desk.mail_server("deny_relay").await;
    for number in 0..20 {
        desk.queue(&format!("ada{number}@example.com"), sign_up()).await;
    }
    desk.round().await;
    let tried = desk.rows.number("SELECT count(*) FROM outbox WHERE attempts > 0").await;
    assert!((1..=4).contains(&tried) && desk.post.is_delayed(), "{tried}");
    desk.mail_server("normal").await;
    desk.clock.advance(HOUR);
    desk.round().await;
    assert_eq!((desk.inbox().await.len(), desk.waiting().await), (20, 0));
    assert!(!desk.post.is_delayed());
}

/// An email waits until its deadline and is then given up: its link has expired, or its news is old.
#[rstest]
#[case::reset(EmailKind::ResetPassword { token: EmailToken::new(TOKEN.to_owned()) }, 29 * MINUTE, 31 * MINUTE)]
#[case::sign_up(sign_up(), 23 * HOUR, 25 * HOUR)]
#[case::news(EmailKind::AccountDeleted { revoked_access: Vec::new() }, 71 * HOUR, 73 * HOUR)]
#[case::undo(EmailKind::PasswordChanged { first: true, undo: EmailToken::new(TOKEN.to_owned()) }, 71 * HOUR, 73 * HOUR)]
#[tokio::test]
async fn an_expired_email_is_given_up(#[case] kind: EmailKind, #[case] in_time: i64, #[case] too_late: i64) {
    for (later, arrives) in [(in_time, 1), (too_late, 0)] {
        let desk = Desk::open(Engine::Sqlite).await;
        desk.queue("ada@example.com", kind.clone()).await;
        desk.clock.advance(later);
        desk.round().await;
        assert_eq!((desk.inbox().await.len(), desk.waiting().await), (arrives, 0), "{later}");
    }
}

#[tokio::test]
async fn an_undelivered_email_is_given_up_after_three_days() {
    let desk = Desk::open(Engine::Sqlite).await;
    desk.mail_server("refuse_connections").await;
    desk.queue("ada@example.com", EmailKind::AccountDeleted { revoked_access: Vec::new() }).await;
    let mut rounds = 0;
    while desk.waiting().await > 0 {
        desk.round().await;
        desk.clock.advance(HOUR);
        rounds += 1;
    }
    assert_eq!(rounds, 72, "once an hour, as the clock goes here");
}

#[rstest]
#[tokio::test]
async fn two_workers_deliver_an_email_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let desk = Desk::open(engine).await;
    let other = Arc::new(desk.rows.open().await);
    for number in 0..30 {
        desk.queue(&format!("ada{number}@example.com"), sign_up()).await;
    }
    tokio::join!(desk.round(), desk.round_of(&other), desk.round(), desk.round_of(&other));
    let inbox = desk.inbox().await;
    let mut to: Vec<_> = inbox.iter().map(|message| message["to"][0].as_str().unwrap()).collect();
    to.sort_unstable();
    to.dedup();
    assert_eq!((to.len(), inbox.len(), desk.waiting().await), (30, 30, 0));
}

#[rstest]
#[tokio::test]
async fn delivery_continues_after_a_restart(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let desk = Desk::open(engine).await;
    desk.queue("ada@example.com", sign_up()).await;
    // A server takes the email and dies.
    let taken = desk.store.take_due_emails(desk.clock.date(), Duration::from_secs(60), 4).await.unwrap();
    assert_eq!((taken.len(), taken[0].attempts), (1, 0));
    desk.store.close().await;

    let store = Arc::new(desk.rows.open().await);
    desk.round_of(&store).await;
    assert!(desk.inbox().await.is_empty(), "another server may still be delivering it");
    desk.clock.advance(61);
    desk.round_of(&store).await;
    assert_eq!((desk.inbox().await.len(), desk.waiting().await), (1, 0));
}

#[tokio::test]
async fn an_unacknowledged_email_is_resent_unchanged() {
    let desk = Desk::open(Engine::Sqlite).await;
    desk.mail_server("drop_after_data").await;
    desk.queue("ada@example.com", sign_up()).await;
    desk.round().await;
    assert_eq!((desk.inbox().await.len(), desk.waiting().await), (1, 1));
    desk.mail_server("normal").await;
    desk.clock.advance(MINUTE);
    desk.round().await;
    let inbox = desk.inbox().await;
    let message_id = |message: &Value| {
        let source = message["source"].as_str().unwrap();
        source.lines().find(|line| line.starts_with("Message-ID: ")).unwrap().to_owned()
    };
    assert_eq!((inbox.len(), desk.waiting().await), (2, 0));
    assert_eq!(message_id(&inbox[0]), message_id(&inbox[1]));
}

/// A server that never confirms does not fill its users' inboxes.
#[tokio::test]
async fn an_email_is_sent_three_times_at_most() {
    let desk = Desk::open(Engine::Sqlite).await;
    desk.mail_server("drop_after_data").await;
    desk.queue("ada@example.com", sign_up()).await;
    for _ in 0..10 {
        desk.round().await;
        desk.clock.advance(HOUR);
    }
    assert_eq!((desk.inbox().await.len(), desk.waiting().await), (3, 0));
}

/// The database does not let go of the row: the email is not sent again for that.
#[tokio::test]
async fn an_email_that_the_server_took_is_not_sent_again() {
    let desk = Desk::open(Engine::Sqlite).await;
    desk.queue("ada@example.com", sign_up()).await;
    desk.rows
        .execute("CREATE TRIGGER stuck BEFORE DELETE ON outbox BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
        .await;
    let stop = CancellationToken::new();
    let site = Arc::new(site());
    deliver_due(&desk.store, &desk.post, &site, &desk.clock, &stop).await.unwrap_err();
    desk.clock.advance(HOUR);
    deliver_due(&desk.store, &desk.post, &site, &desk.clock, &stop).await.unwrap_err();
    desk.rows.execute("DROP TRIGGER stuck").await;
    desk.clock.advance(HOUR);
    desk.round().await;
    assert_eq!((desk.inbox().await.len(), desk.waiting().await), (1, 0));
}

#[rstest]
#[tokio::test]
async fn an_unreadable_email_does_not_block_others(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let desk = Desk::open(engine).await;
    for number in 0..10 {
        desk.queue(&format!("old{number}@example.com"), sign_up()).await;
    }
    let new_key = Sealer::new([[8; 32].as_slice()].into_iter(), "database").unwrap();
    let store = Arc::new(Database::connect(&desk.rows.url, new_key).await.unwrap());
    let cause = Cause::default();
    let message =
        EmailMessage { to: EmailAddress::parse("new@example.com").unwrap(), name: None, kind: sign_up(), cause };
    store.queue_email(None, &message, desk.clock.date()).await.unwrap();
    desk.round_of(&store).await;
    assert_eq!((desk.inbox().await.len(), desk.waiting().await), (1, 10));
    // With the key, they are delivered.
    desk.clock.advance(HOUR);
    desk.round().await;
    assert_eq!((desk.inbox().await.len(), desk.waiting().await), (11, 0));
}

#[tokio::test]
async fn an_unreadable_email_is_deleted_in_the_end() {
    let desk = Desk::open(Engine::Sqlite).await;
    desk.queue("ada@example.com", sign_up()).await;
    desk.rows.execute("UPDATE outbox SET sealed = 'AAAA'").await;
    desk.round().await;
    assert_eq!(desk.waiting().await, 1);
    desk.clock.advance(3 * DAY + 1);
    desk.round().await;
    assert_eq!(desk.waiting().await, 0);
}

#[tokio::test]
async fn the_worker_wakes_and_stops() {
    let desk = Desk::open(Engine::Sqlite).await;
    let (mail_wake, stop) = (Arc::new(Notify::new()), CancellationToken::new());
    let worker = tokio::spawn(run_delivery(
        desk.store.clone(),
        desk.post.clone(),
        Arc::new(site()),
        desk.clock.clone(),
        mail_wake.clone(),
        stop.clone(),
    ));
    for number in 0..3 {
        desk.queue(&format!("ada{number}@example.com"), sign_up()).await;
        mail_wake.notify_one();
        let delivered = async { while desk.waiting().await > 0 {} };
        tokio::time::timeout(Duration::from_secs(10), delivered).await.expect("long before the next look");
    }
    assert_eq!(desk.inbox().await.len(), 3);
    stop.cancel();
    worker.await.unwrap();
}

/// What strangers can cause waits for everything else.
#[rstest]
#[tokio::test]
async fn security_notices_go_first(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let desk = Desk::open(engine).await;
    for _ in 0..20 {
        desk.queue("stranger@example.com", EmailKind::NoAccount).await;
    }
    desk.queue("grace@example.com", sign_up()).await;
    desk.queue("ada@example.com", EmailKind::TokenReused).await;
    let mut order = Vec::new();
    for _ in 0..3 {
        let taken = desk.store.take_due_emails(desk.clock.date(), Duration::from_secs(60), 1).await.unwrap();
        order.push(taken[0].message.to.to_string());
    }
    assert_eq!(order, ["ada@example.com", "grace@example.com", "stranger@example.com"]);
    desk.round().await;
    assert_eq!((desk.inbox().await.len(), desk.waiting().await), (19, 3), "the others are leased");
}
