//! The flows of this process, the newest last, within bounds.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    flow::{Flow, Outcome, Visit},
    recording::Recording,
    redactor::Redactor,
    switch::{RecordingMode, Switch},
};
use crate::sealing::{RandomError, random_text};

/// Most flows.
const MAX_FLOWS: usize = 100;
/// Most bytes of all flows together, roughly.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Longest time that a flow is kept, in milliseconds.
const MAX_AGE: i64 = 60 * 60 * 1000;
/// Most requests of one flow.
const MAX_VISITS: usize = 12;

/// Records flows. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Recorder(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    redactor: Redactor,
    switch: Switch,
    flows: Mutex<VecDeque<Kept>>,
}

#[derive(Debug)]
struct Kept {
    key: Option<String>,
    flow: Flow,
    /// Of the flow, roughly.
    bytes: usize,
}

/// A flow in the list.
#[derive(Clone, Debug)]
pub struct Summary {
    pub id: String,
    /// As "Sign-in with Google".
    pub title: String,
    pub outcome: Outcome,
    /// The label of the check that ended it.
    pub stopped_at: Option<&'static str>,
    /// Unix time in milliseconds.
    pub started_at: i64,
    pub took: u64,
}

impl Recorder {
    /// Records whatever begins.
    ///
    /// # Errors
    /// If the system returns no random numbers.
    pub fn new() -> Result<Self, RandomError> {
        Self::with_mode(RecordingMode::Always)
    }

    /// # Errors
    /// If the system returns no random numbers.
    pub fn with_mode(mode: RecordingMode) -> Result<Self, RandomError> {
        let (redactor, switch) = (Redactor::new()?, Switch::new(mode));
        Ok(Self(Arc::new(Shared { redactor, switch, flows: Mutex::default() })))
    }

    /// When requests are recorded.
    pub fn switch(&self) -> &Switch {
        &self.0.switch
    }

    pub(super) fn redactor(&self) -> &Redactor {
        &self.0.redactor
    }

    /// Begins to record a request. `now` is Unix time in milliseconds.
    pub fn begin(&self, request_id: &str, method: &'static str, path: &str, now: i64) -> Recording {
        let path = path.split('?').next().unwrap_or_default().chars().take(200).collect();
        let request_id = request_id.chars().take(64).collect();
        let visit = Visit { request_id, method, path, started_at: now, steps: Vec::new(), dropped: 0 };
        Recording::new(self.clone(), visit)
    }

    /// Adds a request to its flow, or begins one.
    pub(super) fn keep(&self, visit: Visit, key: Option<String>) {
        let now = visit.started_at;
        self.with(|flows| {
            let known = key.as_ref().and_then(|key| flows.iter_mut().find(|kept| kept.key.as_ref() == Some(key)));
            match known {
                Some(kept) if kept.flow.visits.len() < MAX_VISITS => {
                    kept.bytes += visit.size();
                    kept.flow.visits.push(visit);
                }
                Some(_) => {}
                None => {
                    let Ok(id) = random_text::<9>() else { return };
                    let bytes = size_of::<Kept>() + visit.size();
                    flows.push_back(Kept { key, flow: Flow { id, visits: vec![visit] }, bytes });
                }
            }
            trim(flows, now);
        });
    }

    /// The newest first.
    pub fn summaries(&self, now: i64) -> Vec<Summary> {
        self.with(|flows| {
            trim(flows, now);
            flows.iter().rev().map(|kept| summary(&kept.flow)).collect()
        })
    }

    /// By the id of the flow, or of one of its requests in the log.
    pub fn find(&self, id: &str, now: i64) -> Option<Flow> {
        self.with(|flows| {
            trim(flows, now);
            let is_it = |flow: &Flow| flow.id == id || flow.visits.iter().any(|visit| visit.request_id == id);
            flows.iter().rev().find(|kept| is_it(&kept.flow)).map(|kept| kept.flow.clone())
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut VecDeque<Kept>) -> T) -> T {
        work(&mut self.0.flows.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Drops the oldest flows until the rest is within bounds.
fn trim(flows: &mut VecDeque<Kept>, now: i64) {
    flows.retain(|kept| now.saturating_sub(kept.flow.started_at()) < MAX_AGE);
    let mut bytes: usize = flows.iter().map(|kept| kept.bytes).sum();
    while flows.len() > MAX_FLOWS || bytes > MAX_BYTES {
        let Some(oldest) = flows.pop_front() else { return };
        bytes -= oldest.bytes;
    }
}

fn summary(flow: &Flow) -> Summary {
    Summary {
        id: flow.id.clone(),
        title: flow.title(),
        outcome: flow.outcome(),
        stopped_at: flow.failed_check().map(|result| result.check.label()),
        started_at: flow.started_at(),
        took: flow.visits.iter().map(Visit::took).sum(),
    }
}
