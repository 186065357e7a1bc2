//! The pending state: from a click until the browser leaves the page, or until a timeout.

use std::time::Duration;

use leptos::prelude::*;

/// Then the control is usable again: the person or the network stopped the navigation.
const TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Clone, Copy)]
pub struct Pending(RwSignal<bool>);

impl Pending {
    /// A page restored from the back-forward cache would still be busy, so `pageshow` resets it.
    pub fn new() -> Self {
        let pending = RwSignal::new(false);
        Effect::new(move |_| {
            window_event_listener_untyped("pageshow", move |_| pending.set(false));
        });
        Self(pending)
    }

    /// Reactive.
    pub fn get(self) -> bool {
        self.0.get()
    }

    /// Not reactive.
    pub fn is_on(self) -> bool {
        self.0.get_untracked()
    }

    pub fn begin(self) {
        self.0.set(true);
        set_timeout(move || self.0.set(false), TIMEOUT);
    }
}

impl Default for Pending {
    fn default() -> Self {
        Self::new()
    }
}
