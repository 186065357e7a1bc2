//! The report for programs.

use serde_json::json;

use super::{
    finding::Verdict,
    report::{Report, VERSION},
};

/// Goes up when a member changes its meaning.
const SCHEMA: u32 = 1;

impl Report {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{Area, finding::Findings, report::tests::report};

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
