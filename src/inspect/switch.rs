//! When requests are recorded: always, or while an administrator has switched it on, for everybody or for one browser.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use crate::sealing::{RandomError, random_text};

/// Whether recording waits to be switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingMode {
    Always,
    OnDemand,
}

/// How long a recording that was switched on lasts, in milliseconds. It ends by itself.
pub const WINDOW: i64 = 10 * 60 * 1000;
/// Most links at once. A further one takes the place of the oldest.
const MAX_LINKS: usize = 10;

/// Of one process.
#[derive(Debug)]
pub struct Switch {
    mode: RecordingMode,
    /// Unix time in milliseconds.
    everyone_until: AtomicI64,
    /// The latest end of a link: a request looks no further than here while there is none.
    links_until: AtomicI64,
    links: Mutex<Vec<Link>>,
}

/// Lets one browser be recorded, which opened it and agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// In the URL before it is accepted, and in a cookie afterwards.
    pub token: String,
    pub is_accepted: bool,
    /// Unix time in milliseconds.
    pub until: i64,
}

/// What is switched on now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchedOn {
    /// Unix time in milliseconds, if everybody is recorded.
    pub everyone_until: Option<i64>,
    pub links: Vec<Link>,
}

impl Switch {
    pub(super) fn new(mode: RecordingMode) -> Self {
        let (everyone_until, links_until) = (AtomicI64::new(i64::MIN), AtomicI64::new(i64::MIN));
        Self { mode, everyone_until, links_until, links: Mutex::default() }
    }

    pub const fn mode(&self) -> RecordingMode {
        self.mode
    }

    /// `token` is called only while some browser may be recorded.
    pub fn is_on<'a>(&self, now: i64, token: impl FnOnce() -> Option<&'a str>) -> bool {
        let may_be_linked = || now < self.links_until.load(Ordering::Relaxed);
        self.mode == RecordingMode::Always
            || now < self.everyone_until.load(Ordering::Relaxed)
            || may_be_linked() && token().is_some_and(|token| self.has(token, true, now))
    }

    /// For [`WINDOW`].
    pub fn record_everyone(&self, now: i64) {
        self.everyone_until.store(now.saturating_add(WINDOW), Ordering::Relaxed);
    }

    /// A link that lets one browser be recorded for [`WINDOW`].
    ///
    /// # Errors
    /// Without random numbers.
    pub fn add_link(&self, now: i64) -> Result<(), RandomError> {
        let (token, until) = (random_text::<16>()?, now.saturating_add(WINDOW));
        let mut links = self.links();
        links.retain(|link| now < link.until);
        if links.len() == MAX_LINKS {
            links.remove(0);
        }
        links.push(Link { token, is_accepted: false, until });
        self.links_until.store(until, Ordering::Relaxed);
        Ok(())
    }

    pub fn stop(&self) {
        self.everyone_until.store(i64::MIN, Ordering::Relaxed);
        self.links_until.store(i64::MIN, Ordering::Relaxed);
        self.links().clear();
    }

    /// Whether there is such a link, which a browser has accepted or may still accept.
    pub fn has(&self, token: &str, is_accepted: bool, now: i64) -> bool {
        self.links().iter().any(|link| link.token == token && link.is_accepted == is_accepted && now < link.until)
    }

    /// Returns whether the browser may be recorded: the first that accepts.
    pub fn accept(&self, token: &str, now: i64) -> bool {
        let mut links = self.links();
        let offered = links.iter_mut().find(|link| link.token == token && !link.is_accepted && now < link.until);
        offered.map(|link| link.is_accepted = true).is_some()
    }

    pub fn switched_on(&self, now: i64) -> SwitchedOn {
        let everyone_until = Some(self.everyone_until.load(Ordering::Relaxed)).filter(|until| now < *until);
        SwitchedOn { everyone_until, links: self.links().iter().filter(|link| now < link.until).cloned().collect() }
    }

    fn links(&self) -> MutexGuard<'_, Vec<Link>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(switch: &Switch, now: i64) -> String {
        switch.add_link(now).unwrap();
        switch.switched_on(now).links.pop().unwrap().token
    }

    #[test]
    fn recording_on_demand_ends_by_itself() {
        let (always, switch) = (Switch::new(RecordingMode::Always), Switch::new(RecordingMode::OnDemand));
        assert!(always.is_on(0, || None) && !switch.is_on(0, || None));
        switch.record_everyone(1000);
        for (now, is_on) in [(1000, true), (1000 + WINDOW - 1, true), (1000 + WINDOW, false)] {
            assert_eq!(switch.is_on(now, || None), is_on, "{now}");
            assert_eq!(switch.switched_on(now).everyone_until.is_some(), is_on, "{now}");
        }
        switch.record_everyone(2000);
        switch.stop();
        assert!(!switch.is_on(2000, || None));
    }

    #[test]
    fn a_link_records_the_one_browser_that_accepts_it() {
        let switch = Switch::new(RecordingMode::OnDemand);
        let token = offered(&switch, 0);
        assert!(switch.has(&token, false, 0) && !switch.is_on(0, || Some(&token)), "nobody has agreed yet");
        assert!(!switch.accept("another", 0) && switch.accept(&token, 0));
        assert!(!switch.accept(&token, 0), "a second browser");
        assert!(switch.is_on(WINDOW - 1, || Some(&token)));
        assert!(!switch.is_on(0, || Some("another")) && !switch.is_on(0, || None));
        assert!(!switch.is_on(WINDOW, || Some(&token)));
        switch.stop();
        assert!(!switch.is_on(0, || Some(&token)));
    }

    #[test]
    fn links_are_bounded_and_late_ones_are_not_accepted() {
        let switch = Switch::new(RecordingMode::OnDemand);
        let first = offered(&switch, 0);
        for _ in 0..MAX_LINKS {
            offered(&switch, 0);
        }
        assert_eq!(switch.switched_on(0).links.len(), MAX_LINKS);
        assert!(!switch.accept(&first, 0));
        let late = offered(&switch, 0);
        assert!(!switch.accept(&late, WINDOW));
        assert!(switch.switched_on(WINDOW).links.is_empty());
    }
}
