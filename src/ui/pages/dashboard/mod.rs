//! `/dashboard`: the person, what is left to do for a new account, calendar and files, and how they signed in.

use leptos::prelude::*;

use super::drawn;
use crate::{
    codes::settings_page::SettingsPage,
    ui::{
        components::{
            avatar::{Avatar, AvatarProps},
            frame::{Frame, Place},
            mark::{PASSKEY, PASSWORD, ProviderMark, ProviderMarkProps},
            notice::NoticeBox,
            timestamp::{Day, DayProps, Timestamp, TimestampProps},
        },
        document::set_title,
        markup::{IntoMarkup, Markup},
        passkeys::PasskeyUpgrade,
        template::{Fill, Template},
        view::{CalendarView, DashboardView, IdentityView, SandboxView, SessionView},
        wording,
    },
};

mod calendar;
mod next_steps;

#[component]
pub fn DashboardPage() -> Markup {
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
        email_line(&email, verifier)
    });
    set_title(wording::title("Dashboard"));
    let person =
        PERSON.fill([Avatar(AvatarProps { name: pictured, picture }).into(), Fill::Text(&heading), verdict.into()]);
    view! {
        <Frame signed_in=Some(Place::Dashboard)>
            {person}
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

static PERSON: Template<3> = Template::new(|[avatar, heading, email]| {
    view! {
        <header class="person">
            {avatar}
            <div class="person-text">
                <h1 class="title">{heading}</h1>
                {email}
            </div>
        </header>
    }
    .into_markup()
});

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

fn email_line(email: &str, verifier: Option<String>) -> Markup {
    static TEMPLATE: Template<3> = Template::new(|[email, class, verdict]| {
        view! {
            <p class="person-email">
                <span class="person-address">{email}</span>
                " "
                <span class=class>{verdict}</span>
            </p>
        }
        .into_markup()
    });
    let (class, verdict) = match verifier {
        Some(label) if label.is_empty() => ("badge is-good", "Verified".to_owned()),
        Some(label) => ("badge is-good", format!("Verified by {label}")),
        None => ("badge is-mild", "Not verified".to_owned()),
    };
    TEMPLATE.fill([email.into(), class.into(), Fill::Text(&verdict)])
}

fn this_sign_in(session: SessionView, member_since: i64, connectable: bool) -> Markup {
    static TEMPLATE: Template<11> = Template::new(
        |[since, mark, provider, time, device, ip, here, idle_until, absolute_until, stays, connections]| {
            view! {
                <section class="card is-wide" aria-labelledby="session-title">
                    <h2 class="card-title" id="session-title">
                        "This sign-in"
                    </h2>
                    <p class="card-lead">"Member since " {since}</p>
                    <dl class="facts is-tiled">
                        <div>
                            <dt>"Method"</dt>
                            <dd>
                                <span class="with-mark">{mark} {provider}</span>
                            </dd>
                        </div>
                        <div>
                            <dt>"Time"</dt>
                            <dd>{time}</dd>
                        </div>
                        <div>
                            <dt>"Device"</dt>
                            <dd>{device}</dd>
                        </div>
                        <div>
                            <dt>"IP address"</dt>
                            <dd>{ip} {here}</dd>
                        </div>
                        <div>
                            <dt>"Expires if inactive"</dt>
                            <dd>{idle_until}</dd>
                        </div>
                        <div>
                            <dt>"Expires at the latest"</dt>
                            <dd>{absolute_until}</dd>
                        </div>
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
        },
    );
    static STAYS: Template<1> = Template::new(|[provider]| {
        view! { <p class="fine-print">"Signing out of Latchkey doesn't sign you out of " {provider} "."</p> }
            .into_markup()
    });
    static CONNECTIONS: Template<0> = Template::new(|[]| {
        view! {
            <p class="fine-print">
                "Connected services, such as Google Drive, stay connected until you disconnect them in "
                <a href=SettingsPage::Connections.path()>"connections"</a> "."
            </p>
        }
        .into_markup()
    });
    let SessionView { provider, provider_slug, device, ip, signed_in_at, idle_until, absolute_until } = session;
    let time = |unix| Timestamp(TimestampProps { unix }).into();
    let is_provider = provider_slug != PASSWORD && provider_slug != PASSKEY;
    TEMPLATE.fill([
        Day(DayProps { unix: member_since }).into(),
        ProviderMark(ProviderMarkProps { slug: provider_slug }).into(),
        Fill::Text(&provider),
        time(signed_in_at),
        Fill::Text(&device),
        Fill::Text(&ip),
        matches!(ip.as_str(), "127.0.0.1" | "::1").then_some(" (this machine)").into(),
        time(idle_until),
        time(absolute_until),
        is_provider.then(|| STAYS.fill([Fill::Text(&provider)])).into(),
        connectable.then(|| CONNECTIONS.fill([])).into(),
    ])
}

/// Links to the files. Whether they are connected is checked there, not on each visit of the dashboard.
fn files(alone: bool) -> Markup {
    static TEMPLATE: Template<1> = Template::new(|[class]| {
        view! {
            <section class=class aria-labelledby="files-title">
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
    });
    TEMPLATE.fill([if alone { "card is-wide is-brief" } else { "card" }.into()])
}
