//! `/dashboard`: the person, what is left to do for a new account, calendar and files, and how they signed in.

use leptos::prelude::*;

use super::drawn;
use crate::{
    codes::settings_page::SettingsPage,
    ui::{
        components::{
            avatar::Avatar,
            frame::{Frame, Place},
            mark::{PASSKEY, PASSWORD, ProviderMark},
            notice::NoticeBox,
            timestamp::{Day, Timestamp},
        },
        document::set_title,
        markup::{IntoMarkup, Markup},
        passkeys::PasskeyUpgrade,
        view::{CalendarView, DashboardView, IdentityView, SandboxView, SessionView},
        wording,
    },
};

mod calendar;
mod next_steps;

#[component]
pub fn DashboardPage() -> impl IntoView {
    drawn(draw)
}

fn draw(dashboard: DashboardView) -> impl IntoView {
    let DashboardView {
        notice,
        name,
        email,
        picture,
        member_since,
        next_steps,
        identities,
        upgrades_to_passkey,
        calendar,
        session,
        sandbox,
    } = dashboard;
    let connectable = calendar != CalendarView::Off;
    let alone = calendar::has_events(&calendar);
    let pictured = name.clone().or_else(|| email.as_ref().map(|(email, _)| email.clone())).unwrap_or_default();
    let heading = name.unwrap_or_else(|| "Your account".into());
    let notice = notice.map(|notice| {
        let message = wording::notice_inside(&notice);
        view! {
            <div class="cards-notice">
                <NoticeBox message alert=wording::is_alarming(&notice) />
            </div>
        }
    });
    let verdict = email.map(|(email, verified)| {
        let verifier = verified.then(|| verifier_of(&identities, &email));
        email_line(email, verifier)
    });
    set_title(wording::title("Dashboard"));
    view! {
        <Frame signed_in=Some(Place::Dashboard)>
            <header class="person">
                <Avatar name=pictured picture />
                <div class="person-text">
                    <h1 class="title">{heading}</h1>
                    {verdict}
                </div>
            </header>
            <div class="cards">
                {notice}
                {next_steps::next_steps(&next_steps)}
                {calendar::calendar(calendar)}
                {connectable.then(|| files(alone))}
                {this_sign_in(session, member_since, connectable)}
            </div>
            {upgrades_to_passkey.then(|| view! { <PasskeyUpgrade /> })}
            {sandbox.map(for_developers)}
        </Frame>
    }
}

fn for_developers(sandbox: SandboxView) -> Markup {
    view! {
        <aside class="sandbox" aria-label="For developers">
            <p>
                <strong>"You're in the sandbox."</strong>
                " Put your application's page in place of this one, or call the API. "
                <span class="sandbox-doors">
                    <a href="/api/docs">"API reference"</a>
                    " "
                    <a href=sandbox.origin>"Open the sandbox"</a>
                    " "
                    <a href=sandbox.inbox>"Inbox"</a>
                </span>
            </p>
        </aside>
    }
    .into_markup()
}

/// The label of the linked provider that has this email; empty if none has.
fn verifier_of(identities: &[IdentityView], email: &str) -> String {
    identities
        .iter()
        .find(|identity| identity.email.as_deref().is_some_and(|theirs| theirs.eq_ignore_ascii_case(email)))
        .map(|identity| identity.label.clone())
        .unwrap_or_default()
}

fn email_line(email: String, verifier: Option<String>) -> Markup {
    let verdict = match verifier {
        Some(label) if label.is_empty() => view! { <span class="badge is-good">"Verified"</span> }.into_markup(),
        Some(label) => view! { <span class="badge is-good">"Verified by " {label}</span> }.into_markup(),
        None => view! { <span class="badge is-mild">"Not verified"</span> }.into_markup(),
    };
    view! {
        <p class="person-email">
            <span class="person-address">{email}</span>
            " "
            {verdict}
        </p>
    }
    .into_markup()
}

fn this_sign_in(session: SessionView, member_since: i64, connectable: bool) -> Markup {
    let SessionView { provider, provider_slug, device, ip, signed_in_at, idle_until, absolute_until } = session;
    let here = matches!(ip.as_str(), "127.0.0.1" | "::1").then_some(" (this machine)");
    let is_provider = provider_slug != PASSWORD && provider_slug != PASSKEY;
    let stays = is_provider.then(|| {
        view! { <p class="fine-print">"Signing out of Latchkey doesn't sign you out of " {provider.clone()} "."</p> }
    });
    let connections = connectable.then(|| {
        view! {
            <p class="fine-print">
                "Connected services, such as Google Drive, stay connected until you disconnect them in "
                <a href=SettingsPage::Connections.path()>"connections"</a> "."
            </p>
        }
    });
    view! {
        <section class="card is-wide" aria-labelledby="session-title">
            <h2 class="card-title" id="session-title">
                "This sign-in"
            </h2>
            <p class="card-lead">"Member since " <Day unix=member_since /></p>
            <dl class="facts is-tiled">
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
                {fact("Expires if inactive", view! { <Timestamp unix=idle_until /> })}
                {fact("Expires at the latest", view! { <Timestamp unix=absolute_until /> })}
            </dl>
            {stays}
            {connections}
            <div class="card-steps">
                <a class="button is-quiet" href=SettingsPage::Security.path()>
                    "Security settings"
                </a>
            </div>
        </section>
    }
    .into_markup()
}

fn fact(term: &'static str, what: impl IntoView + 'static) -> Markup {
    view! {
        <div>
            <dt>{term}</dt>
            <dd>{what.into_markup()}</dd>
        </div>
    }
    .into_markup()
}

/// Links to the files. Whether they are connected is checked there, not on each visit of the dashboard.
fn files(alone: bool) -> Markup {
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
    .into_markup()
}
