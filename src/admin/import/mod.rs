//! `latchkey import`: users of another system, one JSON object per line (`line.rs` has the members).

mod line;
mod tally;

use std::io::{BufRead, Read};

use self::{line::imported_user, tally::Tally};
use super::{error::AdminError, report::Report};
use crate::{
    providers::Provider,
    store::{AuditContext, Database, ImportedUser},
};

/// Bytes of a line at most.
const MAX_LINE: usize = 64 * 1024;
/// Users of one transaction. More are hardly faster, and on SQLite the server's writers wait for it.
const BATCH: usize = 100;

/// What to import, and how.
pub struct Import<'a> {
    pub database: &'a Database,
    pub providers: &'a [Provider],
    /// Change nothing.
    pub dry_run: bool,
    pub audit: &'a AuditContext,
}

impl Import<'_> {
    /// Imports the lines in transactions of a hundred users. An import that was interrupted can be started again: users who
    /// exist are left alone. A line that cannot be imported is in the report, and the others are imported. Returns whether all
    /// were. `progress` is called with the number of each line that was read.
    ///
    /// # Errors
    /// [`AdminError`] if the input cannot be read or the database fails; the transactions before are kept.
    pub async fn run(
        &self,
        mut input: impl BufRead,
        mut progress: impl FnMut(u64),
    ) -> Result<(Report, bool), AdminError> {
        let (mut tally, mut batch, mut number) = (Tally::default(), Vec::with_capacity(BATCH), 0);
        while let Some(line) = next_line(&mut input)? {
            number += 1;
            match line.as_deref().map(|line| imported_user(line, self.providers, self.audit.now)) {
                Some(Ok(None)) => {}
                Some(Ok(Some(user))) => batch.push(user),
                Some(Err(problem)) => tally.failed(number, problem),
                None => tally.failed(number, format!("more than {MAX_LINE} bytes")),
            }
            if batch.len() == BATCH {
                self.settle(&mut batch, &mut tally).await?;
            }
            progress(number);
        }
        self.settle(&mut batch, &mut tally).await?;
        let complete = tally.is_complete();
        Ok((tally.report(self.dry_run), complete))
    }

    async fn settle(&self, batch: &mut Vec<ImportedUser>, tally: &mut Tally) -> Result<(), AdminError> {
        for outcome in self.database.import_users(batch, self.dry_run, self.audit).await? {
            tally.settled(outcome);
        }
        batch.clear();
        Ok(())
    }
}

/// The outer `None` at the end, the inner one for a line that is too long, which is skipped.
fn next_line(input: &mut impl BufRead) -> Result<Option<Option<Vec<u8>>>, AdminError> {
    let mut line = Vec::new();
    let mut is_long = false;
    loop {
        let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
        let read = input.by_ref().take(limit).read_until(b'\n', &mut line);
        let read = read.map_err(|error| AdminError::Refused(format!("the file cannot be read: {error}")))?;
        if read < MAX_LINE || line.ends_with(b"\n") {
            return Ok((read > 0 || is_long).then(|| (!is_long).then_some(line)));
        }
        is_long = true;
        line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<Option<usize>> {
        let mut input = text.as_bytes();
        std::iter::from_fn(|| next_line(&mut input).unwrap()).map(|line| line.map(|line| line.len())).collect()
    }

    #[test]
    fn an_overlong_line_is_skipped_to_its_end() {
        let long = "x".repeat(3 * MAX_LINE);
        let fits = "x".repeat(MAX_LINE - 1);
        assert_eq!(lines(""), []);
        assert_eq!(lines("a\n\nb"), [Some(2), Some(1), Some(1)]);
        assert_eq!(lines(&format!("{fits}\nb")), [Some(MAX_LINE), Some(1)]);
        assert_eq!(lines(&format!("{long}\nb\n")), [None, Some(2)]);
        assert_eq!(lines(&format!("a\n{long}")), [Some(2), None]);
    }
}
