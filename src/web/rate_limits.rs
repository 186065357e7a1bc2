//! How often one address may start and complete sign-ins.

use std::{
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    num::NonZeroU32,
    sync::Arc,
};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};

use super::client_address::rate_limit_key;
use crate::sessions::ClientInfo;

/// Requests to `/auth/…` that one address may make at once.
const BURST: NonZeroU32 = NonZeroU32::new(60).unwrap();
/// And a second after that.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(1).unwrap();
/// Addresses are hashed into so many buckets, so that a flood of them cannot fill the memory, and a full table never
/// means that nobody is limited.
const BUCKETS: u64 = 1 << 18;

/// Limits by address, or none (`RATE_LIMITS=off`).
#[derive(Clone, Debug)]
pub struct RateLimits(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    limiter: DefaultKeyedRateLimiter<u64>,
    hasher: RandomState,
}

impl RateLimits {
    /// Limits that hold, or not.
    pub fn new(on: bool) -> Self {
        Self(on.then(|| {
            let quota = Quota::per_second(PER_SECOND).allow_burst(BURST);
            Arc::new(Inner { limiter: RateLimiter::keyed(quota), hasher: RandomState::new() })
        }))
    }

    /// Forgets addresses that have all their allowance back.
    pub fn sweep(&self) {
        if let Some(inner) = &self.0 {
            inner.limiter.retain_recent();
            inner.limiter.shrink_to_fit();
        }
    }

    /// Counts one request; the seconds to wait when it is one too many.
    fn check(&self, address: IpAddr) -> Result<(), u64> {
        let Some(inner) = &self.0 else { return Ok(()) };
        let bucket = inner.hasher.hash_one(rate_limit_key(address)) % BUCKETS;
        inner
            .limiter
            .check_key(&bucket)
            .map_err(|not_until| not_until.wait_time_from(inner.limiter.clock().now()).as_secs().saturating_add(1))
    }
}

/// Answers 429 with `Retry-After` instead of going on. One bucket for every spelling of a path: it counts before
/// routing looks at the path.
pub async fn check(State(limits): State<RateLimits>, request: Request, next: Next) -> Response {
    let address = request.extensions().get::<ClientInfo>().map(|client| client.address);
    match address.map_or(Ok(()), |address| limits.check(address)) {
        Ok(()) => next.run(request).await,
        Err(seconds) => {
            tracing::info!(seconds, "rate limit reached");
            let mut response = StatusCode::TOO_MANY_REQUESTS.into_response();
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            response
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
        assert!((0..BURST.get()).all(|_| limits.check(one).is_ok()));
        assert!(limits.check(one).is_err());
        assert!(limits.check(other).is_ok());
    }

    #[test]
    fn switched_off_nobody_is_limited() {
        let limits = RateLimits::new(false);
        assert!((0..1000).all(|_| limits.check("203.0.113.1".parse().unwrap()).is_ok()));
    }
}
