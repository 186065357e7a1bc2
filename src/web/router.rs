//! All routes, with the layers around them.

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    extract::Request,
    handler::Handler,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodRouter, any, get, post},
};
use tower::{Layer, ServiceBuilder};
use tower_http::{
    catch_panic::CatchPanicLayer,
    csrf::ConfigError,
    limit::RequestBodyLimitLayer,
    request_id::{PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::{RequestBodyTimeoutLayer, TimeoutLayer},
    trace::TraceLayer,
};

use super::{
    api,
    around::gate,
    assets, callback, compression, credential,
    cross_origin::{self, FormPosts},
    email_link, error_pages, form_post, forms, forward_auth, headers, health, in_flight, inspect, metrics, pages,
    passkeys, prefetch, provider_events, rate_limits, request_context,
    request_log::{REQUEST_ID, TimeOrderedId, on_panic, on_response, span},
    security_txt, sign_out,
    split::Split,
    start,
    state::AppState,
    well_known,
};
use crate::{
    account::{EMAIL_LINK_PATH, FORMS},
    ui::page::Page,
};

/// Our forms have a few hundred bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// Longer than a flow may take with its provider.
const HANDLER_TIMEOUT: Duration = Duration::from_secs(40);
/// Between two chunks of a request's body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// # Errors
/// If the public origin is not one that a browser sends; the configuration has checked it.
pub fn router(app: &AppState) -> Result<Router, ConfigError> {
    // For Leptos' server functions. A second router in one process finds it started.
    _ = any_spawner::Executor::init_tokio();
    let health = Router::new().route("/healthz", get(health::healthz)).route("/readyz", get(health::readyz));
    let timeout = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, HANDLER_TIMEOUT);
    let busy = site(app)?.merge(json_api(app)?).merge(provider_messages(app));
    let busy = match &app.recorder {
        Some(recorder) => {
            let site = inspect::RecordedSite { recorder: recorder.clone(), cookies: app.cookies };
            busy.layer(from_fn_with_state(site, inspect::record))
        }
        None => busy,
    };
    let routes = ServiceBuilder::new()
        // Outside all that can fail, so that allowed pages can read the errors.
        .layer(api::share(&app.cors))
        // Outside the error pages, which are HTML too.
        .map_request(compression::only_own_requests)
        .layer(compression::layer())
        .layer(error_pages::render(app))
        .layer(CatchPanicLayer::custom(on_panic))
        .layer(timeout)
        .map_request(with(app, request_context::identify_client))
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
        .map_request(|request: axum::http::Request<_>| request.map(Body::new))
        .service(Split {
            is_aside: health::is_path,
            aside: metrics::name_routes(app, health).with_state(app.clone()),
            straight: in_flight::limit(&app.in_flight.site)
                .layer(metrics::name_routes(app, busy).with_state(app.clone())),
        });
    // A proxy sends this request before each of its own: it has only the layers that it needs. It reads no body, changes
    // nothing, and answers a program.
    let verify = ServiceBuilder::new()
        .map_response(IntoResponse::into_response)
        .layer(CatchPanicLayer::custom(on_panic))
        .layer(timeout)
        .layer(in_flight::limit(&app.in_flight.forward_auth))
        .service(metrics::name_routes(app, forward_auth::routes()).with_state(app.clone()));
    // The first layer sees a request first.
    let all = ServiceBuilder::new()
        // Answers a panic in the layers themselves.
        .layer(CatchPanicLayer::custom(on_panic))
        .map_request(with(app, request_context::check_request_id))
        .layer(SetRequestIdLayer::new(REQUEST_ID, TimeOrderedId))
        .layer(TraceLayer::new_for_http().make_span_with(span).on_request(()).on_response(on_response))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(headers::set(&app.header_policy))
        .service(Split { is_aside: forward_auth::is_path, aside: verify, straight: routes });
    Ok(match app.is_measured {
        true => Router::new().fallback_service(metrics::time(&app.metrics).layer(all)),
        false => Router::new().fallback_service(all),
    })
}

/// For what changes a request only.
fn with(app: &AppState, change: fn(&AppState, Request) -> Request) -> impl Fn(Request) -> Request + Clone + use<> {
    let app = app.clone();
    move |request| change(&app, request)
}

/// Pages, forms, and the endpoints of the flow.
fn site(app: &AppState) -> Result<Router<AppState>, ConfigError> {
    let with_user = from_fn_with_state(app.clone(), request_context::identify_user);
    // The rate limits stand before the session look-up: a flood costs no more than being counted.
    let limited_starts = gate(app.rate_limits.clone(), rate_limits::starts);
    let limited_responses = gate(app.rate_limits.clone(), rate_limits::responses);
    let callback = get_only(callback::callback).route_layer(with_user.clone()).route_layer(gate((), prefetch::refuse));
    let callback = callback.post(form_post::form_post).route_layer(limited_responses.clone());
    let credential = post(credential::credential).route_layer(with_user.clone()).route_layer(limited_responses);
    let start = get_only(start::start).route_layer(gate((), prefetch::refuse)).route_layer(limited_starts);
    let form_posts = FormPosts::new(&app.relying_party, app.google_button);
    Ok(signed_in_pages(app)
        .route("/auth/logout", post(sign_out::sign_out))
        .route_layer(with_user)
        .route_layer(gate(app.clone(), request_context::redirect_to_our_host))
        .route("/auth/{provider}", start)
        .route("/auth/callback/{provider}", callback)
        .route(credential::PATH, credential)
        .fallback(asset)
        .layer(
            ServiceBuilder::new()
                .layer(cross_origin::layer(&app.origin, form_posts.clone())?)
                .layer(gate(form_posts, cross_origin::require_provenance)),
        ))
}

/// Messages of providers, which come from servers: they have no `Origin`, and are signed.
fn provider_messages(app: &AppState) -> Router<AppState> {
    let limited = gate(app.rate_limits.clone(), rate_limits::responses);
    Router::new()
        .route(provider_events::PATH, post(provider_events::receive))
        .route(provider_events::DELETION_PATH, post(provider_events::receive_deletion))
        .route_layer(limited)
}

/// Everything that depends on who is signed in.
fn signed_in_pages(app: &AppState) -> Router<AppState> {
    let pages = Page::ALL.iter().fold(Router::new().route("/", get(pages::home)), |router, page| {
        router.route(page.path(), pages::handler(*page))
    });
    let forms = FORMS.iter().fold(Router::new(), |router, form| router.route(form.path, forms::handler(*form)));
    let email_link = get_only(email_link::email_link).route_layer(gate((), prefetch::refuse));
    let email_links = Router::new().route(EMAIL_LINK_PATH, email_link);
    let limited_forms = gate(app.rate_limits.clone(), rate_limits::forms);
    let limited_starts = gate(app.rate_limits.clone(), rate_limits::starts);
    let passkeys = Router::new()
        .route(passkeys::OPTIONS, post(passkeys::options))
        .route_layer(limited_starts)
        .merge(Router::new().route(passkeys::FINISH, post(passkeys::finish)).route_layer(limited_forms.clone()));
    let pages = pages.merge(passkeys);
    let data = Router::new().route("/settings/data.json", pages::data());
    let pages = if app.recorder.is_some() { pages.merge(inspect::routes()) } else { pages };
    pages.merge(forms.merge(email_links).merge(data).route_layer(limited_forms))
}

/// `/api` and `/.well-known`.
fn json_api(app: &AppState) -> Result<Router<AppState>, ConfigError> {
    let with_user = from_fn_with_state(app.clone(), request_context::identify_user);
    let limited_starts = gate(app.rate_limits.clone(), rate_limits::starts);
    let limited_responses = gate(app.rate_limits.clone(), rate_limits::responses);
    let own = api::own().route_layer(with_user.clone()).route_layer(from_fn(api::authorization_decides));
    let renewals = api::renewals().route_layer(with_user.clone()).route_layer(from_fn(api::authorization_decides));
    Ok(api::sign_ins()
        .route_layer(with_user)
        .merge(renewals)
        .route_layer(limited_responses)
        .merge(api::nonces().route_layer(limited_starts))
        .merge(own)
        .layer(
            ServiceBuilder::new()
                .layer(cross_origin::api_layer(&app.origin, app.cors.origins())?)
                .layer(gate((), cross_origin::require_provenance_of_forms)),
        )
        .merge(api::published())
        .merge(api::not_found())
        .route(security_txt::PATH, get(security_txt::security_txt))
        .route(well_known::CHANGE_PASSWORD, get(well_known::change_password))
        .route(well_known::PASSKEY_ENDPOINTS, get(well_known::passkey_endpoints))
        .route("/.well-known/{*rest}", any(asset)))
}

/// GET without the HEAD for which axum would run the same handler: a HEAD starts and completes nothing.
fn get_only<H, T>(handler: H) -> MethodRouter<AppState>
where
    H: Handler<T, AppState>,
    T: 'static,
{
    get(handler).head(|| async { StatusCode::NO_CONTENT })
}

/// A built file, or 404.
async fn asset(request: Request) -> Response {
    assets::serve(&request).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}
