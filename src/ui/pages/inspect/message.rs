//! One message of a walkthrough.

use leptos::prelude::*;

use crate::{
    codes::percent::encode,
    ui::{
        markup::{IntoMarkup, Markup},
        view::{Lane, WalkCheckView, WalkMessageView, WalkParameterView, WalkSourceView, WalkVerdict},
    },
};

/// `took` is the length of the time axis, in milliseconds.
pub(super) fn message(message: WalkMessageView, took: u64) -> Markup {
    let WalkMessageView { from, to, title, words, parameters, checks, lines, cookies, awaited, source, at, until } =
        message;
    let failed = checks.iter().any(|check| check.verdict == WalkVerdict::Refused);
    let lanes = match from == to {
        true => lane(from).to_owned(),
        false => format!("{} → {}", lane(from), lane(to)),
    };
    let arrow = format!("walk-arrow {} from-{} to-{}", direction(from, to), class(from), class(to));
    view! {
        <li class="walk-step" class:is-refused=failed>
            <div class="walk-time">
                <span>{at} " ms"</span>
                {axis(at, until, took)}
            </div>
            <div class="walk-lane" aria-hidden="true">
                <span class=arrow></span>
            </div>
            <div class="walk-card">
                <p class="walk-from-to">{lanes}</p>
                <h3 class="walk-title">{title}</h3>
                {(!words.is_empty()).then(|| view! { <p class="walk-words">{words}</p> })}
                {list(lines)}
                {check_list(checks)}
                {parameter_table(parameters)}
                {list(cookies)}
                {awaited.map(request_link)}
                <p class="walk-source">{source_links(source)}</p>
            </div>
        </li>
    }
    .into_markup()
}

/// Where on the axis of its request the step was, and for how long.
fn axis(at: u64, until: u64, took: u64) -> Markup {
    let share = |part: u64| (part.min(took) * 1000 / took.max(1)).to_string();
    let width = (until.saturating_sub(at) * 1000 / took.max(1)).max(12).to_string();
    view! {
        <svg class="walk-axis" viewBox="0 0 1012 40" preserveAspectRatio="none" aria-hidden="true">
            <rect class="walk-axis-all" x="0" y="14" width="1012" height="12" />
            <rect class="walk-axis-part" x=share(at) y="0" width=width height="40" />
        </svg>
    }
    .into_markup()
}

fn parameter_table(parameters: Vec<WalkParameterView>) -> Option<Markup> {
    if parameters.is_empty() {
        return None;
    }
    let count = match parameters.len() {
        1 => "1 value".to_owned(),
        many => format!("{many} values"),
    };
    let rows: Vec<_> = parameters.into_iter().map(parameter).collect();
    let details = view! {
        <details class="walk-details">
            <summary>{count}</summary>
            <dl class="walk-values">{rows}</dl>
        </details>
    };
    Some(details.into_markup())
}

fn parameter(parameter: WalkParameterView) -> Markup {
    let WalkParameterView { name, value, is_secret, explanation } = parameter;
    view! {
        <div>
            <dt>
                <code>{name}</code>
            </dt>
            <dd>
                <span class:walk-secret=is_secret>{value}</span>
                {(!explanation.is_empty()).then(|| view! { <span class="walk-note">{explanation}</span> })}
            </dd>
        </div>
    }
    .into_markup()
}

fn check_list(checks: Vec<WalkCheckView>) -> Option<Markup> {
    if checks.is_empty() {
        return None;
    }
    let rows: Vec<_> = checks.into_iter().map(check).collect();
    Some(view! { <ul class="walk-checks" role="list">{rows}</ul> }.into_markup())
}

fn check(check: WalkCheckView) -> Markup {
    let WalkCheckView { label, asks, expected, actual, verdict, without, source } = check;
    let (sign, word, look) = match verdict {
        WalkVerdict::Passed => ("✓", "Passed", "walk-check is-passed"),
        WalkVerdict::NotNeeded => ("–", "Not needed", "walk-check"),
        WalkVerdict::Refused => ("✗", "Refused", "walk-check is-refused"),
    };
    view! {
        <li class=look>
            <details open=verdict == WalkVerdict::Refused>
                <summary>
                    <span class="walk-sign" aria-hidden="true">
                        {sign}
                    </span>
                    <span class="walk-label">{label}</span>
                    <span class="walk-verdict">{word}</span>
                </summary>
                <p>{asks}</p>
                <dl class="walk-compared">
                    <div>
                        <dt>"Expected"</dt>
                        <dd>{expected}</dd>
                    </div>
                    <div>
                        <dt>"Actual"</dt>
                        <dd>{actual}</dd>
                    </div>
                    <div>
                        <dt>"Without this check"</dt>
                        <dd>{without}</dd>
                    </div>
                </dl>
                <p class="walk-source">{source_links(source)}</p>
            </details>
        </li>
    }
    .into_markup()
}

fn list(lines: Vec<String>) -> Option<Markup> {
    if lines.is_empty() {
        return None;
    }
    let lines: Vec<_> = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect();
    Some(view! { <ul class="walk-list">{lines}</ul> }.into_markup())
}

/// The request that this one waited for.
fn request_link(id: String) -> Markup {
    let href = format!("/inspect/{}", encode(&id));
    view! {
        <p class="walk-words">
            "Done by request " <a href=href>
                <code>{id}</code>
            </a>
        </p>
    }
    .into_markup()
}

/// The file in this repository, and the section of the specification.
fn source_links(source: WalkSourceView) -> Markup {
    let WalkSourceView { file, has_page, reference } = source;
    let name = || view! { <code>{file}</code> };
    let name = match has_page {
        true => view! { <a href=format!("/inspect/source/{file}")>{name()}</a> }.into_markup(),
        false => name().into_markup(),
    };
    let reference = reference.map(|(name, url)| {
        view! {
            " · "
            <a href=url rel="noreferrer">
                {name}
            </a>
        }
    });
    view! {
        {name}
        {reference}
    }
    .into_markup()
}

const fn lane(lane: Lane) -> &'static str {
    match lane {
        Lane::Browser => "Browser",
        Lane::Latchkey => "Latchkey",
        Lane::Provider => "Provider",
        Lane::Database => "Database",
    }
}

const fn class(lane: Lane) -> &'static str {
    match lane {
        Lane::Browser => "browser",
        Lane::Latchkey => "latchkey",
        Lane::Provider => "provider",
        Lane::Database => "database",
    }
}

fn direction(from: Lane, to: Lane) -> &'static str {
    match (from as u8).cmp(&(to as u8)) {
        std::cmp::Ordering::Less => "is-rightward",
        std::cmp::Ordering::Equal => "is-alone",
        std::cmp::Ordering::Greater => "is-leftward",
    }
}
