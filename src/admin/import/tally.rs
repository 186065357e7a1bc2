//! What an import has done so far.

use serde_json::{Value, json};

use super::super::report::Report;
use crate::store::Imported;

/// Failed lines that the report names.
const MAX_NAMED: usize = 100;

/// What was done, or with a dry run would be.
#[derive(Debug, Default)]
pub(super) struct Tally {
    created: u64,
    existing: u64,
    failed: u64,
    /// Line and problem; never a value of the line.
    problems: Vec<(u64, String)>,
}

impl Tally {
    pub(super) fn settled(&mut self, outcome: Imported) {
        match outcome {
            Imported::Created(_) => self.created += 1,
            Imported::Exists(_) => self.existing += 1,
        }
    }

    pub(super) fn failed(&mut self, line: u64, problem: String) {
        self.failed += 1;
        if self.problems.len() < MAX_NAMED {
            self.problems.push((line, problem));
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        self.failed == 0
    }

    pub(super) fn report(self, dry_run: bool) -> Report {
        let Self { created, existing, failed, problems } = self;
        let mut text = match dry_run {
            true => format!("Dry run: {created} would be created, {existing} exist already, {failed} failed.\n"),
            false => format!("{created} created, {existing} existed already, {failed} failed.\n"),
        };
        for (line, problem) in &problems {
            text += &format!("line {line}: {problem}\n");
        }
        let problems = problems.into_iter().map(|(line, problem)| json!({ "line": line, "problem": problem }));
        let json = json!({
            "dry_run": dry_run,
            "created": created,
            "existing": existing,
            "failed": failed,
            "problems": problems.collect::<Vec<Value>>(),
        });
        Report::new(text, json)
    }
}
