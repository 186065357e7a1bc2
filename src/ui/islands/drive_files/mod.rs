//! A list of files that follows what one types, grows, and keeps its place on a reload.
//!
//! It speaks the page's own language: it asks for the same addresses that the form and the links lead to, and takes the
//! list out of the pages that come. So there is one way to draw a file, and nothing here knows what a file is.

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

use super::local_time::tell_all;
use answer::{Answer, ask};
use list::{List, State};

/// How long a hand may rest before we take it that it is done typing.
const RESTS_FOR: Duration = Duration::from_millis(250);
/// How long a page may rest before we note where it is. Safari takes a hundred notes in half a minute.
const NOTED_AFTER: Duration = Duration::from_millis(350);

/// Stands around the filter form, the list and what is told of it, as the server drew them.
#[island]
pub fn DriveFiles(
    /// The three.
    children: Children,
) -> impl IntoView {
    let desk = Rc::new(Desk::new());

    let woken = desk.clone();
    Effect::new(move |_| {
        if let Some(list) = List::find() {
            list.wake();
            tell_all(&list.0);
            let scrolled = woken.clone();
            window_event_listener_untyped("scroll", move |_| {
                scrolled.clone().once_it_rests(Restless::Scroll, NOTED_AFTER);
            });
            let woken = woken.clone();
            spawn_local(async move { woken.back_to_place().await });
        }
    });

    let (typing, sending) = (desk.clone(), desk.clone());
    let send = move |submit: SubmitEvent| {
        submit.prevent_default();
        sending.clone().do_it(Wish::Filter);
    };
    let press = move |click: MouseEvent| {
        let target = click.target().and_then(|target| target.dyn_into::<Element>().ok());
        let on = |button| target.as_ref().is_some_and(|target| matches!(target.closest(button), Ok(Some(_))));
        if on(".files-more") && !desk.busy.get() {
            desk.clone().do_it(Wish::More { led: true });
        } else if on(".files-retry") {
            desk.clone().do_it(desk.wish.get());
        }
    };
    view! {
        <div
            class="drive-files"
            on:input=move |_| typing.clone().once_it_rests(Restless::Typing, RESTS_FOR)
            on:submit=send
            on:click=press
        >
            {children()}
        </div>
    }
}

/// What was wished for last, for the button that tries again.
#[derive(Clone, Copy)]
enum Wish {
    /// What the form says.
    Filter,
    /// The next page below those that are there.
    More {
        /// The person asked for it and is led to it; on a reload nobody is led anywhere.
        led: bool,
    },
}

/// What comes in many small steps, of which the last one counts.
#[derive(Clone, Copy)]
enum Restless {
    Typing,
    Scroll,
}

/// What happens at the list, one thing at a time.
struct Desk {
    /// The number of the newest question: an answer to an older one is not for us any more.
    turn: Cell<u32>,
    wish: Cell<Wish>,
    busy: Cell<bool>,
    /// How many pages of the list there are.
    pages: Cell<u32>,
    /// Ends the question that is under way, so that the server and Google need not finish what nobody waits for.
    way_out: RefCell<Option<AbortController>>,
    /// How often something restless happened, of each kind.
    steps: [Cell<u32>; 2],
}

impl Desk {
    fn new() -> Self {
        Self {
            turn: Cell::new(0),
            wish: Cell::new(Wish::Filter),
            busy: Cell::new(false),
            pages: Cell::new(1),
            way_out: RefCell::new(None),
            steps: Default::default(),
        }
    }

    fn do_it(self: Rc<Self>, wish: Wish) {
        spawn_local(async move {
            self.carry_out(wish).await;
        });
    }

    /// Does what belongs to it when no further step came for so long.
    fn once_it_rests(self: Rc<Self>, what: Restless, rest: Duration) {
        let steps = &self.steps[what as usize];
        let step = steps.get() + 1;
        steps.set(step);
        let later = self.clone();
        set_timeout(
            move || match what {
                _ if later.steps[what as usize].get() != step => {}
                Restless::Typing => later.do_it(Wish::Filter),
                Restless::Scroll => later.note_place(),
            },
            rest,
        );
    }

    /// Asks, and puts the answer in its place. False when it did not come to that.
    async fn carry_out(&self, wish: Wish) -> bool {
        let Some(list) = List::find() else { return false };
        let address = match wish {
            Wish::Filter => list.wanted(),
            Wish::More { .. } => list.next(),
        };
        let Some(address) = address else { return false };
        let (turn, way_out) = self.begin(wish);
        match wish {
            Wish::Filter => {
                list.is(State::Looking);
                list.say("Looking…");
            }
            Wish::More { .. } => {
                list.is(State::Growing);
                list.say(&(list.told() + ". Loading more…"));
            }
        }
        let answer = ask(&address, way_out.as_ref()).await;
        if self.turn.get() != turn {
            return false;
        }
        self.busy.set(false);
        list.is(State::Still);
        match answer {
            Answer::Page(page) => {
                match wish {
                    Wish::Filter => {
                        list.exchange(&page);
                        self.pages.set(1);
                        place::keep(Some(&address), 1);
                    }
                    Wish::More { led } => {
                        list.append(&page, led);
                        self.pages.set(self.pages.get() + 1);
                        if led {
                            place::keep(None, self.pages.get());
                        } // else the place that is kept is where we are going
                    }
                }
                list.say(&list.told());
                return true;
            }
            // Signed out meanwhile, say: the page that comes knows what to do.
            Answer::Elsewhere(address) => _ = window().location().assign(&address),
            Answer::FormError(told) => {
                list.is(State::Troubled);
                list.say(&told);
            }
        }
        false
    }

    /// A new turn; what was under way is over.
    fn begin(&self, wish: Wish) -> (u32, Option<AbortController>) {
        self.busy.set(true);
        self.wish.set(wish);
        self.turn.set(self.turn.get() + 1);
        let way_out = AbortController::new().ok();
        if let Some(older) = self.way_out.replace(way_out.clone()) {
            older.abort();
        }
        (self.turn.get(), way_out)
    }

    /// Remembers how far down the person is. While something is under way that would be a place on the way.
    fn note_place(&self) {
        if self.pages.get() > 1 && !self.busy.get() {
            place::keep(None, self.pages.get());
        }
    }

    /// After a reload, or on the way back: loads what was there, and goes to where the person was, unless they went
    /// somewhere meanwhile.
    async fn back_to_place(&self) {
        let Some((pages, down)) = place::kept().filter(|(pages, _)| *pages > 1) else { return };
        let before = place::down();
        for _ in 1..pages {
            if !self.carry_out(Wish::More { led: false }).await {
                return;
            }
        }
        if place::down() == before {
            window().scroll_to_with_x_and_y(0.0, down);
        }
    }
}
