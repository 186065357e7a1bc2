//! `/unsent`: a form that was submitted after its session ended. It is sent when the person says so.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        card_page::CardPage,
        form::{PostForm, Submit, hidden},
        frame::Place,
    },
    markup::{IntoMarkup, Markup},
    view::{UNSENT, UnsentFormView, UnsentView},
    wording,
};

#[component]
pub fn UnsentPage() -> Markup {
    drawn(draw)
}

fn draw(UnsentView(form): UnsentView) -> Markup {
    let offered = form.and_then(|form| wording::unsent(form.path).map(|words| offer(form, words)));
    offered.unwrap_or_else(nothing)
}

fn offer(form: UnsentFormView, words: wording::UnsentWords) -> Markup {
    let UnsentFormView { id, path, fields } = form;
    let value = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone());
    let shown = words.fields.iter().filter_map(|(name, label)| value(name).map(|value| (*label, value)));
    let shown: Vec<_> = shown.map(fact).collect();
    let asked = format!("You asked us to {}, but you were no longer signed in. Send it now?", words.asked);
    view! {
        <CardPage title="Not sent yet" heading="This wasn't sent" signed_in=Some(Place::Settings)>
            <div class="prose">
                <p>{asked}</p>
            </div>
            <dl class="facts">{shown}</dl>
            <PostForm action=path>
                {hidden(UNSENT, id)} <Submit text=words.send busy="Sending…" />
            </PostForm>
            <p class="turns">
                <a href=words.page>"Don't send it"</a>
            </p>
        </CardPage>
    }
    .into_markup()
}

fn fact((label, value): (&'static str, String)) -> Markup {
    view! {
        <div>
            <dt>{label}</dt>
            <dd>
                <bdi>{value}</bdi>
            </dd>
        </div>
    }
    .into_markup()
}

fn nothing() -> Markup {
    view! {
        <CardPage title="Nothing to send" heading="Nothing to send" signed_in=Some(Place::Settings)>
            <div class="prose">
                <p>
                    "We keep a form that was submitted after you were signed out for ten minutes. Yours was sent already, or the time is over."
                </p>
            </div>
            <a class="button" href="/settings">
                "Go to settings"
            </a>
        </CardPage>
    }
    .into_markup()
}
