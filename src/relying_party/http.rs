//! The HTTP client for providers: sends the requests of `oauth` and `oidc`, with limits on time, size and addresses.

use std::{error::Error, fmt, net::IpAddr, sync::Arc, time::Duration};

use reqwest::redirect;
use secrecy::ExposeSecret;
use time::{PrimitiveDateTime, format_description::StaticFormatDescription, macros::format_description};
use url::{Host, Url};

use super::{
    address_guard::{AddressGuard, GuardError},
    outbound::Outbound,
};
use crate::{
    oauth::{HttpRequest, HttpResponse, MAX_BODY_BYTES, Method},
    providers::Provider,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Limit for the whole exchange including the body, against a provider that sends one byte a second.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);

/// The HTTP client for all providers.
#[derive(Clone)]
pub(super) struct ProviderHttp {
    outbound: Arc<Outbound>,
    public: Direct,
    private: Direct,
    /// Through the proxy, which resolves the providers' names.
    proxied: Option<reqwest::Client>,
}

/// Which addresses a provider may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Public ones.
    Public,
    /// Also those in the operator's private networks.
    PrivateNetworks,
}

impl Reach {
    pub(super) fn of(provider: &Provider) -> Self {
        if provider.is_self_hosted() { Self::PrivateNetworks } else { Self::Public }
    }
}

/// A client that resolves names itself. Each has its own connections, so that none to a private network is reused for
/// a provider that must be public.
#[derive(Clone)]
struct Direct {
    client: reqwest::Client,
    guard: AddressGuard,
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
    /// The proxy is unreachable, or did not connect to the provider.
    #[error("no connection to the provider through the proxy")]
    NoTunnel,
    /// No complete response within the time limit.
    #[error("provider timed out")]
    Timeout,
    /// The connection broke while the body was read.
    #[error("provider closed the connection early")]
    Interrupted,
    /// The body exceeds [`MAX_BODY_BYTES`].
    #[error("response body too large")]
    TooLarge,
    /// The host is, or its name resolves to, an IP address that is neither public nor in a listed private network.
    #[error("{0} is not a public address")]
    ForbiddenAddress(IpAddr),
    /// The same for an address that no setting allows.
    #[error("{0} belongs to a cloud's metadata service")]
    MetadataAddress(IpAddr),
    /// The request is not valid HTTP, e.g. has an invalid header value.
    #[error("malformed request")]
    Malformed,
}

impl HttpError {
    /// Whether the circuit breaker counts it: a failure of the provider, not of the request.
    pub(super) fn counts_as_failure(self) -> bool {
        matches!(self, Self::Unreachable | Self::NoTunnel | Self::Timeout | Self::Interrupted)
    }
}

impl From<GuardError> for HttpError {
    fn from(error: GuardError) -> Self {
        match error {
            GuardError::NotPublic(address) => Self::ForbiddenAddress(address),
            GuardError::Metadata(address) => Self::MetadataAddress(address),
        }
    }
}

impl ProviderHttp {
    pub(super) fn new(outbound: Outbound) -> Result<Self, reqwest::Error> {
        let guard = |networks| match outbound.on_loopback {
            true => AddressGuard::Development,
            false => AddressGuard::Public(networks),
        };
        let direct = |guard: AddressGuard| {
            let client = builder(&outbound).no_proxy().dns_resolver(Arc::new(guard.clone())).build()?;
            Ok::<_, reqwest::Error>(Direct { client, guard })
        };
        let proxied = |url: &str| builder(&outbound).proxy(reqwest::Proxy::all(url)?).build();
        Ok(Self {
            public: direct(guard(Vec::new()))?,
            private: direct(guard(outbound.private_networks.clone()))?,
            proxied: outbound.proxy.as_ref().map(|proxy| proxied(proxy.url())).transpose()?,
            outbound: Arc::new(outbound),
        })
    }

    /// Whether providers may be on loopback.
    pub(super) fn on_loopback(&self) -> bool {
        self.outbound.on_loopback
    }

    /// Sends one request and reads the response.
    pub(super) async fn send(&self, request: HttpRequest, reach: Reach) -> Result<HttpResponse, HttpError> {
        Ok(self.send_dated(request, reach).await?.response)
    }

    /// The same, with the provider's time.
    pub(super) async fn send_dated(&self, request: HttpRequest, reach: Reach) -> Result<DatedResponse, HttpError> {
        let direct = match reach {
            Reach::Public => &self.public,
            Reach::PrivateNetworks => &self.private,
        };
        direct.check_literal(&request.url)?;
        let proxied = self.proxied.as_ref().filter(|_| self.is_proxied(&request.url));
        let exchange = exchange(proxied.unwrap_or(&direct.client), request);
        match tokio::time::timeout(TOTAL_TIMEOUT, exchange).await.unwrap_or(Err(HttpError::Timeout)) {
            Err(HttpError::Unreachable) if proxied.is_some() => Err(HttpError::NoTunnel),
            outcome => outcome,
        }
    }

    fn is_proxied(&self, url: &Url) -> bool {
        self.outbound.proxy.as_ref().is_some_and(|proxy| proxy.applies_to(url))
    }
}

/// The clients hold the proxy's credentials.
impl fmt::Debug for ProviderHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderHttp").field("outbound", &self.outbound).finish_non_exhaustive()
    }
}

impl Direct {
    /// An IP address as host bypasses the resolver and its check.
    fn check_literal(&self, url: &Url) -> Result<(), HttpError> {
        let address = match url.host() {
            Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
            Some(Host::Ipv6(v6)) => IpAddr::V6(v6),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(HttpError::Malformed),
        };
        Ok(self.guard.check(address)?)
    }
}

fn builder(outbound: &Outbound) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
        // A redirect would send the client secret or the code to an unchecked URL.
        .redirect(redirect::Policy::none())
        .referer(false)
        .pool_max_idle_per_host(32)
        .user_agent(concat!("latchkey/", env!("CARGO_PKG_VERSION")))
        .https_only(!outbound.on_loopback)
}

async fn exchange(client: &reqwest::Client, request: HttpRequest) -> Result<DatedResponse, HttpError> {
    let host = request.url.host_str().unwrap_or_default().to_owned();
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
    };
    let mut outgoing = client.request(method, request.url);
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
    let causes: Vec<&dyn Error> =
        std::iter::successors(Some(&error as &dyn Error), |cause| (*cause).source()).collect();
    let sentences: Vec<String> = causes.iter().map(ToString::to_string).collect();
    tracing::warn!(host, cause = sentences.join(": "), "provider unreachable");
    if let Some(refused) = causes.iter().find_map(|cause| cause.downcast_ref::<GuardError>()) {
        (*refused).into()
    } else if error.is_timeout() {
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
    use rstest::rstest;

    use super::*;
    use crate::relying_party::{OutboundProxy, ProxyScope};

    fn http(networks: &[&str], proxy: Option<&str>) -> ProviderHttp {
        let private_networks = networks.iter().map(|network| network.parse().unwrap()).collect();
        let proxy = proxy.map(|proxy| OutboundProxy::parse(proxy, ProxyScope::All, "").unwrap());
        ProviderHttp::new(Outbound { on_loopback: false, private_networks, proxy }).unwrap()
    }

    async fn outcome(http: &ProviderHttp, url: &str, reach: Reach) -> HttpError {
        let request = HttpRequest::get_json(&Url::parse(url).unwrap());
        http.send(request, reach).await.unwrap_err()
    }

    /// Nothing listens on port 1, so a request that is allowed ends in `Unreachable`.
    #[rstest]
    #[case("https://127.0.0.1:1/")]
    #[case("https://localhost:1/")]
    #[tokio::test]
    async fn private_network_is_for_its_providers_only(#[case] url: &str) {
        let listed = http(&["127.0.0.0/8", "::1/128"], None);
        assert_eq!(outcome(&listed, url, Reach::PrivateNetworks).await, HttpError::Unreachable);
        for (http, reach) in [
            (&listed, Reach::Public),
            (&http(&[], None), Reach::PrivateNetworks),
            (&http(&["10.0.0.0/8", "fd00::/8"], None), Reach::PrivateNetworks),
        ] {
            let error = outcome(http, url, reach).await;
            assert!(matches!(error, HttpError::ForbiddenAddress(address) if address.is_loopback()), "{error:?}");
        }
    }

    /// The proxy resolves names; what is an address already is checked here.
    #[rstest]
    #[case("https://id.example/", None)]
    #[case("https://10.0.0.1/", Some(HttpError::ForbiddenAddress(IpAddr::from([10, 0, 0, 1]))))]
    #[case("https://169.254.169.254/", Some(HttpError::MetadataAddress(IpAddr::from([169, 254, 169, 254]))))]
    #[tokio::test]
    async fn literal_address_is_checked_before_the_proxy(#[case] url: &str, #[case] refused: Option<HttpError>) {
        let http = http(&["169.254.0.0/16"], Some("http://127.0.0.1:1"));
        let error = outcome(&http, url, Reach::PrivateNetworks).await;
        assert_eq!(error, refused.unwrap_or(HttpError::NoTunnel));
    }

    #[test]
    fn credentials_of_the_proxy_do_not_print() {
        let http = http(&[], Some("http://user:hush@127.0.0.1:1"));
        assert!(!format!("{http:?}").contains("hush"));
    }

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
