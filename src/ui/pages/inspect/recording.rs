//! Recording on demand: the administrator's switch, and the question to a visitor.

use leptos::prelude::*;

use super::time;
use crate::ui::{
    components::frame::Frame,
    markup::{IntoMarkup, Markup},
    view::{RecordingLinkView, RecordingView},
};

pub(super) fn recording_switch(view: RecordingView) -> Markup {
    let RecordingView { everyone_until, links } = view;
    let is_on = everyone_until.is_some() || !links.is_empty();
    let state = match everyone_until {
        Some(until) => view! { <p>"Every sign-in is recorded until " {time(until)} "."</p> }.into_markup(),
        None if is_on => view! { <p>"Only browsers with a link are recorded."</p> }.into_markup(),
        None => view! { <p>"Nothing is recorded at present."</p> }.into_markup(),
    };
    let links: Vec<_> = links.into_iter().map(link).collect();
    view! {
        <section class="walk-switch" aria-labelledby="recording">
            <h2 class="walk-request" id="recording">
                "Recording"
            </h2>
            {state}
            {(!links.is_empty()).then(|| view! { <ul class="walk-list">{links}</ul> })}
            <form class="walk-buttons" method="post" action="/inspect/recording">
                <button class="button is-quiet" type="submit" name="of" value="everyone">
                    "Record for ten minutes"
                </button>
                <button class="button is-quiet" type="submit" name="of" value="one_browser">
                    "Make a link for one browser"
                </button>
                {is_on
                    .then(|| {
                        view! {
                            <button class="button is-quiet" type="submit" name="of" value="nobody">
                                "Stop recording"
                            </button>
                        }
                    })}
            </form>
            <p class="walk-note">
                "It ends by itself. A link asks the user who opens it, and then records that browser alone. What you switch on is in \
                 the audit trail."
            </p>
        </section>
    }
    .into_markup()
}

fn link(link: RecordingLinkView) -> Markup {
    let RecordingLinkView { url, until } = link;
    let what = match url {
        Some(url) => view! { <code class="walk-link">{url}</code> }.into_markup(),
        None => view! { "One browser has accepted its link" }.into_markup(),
    };
    view! { <li>{what} ", until " {time(until)}</li> }.into_markup()
}

/// Without script. `action` is where the answer goes.
#[component]
pub fn RecordingOfferPage(action: String) -> impl IntoView {
    view! {
        <Frame narrow=true>
            <h1 class="title">"Record your next sign-in?"</h1>
            <p>
                "An administrator of this site would like to see why your sign-in fails. If you agree, the steps of what you do in \
                 this browser during the next ten minutes are recorded: with your email address and your name, and without \
                 passwords, codes and other secrets. The record is kept in memory for an hour."
            </p>
            <form method="post" action=action>
                <button class="button" type="submit">
                    "Record it, and sign in"
                </button>
            </form>
            <p>
                <a href="/login">"Sign in without a record"</a>
            </p>
        </Frame>
    }
    .into_markup()
}
