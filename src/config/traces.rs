//! `OTEL_…`: where spans go. Only a build with the feature `otlp` sends any.

use secrecy::SecretString;
use url::{Url, form_urlencoded};

use super::{ConfigError, Environment};

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";
const SERVICE: &str = "OTEL_SERVICE_NAME";

/// The operator's collector.
#[derive(Clone, Debug)]
pub struct TraceSettings {
    /// The endpoint for traces.
    pub url: Url,
    pub headers: Vec<(String, SecretString)>,
    pub service: String,
}

/// `None` without an endpoint.
///
/// # Errors
/// When an endpoint is no URL, or a header is not `name=value`.
pub(super) fn parse(env: &Environment) -> Result<Option<TraceSettings>, ConfigError> {
    let url = match (env.get(TRACES_ENDPOINT), env.get(ENDPOINT)) {
        (Some(text), _) => endpoint(TRACES_ENDPOINT, text)?,
        (None, Some(text)) => {
            let mut url = endpoint(ENDPOINT, text)?;
            let path = format!("{}/v1/traces", url.path().trim_end_matches('/'));
            url.set_path(&path);
            url
        }
        (None, None) => return Ok(None),
    };
    let headers = env.get(HEADERS).unwrap_or_default().split(',').filter(|pair| !pair.trim().is_empty());
    let headers = headers.map(header).collect::<Result<_, _>>()?;
    Ok(Some(TraceSettings { url, headers, service: env.get(SERVICE).unwrap_or("latchkey").to_owned() }))
}

fn endpoint(variable: &str, text: &str) -> Result<Url, ConfigError> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| ConfigError::new(variable, "must be an http or https URL, for instance http://localhost:4318"))
}

/// `name=value`, percent-encoded. The value may be a key, so the error does not repeat it.
fn header(pair: &str) -> Result<(String, SecretString), ConfigError> {
    let wrong = || ConfigError::new(HEADERS, "must be name=value pairs, separated by commas");
    let (name, value) = pair.split_once('=').ok_or_else(wrong)?;
    let name = http::HeaderName::try_from(name.trim()).map_err(|_| wrong())?;
    let value = Some(decoded(value.trim())).filter(|value| http::HeaderValue::try_from(value).is_ok());
    Ok((name.to_string(), value.ok_or_else(wrong)?.into()))
}

fn decoded(text: &str) -> String {
    // A plus is itself here.
    let query = format!("={}", text.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(query.as_bytes()).map(|(_, value)| value.into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn settings(variables: &[(&str, &str)]) -> Result<Option<TraceSettings>, ConfigError> {
        parse(&variables.iter().copied().collect())
    }

    #[test]
    fn the_endpoint_for_traces_is_below_the_endpoint() {
        for (variable, text, url) in [
            (ENDPOINT, "http://localhost:4318", "http://localhost:4318/v1/traces"),
            (ENDPOINT, "https://collector.example/otlp/", "https://collector.example/otlp/v1/traces"),
            (TRACES_ENDPOINT, "https://collector.example/spans", "https://collector.example/spans"),
        ] {
            assert_eq!(settings(&[(variable, text)]).unwrap().unwrap().url.as_str(), url, "{text}");
        }
        assert!(settings(&[]).unwrap().is_none());
    }

    #[test]
    fn headers_are_decoded() {
        let found = settings(&[(ENDPOINT, "http://c:4318"), (HEADERS, "X-Key=a%20b, Other=c")]).unwrap().unwrap();
        let headers: Vec<_> =
            found.headers.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
        assert_eq!(headers, [("x-key", "a b"), ("other", "c")]);
        assert_eq!(found.service, "latchkey");
    }

    #[test]
    fn errors_name_the_variable_and_no_value() {
        for (variable, text) in
            [(ENDPOINT, "collector:4317"), (TRACES_ENDPOINT, "ftp://c"), (HEADERS, "hush"), (HEADERS, "a=%0a")]
        {
            let error = settings(&[(ENDPOINT, "http://c:4318"), (variable, text)]).unwrap_err().to_string();
            assert!(error.starts_with(variable) && !error.contains("hush"), "{error}");
        }
    }
}
