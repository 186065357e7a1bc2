//! All findings together: as text, as JSON, as an exit status.

use std::fmt;

use serde::Serialize;
use serde_json::json;

use super::finding::{Finding, Findings, Verdict};
use crate::relying_party::ProviderCheckup;

const SCHEMA: u32 = 1;
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What an examination found.
#[derive(Clone, Debug)]
pub struct Report {
    base_url: Option<String>,
    providers: Vec<ProviderEntry>,
    findings: Vec<Finding>,
    unusable: Option<String>,
}

/// A provider that is switched on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProviderEntry {
    /// Its slug.
    pub slug: String,
    /// Its name for people.
    pub label: String,
    /// Its issuer.
    pub issuer: String,
    /// What is to be registered in its console.
    pub redirect_uri: String,
}

/// The verdict on the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing failed.
    Ok,
    /// Something failed.
    Failed,
    /// There is no configuration to look at.
    Unusable,
}

/// How many findings there are of each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// As it should be.
    pub ok: usize,
    /// Worth knowing.
    pub hint: usize,
    /// Will not work for long, or not for everybody.
    pub warning: usize,
    /// Does not work.
    pub failure: usize,
}

impl Report {
    pub(super) fn new(base_url: &str) -> Self {
        Self { base_url: Some(base_url.to_owned()), providers: Vec::new(), findings: Vec::new(), unusable: None }
    }

    /// The report on a configuration that cannot be read; the sentence says why.
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

    /// All findings, in the order in which they are shown.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The verdict on the whole.
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

    /// How many findings there are of each verdict.
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

    /// The report as JSON, as the room's documentation describes it, with a line break at the end.
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
                "next": "correct it and run `latchkey doctor` again",
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

/// For people: one line a finding, under it what to do next.
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
        1 => "1 thing failed".to_owned(),
        several => format!("{several} things failed"),
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
    fn only_a_failure_fails() {
        let fine = report(|findings| {
            findings.ok("a", "fine");
            findings.hint("b", "so so", "look");
            findings.warning("c", "soon", "act");
        });
        assert_eq!((fine.outcome(), fine.exit_status()), (Outcome::Ok, 0));
        let failed = report(|findings| findings.failure("d", "broken", "mend"));
        assert_eq!((failed.outcome(), failed.exit_status()), (Outcome::Failed, 1));
        let unusable = Report::unusable("BASE_URL is not a URL".to_owned());
        assert_eq!((unusable.outcome(), unusable.exit_status()), (Outcome::Unusable, 2));
    }

    #[test]
    fn the_text_is_aligned_one_line_a_finding() {
        let mut report = report(|findings| {
            findings.ok("address", "fine");
            findings.warning("proxies", "soon", "act");
        });
        let mut findings = Findings::about(Area::Provider { slug: "google".to_owned(), label: "Google".to_owned() });
        findings.failure("client", "broken", "mend");
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
             \x20                   next: mend\n\
             \n\
             1 thing failed; 1 warning.\n"
        );
        assert_eq!(report.to_string(), expected);
        assert_eq!(Report::unusable("X is wrong".to_owned()).to_string(), "latchkey: X is wrong\n");
    }

    #[test]
    fn a_line_break_in_a_message_makes_no_second_line() {
        let report = report(|findings| findings.ok("a", "one\n\u{1b}[31mtwo"));
        assert!(report.to_string().contains("one  [31mtwo\n"));
    }

    #[test]
    fn the_json_has_the_documented_members() {
        let mut report = report(|findings| findings.ok("a", "fine"));
        let mut findings = Findings::about(Area::Provider { slug: "google".to_owned(), label: "Google".to_owned() });
        findings.failure("client", "broken", "mend");
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
                     "message": "broken", "next": "mend"},
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
