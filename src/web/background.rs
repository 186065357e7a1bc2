//! The background loops of a server.

use std::sync::Arc;

use super::state::AppState;
use crate::{config::Config, limits, mail, sessions};

/// Starts all of them under the supervisor. The signing keys need no loop: the first request that finds a rotation due
/// performs it.
pub fn run_background_loops(config: &Config, app: &AppState) {
    let supervisor = &app.supervisor;
    let services = app.services.clone();
    supervisor.spawn("expired rows", move |stop| {
        sessions::run_sweeper(services.database.clone(), services.clock.clone(), stop)
    });
    let limiters = [
        app.rate_limits.limiters(),
        app.attempts.limiters(),
        app.tokens.limiters(),
        app.token_checks.limiters(),
        app.emails.limiters(),
    ]
    .concat();
    supervisor.spawn("rate limits", move |stop| limits::run_sweeper(limiters.clone(), stop));
    let grants = app.grants.clone();
    supervisor.spawn("resealing of grants", move |stop| grants.clone().run_resealer(stop));
    let grants = app.grants.clone();
    supervisor.spawn("revocation of grants", move |stop| grants.clone().run_revoker(stop));
    if let Some(mail) = app.mail.clone() {
        let (site, services) = (Arc::new(site_of(config)), app.services.clone());
        supervisor.spawn("email delivery", move |stop| {
            let (database, clock) = (services.database.clone(), services.clock.clone());
            mail::run_delivery(database, mail.transport.clone(), site.clone(), clock, mail.wake.clone(), stop)
        });
    }
}

/// The names that emails use.
fn site_of(config: &Config) -> mail::Site {
    let labels = config.providers.iter().map(|provider| (provider.slug.to_string(), provider.label.clone())).collect();
    let connections = config
        .providers
        .iter()
        .filter_map(|provider| Some((provider.slug.to_string(), provider.connections()?.to_owned())))
        .collect();
    mail::Site { origin: config.base_url.origin().to_owned(), labels, connections }
}
