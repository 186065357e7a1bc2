//! `/dashboard`: the person, how they signed in, and the session.

use leptos::prelude::*;
use leptos_meta::Title;

use super::drawn;
use crate::ui::{
    components::{
        avatar::Avatar,
        frame::{Frame, Place},
        mark::{KeyMark, PASSWORD, ProviderMark},
        timestamp::Timestamp,
    },
    view::{CalendarView, DashboardView, IdentityView, SessionView},
    wording,
};

mod calendar;

#[component]
pub fn DashboardPage() -> impl IntoView {
    drawn(draw)
}

fn draw(dashboard: DashboardView) -> impl IntoView {
    let DashboardView {
        name,
        email,
        picture,
        member_since,
        password_set_at,
        asks_for_email,
        identities,
        calendar,
        session,
    } = dashboard;
    let connectable = calendar != CalendarView::Off;
    let alone = calendar::has_events(&calendar);
    let shown = name.or_else(|| email.as_ref().map(|(email, _)| email.clone()));
    let shown = shown.unwrap_or_else(|| "Your account".into());
    let verdict = email.map(|(email, verified)| {
        let verifier = verified.then(|| verifier_of(&identities, &email));
        email_line(email, verifier)
    });
    view! {
        <Title text=wording::title("Dashboard") />
        <Frame signed_in=Some(Place::Dashboard)>
            <header class="person">
                <Avatar name=shown.clone() picture />
                <div class="person-text">
                    <p class="eyebrow">"You're signed in"</p>
                    <h1 class="title">{shown}</h1>
                    {verdict}
                </div>
            </header>
            <div class="cards">
                {asks_for_email.then(ask_for_email)}
                {how_you_signed_in(&session)}
                {this_session(&session, connectable)}
                {calendar::calendar(calendar)}
                {connectable.then(|| files(alone))}
                {sign_in_methods(password_set_at, identities, member_since)}
            </div>
        </Frame>
    }
}

/// The label of the linked provider that has this email; empty if none has.
fn verifier_of(identities: &[IdentityView], email: &str) -> String {
    identities
        .iter()
        .find(|identity| identity.email.as_deref().is_some_and(|theirs| theirs.eq_ignore_ascii_case(email)))
        .map(|identity| identity.label.clone())
        .unwrap_or_default()
}

fn email_line(email: String, verifier: Option<String>) -> AnyView {
    let verdict = match verifier {
        Some(label) if label.is_empty() => view! { <span class="badge is-good">"Verified"</span> }.into_any(),
        Some(label) => view! { <span class="badge is-good">"Verified by " {label}</span> }.into_any(),
        None => view! { <span class="badge is-mild">"Not verified"</span> }.into_any(),
    };
    view! {
        <p class="person-email">
            <span class="person-address">{email}</span>
            " "
            {verdict}
        </p>
    }
    .into_any()
}

fn how_you_signed_in(session: &SessionView) -> AnyView {
    let SessionView { provider, provider_slug, device, ip, signed_in_at, .. } = session.clone();
    let here = matches!(ip.as_str(), "127.0.0.1" | "::1").then_some(" (this machine)");
    view! {
        <section class="card" aria-labelledby="how-title">
            <h2 class="card-title" id="how-title">
                "How you signed in"
            </h2>
            <dl class="facts">
                {fact(
                    "Method",
                    view! {
                        <span class="with-mark">
                            <ProviderMark slug=provider_slug />
                            {provider}
                        </span>
                    },
                )}
                {fact("Time", view! { <Timestamp unix=signed_in_at /> })}
                {fact("Device", device)}
                {fact("IP address", (ip, here))}
            </dl>
        </section>
    }
    .into_any()
}

fn this_session(session: &SessionView, connectable: bool) -> AnyView {
    let SessionView { provider, provider_slug, idle_until, absolute_until, .. } = session.clone();
    let stays = (provider_slug != PASSWORD).then(|| {
        view! { <p class="fine-print">"Signing out of Latchkey doesn't sign you out of " {provider} "."</p> }
    });
    let connections = connectable.then(|| {
        view! {
            <p class="fine-print">
                "Connected services, such as Google Drive, stay connected until you disconnect them in "
                <a href="/settings#access">"settings"</a> "."
            </p>
        }
    });
    view! {
        <section class="card" aria-labelledby="session-title">
            <h2 class="card-title" id="session-title">
                "This session"
            </h2>
            <p class="card-lead">
                "It keeps this browser signed in. Each visit extends it, up to the latest date."
            </p>
            <dl class="facts">
                {fact("Expires if inactive", view! { <Timestamp unix=idle_until /> })}
                {fact("Expires at the latest", view! { <Timestamp unix=absolute_until /> })}
            </dl>
            {stays}
            {connections}
        </section>
    }
    .into_any()
}

fn fact(term: &'static str, what: impl IntoView + 'static) -> AnyView {
    view! {
        <div>
            <dt>{term}</dt>
            <dd>{what.into_any()}</dd>
        </div>
    }
    .into_any()
}

fn sign_in_methods(password_set_at: Option<i64>, identities: Vec<IdentityView>, member_since: i64) -> AnyView {
    let rows: Vec<_> = identities.into_iter().map(identity).collect();
    view! {
        <section class="card is-wide" aria-labelledby="ways-title">
            <h2 class="card-title" id="ways-title">
                "Ways to sign in"
            </h2>
            <p class="card-lead">"Member since " <Timestamp unix=member_since /></p>
            <ul class="identities" role="list">
                {password_set_at.map(password)}
                {rows}
            </ul>
            <div class="card-steps">
                <a class="button is-quiet" href="/settings#ways">
                    "Manage in settings"
                </a>
            </div>
        </section>
    }
    .into_any()
}

/// Links to the files. Whether they are connected is checked there, not on each visit of the dashboard.
fn files(alone: bool) -> AnyView {
    view! {
        <section class=if alone { "card is-wide is-brief" } else { "card" } aria-labelledby="files-title">
            <div class="card-what">
                <h2 class="card-title" id="files-title">
                    "Your files"
                </h2>
                <p class="card-lead">
                    "Browse your Google Drive. Latchkey sees names and dates, not the contents of your files."
                </p>
            </div>
            <div class="card-steps">
                <a class="button is-quiet" href="/drive">
                    "Open Google Drive"
                </a>
            </div>
        </section>
    }
    .into_any()
}

/// Without a verified address there is no recovery and no security email.
fn ask_for_email() -> AnyView {
    view! {
        <section class="card is-wide" aria-labelledby="address-title">
            <h2 class="card-title" id="address-title">
                "Add your email address"
            </h2>
            <p class="card-lead">
                "A confirmed address lets you recover your account, and we'll tell you about important changes."
            </p>
            <div class="card-steps">
                <a class="button" href="/add-email">
                    "Add email address"
                </a>
            </div>
        </section>
    }
    .into_any()
}

fn password(set_at: i64) -> AnyView {
    view! {
        <li class="identity">
            <span class="identity-mark">
                <KeyMark />
            </span>
            <div class="identity-who">
                <h3 class="identity-label">"Password"</h3>
                <p class="identity-email">"With your email address"</p>
            </div>
            <dl class="identity-times">
                <div>
                    <dt>"Set"</dt>
                    <dd>
                        <Timestamp unix=set_at />
                    </dd>
                </div>
            </dl>
        </li>
    }
    .into_any()
}

fn identity(identity: IdentityView) -> AnyView {
    let IdentityView { slug, label, email, linked_at, last_used_at, .. } = identity;
    view! {
        <li class="identity">
            <span class="identity-mark">
                <ProviderMark slug />
            </span>
            <div class="identity-who">
                <h3 class="identity-label">{label}</h3>
                <p class="identity-email">{email.unwrap_or_else(|| "No email address shared".into())}</p>
            </div>
            <dl class="identity-times">
                <div>
                    <dt>"Linked"</dt>
                    <dd>
                        <Timestamp unix=linked_at />
                    </dd>
                </div>
                <div>
                    <dt>"Last used"</dt>
                    <dd>
                        <Timestamp unix=last_used_at />
                    </dd>
                </div>
            </dl>
        </li>
    }
    .into_any()
}
