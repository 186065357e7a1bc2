//! The HTTP client for providers: sends the requests of `oauth` and `oidc`, with limits on time, size and addresses.

use std::{net::IpAddr, sync::Arc, time::Duration};

use reqwest::redirect;
use secrecy::ExposeSecret;
use time::{PrimitiveDateTime, format_description::StaticFormatDescription, macros::format_description};
use url::{Host, Url};

use super::address_guard::{PublicAddresses, is_public};
use crate::oauth::{HttpRequest, HttpResponse, MAX_BODY_BYTES, Method};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Limit for the whole exchange including the body, against a provider that sends one byte a second.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);

/// The HTTP client for all providers.
#[derive(Clone, Debug)]
pub(super) struct ProviderHttp {
    client: reqwest::Client,
    on_loopback: bool,
}

/// A response with the provider's time.
#[derive(Debug)]
pub(super) struct DatedResponse {
    pub(super) response: HttpResponse,
    /// The response's `Date` plus `Age`, in Unix seconds, if present.
    pub(super) date: Option<i64>,
}

/// Why there is no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// Name resolution, connection or TLS failed.
    #[error("provider unreachable")]
    Unreachable,
    /// No complete response within the time limit.
    #[error("provider timed out")]
    Timeout,
    /// The connection broke while the body was read.
    #[error("provider closed the connection early")]
    Interrupted,
    /// The body exceeds [`MAX_BODY_BYTES`].
    #[error("response body too large")]
    TooLarge,
    /// The host is an IP address that is not public.
    #[error("provider address not public")]
    ForbiddenAddress,
    /// The request is not valid HTTP, e.g. has an invalid header value.
    #[error("malformed request")]
    Malformed,
}

impl HttpError {
    /// Whether the circuit breaker counts it: a failure of the provider, not of the request.
    pub(super) fn counts_as_failure(self) -> bool {
        matches!(self, Self::Unreachable | Self::Timeout | Self::Interrupted)
    }
}

impl ProviderHttp {
    pub(super) fn new(on_loopback: bool) -> Result<Self, reqwest::Error> {
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            // A redirect would send the client secret or the code to an unchecked URL.
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .pool_max_idle_per_host(32)
            .user_agent(concat!("latchkey/", env!("CARGO_PKG_VERSION")));
        if !on_loopback {
            builder = builder.https_only(true).dns_resolver(Arc::new(PublicAddresses));
        }
        Ok(Self { client: builder.build()?, on_loopback })
    }

    /// Whether providers may be on loopback.
    pub(super) fn on_loopback(&self) -> bool {
        self.on_loopback
    }

    /// Sends one request and reads the response.
    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        Ok(self.send_dated(request).await?.response)
    }

    /// The same, with the provider's time.
    pub(super) async fn send_dated(&self, request: HttpRequest) -> Result<DatedResponse, HttpError> {
        if !self.on_loopback && !names_a_public_host(&request.url) {
            return Err(HttpError::ForbiddenAddress);
        }
        tokio::time::timeout(TOTAL_TIMEOUT, self.exchange(request)).await.unwrap_or(Err(HttpError::Timeout))
    }

    async fn exchange(&self, request: HttpRequest) -> Result<DatedResponse, HttpError> {
        let host = request.url.host_str().unwrap_or_default().to_owned();
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let mut outgoing = self.client.request(method, request.url);
        for (name, value) in &request.headers {
            outgoing = outgoing.header(*name, value.expose_secret());
        }
        if let Some(body) = &request.body {
            outgoing = outgoing.body(body.expose_secret().to_owned());
        }
        let mut incoming = outgoing.send().await.map_err(|error| classify(error, &host))?;
        let header = |name: &str| incoming.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let date = date(header("date").as_deref(), header("age").as_deref());
        let mut response = HttpResponse {
            status: incoming.status().as_u16(),
            content_type: header("content-type"),
            retry_after: header("retry-after"),
            www_authenticate: header("www-authenticate"),
            body: Vec::new(),
        };
        while let Some(chunk) = incoming.chunk().await.map_err(|error| classify_body(&error))? {
            if response.body.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(HttpError::TooLarge);
            }
            response.body.extend_from_slice(&chunk);
        }
        Ok(DatedResponse { response, date })
    }
}

/// An IP address as host bypasses the resolver and its check.
fn names_a_public_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(v4)) => is_public(IpAddr::V4(v4)),
        Some(Host::Ipv6(v6)) => is_public(IpAddr::V6(v6)),
        Some(Host::Domain(_)) => true,
        None => false,
    }
}

/// `Date` is when the response was generated (RFC 9110 §6.6.1); `Age` is how long a cache has stored it (RFC 9111
/// §5.1).
fn date(date: Option<&str>, age: Option<&str>) -> Option<i64> {
    const IMF_FIXDATE: StaticFormatDescription =
        format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    let generated_at = PrimitiveDateTime::parse(date?, IMF_FIXDATE).ok()?.assume_utc().unix_timestamp();
    let age: u32 = age.and_then(|age| age.trim().parse().ok()).unwrap_or_default();
    Some(generated_at.saturating_add(age.into()))
}

/// Logs the cause (DNS, TLS, connection), which the returned error does not contain; without the URL, whose query may
/// hold personal data.
fn classify(error: reqwest::Error, host: &str) -> HttpError {
    let error = error.without_url();
    let causes: Vec<String> = std::iter::successors(Some(&error as &dyn std::error::Error), |cause| cause.source())
        .map(ToString::to_string)
        .collect();
    tracing::warn!(host, cause = causes.join(": "), "provider unreachable");
    if error.is_timeout() {
        HttpError::Timeout
    } else if error.is_builder() {
        HttpError::Malformed
    } else {
        HttpError::Unreachable
    }
}

fn classify_body(error: &reqwest::Error) -> HttpError {
    if error.is_timeout() { HttpError::Timeout } else { HttpError::Interrupted }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provider_time_is_date_plus_age() {
        let example = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(date(example, None), Some(784_111_777));
        assert_eq!(date(example, Some("60")), Some(784_111_837));
        assert_eq!(date(example, Some("old")), Some(784_111_777));
        assert_eq!(date(None, Some("60")), None);
        for wrong in ["", "yesterday", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            assert_eq!(date(Some(wrong), None), None, "{wrong}");
        }
    }
}
