//! Rate limits per network.

use std::{
    net::IpAddr,
    num::NonZeroU32,
    ops::ControlFlow::{self, Break, Continue},
    sync::Arc,
    time::Duration,
};

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    limits::{KeyedLimiter, NetworkLimiter},
    metrics::{Limit, Metrics},
    sessions::ClientInfo,
};

/// Starts of a sign-in: the burst …
const STARTS: NonZeroU32 = NonZeroU32::new(60).unwrap();
/// … and the interval that allows one more.
const START_INTERVAL: Duration = Duration::from_millis(500);
/// Authorization responses. Counted apart from starts: a flood of starts from a shared network must not block users who come
/// back from the provider.
const RESPONSES: NonZeroU32 = NonZeroU32::new(120).unwrap();
const RESPONSE_INTERVAL: Duration = Duration::from_millis(200);
/// Forms: each may cost a password hash.
const FORMS: NonZeroU32 = NonZeroU32::new(60).unwrap();
const FORM_INTERVAL: Duration = Duration::from_secs(1);

/// The limits, and the count of what they refuse.
#[derive(Clone, Debug)]
pub struct RateLimits {
    /// `None` with `RATE_LIMITS=off`.
    limits: Option<Limits>,
    metrics: Metrics,
}

#[derive(Clone, Debug)]
struct Limits {
    starts: Arc<NetworkLimiter>,
    responses: Arc<NetworkLimiter>,
    forms: Arc<NetworkLimiter>,
}

impl RateLimits {
    pub fn new(on: bool, metrics: Metrics) -> Self {
        let limiter = |burst, interval| Arc::new(NetworkLimiter::new(burst, interval));
        let limits = on.then(|| Limits {
            starts: limiter(STARTS, START_INTERVAL),
            responses: limiter(RESPONSES, RESPONSE_INTERVAL),
            forms: limiter(FORMS, FORM_INTERVAL),
        });
        Self { limits, metrics }
    }

    /// For the sweeper.
    pub fn limiters(&self) -> Vec<Arc<KeyedLimiter>> {
        let all = self.limits.iter().flat_map(|limits| [&limits.starts, &limits.responses, &limits.forms]);
        all.flat_map(|limiter| limiter.limiters()).collect()
    }

    /// Fails with the seconds to wait.
    fn count_start(&self, address: IpAddr) -> Result<(), u64> {
        self.limits.as_ref().map_or(Ok(()), |limits| limits.starts.count(address))
    }

    fn count_form(&self, address: IpAddr) -> Result<(), u64> {
        self.limits.as_ref().map_or(Ok(()), |limits| limits.forms.count(address))
    }

    fn count_response(&self, address: IpAddr) -> Result<(), u64> {
        self.limits.as_ref().map_or(Ok(()), |limits| limits.responses.count(address))
    }
}

pub fn starts(limits: &RateLimits, request: &mut Request) -> ControlFlow<Response> {
    limits.limit(Limit::Starts, address_of(request).map_or(Ok(()), |address| limits.count_start(address)))
}

pub fn responses(limits: &RateLimits, request: &mut Request) -> ControlFlow<Response> {
    limits.limit(Limit::Responses, address_of(request).map_or(Ok(()), |address| limits.count_response(address)))
}

pub fn forms(limits: &RateLimits, request: &mut Request) -> ControlFlow<Response> {
    limits.limit(Limit::Forms, address_of(request).map_or(Ok(()), |address| limits.count_form(address)))
}

fn address_of(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<ClientInfo>().and_then(|client| client.ip)
}

impl RateLimits {
    /// Answers 429 with `Retry-After` if the limit is reached.
    fn limit(&self, limit: Limit, counted: Result<(), u64>) -> ControlFlow<Response> {
        let Err(seconds) = counted else { return Continue(()) };
        self.metrics.count_rate_limited(limit);
        tracing::info!(seconds, "rate limit reached");
        let retry_after = [(header::RETRY_AFTER, HeaderValue::from(seconds))];
        Break((StatusCode::TOO_MANY_REQUESTS, retry_after).into_response())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_limited_and_another_is_not() {
        let limits = RateLimits::new(true, Metrics::default());
        let (one, other) = ("203.0.113.1".parse().unwrap(), "203.0.113.2".parse().unwrap());
        assert!((0..STARTS.get()).all(|_| limits.count_start(one).is_ok()));
        assert!(limits.count_start(one).is_err());
        assert!(limits.count_start(other).is_ok());
    }

    #[test]
    fn a_flood_of_starts_does_not_block_responses() {
        let limits = RateLimits::new(true, Metrics::default());
        let address = "203.0.113.1".parse().unwrap();
        while limits.count_start(address).is_ok() {}
        assert!(limits.count_response(address).is_ok());
    }

    #[test]
    fn rate_limits_can_be_switched_off() {
        let limits = RateLimits::new(false, Metrics::default());
        let address = "203.0.113.1".parse().unwrap();
        assert!((0..1000).all(|_| limits.count_start(address).is_ok() && limits.count_response(address).is_ok()));
    }
}
