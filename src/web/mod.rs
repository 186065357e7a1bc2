//! The Axum edge: router, layers, headers, health, the listener.

mod api;
mod assets;
mod callback;
mod client_address;
mod credential;
mod cross_origin;
mod detached;
mod email_link;
mod error_pages;
mod form_post;
mod forms;
mod headers;
mod health;
mod lingering;
mod pages;
mod query;
mod rate_limits;
mod redirect;
mod request_context;
pub mod serve;
mod server_functions;
mod sign_out;
mod start;
mod state;
mod verify;

pub use forms::FORMS;
pub use state::{AppState, Mail, StateError};

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderName, StatusCode},
    middleware::{from_fn, from_fn_with_state, map_request},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    limit::RequestBodyLimitLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::{RequestBodyTimeoutLayer, TimeoutLayer},
    trace::TraceLayer,
};

use cross_origin::FormPosts;

use crate::{
    account::EMAIL_LINK_PATH,
    sessions::{self, SessionTransport},
    ui::app::App,
};

/// Forms of ours are a few hundred bytes.
const BODY_BYTES: usize = 64 * 1024;
/// A handler's time: more than a flow may take with its provider.
const HANDLER_TIMEOUT: Duration = Duration::from_secs(40);
/// Between two pieces of a request's body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Everything that we serve, with every layer around it.
///
/// # Errors
/// When the public origin is none that a browser sends, which the configuration has ruled out.
pub fn router(app: &AppState) -> Result<Router, tower_http::csrf::ConfigError> {
    // Leptos' own list of its pages; making it starts its executor, too.
    let pages = leptos_axum::generate_route_list(App)
        .iter()
        .fold(Router::new().route("/", get(pages::home)), |router, page| {
            router.route(page.path(), pages::page(page.path()))
        });
    let identify_user = from_fn_with_state(app.clone(), request_context::identify_user);
    let cookie = matches!(app.transport, SessionTransport::Cookie)
        .then(|| sessions::layer(app.database.clone(), app.clock.clone(), app.cookies));
    let with_user = ServiceBuilder::new()
        .layer(from_fn_with_state(app.clone(), request_context::complete_removals))
        .option_layer(cookie)
        .layer(identify_user);
    // Limits stand in front of the look-up of the session: a flood costs no more than being counted.
    let limited_starts = from_fn_with_state(app.rate_limits.clone(), rate_limits::starts);
    let limited_responses = from_fn_with_state(app.rate_limits.clone(), rate_limits::responses);
    let callback = get_only(callback::callback).route_layer(with_user.clone());
    let callback = callback.post(form_post::form_post).route_layer(limited_responses.clone());
    let credential = post(credential::credential).route_layer(with_user.clone());
    let credential = credential.route_layer(limited_responses.clone());
    let form_posts = FormPosts::new(&app.relying_party);
    let limited_forms = from_fn_with_state(app.rate_limits.clone(), rate_limits::forms);
    let forms = FORMS.iter().fold(Router::new(), |router, path| router.route(path, forms::form()));
    let emails = Router::new().route(EMAIL_LINK_PATH, get_only(email_link::message));
    let pages = pages.route("/settings/data.json", pages::data()).merge(forms.merge(emails).route_layer(limited_forms));
    let own = api::own().route_layer(with_user.clone()).route_layer(from_fn(api::authorization_decides));
    let renewals = api::renewals().route_layer(with_user.clone()).route_layer(from_fn(api::authorization_decides));
    let api = api::sign_ins()
        .route_layer(with_user.clone())
        .merge(renewals)
        .route_layer(limited_responses)
        .merge(api::nonces().route_layer(limited_starts.clone()))
        .merge(own)
        .layer(
            ServiceBuilder::new()
                .layer(cross_origin::api_layer(&app.origin, app.cors.origins())?)
                .layer(from_fn(cross_origin::require_provenance_of_forms)),
        )
        .merge(api::published())
        .merge(api::nothing())
        .route("/.well-known/{*rest}", any(not_a_route));
    let routes = pages
        .route("/auth/logout", post(sign_out::sign_out))
        .route_layer(with_user)
        .route_layer(from_fn_with_state(app.clone(), request_context::lead_to_our_host))
        .route("/auth/{provider}", get_only(start::start).route_layer(limited_starts))
        .route("/auth/callback/{provider}", callback)
        .route(credential::PATH, credential)
        .fallback(not_a_route)
        .layer(
            ServiceBuilder::new()
                .layer(cross_origin::layer(&app.origin, form_posts.clone())?)
                .layer(from_fn_with_state(form_posts, cross_origin::require_provenance)),
        );
    let health = Router::new().route("/healthz", get(health::healthz)).route("/readyz", get(health::readyz));
    let timeout = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, HANDLER_TIMEOUT);
    let routes = routes.merge(api).merge(health).layer(
        ServiceBuilder::new()
            // Errors of all that stands further in can be read by the pages that caused them.
            .layer(from_fn_with_state(app.cors.clone(), api::share))
            .layer(from_fn_with_state(app.clone(), error_pages::dress))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(timeout)
            .layer(from_fn_with_state(app.clone(), request_context::identify_client))
            .layer(RequestBodyLimitLayer::new(BODY_BYTES))
            .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT)),
    );
    // A proxy asks for each request of its own: nothing stands around this one that it does not need. It reads no body,
    // changes nothing, and what it answers is for a program.
    let verify = Router::new()
        .route("/auth/verify", get(verify::verify))
        .layer(ServiceBuilder::new().layer(CatchPanicLayer::custom(panicked)).layer(timeout));
    // The first one sees a request first. As one stack: `Router::layer` boxes and clones what it is given for each
    // request, and six layers one by one would be six of each.
    Ok(routes.merge(verify).with_state(app.clone()).layer(
        ServiceBuilder::new()
            // What panics in the layers themselves still gets an answer.
            .layer(CatchPanicLayer::custom(panicked))
            .layer(map_request(request_context::check_request_id))
            .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
            .layer(TraceLayer::new_for_http().make_span_with(span).on_request(()).on_response(answered))
            .layer(PropagateRequestIdLayer::new(REQUEST_ID))
            .layer(from_fn_with_state(app.header_policy.clone(), headers::set)),
    ))
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// GET without the HEAD that axum would run the same handler for: a HEAD starts and completes nothing.
fn get_only<H, T>(handler: H) -> axum::routing::MethodRouter<AppState>
where
    H: axum::handler::Handler<T, AppState>,
    T: 'static,
{
    get(handler).head(|| async { StatusCode::NO_CONTENT })
}

/// A built file, or nothing.
async fn not_a_route(request: Request) -> Response {
    assets::serve(&request).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

/// Longest path that is logged, in bytes.
const LOGGED_PATH: usize = 200;

/// What probes and proxies ask all the time. The proxy writes down itself what it asked for.
const ROUTINE: [&str; 3] = ["/auth/verify", "/healthz", "/readyz"];

/// The path alone: queries hold codes and states. Routine is told at the level of debugging: its lines would drown the others.
fn span(request: &Request<Body>) -> tracing::Span {
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    let path = request.uri().path();
    let path = path.get(..LOGGED_PATH).unwrap_or(path);
    if ROUTINE.contains(&path) {
        return tracing::debug_span!("request", method = %request.method(), path, id);
    }
    tracing::info_span!("request", method = %request.method(), path, id)
}

fn answered(response: &Response, took: Duration, span: &tracing::Span) {
    if span.is_disabled() && !response.status().is_server_error() {
        return;
    }
    tracing::info!(status = response.status().as_u16(), milliseconds = took.as_millis(), "answered");
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
