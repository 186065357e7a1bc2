//! `latchkey explain-link` on the command line, on both engines: past and simulated decisions, as text and as JSON. It
//! changes nothing.

use std::process::Output;

use crate::support::database::{Engine, TestDatabase};
use latchkey::{
    accounts::{Answer, ClientInfo, Purpose, Reason, SignUp, UserId},
    oidc::AuthenticationClaims,
    providers::{Profile, ProfileEmail},
    store::{Admission, Database, GrantUpdate, SettleOutcome, SettleRequest},
};
use rstest::rstest;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

const ADA: &str = "ada@gmail.com";
const GOOGLE: &str = "https://accounts.google.com";

/// The audit log of a database, made by real decisions an hour apart.
struct Trail {
    test: TestDatabase,
    database: Database,
    hours: u8,
}

impl Trail {
    async fn new(engine: Engine) -> Self {
        let test = TestDatabase::empty(engine).await;
        let database = test.open().await;
        Self { test, database, hours: 0 }
    }

    async fn settle(&mut self, purpose: Purpose, profile: &Profile, session_user: Option<UserId>) -> SettleOutcome {
        self.hours += 1;
        let client = ClientInfo {
            ip: Some([192, 0, 2, 1].into()),
            user_agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into()),
            request_id: Some(format!("request-{}", self.hours)),
            ..ClientInfo::default()
        };
        let now = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap() + Duration::hours(self.hours.into());
        let settle_request = SettleRequest {
            purpose: &purpose,
            profile,
            session_user,
            session: None,
            admission: Admission { sign_up: &SignUp::Open, opened: None, now },
            second_factor: latchkey::accounts::SecondFactorPolicy::Optional,
            client: &client,
            now,
            waiting: None,
            granted: GrantUpdate::None,
        };
        self.database.settle(&settle_request).await.expect("settles")
    }

    async fn sign_in(&mut self, profile: &Profile) -> SettleOutcome {
        self.settle(Purpose::SignIn, profile, None).await
    }

    /// Ada, who signed up with Google.
    async fn with_ada(engine: Engine) -> (Self, UserId) {
        let mut trail = Self::new(engine).await;
        let ada = user_of(&trail.sign_in(&profile("google", "ada", true)).await);
        (trail, ada)
    }

    /// Runs the command with these arguments.
    async fn ask(&self, arguments: &[&str]) -> Output {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_latchkey"));
        command.arg("explain-link").args(arguments).current_dir(std::env::temp_dir()).env_clear().envs([
            ("DATABASE_URL", self.test.url.as_str()),
            ("SECRET_KEY", "bGV0IHRoaXMgYmUgYSBrZXkgb2YgMzIgYnl0ZXMgb3IgbW9yZQ=="),
            ("GOOGLE_CLIENT_ID", "client"),
            ("GOOGLE_CLIENT_SECRET", "hush"),
        ]);
        tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("it ends")
    }

    /// The decisions in the output, the newest first.
    async fn decisions(&self, arguments: &[&str]) -> Vec<Value> {
        let output = self.ask(&[arguments, &["--json"]].concat()).await;
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let json: Value = serde_json::from_slice(&output.stdout).expect("JSON and nothing else");
        assert_eq!(json["schema"], 1);
        json["decisions"].as_array().expect("a list").clone()
    }

    /// The only decision in the output.
    async fn decision(&self, arguments: &[&str]) -> Value {
        let decisions = self.decisions(arguments).await;
        assert_eq!(decisions.len(), 1, "{decisions:?}");
        decisions[0].clone()
    }

    /// Everything that could have changed.
    async fn rows(&self) -> String {
        let mut rows = String::new();
        for table in ["users", "identities", "sessions", "events"] {
            rows += &format!("{table} {} ", self.test.count(table).await);
        }
        rows + &self.test.text("SELECT max(last_used_at) || ' ' || max(linked_at) FROM identities").await
    }
}

/// Ada's email from a provider that is its authority, or has verified it otherwise.
fn profile(provider: &str, subject: &str, authoritative: bool) -> Profile {
    Profile {
        issuer: if provider == "google" { GOOGLE.into() } else { format!("https://{provider}.example") },
        subject: subject.into(),
        provider: provider.into(),
        email: Some(ProfileEmail {
            unverified_email: ADA.into(),
            verified_by_provider: true,
            provider_is_authoritative: authoritative,
        }),
        name: None,
        picture: None,
        authentication: AuthenticationClaims::default(),
    }
}

fn user_of(settled: &SettleOutcome) -> UserId {
    settled.signed_in.as_ref().expect("a signed-in user").user.id
}

fn codes(decision: &Value) -> Vec<&str> {
    decision["reasons"].as_array().expect("a list").iter().map(|reason| reason["code"].as_str().unwrap()).collect()
}

fn text(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("text")
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn explain_tells_the_history_of_a_user(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (mut trail, ada) = Trail::with_ada(engine).await;
    let asked = trail.sign_in(&profile("work", "ada", false)).await;
    assert!(matches!(asked.decision.answer, Answer::Prompt { .. }));
    trail.settle(Purpose::Link { user: ada }, &profile("work", "ada", false), Some(ada)).await;

    let by_address = trail.decisions(&["--user", ADA]).await;
    assert_eq!(by_address, trail.decisions(&["--user", &ada.to_string()]).await);
    let answers: Vec<_> = by_address.iter().map(|decision| decision["answer"]["code"].as_str().unwrap()).collect();
    assert_eq!(answers, ["link", "prompt", "create"]);
    let prompt = &by_address[1];
    assert_eq!(codes(prompt), asked.decision.reasons.iter().map(|reason| reason.code()).collect::<Vec<_>>());
    assert_eq!(prompt["reasons"][0]["sentence"], Reason::IdentityUnknown.sentence());
    assert_eq!(
        [&prompt["purpose"], &prompt["provider"], &prompt["device"], &prompt["ip"], &prompt["at"]],
        ["sign_in", "work", "Firefox on Linux", "192.0.2.1", "2027-01-15T10:00:00Z"]
    );

    let output = trail.ask(&["--user", ADA]).await;
    let words = text(&output);
    for expected in [
        "2027-01-15T11:00:00Z  link by work: link\n",
        "2027-01-15T10:00:00Z  sign_in by work: prompt\n  Nothing changes: the user who owns the email address has to sign in",
        "  because  The identity (issuer and subject) is not linked to a user.\n",
        "  from     Firefox on Linux, 192.0.2.1\n",
        &format!("  user     {ada}\n"),
    ] {
        assert!(words.contains(expected), "{expected}\n{words}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_is_found_by_event_and_request_id(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (mut trail, ada) = Trail::with_ada(engine).await;
    trail.test.execute("UPDATE users SET disabled_at = 1").await;
    let refused = trail.sign_in(&profile("google", "ada", true)).await;
    assert_eq!(refused.decision.answer, Answer::Refuse(Reason::UserDisabled));

    let event = trail.test.text("SELECT id FROM events WHERE outcome = 'refused'").await;
    let decision = trail.decision(&["--event", &event]).await;
    assert_eq!((&decision["answer"]["code"], &decision["request"]), (&"refused".into(), &"request-2".into()));
    assert_eq!(codes(&decision), ["identity_known", "user_disabled"]);
    assert_eq!(decision, trail.decision(&["--event", "request-2"]).await);

    let simulated = trail.decision(&["--provider", "google", "--subject", "ada"]).await;
    assert_eq!(codes(&simulated), ["identity_known", "user_disabled"]);
    assert_eq!(trail.decisions(&["--user", &ada.to_string()]).await.last().unwrap()["answer"]["code"], "create");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_simulated_sign_in_changes_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (mut trail, ada) = Trail::with_ada(engine).await;
    let mut byron = profile("google", "byron", true);
    byron.email = None;
    let byron = user_of(&trail.sign_in(&byron).await).to_string();
    let ada = ada.to_string();
    let before = trail.rows().await;
    let verified = ["--email", ADA, "--verified"];
    let new_by =
        |provider| [&["--provider", provider, "--issuer", "https://new.example"], verified.as_slice()].concat();

    let known = trail.decision(&["--provider", "google", "--subject", "ada"]).await;
    assert_eq!((&known["answer"]["code"], &known["user"]), (&"sign_in".into(), &ada.as_str().into()));
    assert_eq!((&known["at"], &known["event"], &known["device"]), (&Value::Null, &Value::Null, &Value::Null));

    let linked = trail.decision(&[new_by("new").as_slice(), &["--authoritative"]].concat()).await;
    assert_eq!((&linked["answer"]["code"], &linked["user"]), (&"link_without_asking".into(), &ada.as_str().into()));

    let asked = trail.decision(&new_by("new")).await;
    assert_eq!((&asked["answer"]["code"], &asked["user"]), (&"prompt".into(), &ada.as_str().into()));
    assert_eq!(asked["methods"], serde_json::json!(["google"]));

    let unverified = trail.decision(&["--provider", "google", "--email", ADA]).await;
    assert_eq!(unverified["answer"]["code"], "create");
    assert_eq!(codes(&unverified), ["identity_unknown", "email_unverified"]);

    let link = trail.decision(&["--provider", "google", "--subject", "new", "--link-for", &ada]).await;
    assert_eq!((&link["purpose"], &link["answer"]["code"]), (&"link".into(), &"link".into()));
    let elsewhere = trail.decision(&["--provider", "google", "--subject", "ada", "--link-for", &byron]).await;
    assert_eq!(elsewhere["answer"]["code"], "linked_elsewhere");

    let output = trail.ask(&new_by("new")).await;
    assert!(text(&output).starts_with("Simulated  sign_in by new: prompt\n"), "{}", text(&output));
    assert!(text(&output).contains("  methods  google\n"), "{}", text(&output));
    assert_eq!(trail.rows().await, before);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn no_match_and_no_arguments_have_different_exit_statuses(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let trail = Trail::new(engine).await;
    let nobody = "01890a5d-0000-7000-8000-000000000000";
    for nothing in [
        &["--user", "nobody@example.com"][..],
        &["--user", nobody],
        &["--event", nobody],
        &["--event", "' OR 1 = 1 --"],
        &["--provider", "google", "--link-for", nobody],
    ] {
        let output = trail.ask(nothing).await;
        assert_eq!(output.status.code(), Some(1), "{nothing:?} {output:?}");
        let json = trail.ask(&[nothing, &["--json"]].concat()).await;
        assert_eq!(json.status.code(), Some(1), "{nothing:?}");
        let json: Value = serde_json::from_slice(&json.stdout).expect("JSON");
        assert_eq!(json["decisions"], serde_json::json!([]));
    }
    for unusable in [
        &[][..],
        &["--user", ADA, "--event", nobody],
        &["--verified"],
        &["--user", ADA, "--email", ADA],
        &["--event", nobody, "--verified"],
        &["--provider", "google", "--verified"],
        &["--user", "Ada Lovelace"],
        &["--provider", "nowhere"],
        &["--provider", "google", "--subject", ""],
        &["--provider", "google", "--link-for", "ada"],
    ] {
        let output = trail.ask(unusable).await;
        assert_eq!(output.status.code(), Some(2), "{unusable:?} {output:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{unusable:?}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_our_schema_is_left_unchanged(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mut trail = Trail::new(Engine::Sqlite).await;
    trail.test = TestDatabase::empty(engine).await;
    let output = trail.ask(&["--user", ADA]).await;
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    match trail.test.url.strip_prefix("sqlite://") {
        Some(file) => {
            assert!(stderr.contains("does not exist yet") && !std::path::Path::new(file).exists(), "{stderr}")
        }
        None => {
            assert!(stderr.contains("latchkey doctor"), "{stderr}");
            assert_eq!(trail.test.number("SELECT count(*) FROM pg_tables WHERE tablename = 'users'").await, 0);
        }
    }
}
