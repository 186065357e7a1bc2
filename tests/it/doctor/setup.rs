//! A configuration with a sandbox and a database, for the doctor to examine.

use latchkey::{
    config::{Config, Environment},
    doctor::{self, Finding, Report, Verdict},
    relying_party::Clock,
};
use latchkey_sandbox::{GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET, Sandbox, Settings};
use serde_json::{Value, json};

use crate::support::database::{Engine, TestDatabase};

pub const KEY: &str = "bGV0IHRoaXMgYmUgYSBrZXkgb2YgMzIgYnl0ZXMgb3IgbW9yZQ==";

pub struct Setup {
    pub sandbox: Sandbox,
    pub database: TestDatabase,
    pub clock: Clock,
}

impl Setup {
    /// A migrated database and a provider that works.
    pub async fn healthy(engine: Engine) -> Self {
        let database = TestDatabase::empty(engine).await;
        database.open().await.close().await;
        let sandbox = Sandbox::start(Settings::default()).await.expect("the sandbox starts");
        Self { sandbox, database, clock: Clock::default() }
    }

    pub fn settings(&self) -> Vec<(String, String)> {
        let issuer = self.sandbox.google_issuer();
        [
            ("BASE_URL", "http://localhost:3000"),
            ("SECRET_KEY", KEY),
            ("DATABASE_URL", self.database.url.as_str()),
            ("GOOGLE_CLIENT_ID", GOOGLE_CLIENT_ID),
            ("GOOGLE_CLIENT_SECRET", GOOGLE_CLIENT_SECRET),
            ("GOOGLE_ISSUER", issuer.as_str()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    pub async fn examine(&self) -> Report {
        self.examine_with(&[]).await
    }

    /// Adds or overrides settings. Asserts that no report holds a secret and that each warning has a next step.
    pub async fn examine_with(&self, settings: &[(&str, &str)]) -> Report {
        let more = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let environment: Environment = self.settings().into_iter().chain(more).collect();
        let config = Config::inspect(&environment).expect("the settings can be read");
        let report = doctor::examine(&config, self.clock.clone(), true).await;
        for text in [report.to_string(), report.to_json()] {
            for secret in [KEY, GOOGLE_CLIENT_SECRET, "hush"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
        let has_no_next = |finding: &&Finding| {
            matches!(finding.verdict, Verdict::Warning | Verdict::Failure) && finding.next.is_none()
        };
        assert_eq!(report.findings().iter().find(has_no_next), None);
        report
    }

    /// Makes an endpoint of the sandbox misbehave.
    pub async fn fail_endpoint(&self, endpoint: &str, error: Value) {
        let url = format!("{}/control/google/faults", self.sandbox.origin());
        let fault = json!({ "endpoint": endpoint, "fault": error }).to_string();
        let request = reqwest::Client::new().post(url).header("content-type", "application/json").body(fault);
        let answer = request.send().await.expect("the sandbox answers");
        assert!(answer.status().is_success(), "{answer:?}");
    }
}

/// The only finding of a check.
pub fn finding<'a>(report: &'a Report, check: &str) -> &'a Finding {
    let mut found = report.findings().iter().filter(|finding| finding.check == check);
    let first = found.next().unwrap_or_else(|| panic!("nothing about {check} in\n{report}"));
    assert_eq!(found.next(), None, "two findings about {check}");
    first
}

pub fn verdict(report: &Report, check: &str) -> Verdict {
    finding(report, check).verdict
}
