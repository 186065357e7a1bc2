//! `/inspect/{id}`: the walkthrough of one flow. Lanes where there is room, a list on a phone.

use leptos::prelude::*;

use super::{
    frame::{below_the_list, flow_title, page},
    message::message,
    time,
};
use crate::{
    codes::percent::encode,
    ui::{
        markup::{IntoMarkup, Markup},
        view::{EndingView, WalkSectionView, WalkthroughView},
    },
};

#[component]
pub fn WalkthroughPage(view: WalkthroughView) -> impl IntoView {
    let share = format!("/inspect/{}/file", encode(&view.id));
    let tour = view.has_tour.then(|| format!("/inspect/{}/tour", encode(&view.id)));
    let compare = compare_form(view.id.clone(), view.others.clone());
    below_the_list(view! {
        {tour
            .map(|href| {
                view! {
                    <p class="walk-share">
                        <a class="button is-quiet" href=href>
                            "Take the guided tour"
                        </a>
                        <span>"The same in eleven steps, in plain words."</span>
                    </p>
                }
            })}
        {walkthrough(view)}
        {compare}
        <p class="walk-share">
            <a class="button is-quiet" href=share>
                "Save as a file"
            </a>
            <span>"One HTML file without script. Personal data is masked in it, so that you can pass it on."</span>
        </p>
    })
}

fn compare_form(id: String, others: Vec<(String, String)>) -> Option<Markup> {
    if others.is_empty() {
        return None;
    }
    let options: Vec<_> = others.into_iter().map(|(id, label)| view! { <option value=id>{label}</option> }).collect();
    let form = view! {
        <form class="walk-share" method="get" action="/inspect/compare">
            <input type="hidden" name="one" value=id />
            <label for="other">"Compare with"</label>
            <select class="input walk-select" id="other" name="other">
                {options}
            </select>
            <button class="button is-quiet" type="submit">
                "Compare"
            </button>
        </form>
    };
    Some(form.into_markup())
}

/// The same as a document of its own.
#[component]
pub fn WalkthroughFile(view: WalkthroughView) -> impl IntoView {
    view! {
        <main id="main" class="site-main">
            {walkthrough(view)}
        </main>
    }
    .into_markup()
}

fn walkthrough(view: WalkthroughView) -> Markup {
    let WalkthroughView { title, outcome, at, ending, sections, .. } = view;
    let sections: Vec<_> = sections.into_iter().enumerate().map(|(number, it)| section(number, it)).collect();
    let body = view! {
        {ending.map(ended)}
        <div class="walk-lanes" aria-hidden="true">
            <span></span>
            <div>
                <span>"Browser"</span>
                <span>"Latchkey"</span>
                <span>"Provider"</span>
                <span>"Database"</span>
            </div>
            <span></span>
        </div>
        {sections}
    };
    page(flow_title(title, outcome), time(at), body)
}

/// Why it was refused, first of all: most readers come for this.
fn ended(ending: EndingView) -> Markup {
    let EndingView { because, check, advice } = ending;
    let check = check.map(|check| {
        view! {
            <p class="notice-happened">{format!("Stopped at: {}", check.label)}</p>
            <p>{check.asks}</p>
            <dl class="walk-compared">
                <div>
                    <dt>"Expected"</dt>
                    <dd>{check.expected}</dd>
                </div>
                <div>
                    <dt>"Actual"</dt>
                    <dd>{check.actual}</dd>
                </div>
                <div>
                    <dt>"Without this check"</dt>
                    <dd>{check.without}</dd>
                </div>
            </dl>
        }
    });
    view! {
        <section class="notice is-serious walk-ended" aria-label="Why it was refused">
            {check}
            {because.map(|because| view! { <p class="notice-advice">"In the log: " {because}</p> })}
            {advice
                .map(|advice| {
                    view! {
                        <p class="notice-advice">
                            <strong>"What to do: "</strong>
                            {advice}
                        </p>
                    }
                })}
        </section>
    }
    .into_markup()
}

fn section(number: usize, section: WalkSectionView) -> Markup {
    let WalkSectionView { title, request_id, pause, took, messages, dropped } = section;
    let id = format!("request-{}", number + 1);
    let labelled_by = id.clone();
    let messages: Vec<_> = messages.into_iter().map(|it| message(it, took)).collect();
    view! {
        <section class="walk-section" aria-labelledby=labelled_by>
            {pause.map(|pause| view! { <p class="walk-pause">{pause}</p> })}
            <h2 class="walk-request" id=id>
                {format!("{}. {title}", number + 1)}
            </h2>
            <p class="walk-lead">
                {took} " ms, request " <code>{request_id}</code>
            </p>
            <ol class="walk" role="list">
                {messages}
            </ol>
            {(dropped > 0).then(|| view! { <p class="walk-lead">{dropped} " more steps did not fit."</p> })}
        </section>
    }
    .into_markup()
}
