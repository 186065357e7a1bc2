//! Being busy: from a click until the browser has left the page, or until nobody believes in it any more.

use std::time::Duration;

use leptos::prelude::*;

/// After this long without a new page the control is usable again: the person stopped the loading, or the
/// network did.
const GIVES_UP_AFTER: Duration = Duration::from_secs(10);

/// Whether something was asked for and has not come yet.
#[derive(Clone, Copy)]
pub struct Pending(RwSignal<bool>);

impl Pending {
    /// Nothing is asked for yet. A page that comes back from the back-forward cache is as it was left: busy. It wakes.
    pub fn new() -> Self {
        let pending = RwSignal::new(false);
        Effect::new(move |_| {
            window_event_listener_untyped("pageshow", move |_| pending.set(false));
        });
        Self(pending)
    }

    /// Whether it is busy, for what is drawn.
    pub fn get(self) -> bool {
        self.0.get()
    }

    /// Whether it is busy at this moment.
    pub fn is_on(self) -> bool {
        self.0.get_untracked()
    }

    /// Becomes busy.
    pub fn begin(self) {
        self.0.set(true);
        set_timeout(move || self.0.set(false), GIVES_UP_AFTER);
    }
}

impl Default for Pending {
    fn default() -> Self {
        Self::new()
    }
}
