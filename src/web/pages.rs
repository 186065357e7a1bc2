//! The pages: what each is told, and how Leptos renders it.

use axum::{
    body::Body,
    extract::{Extension, RawQuery, Request, State},
    http::StatusCode,
    response::Response,
    routing::{MethodRouter, get},
};
use leptos::{nonce::Nonce, prelude::provide_context};

use super::{
    query::Query,
    redirect::{see_other, to_sign_in_first},
    request_context::database_failed,
    state::AppState,
};
use crate::{
    accounts::{Identity, User, describe_device},
    actions::refusal::Refusal,
    providers::Provider,
    relying_party::ReturnTo,
    sessions::SignedIn,
    store::{Session, StoreError},
    ui::{
        app::shell,
        view::{DashboardView, IdentityView, LoginView, Notice, ProviderButton, SandboxView, SessionView},
    },
};

/// The handler of a page that [`App`](crate::ui::app::App) has a route for.
pub fn page(path: &str) -> MethodRouter<AppState> {
    match path {
        "/login" => get(login),
        "/dashboard" => get(dashboard),
        _ => get(|| async { StatusCode::NOT_FOUND }),
    }
}

/// GET `/`: wherever the person is at home.
pub async fn home(signed_in: Option<Extension<SignedIn>>) -> Response {
    see_other(if signed_in.is_some() { "/dashboard" } else { "/login" })
}

/// GET `/login`.
async fn login(
    State(app): State<AppState>,
    signed_in: Option<Extension<SignedIn>>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let query = Query::parse(query.as_deref());
    let return_to = query.one("return_to").and_then(ReturnTo::parse);
    let refusal = query.one("error").and_then(Refusal::from_code);
    // Who is signed in has nothing to do here, unless something went wrong that they should know. A double click or
    // the back button after a sign-in that worked is nothing that went wrong.
    if signed_in.is_some() && refusal.is_none_or(|refusal| refusal == Refusal::FlowUsed) {
        return see_other(return_to.unwrap_or_default().as_str());
    }
    let view = login_view(&app, &query, return_to, refusal);
    render(&app, request, move || provide_context(view.clone())).await
}

/// GET `/dashboard`.
async fn dashboard(State(app): State<AppState>, signed_in: Option<Extension<SignedIn>>, request: Request) -> Response {
    let Some(Extension(signed_in)) = signed_in else {
        let asked_for = request.uri().path_and_query().map_or("/dashboard", |asked| asked.as_str());
        return to_sign_in_first(asked_for);
    };
    match dashboard_view(&app, signed_in).await {
        Ok(view) => render(&app, request, move || provide_context(view.clone())).await,
        Err(error) => database_failed(&error),
    }
}

/// Renders the document in one piece, with what every document needs: the nonce of this answer and the assets.
async fn render(
    app: &AppState,
    request: Request<Body>,
    provide_view: impl Fn() + Clone + Send + Sync + 'static,
) -> Response {
    let nonce = request.extensions().get::<Nonce>().cloned().unwrap_or_default();
    let assets = app.assets.clone();
    let provide = move || {
        provide_context(nonce.clone());
        provide_context((*assets).clone());
        provide_view();
    };
    leptos_axum::render_app_async_with_context(provide, shell)(request).await
}

fn login_view(app: &AppState, query: &Query, return_to: Option<ReturnTo>, refusal: Option<Refusal>) -> LoginView {
    let tried = query.one("provider").and_then(|slug| app.relying_party.provider(slug));
    let notice = match refusal {
        Some(refusal) => Some(Notice::Refused {
            refusal,
            provider: tried.map(|provider| provider.label.clone()),
            slug: tried.map(|provider| provider.slug.to_string()),
        }),
        None if query.one("signed_out").is_some() => Some(Notice::SignedOut),
        None => return_to.is_some().then_some(Notice::SignInFirst),
    };
    LoginView {
        providers: app.relying_party.providers().map(|provider| button(app, provider)).collect(),
        return_to: return_to.map(String::from),
        notice,
        password: false,
        password_last_used: false,
        email: None,
        sandbox: app.sandbox.as_deref().map(|origin| SandboxView {
            origin: origin.to_owned(),
            inbox: format!("{origin}/inbox"),
            accounts: Vec::new(),
        }),
    }
}

fn button(app: &AppState, provider: &Provider) -> ProviderButton {
    ProviderButton {
        slug: provider.slug.to_string(),
        label: provider.label.clone(),
        last_used: false,
        available: app.relying_party.is_available(provider.slug.as_str()),
    }
}

async fn dashboard_view(app: &AppState, signed_in: SignedIn) -> Result<DashboardView, StoreError> {
    let SignedIn { user, session } = signed_in;
    let identities = app.database.identities(user.id).await?;
    Ok(DashboardView {
        email: email(&user),
        picture: user.picture.filter(|address| app.header_policy.shows_image(address)),
        name: user.name,
        member_since: user.created_at.unix_timestamp(),
        identities: identities.into_iter().map(|identity| identity_view(app, identity)).collect(),
        session: session_view(app, session),
    })
}

/// The proven address, or the one that somebody wrote down.
fn email(user: &User) -> Option<(String, bool)> {
    let verified = user.verified_email.as_ref().map(|email| (email.address().to_string(), true));
    verified.or_else(|| user.claimed_email.as_ref().map(|email| (email.address().to_string(), false)))
}

fn identity_view(app: &AppState, identity: Identity) -> IdentityView {
    IdentityView {
        id: identity.id.to_string(),
        name: identity.name,
        label: label(app, &identity.provider),
        slug: identity.provider,
        email: identity.email.map(|email| email.to_string()),
        linked_at: identity.linked_at.unix_timestamp(),
        last_used_at: identity.last_used_at.unix_timestamp(),
    }
}

fn session_view(app: &AppState, session: Session) -> SessionView {
    let slug = session.provider.unwrap_or_default();
    SessionView {
        provider: label(app, &slug),
        provider_slug: slug,
        device: describe_device(session.user_agent.as_deref()),
        address: session.address.unwrap_or_else(|| "unknown".to_owned()),
        signed_in_at: session.created_at.unix_timestamp(),
        idle_until: session.expires_at.unix_timestamp(),
        absolute_until: session.absolute_expires_at.unix_timestamp(),
    }
}

/// A provider's name for people; one that was switched off meanwhile goes by its slug.
fn label(app: &AppState, slug: &str) -> String {
    app.relying_party.provider(slug).map_or_else(|| slug.to_owned(), |provider| provider.label.clone())
}
