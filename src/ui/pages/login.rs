//! `/login`: the ways in. Each is a link that starts a sign-in by itself; the island adds the pending state.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::{
    components::{
        frame::Frame,
        mark::{KeyMark, ProviderMark},
        notice::NoticeBox,
    },
    islands::provider_link::ProviderLink,
    links,
    pages::error::RoutedProblem,
    view::{LoginView, Problem, ProviderButton},
    wording,
};

/// The login page, drawn from the [`LoginView`] in the context.
#[component]
pub fn LoginPage() -> impl IntoView {
    match use_context::<LoginView>() {
        Some(login) => draw(login).into_any(),
        None => view! { <RoutedProblem problem=Problem::ServerError /> }.into_any(),
    }
}

fn draw(login: LoginView) -> impl IntoView {
    let notice = login.notice.as_ref().map(|notice| {
        let alert = matches!(notice, crate::ui::view::Notice::Refused { .. });
        view! { <NoticeBox telling=wording::notice(notice, &login) alert /> }
    });
    let sandbox = login.sandbox.clone();
    view! {
        <Title text=wording::title("Sign in") />
        <Frame narrow=true>
            <section class="card sign-in" aria-labelledby="sign-in-title">
                <div class="sign-in-head">
                    <span class="sign-in-mark">
                        <KeyMark />
                    </span>
                    <h1 class="title" id="sign-in-title">
                        "Sign in to Latchkey"
                    </h1>
                    <p class="lead">"Use an account that you already have. No new password."</p>
                </div>
                {notice}
                {ways(login.providers, login.return_to)}
            </section>
            {sandbox
                .map(|sandbox| {
                    view! {
                        <aside class="sandbox" aria-label="Sandbox">
                            <p>
                                <strong>"You are in the sandbox."</strong>
                                " Pick any person; nothing leaves this machine. "
                                <a href=sandbox.origin>"Look inside"</a>
                            </p>
                        </aside>
                    }
                })}
        </Frame>
    }
}

fn ways(providers: Vec<ProviderButton>, return_to: Option<String>) -> AnyView {
    if providers.is_empty() {
        return nothing_configured().into_any();
    }
    let ways: Vec<_> = providers.into_iter().map(|provider| way(provider, return_to.as_deref())).collect();
    view! {
        <ul class="ways" role="list">
            {ways}
        </ul>
        <p class="fine-print">"New here? Your account is made when you first sign in."</p>
    }
    .into_any()
}

/// One button, with its badge and its state beside it, so that the link's name stays "Continue with …".
fn way(provider: ProviderButton, return_to: Option<&str>) -> impl IntoView + use<> {
    let ProviderButton { slug, label, last_used, available } = provider;
    let brand = slug.clone();
    let note_id = format!("way-{slug}");
    let href = links::sign_in(&slug, return_to);
    let noted = last_used || !available;
    let described_by = noted.then(|| note_id.clone());
    let inviting = format!("Continue with {label}");
    let opening = format!("Opening {label}…");
    let unavailable = (!available).then(|| format!("{label} is not answering at the moment. You can still try."));
    view! {
        <li class="way" class:is-away=!available data-brand=brand>
            <ProviderLink>
                <a class="provider" href=href rel="nofollow" aria-describedby=described_by>
                    <ProviderMark slug />
                    <span class="provider-texts" aria-live="polite">
                        <span class="provider-inviting">{inviting}</span>
                        <span class="provider-opening">{opening}</span>
                    </span>
                    <span class="provider-spinner" aria-hidden="true"></span>
                </a>
            </ProviderLink>
            {noted
                .then(|| {
                    view! {
                        <div class="way-notes" id=note_id>
                            {last_used.then(|| view! { <span class="badge">"Last used"</span> })}
                            {unavailable.map(|text| view! { <span class="way-away">{text}</span> })}
                        </div>
                    }
                })}
        </li>
    }
}

/// What a developer sees who switched the sandbox off and configured nothing.
fn nothing_configured() -> impl IntoView {
    view! {
        <div class="empty">
            <h2 class="empty-title">"No way in yet"</h2>
            <p>
                "Put " <code>"GOOGLE_CLIENT_ID"</code> " and " <code>"GOOGLE_CLIENT_SECRET"</code> " into "
                <code>".env"</code>
                " and start again; or leave all credentials out, and a development build brings its own sandbox."
            </p>
        </div>
    }
}
