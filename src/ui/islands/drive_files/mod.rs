//! A list of files that filters while the person types, loads more pages, and keeps its place on a reload.
//!
//! It fetches the same URLs that the form and the links open, and takes the list from those pages. So files are rendered
//! in one place, on the server.

mod answer;
mod list;
mod place;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use leptos::{
    ev::{MouseEvent, SubmitEvent},
    prelude::*,
    task::spawn_local,
    wasm_bindgen::JsCast,
    web_sys::{AbortController, Element},
};

use super::local_time::localise_all;
use answer::{Answer, ask};
use list::{List, State};

/// Debounce of the filter.
const TYPING_DEBOUNCE: Duration = Duration::from_millis(250);
/// Debounce of storing the scroll position. Safari allows 100 `replaceState` calls in 30 seconds.
const SCROLL_DEBOUNCE: Duration = Duration::from_millis(350);

/// Wraps the filter form, the list and its status.
#[island]
pub fn DriveFiles(children: Children) -> impl IntoView {
    let controller = Rc::new(Controller::new());

    let hydrated = controller.clone();
    Effect::new(move |_| {
        if let Some(list) = List::find() {
            list.hydrate();
            localise_all(&list.0);
            let scrolled = hydrated.clone();
            window_event_listener_untyped("scroll", move |_| {
                scrolled.clone().debounce(Debounced::Scroll, SCROLL_DEBOUNCE);
            });
            let hydrated = hydrated.clone();
            spawn_local(async move { hydrated.restore_place().await });
        }
    });

    let (typing, sending) = (controller.clone(), controller.clone());
    let send = move |submit: SubmitEvent| {
        submit.prevent_default();
        sending.clone().start(Action::Filter);
    };
    let press = move |click: MouseEvent| {
        let target = click.target().and_then(|target| target.dyn_into::<Element>().ok());
        let on = |button| target.as_ref().is_some_and(|target| matches!(target.closest(button), Ok(Some(_))));
        if on(".files-more") && !controller.busy.get() {
            controller.clone().start(Action::More { move_focus: true });
        } else if on(".files-retry") {
            controller.clone().start(controller.action.get());
        }
    };
    view! {
        <div
            class="drive-files"
            on:input=move |_| typing.clone().debounce(Debounced::Typing, TYPING_DEBOUNCE)
            on:submit=send
            on:click=press
        >
            {children()}
        </div>
    }
}

/// The last action, for the retry button.
#[derive(Clone, Copy)]
enum Action {
    /// Apply the filter form.
    Filter,
    /// Append the next page.
    More {
        /// Move the focus to the new files: only if the person asked for them, not on a reload.
        move_focus: bool,
    },
}

/// Debounced events.
#[derive(Clone, Copy)]
enum Debounced {
    Typing,
    Scroll,
}

/// Runs one action at a time.
struct Controller {
    /// The number of the latest request: responses to older ones are ignored.
    turn: Cell<u32>,
    action: Cell<Action>,
    busy: Cell<bool>,
    /// Loaded pages of the list.
    pages: Cell<u32>,
    /// Aborts the running request, so that neither the server nor Google finishes it in vain.
    abort: RefCell<Option<AbortController>>,
    /// Events so far, of each kind.
    steps: [Cell<u32>; 2],
}

impl Controller {
    fn new() -> Self {
        Self {
            turn: Cell::new(0),
            action: Cell::new(Action::Filter),
            busy: Cell::new(false),
            pages: Cell::new(1),
            abort: RefCell::new(None),
            steps: Default::default(),
        }
    }

    fn start(self: Rc<Self>, action: Action) {
        spawn_local(async move {
            self.perform(action).await;
        });
    }

    /// Runs the event's action once no further event came for this long.
    fn debounce(self: Rc<Self>, what: Debounced, delay: Duration) {
        let steps = &self.steps[what as usize];
        let step = steps.get() + 1;
        steps.set(step);
        let later = self.clone();
        set_timeout(
            move || match what {
                _ if later.steps[what as usize].get() != step => {}
                Debounced::Typing => later.start(Action::Filter),
                Debounced::Scroll => later.store_place(),
            },
            delay,
        );
    }

    /// Fetches, and shows the result. False if there is none.
    async fn perform(&self, action: Action) -> bool {
        let Some(list) = List::find() else { return false };
        let url = match action {
            Action::Filter => list.form_url(),
            Action::More { .. } => list.next(),
        };
        let Some(url) = url else { return false };
        let (turn, abort) = self.begin(action);
        match action {
            Action::Filter => {
                list.set_state(State::Loading);
                list.say("Searching…");
            }
            Action::More { .. } => {
                list.set_state(State::Growing);
                list.say(&(list.count() + ". Loading more…"));
            }
        }
        let answer = ask(&url, abort.as_ref()).await;
        if self.turn.get() != turn {
            return false;
        }
        self.busy.set(false);
        list.set_state(State::Still);
        match answer {
            Answer::Page(page) => {
                match action {
                    Action::Filter => {
                        list.replace(&page);
                        self.pages.set(1);
                        place::store(Some(&url), 1);
                    }
                    Action::More { move_focus } => {
                        list.append(&page, move_focus);
                        self.pages.set(self.pages.get() + 1);
                        if move_focus {
                            place::store(None, self.pages.get());
                        } // otherwise the stored place is being restored
                    }
                }
                list.say(&list.count());
                return true;
            }
            // Signed out meanwhile, for example: that page knows what to do.
            Answer::Redirect(url) => _ = window().location().assign(&url),
            Answer::Failed(error) => {
                list.set_state(State::Failed);
                list.say(&error);
            }
        }
        false
    }

    /// Aborts the previous request.
    fn begin(&self, action: Action) -> (u32, Option<AbortController>) {
        self.busy.set(true);
        self.action.set(action);
        self.turn.set(self.turn.get() + 1);
        let abort = AbortController::new().ok();
        if let Some(older) = self.abort.replace(abort.clone()) {
            older.abort();
        }
        (self.turn.get(), abort)
    }

    /// Not while loading: the position is not final then.
    fn store_place(&self) {
        if self.pages.get() > 1 && !self.busy.get() {
            place::store(None, self.pages.get());
        }
    }

    /// After a reload or the back button: loads the same pages and scrolls back, unless the person scrolled meanwhile.
    async fn restore_place(&self) {
        let Some((pages, down)) = place::stored().filter(|(pages, _)| *pages > 1) else { return };
        let before = place::scroll_position();
        for _ in 1..pages {
            if !self.perform(Action::More { move_focus: false }).await {
                return;
            }
        }
        if place::scroll_position() == before {
            window().scroll_to_with_x_and_y(0.0, down);
        }
    }
}
