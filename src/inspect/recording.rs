//! The recording of one request, and how the rooms reach it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use super::{flow::Visit, recorder::Recorder, redactor::Redactor, step::Step};

/// Most steps of one request that are kept.
const MAX_STEPS: usize = 200;

tokio::task_local! {
    static CURRENT: Option<Recording>;
}

/// The recording of one request. It is handed to its recorder when the last handle is dropped, so that work that outlives its
/// request is in it.
#[derive(Clone, Debug)]
pub struct Recording(Arc<Draft>);

#[derive(Debug)]
struct Draft {
    recorder: Recorder,
    started: Instant,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    visit: Visit,
    /// The flow that the request belongs to, by the hash of its state.
    key: Option<String>,
}

impl Recording {
    pub(super) fn new(recorder: Recorder, visit: Visit) -> Self {
        let inner = Mutex::new(Inner { visit, key: None });
        Self(Arc::new(Draft { recorder, started: Instant::now(), inner }))
    }

    /// Adds a step with the time that has passed.
    pub fn add(&self, step: impl FnOnce(&Redactor) -> Step) {
        let step = step(self.0.recorder.redactor());
        let at = u64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.with(|inner| match inner.visit.steps.len() < MAX_STEPS {
            true => inner.visit.steps.push((at, step)),
            false => inner.visit.dropped += 1,
        });
    }

    fn with<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        change(&mut self.0.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let inner = self.inner.get_mut().unwrap_or_else(PoisonError::into_inner);
        let steps = std::mem::take(&mut inner.visit.steps);
        if steps.iter().any(|(_, step)| step.is_telling()) {
            let visit = Visit { steps, ..inner.visit.clone() };
            self.recorder.keep(visit, inner.key.take());
        }
    }
}

/// Adds a step to the recording of this request, if there is one. `step` is not called otherwise.
pub fn record(step: impl FnOnce(&Redactor) -> Step) {
    _ = CURRENT.try_with(|current| {
        if let Some(recording) = current {
            recording.add(step);
        }
    });
}

/// The request belongs to the flow with this id, which is the hash of its state.
pub fn join(flow_id: &str) {
    _ = CURRENT.try_with(|current| {
        if let Some(recording) = current {
            recording.with(|inner| inner.key = Some(flow_id.to_owned()));
        }
    });
}

/// The id of the request, for another one that waits for it; `None` without a recording.
pub fn request_id() -> Option<String> {
    let of = |recording: &Recording| recording.with(|inner| inner.visit.request_id.clone());
    CURRENT.try_with(|current| current.as_ref().map(of)).ok().flatten()
}

/// Runs work with a recording.
pub async fn within<F: Future>(recording: Recording, work: F) -> F::Output {
    CURRENT.scope(Some(recording), work).await
}

/// Work for a task of its own, with the recording of this one.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(CURRENT.try_with(Clone::clone).unwrap_or_default(), work)
}
