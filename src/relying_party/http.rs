//! Sending what the protocol rooms made, within bounds.

use std::{net::IpAddr, sync::Arc, time::Duration};

use reqwest::redirect;
use secrecy::ExposeSecret;
use url::{Host, Url};

use super::address_guard::{PublicAddresses, is_public};
use crate::oauth::{HttpRequest, HttpResponse, MAX_BODY_BYTES, Method};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// For the whole exchange, the last byte of the body included: a provider that sends one byte a second would
/// otherwise hold a sign-in for ever.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);

/// The one HTTP client for all providers.
#[derive(Clone, Debug)]
pub(super) struct ProviderHttp {
    client: reqwest::Client,
    on_loopback: bool,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// Name resolution, connection or TLS failed.
    #[error("the provider cannot be reached")]
    Unreachable,
    /// No complete answer in time.
    #[error("the provider did not answer in time")]
    Timeout,
    /// The connection broke while the answer was read.
    #[error("the provider's answer broke off")]
    BrokeOff,
    /// The answer exceeds [`MAX_BODY_BYTES`].
    #[error("the provider's answer is too large")]
    TooLarge,
    /// The address is not on the public internet.
    #[error("the provider's address is not a public one")]
    ForbiddenAddress,
    /// The request could not be written down as HTTP.
    #[error("the request to the provider is malformed")]
    Malformed,
}

impl HttpError {
    /// Whether the provider is in trouble, as against the request.
    pub(super) fn counts_as_failure(self) -> bool {
        matches!(self, Self::Unreachable | Self::Timeout | Self::BrokeOff)
    }
}

impl ProviderHttp {
    pub(super) fn new(on_loopback: bool) -> Result<Self, reqwest::Error> {
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            // A redirect would carry our secret, or the code, to an address that nobody checked.
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

    /// Whether providers may live on this machine.
    pub(super) fn on_loopback(&self) -> bool {
        self.on_loopback
    }

    /// Sends one request and reads its answer.
    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if !self.on_loopback && !names_a_public_host(&request.url) {
            return Err(HttpError::ForbiddenAddress);
        }
        tokio::time::timeout(TOTAL_TIMEOUT, self.exchange(request)).await.unwrap_or(Err(HttpError::Timeout))
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
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
        let mut response = HttpResponse {
            status: incoming.status().as_u16(),
            content_type: header("content-type"),
            retry_after: header("retry-after"),
            body: Vec::new(),
        };
        while let Some(chunk) = incoming.chunk().await.map_err(|error| classify_body(&error))? {
            if response.body.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(HttpError::TooLarge);
            }
            response.body.extend_from_slice(&chunk);
        }
        Ok(response)
    }
}

/// An address written as numbers never reaches the resolver, so it is looked at here.
fn names_a_public_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(v4)) => is_public(IpAddr::V4(v4)),
        Some(Host::Ipv6(v6)) => is_public(IpAddr::V6(v6)),
        Some(Host::Domain(_)) => true,
        None => false,
    }
}

/// The cause goes to the log here, where it is known: whether it was the name, the certificate or the firewall is what
/// an operator asks first. Without the address, which may say more than the host.
fn classify(error: reqwest::Error, host: &str) -> HttpError {
    let error = error.without_url();
    let causes: Vec<String> = std::iter::successors(Some(&error as &dyn std::error::Error), |cause| cause.source())
        .map(ToString::to_string)
        .collect();
    tracing::warn!(host, cause = causes.join(": "), "a provider cannot be reached");
    if error.is_timeout() {
        HttpError::Timeout
    } else if error.is_builder() {
        HttpError::Malformed
    } else {
        HttpError::Unreachable
    }
}

fn classify_body(error: &reqwest::Error) -> HttpError {
    if error.is_timeout() { HttpError::Timeout } else { HttpError::BrokeOff }
}
