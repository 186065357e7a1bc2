//! Rate limits per IP address.

use std::{
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use tokio_util::sync::CancellationToken;

use super::client_address::rate_limit_key;
use crate::sessions::ClientInfo;

/// Starts of a sign-in: the burst …
const STARTS: NonZeroU32 = NonZeroU32::new(60).unwrap();
/// … and the sustained rate per second.
const STARTS_PER_SECOND: NonZeroU32 = NonZeroU32::new(2).unwrap();
/// Authorization responses. Counted apart from starts: a flood of starts from a shared network must not block users who come
/// back from the provider.
const RESPONSES: NonZeroU32 = NonZeroU32::new(120).unwrap();
const RESPONSES_PER_SECOND: NonZeroU32 = NonZeroU32::new(5).unwrap();
/// Forms: each may cost a password hash.
const FORMS: NonZeroU32 = NonZeroU32::new(60).unwrap();
const FORMS_PER_SECOND: NonZeroU32 = NonZeroU32::new(1).unwrap();
/// Addresses are hashed into this many buckets, so that a flood of addresses neither fills the memory nor disables the
/// limits.
const BUCKETS: u64 = 1 << 18;

/// The limits; `None` with `RATE_LIMITS=off`.
#[derive(Clone, Debug)]
pub struct RateLimits(Option<Arc<Limits>>);

#[derive(Debug)]
struct Limits {
    starts: DefaultKeyedRateLimiter<u64>,
    responses: DefaultKeyedRateLimiter<u64>,
    forms: DefaultKeyedRateLimiter<u64>,
    hasher: RandomState,
}

impl RateLimits {
    pub fn new(on: bool) -> Self {
        let limiter = |burst, per_second| RateLimiter::keyed(Quota::per_second(per_second).allow_burst(burst));
        Self(on.then(|| {
            Arc::new(Limits {
                starts: limiter(STARTS, STARTS_PER_SECOND),
                responses: limiter(RESPONSES, RESPONSES_PER_SECOND),
                forms: limiter(FORMS, FORMS_PER_SECOND),
                hasher: RandomState::new(),
            })
        }))
    }

    /// Every minute until `stop` is cancelled, drops the buckets that are full again.
    pub async fn run_sweeper(self, stop: CancellationToken) {
        let Self(Some(limits)) = self else { return };
        while tokio::time::timeout(SWEEP_INTERVAL, stop.cancelled()).await.is_err() {
            for limiter in [&limits.starts, &limits.responses, &limits.forms] {
                limiter.retain_recent();
                limiter.shrink_to_fit();
            }
        }
    }

    /// Fails with the seconds to wait.
    fn count_start(&self, address: IpAddr) -> Result<(), u64> {
        self.0.as_ref().map_or(Ok(()), |limits| limits.count(&limits.starts, address))
    }

    fn count_form(&self, address: IpAddr) -> Result<(), u64> {
        self.0.as_ref().map_or(Ok(()), |limits| limits.count(&limits.forms, address))
    }

    fn count_response(&self, address: IpAddr) -> Result<(), u64> {
        self.0.as_ref().map_or(Ok(()), |limits| limits.count(&limits.responses, address))
    }
}

/// Between two rounds.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);

impl Limits {
    fn count(&self, limiter: &DefaultKeyedRateLimiter<u64>, address: IpAddr) -> Result<(), u64> {
        let bucket = self.hasher.hash_one(rate_limit_key(address)) % BUCKETS;
        limiter
            .check_key(&bucket)
            .map_err(|not_until| not_until.wait_time_from(limiter.clock().now()).as_secs().saturating_add(1))
    }
}

pub async fn starts(State(limits): State<RateLimits>, request: Request, next: Next) -> Response {
    let counted = address_of(&request).map_or(Ok(()), |address| limits.count_start(address));
    limit(counted, request, next).await
}

pub async fn responses(State(limits): State<RateLimits>, request: Request, next: Next) -> Response {
    let counted = address_of(&request).map_or(Ok(()), |address| limits.count_response(address));
    limit(counted, request, next).await
}

pub async fn forms(State(limits): State<RateLimits>, request: Request, next: Next) -> Response {
    let counted = address_of(&request).map_or(Ok(()), |address| limits.count_form(address));
    limit(counted, request, next).await
}

fn address_of(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<ClientInfo>().and_then(|client| client.ip)
}

/// Answers 429 with `Retry-After` if the limit is reached.
async fn limit(counted: Result<(), u64>, request: Request, next: Next) -> Response {
    match counted {
        Ok(()) => next.run(request).await,
        Err(seconds) => {
            tracing::info!(seconds, "rate limit reached");
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, HeaderValue::from(seconds))]).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_limited_and_another_is_not() {
        let limits = RateLimits::new(true);
        let (one, other) = ("203.0.113.1".parse().unwrap(), "203.0.113.2".parse().unwrap());
        assert!((0..STARTS.get()).all(|_| limits.count_start(one).is_ok()));
        assert!(limits.count_start(one).is_err());
        assert!(limits.count_start(other).is_ok());
    }

    #[test]
    fn a_flood_of_starts_does_not_block_responses() {
        let limits = RateLimits::new(true);
        let address = "203.0.113.1".parse().unwrap();
        while limits.count_start(address).is_ok() {}
        assert!(limits.count_response(address).is_ok());
    }

    #[test]
    fn rate_limits_can_be_switched_off() {
        let limits = RateLimits::new(false);
        let address = "203.0.113.1".parse().unwrap();
        assert!((0..1000).all(|_| limits.count_start(address).is_ok() && limits.count_response(address).is_ok()));
    }
}
