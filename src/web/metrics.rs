//! GET `/metrics` for Prometheus, on a listener of its own (`METRICS_ADDR`): what it says is for the operator.

use std::{
    ops::ControlFlow,
    sync::{Arc, OnceLock},
    time::Instant,
};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use super::{
    around::{Around, around, gate},
    state::AppState,
};
use crate::{
    metrics::{self, CONTENT_TYPE, Metrics, Snapshot},
    store::{DatabaseLoad, StoreError},
};

/// The routes of the listener.
pub fn metrics_router(app: &AppState) -> Router {
    Router::new().route("/metrics", get(scrape)).with_state(app.clone())
}

/// Times a request by its route, outside all layers.
pub fn time(metrics: &Metrics) -> Around<Metrics, Asked> {
    around(metrics.clone(), ask, |metrics, Asked { started, route, method }, response| {
        let route = route.0.get().map(MatchedPath::as_str);
        metrics.time_request(route, method.as_str(), response.status().as_u16(), started.elapsed());
        response
    })
}

/// A request that is being timed.
pub struct Asked {
    started: Instant,
    route: Route,
    method: Method,
}

/// The route of a request, which a router finds within the layers.
#[derive(Clone, Default)]
struct Route(Arc<OnceLock<MatchedPath>>);

/// Tells [`time()`] the routes of this router.
pub fn name_routes(app: &AppState, router: Router<AppState>) -> Router<AppState> {
    match app.is_measured {
        true => router.layer(gate((), name)),
        false => router,
    }
}

fn name((): &(), request: &mut Request) -> ControlFlow<Response> {
    let extensions = request.extensions();
    if let (Some(Route(name)), Some(route)) = (extensions.get::<Route>(), extensions.get::<MatchedPath>()) {
        _ = name.set(route.clone());
    }
    ControlFlow::Continue(())
}

fn ask(_: &Metrics, request: &mut Request) -> ControlFlow<Response, Asked> {
    let route = Route::default();
    request.extensions_mut().insert(route.clone());
    ControlFlow::Continue(Asked { started: Instant::now(), route, method: request.method().clone() })
}

/// While the database is down, what it would say is missing, and `latchkey_database_up` is 0.
async fn scrape(State(app): State<AppState>) -> Response {
    let text = match snapshot(&app).await {
        Ok(snapshot) => metrics::text(&[app.metrics.gather(), snapshot.gather()].concat()),
        Err(error) => Err(error),
    };
    match text {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "cannot render the metrics");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn snapshot(app: &AppState) -> Result<Snapshot, prometheus::Error> {
    let snapshot = Snapshot::default();
    of_process(app, &snapshot)?;
    let load = app.database_load().await;
    let up = if load.is_ok() { 1.0 } else { 0.0 };
    snapshot.add("latchkey_database_up", "Whether the database answers.", &[], [(vec![], up)])?;
    match load {
        Ok(load) => of_database(&snapshot, &load)?,
        Err(error) => tracing::warn!(%error, "cannot read the metrics of the database"),
    }
    Ok(snapshot)
}

fn of_process(app: &AppState, snapshot: &Snapshot) -> Result<(), prometheus::Error> {
    let breakers = app.relying_party.breakers();
    let breakers = breakers.map(|(provider, part, is_open)| (vec![provider, part], if is_open { 1.0 } else { 0.0 }));
    snapshot.add(
        "latchkey_provider_breaker_open",
        "1 while the circuit breaker of a provider's part is open.",
        &["provider", "part"],
        breakers,
    )?;
    let pool = app.database.pool_load();
    let connections = [("busy", pool.busy), ("idle", pool.idle), ("limit", pool.limit)];
    snapshot.add(
        "latchkey_database_connections",
        "Connections to the database, by state, and their limit.",
        &["state"],
        connections.map(|(state, count)| (vec![state], f64::from(count))),
    )?;
    let hashing = app.passwords.load();
    snapshot.add(
        "latchkey_password_hashing",
        "Passwords that are being hashed, that wait for it, and the limits of both.",
        &["state"],
        [
            (vec!["running"], count(hashing.running)),
            (vec!["waiting"], count(hashing.waiting)),
            (vec!["running_limit"], count(hashing.running_limit)),
            (vec!["waiting_limit"], count(hashing.waiting_limit)),
        ],
    )?;
    let failing = app.supervisor.failing().len();
    let help = "Background loops that keep panicking.";
    snapshot.add("latchkey_background_loops_failing", help, &[], [(vec![], count(failing))])
}

fn of_database(snapshot: &Snapshot, load: &DatabaseLoad) -> Result<(), prometheus::Error> {
    let queues = [("email", &load.emails), ("revocation", &load.revocations)];
    snapshot.add(
        "latchkey_outbox_rows",
        "Emails and revocations that are not delivered yet.",
        &["kind"],
        queues.map(|(kind, queue)| (vec![kind], seconds(queue.rows))),
    )?;
    snapshot.add(
        "latchkey_outbox_oldest_seconds",
        "Age of the oldest undelivered email or revocation; 0 without one.",
        &["kind"],
        queues.map(|(kind, queue)| (vec![kind], seconds(queue.oldest_age))),
    )?;
    let gauge = |name: &str, help: &str, value: i64| snapshot.add(name, help, &[], [(vec![], seconds(value))]);
    gauge("latchkey_sessions", "Sessions that have not expired, up to a minute ago.", load.sessions)?;
    gauge("latchkey_users", "Users, up to a minute ago.", load.users)?;
    match load.signing_key_age {
        Some(age) => gauge("latchkey_signing_key_age_seconds", "For how long the signing key has been signing.", age),
        None => Ok(()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "exact far beyond any count or age")]
fn seconds(value: i64) -> f64 {
    value as f64
}

fn count(value: usize) -> f64 {
    u32::try_from(value).map_or(f64::INFINITY, f64::from)
}

/// What is read from the database at most once a minute, since it counts rows.
#[derive(Debug, Default)]
pub struct LoadCache(tokio::sync::Mutex<Option<(Instant, Arc<DatabaseLoad>)>>);

/// For how long a count of rows serves.
const COUNTED_FOR: std::time::Duration = std::time::Duration::from_secs(60);

impl AppState {
    /// Callers wait for each other, so that a flood of scrapes is one query a minute.
    async fn database_load(&self) -> Result<Arc<DatabaseLoad>, StoreError> {
        let mut cached = self.load_cache.0.lock().await;
        if let Some((at, load)) = &*cached
            && at.elapsed() < COUNTED_FOR
        {
            self.database.ping().await?;
            return Ok(Arc::clone(load));
        }
        let load = Arc::new(self.database.load(self.clock.date()).await?);
        *cached = Some((Instant::now(), Arc::clone(&load)));
        Ok(load)
    }
}
