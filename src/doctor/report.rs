//! All findings as text, as JSON and as an exit status.

use std::fmt;

use serde::Serialize;
use serde_json::json;

use super::finding::{Finding, Findings, Verdict};
use crate::relying_party::ProviderCheckup;

const SCHEMA: u32 = 1;
const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Clone, Debug)]
pub struct Report {
    base_url: Option<String>,
    providers: Vec<ProviderEntry>,
    findings: Vec<Finding>,
    unusable: Option<String>,
}

/// An enabled provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProviderEntry {
    pub slug: String,
    pub label: String,
    pub issuer: String,
    /// To be registered in the provider's console.
    pub redirect_uri: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing failed; there may be warnings.
    Ok,
    Failed,
    /// The configuration cannot be read.
    Unusable,
}

/// The number of findings per verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub ok: usize,
    pub hint: usize,
    pub warning: usize,
    pub failure: usize,
}

impl Report {
    pub(super) fn new(base_url: &str) -> Self {
        Self { base_url: Some(base_url.to_owned()), providers: Vec::new(), findings: Vec::new(), unusable: None }
    }

    /// For a configuration that cannot be read; `sentence` says why.
    pub fn unusable(sentence: String) -> Self {
        Self { base_url: None, providers: Vec::new(), findings: Vec::new(), unusable: Some(sentence) }
    }

    pub(super) fn add(&mut self, findings: Findings) {
        self.findings.extend(findings.list);
    }

    pub(super) fn add_provider(&mut self, checkup: &ProviderCheckup) {
        self.providers.push(ProviderEntry {
            slug: checkup.slug.clone(),
            label: checkup.label.clone(),
            issuer: checkup.issuer.clone(),
            redirect_uri: checkup.redirect_uri.clone(),
        });
    }

    /// In the order of the output.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    pub fn outcome(&self) -> Outcome {
        match &self.unusable {
            Some(_) => Outcome::Unusable,
            None if self.counts().failure > 0 => Outcome::Failed,
            None => Outcome::Ok,
        }
    }

    /// 0 when nothing failed, 1 when something failed, 2 when the configuration is unusable.
    pub fn exit_status(&self) -> u8 {
        match self.outcome() {
            Outcome::Ok => 0,
            Outcome::Failed => 1,
            Outcome::Unusable => 2,
        }
    }

    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for finding in &self.findings {
            *match finding.verdict {
                Verdict::Ok => &mut counts.ok,
                Verdict::Hint => &mut counts.hint,
                Verdict::Warning => &mut counts.warning,
                Verdict::Failure => &mut counts.failure,
            } += 1;
        }
        counts
    }

    /// The room's documentation describes the members. Ends with a line break.
    pub fn to_json(&self) -> String {
        let mut findings: Vec<_> = self
            .findings
            .iter()
            .map(|finding| {
                json!({
                    "area": finding.area.as_str(),
                    "provider": finding.area.provider(),
                    "check": finding.check,
                    "verdict": finding.verdict,
                    "message": finding.message,
                    "next": finding.next,
                })
            })
            .collect();
        let mut counts = self.counts();
        if let Some(sentence) = &self.unusable {
            counts.failure += 1;
            findings.push(json!({
                "area": "settings",
                "provider": null,
                "check": "configuration",
                "verdict": Verdict::Failure,
                "message": sentence,
                "next": "correct it, then run `latchkey doctor` again",
            }));
        }
        let report = json!({
            "schema": SCHEMA,
            "version": VERSION,
            "base_url": self.base_url,
            "outcome": self.outcome(),
            "counts": counts,
            "providers": self.providers,
            "findings": findings,
        });
        format!("{report:#}\n")
    }
}

/// One line per finding, and a second one for the next step.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(sentence) = &self.unusable {
            return writeln!(f, "latchkey: {sentence}");
        }
        writeln!(f, "Latchkey {VERSION} at {}", self.base_url.as_deref().unwrap_or_default())?;
        let width = self.findings.iter().map(|finding| finding.check.len()).max().unwrap_or_default();
        let mut area = None;
        for finding in &self.findings {
            if area != Some(&finding.area) {
                area = Some(&finding.area);
                writeln!(f, "\n{}", finding.area.title())?;
            }
            writeln!(f, "  {:<7}  {:<width$}  {}", finding.verdict.as_str(), finding.check, finding.message)?;
            if let Some(next) = &finding.next {
                writeln!(f, "  {:<7}  {:<width$}  next: {next}", "", "")?;
            }
        }
        writeln!(f, "\n{}", summary(self.counts()))
    }
}

fn summary(counts: Counts) -> String {
    let mut summary = match counts.failure {
        0 => "Nothing failed".to_owned(),
        1 => "1 check failed".to_owned(),
        several => format!("{several} checks failed"),
    };
    for (count, one, many) in [(counts.warning, "warning", "warnings"), (counts.hint, "hint", "hints")] {
        if count > 0 {
            summary.push_str(&format!("; {count} {}", if count == 1 { one } else { many }));
        }
    }
    summary.push('.');
    summary
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Area;

    fn report(fill: impl FnOnce(&mut Findings)) -> Report {
        let mut findings = Findings::about(Area::Settings);
        fill(&mut findings);
        let mut report = Report::new("https://app.example");
        report.add(findings);
        report
    }

    #[test]
    fn warnings_do_not_fail_the_report() {
        let fine = report(|findings| {
            findings.ok("a", "fine");
            findings.hint("b", "so so", "look");
            findings.warning("c", "soon", "act");
        });
        assert_eq!((fine.outcome(), fine.exit_status()), (Outcome::Ok, 0));
        let failed = report(|findings| findings.failure("d", "broken", "fix"));
        assert_eq!((failed.outcome(), failed.exit_status()), (Outcome::Failed, 1));
        let unusable = Report::unusable("BASE_URL is not a URL".to_owned());
        assert_eq!((unusable.outcome(), unusable.exit_status()), (Outcome::Unusable, 2));
    }

    #[test]
    fn the_text_is_aligned() {
        let mut report = report(|findings| {
            findings.ok("address", "fine");
            findings.warning("proxies", "soon", "act");
        });
        let mut findings = Findings::about(Area::Provider { slug: "google".to_owned(), label: "Google".to_owned() });
        findings.failure("client", "broken", "fix");
        report.add(findings);
        let expected = format!(
            "Latchkey {VERSION} at https://app.example\n\
             \n\
             Settings\n\
             \x20 ok       address  fine\n\
             \x20 warning  proxies  soon\n\
             \x20                   next: act\n\
             \n\
             Provider Google (google)\n\
             \x20 failure  client   broken\n\
             \x20                   next: fix\n\
             \n\
             1 check failed; 1 warning.\n"
        );
        assert_eq!(report.to_string(), expected);
        assert_eq!(Report::unusable("X is wrong".to_owned()).to_string(), "latchkey: X is wrong\n");
    }

    #[test]
    fn control_characters_are_replaced() {
        let report = report(|findings| findings.ok("a", "one\n\u{1b}[31mtwo"));
        assert!(report.to_string().contains("one  [31mtwo\n"));
    }

    #[test]
    fn the_json_has_the_documented_members() {
        let mut report = report(|findings| findings.ok("a", "fine"));
        let mut findings = Findings::about(Area::Provider { slug: "google".to_owned(), label: "Google".to_owned() });
        findings.failure("client", "broken", "fix");
        report.add(findings);
        let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
        assert_eq!(
            json,
            json!({
                "schema": 1,
                "version": VERSION,
                "base_url": "https://app.example",
                "outcome": "failed",
                "counts": {"ok": 1, "hint": 0, "warning": 0, "failure": 1},
                "providers": [],
                "findings": [
                    {"area": "settings", "provider": null, "check": "a", "verdict": "ok", "message": "fine", "next": null},
                    {"area": "provider", "provider": "google", "check": "client", "verdict": "failure",
                     "message": "broken", "next": "fix"},
                ],
            })
        );
        let unusable = Report::unusable("X is wrong".to_owned()).to_json();
        let unusable: serde_json::Value = serde_json::from_str(&unusable).unwrap();
        assert_eq!(
            (&unusable["outcome"], &unusable["findings"][0]["message"]),
            (&json!("unusable"), &json!("X is wrong"))
        );
        assert_eq!((&unusable["base_url"], &unusable["counts"]["failure"]), (&json!(null), &json!(1)));
    }
}
