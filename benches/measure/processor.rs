//! The processor time of this process's threads by name. Zero on systems other than Linux.

use std::{collections::BTreeMap, fs, time::Duration};

/// Processor time by the prefix of a thread's name.
#[derive(Clone, Default)]
pub struct Times(BTreeMap<String, Duration>);

impl Times {
    /// The time since `before`.
    pub fn since(&self, before: &Self) -> Self {
        let spent = |(name, time): (&String, &Duration)| {
            (name.clone(), time.saturating_sub(before.0.get(name).copied().unwrap_or_default()))
        };
        Self(self.0.iter().map(spent).collect())
    }

    /// The time of the threads with these prefixes.
    pub fn of(&self, names: &[&str]) -> Duration {
        self.0.iter().filter(|(found, _)| names.iter().any(|name| found.starts_with(name))).map(|(_, time)| *time).sum()
    }

    /// The time of all threads.
    pub fn all(&self) -> Duration {
        self.0.values().sum()
    }
}

/// The times until now.
pub fn times() -> Times {
    let mut times = Times::default();
    for task in fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        let read = |file: &str| fs::read_to_string(task.path().join(file)).unwrap_or_default();
        // Nanoseconds on a processor come first (Documentation/scheduler/sched-stats.rst).
        let nanoseconds = read("schedstat").split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0);
        *times.0.entry(read("comm").trim().to_owned()).or_default() += Duration::from_nanos(nanoseconds);
    }
    times
}
