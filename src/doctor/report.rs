//! All findings, and what they come to: an outcome and an exit status.

use serde::Serialize;

use super::finding::{Finding, Findings, Verdict};
use crate::relying_party::ProviderCheckup;

pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Clone, Debug)]
pub struct Report {
    pub(super) base_url: Option<String>,
    pub(super) providers: Vec<ProviderEntry>,
    pub(super) findings: Vec<Finding>,
    /// Why the configuration cannot be read.
    pub(super) unusable: Option<String>,
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
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::doctor::Area;

    pub(in crate::doctor) fn report(fill: impl FnOnce(&mut Findings)) -> Report {
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
}
