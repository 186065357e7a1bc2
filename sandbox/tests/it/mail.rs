//! The mail server and its inbox, with an independent SMTP client.

use latchkey_sandbox::{Sandbox, SandboxError, Settings};
use lettre::message::{MultiPart, header::ContentType};
use lettre::transport::smtp::Error;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::TestClient;

const LINK: &str = "http://localhost:3000/auth/letter?token=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn smtp_client(client: &TestClient) -> AsyncSmtpTransport<Tokio1Executor> {
    AsyncSmtpTransport::<Tokio1Executor>::from_url(client.sandbox.smtp_url()).unwrap().build()
}

fn message(to: &str) -> Message {
    let html =
        format!("<!doctype html><html><head></head><body><a href=\"{LINK}\">Go</a><script>x</script></body></html>");
    Message::builder()
        .from("Lätchkey <no-reply@app.example>".parse().unwrap())
        .to(to.parse().unwrap())
        .subject("Bestätigen <b>Sie</b>")
        .multipart(MultiPart::alternative_plain_html(format!("Go to\n.hidden\n{LINK}.\n"), html))
        .unwrap()
}

async fn send(client: &TestClient, to: &str) -> Result<(), Error> {
    smtp_client(client).send(message(to)).await.map(drop)
}

async fn emails(client: &TestClient, filter: &str) -> Vec<Value> {
    client.get(&format!("/control/emails{filter}")).await.json()["emails"].as_array().unwrap().clone()
}

#[tokio::test]
async fn mail_server_refuses_to_listen_beyond_loopback() {
    let settings = Settings { smtp_listen: "0.0.0.0:0".parse().unwrap(), ..Settings::default() };
    assert!(matches!(Sandbox::start(settings).await, Err(SandboxError::NotLoopback(_))));
}

#[tokio::test]
async fn email_arrives_as_it_was_sent() {
    let client = TestClient::start().await;
    send(&client, "ada@example.com").await.unwrap();
    send(&client, "grace@navy.example").await.unwrap();
    let of_ada = emails(&client, "?to=Ada@example.com").await;
    assert_eq!(of_ada.len(), 1);
    assert_eq!(of_ada[0]["from"], "Lätchkey <no-reply@app.example>");
    assert_eq!(of_ada[0]["to"], json!(["ada@example.com"]));
    assert_eq!(of_ada[0]["subject"], "Bestätigen <b>Sie</b>");
    assert_eq!(of_ada[0]["links"], json!([LINK]));
    assert!(of_ada[0]["text"].as_str().unwrap().starts_with(&format!("Go to\n.hidden\n{LINK}.")), "{}", of_ada[0]);
    assert!(of_ada[0]["html"].as_str().unwrap().contains("<script>"));
    assert!(of_ada[0]["received_at"].is_i64() && of_ada[0]["source"].as_str().unwrap().contains("\r\nSubject:"));
    let all = emails(&client, "").await;
    assert_eq!(all.iter().map(|email| email["id"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2]);

    client.control("emails/clear", json!({})).await;
    assert!(emails(&client, "").await.is_empty());
    send(&client, "ada@example.com").await.unwrap();
    assert_eq!(emails(&client, "").await[0]["id"], 3, "ids are not reused");
    client.control("reset", json!({})).await;
    assert!(emails(&client, "").await.is_empty());
}

#[tokio::test]
async fn several_emails_share_a_connection() {
    let client = TestClient::start().await;
    let answers = talk(
        &client,
        "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@x.example>\r\nDATA\r\nSubject: 1\r\n\r\n..\r\n.\r\n\
         MAIL FROM:<b@x.example>\r\nRSET\r\nRCPT TO:<a@x.example>\r\nMAIL FROM:<b@x.example>\r\nRCPT TO:<a@x.example>\r\n\
         RCPT TO:<c@x.example>\r\nNOOP\r\nVRFY a\r\nDATA\r\n.\r\nQUIT\r\n",
    )
    .await;
    let codes: Vec<_> = answers.lines().map(|line| &line[..3]).collect();
    let expected = [
        "220", "250", "250", "250", "250", "250", "354", "250", "250", "250", "503", "250", "250", "250", "250", "252",
        "354", "250", "221",
    ];
    assert_eq!(codes, expected, "{answers}");
    let emails = emails(&client, "").await;
    assert_eq!((emails[0]["text"].as_str().unwrap().trim(), emails[0]["from"].as_str().unwrap()), (".", ""));
    assert_eq!((&emails[1]["to"], &emails[1]["from"]), (&json!(["a@x.example", "c@x.example"]), &json!("b@x.example")));
}

#[rstest]
#[case::before_the_greeting("MAIL FROM:<a@x.example>\r\n", "503")]
#[case::before_a_sender("EHLO x\r\nRCPT TO:<a@x.example>\r\n", "503")]
#[case::before_a_recipient("EHLO x\r\nMAIL FROM:<a@x.example>\r\nDATA\r\n", "503")]
#[case::a_second_sender("EHLO x\r\nMAIL FROM:<a@x.example>\r\nMAIL FROM:<a@x.example>\r\n", "503")]
#[case::too_large("EHLO x\r\nMAIL FROM:<a@x.example> SIZE=1048577\r\n", "552")]
#[tokio::test]
async fn commands_out_of_order_are_rejected(#[case] said: &str, #[case] code: &str) {
    let client = TestClient::start().await;
    let answers = talk(&client, &format!("{said}QUIT\r\n")).await;
    let last = answers.lines().rev().nth(1).unwrap();
    assert!(last.starts_with(code), "{answers}");
}

#[tokio::test]
async fn page_in_a_browser_cannot_send_an_email() {
    let client = TestClient::start().await;
    let body = "EHLO x\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<a@x.example>\r\nDATA\r\nx\r\n.\r\n";
    let request = format!("POST / HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nOrigin: x\r\nContent-Length: 9\r\n\r\n{body}");
    let answers = talk(&client, &request).await;
    assert!(answers.lines().last().unwrap().starts_with("421"), "{answers}");
    assert!(emails(&client, "").await.is_empty());
}

#[tokio::test]
async fn oversized_email_is_rejected_and_the_next_is_accepted() {
    let client = TestClient::start().await;
    let large = Message::builder()
        .from("a@x.example".parse().unwrap())
        .to("ada@example.com".parse().unwrap())
        .header(ContentType::TEXT_PLAIN)
        .body("a line of a very long message\n".repeat(40_000))
        .unwrap();
    let error = smtp_client(&client).send(large).await.unwrap_err();
    assert_eq!(error.status().unwrap().to_string(), "552");
    send(&client, "ada@example.com").await.unwrap();
    assert_eq!(emails(&client, "").await.len(), 1);
}

#[rstest]
#[case("greylist", Some("451"), 0)]
#[case("reject", Some("550"), 0)]
#[case("deny_relay", Some("554"), 0)]
#[case("refuse_connections", None, 0)]
#[case("drop_after_data", None, 1)]
#[tokio::test]
async fn mail_server_misbehaves_the_given_number_of_times(
    #[case] behave: &str,
    #[case] code: Option<&str>,
    #[case] kept: usize,
) {
    let client = TestClient::start().await;
    let state = client.control("mail", json!({"behave": behave, "times": 1})).await;
    assert_eq!(state["mail"]["behave"], behave);
    let error = send(&client, "ada@example.com").await.unwrap_err();
    assert_eq!(error.status().map(|code| code.to_string()).as_deref(), code, "{error}");
    assert_eq!(emails(&client, "").await.len(), kept);
    send(&client, "ada@example.com").await.unwrap();
    assert_eq!(emails(&client, "").await.len(), kept + 1);
}

#[tokio::test]
async fn hanging_mail_server_sends_nothing() {
    let client = TestClient::start().await;
    client.control("mail", json!({"behave": "hang", "times": 1})).await;
    let mut silent = connect(&client).await;
    silent.write_all(b"EHLO x\r\nQUIT\r\n").await.unwrap();
    silent.shutdown().await.unwrap();
    let mut said = String::new();
    silent.read_to_string(&mut said).await.unwrap();
    assert_eq!(said, "");
}

#[tokio::test]
async fn invalid_mail_commands_are_rejected() {
    let client = TestClient::start().await;
    for body in [json!({"behave": "dance"}), json!({}), json!({"behave": "hang", "time": 1})] {
        let request = client.request(Method::POST, "/control/mail").header("content-type", "application/json");
        let answer = client.send(request.body(body.to_string())).await;
        assert!(answer.status == 400 && answer.json()["error"].is_string(), "{body}");
    }
    client.control("mail", json!({"behave": "reject"})).await;
    assert!(client.control("mail", json!({"behave": "normal"})).await["mail"].is_null());
    send(&client, "ada@example.com").await.unwrap();
}

#[tokio::test]
async fn inbox_shows_emails_safely() {
    let client = TestClient::start().await;
    assert!(client.get("/").await.body.contains("href=\"/inbox\""));
    assert!(client.get("/inbox").await.body.contains("No emails yet"));
    send(&client, "ada@example.com").await.unwrap();
    send(&client, "grace@navy.example").await.unwrap();
    let inbox = client.get("/inbox").await.body;
    assert!(inbox.find("/inbox/2\"").unwrap() < inbox.find("/inbox/1\"").unwrap(), "the newest first");
    assert!(inbox.contains("Bestätigen &lt;b&gt;Sie&lt;/b&gt;") && !inbox.contains("<b>Sie"), "{inbox}");
    let of_ada = client.get("/inbox?to=ada@example.com").await.body;
    assert!(of_ada.contains("/inbox/1\"") && !of_ada.contains("/inbox/2\""));
    assert!(client.get("/inbox?to=%3Cscript%3E").await.body.contains("No emails to &lt;script&gt;"));
    assert_eq!(client.get("/inbox/7").await.status, 404);

    let page = client.get("/inbox/1").await;
    assert!(page.body.contains(&format!("<a href=\"{LINK}\">{LINK}</a>.")), "{}", page.body);
    assert!(!page.body.contains("<script") && !page.body.contains("target="), "{}", page.body);
    assert!(page.header("content-security-policy").ends_with("; frame-src 'self'"));
    let html = client.get("/inbox/1/html").await;
    assert!(html.body.contains("<head><base target=\"_top\">"), "{}", html.body);
    let policy = html.header("content-security-policy");
    assert!(policy.starts_with("sandbox allow-top-navigation-by-user-activation; default-src 'none'"), "{policy}");
    assert!(!policy.contains("allow-scripts") && !policy.contains("allow-same-origin"), "{policy}");
    assert_eq!(html.header("x-frame-options"), "SAMEORIGIN");
}

async fn connect(client: &TestClient) -> TcpStream {
    TcpStream::connect(client.sandbox.smtp_url().strip_prefix("smtp://").unwrap()).await.unwrap()
}

/// Sends everything at once and returns the replies.
async fn talk(client: &TestClient, said: &str) -> String {
    let mut stream = connect(client).await;
    stream.write_all(said.as_bytes()).await.unwrap();
    let mut answers = String::new();
    drop(stream.read_to_string(&mut answers).await);
    answers
}
