//! The mail server of an `SMTP_URL`.

use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::error::DeliveryError;

/// Where and how emails are submitted. Its `Debug` shows no password.
#[derive(Clone, Debug)]
pub struct MailServer {
    /// Host name or IP address, without brackets.
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// User and password.
    pub credentials: Option<(String, SecretString)>,
}

/// Transport security.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// None: the server is on this machine.
    Loopback,
    /// TLS after STARTTLS (RFC 3207), required: if it is not offered (or stripped on the way), no email is sent.
    StartTls,
    /// TLS from the first byte (RFC 8314).
    Tls,
}

impl MailServer {
    /// Reads `smtps://user:password@host:465`, or `smtp://…:587` for STARTTLS. `smtp://` on loopback is plain.
    ///
    /// # Errors
    /// [`DeliveryError::Url`] for anything else. A path or a query is rejected, since an option in it would be ignored
    /// silently.
    pub fn parse(smtp_url: &SecretString) -> Result<Self, DeliveryError> {
        let url = Url::parse(smtp_url.expose_secret()).map_err(|_| DeliveryError::Url)?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
        if host.is_empty() || !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(DeliveryError::Url);
        }
        let security = match url.scheme() {
            "smtps" => Security::Tls,
            "smtp" if is_loopback(&host) => Security::Loopback,
            "smtp" => Security::StartTls,
            _ => return Err(DeliveryError::Url),
        };
        let default_port = match security {
            Security::Loopback => 25,
            Security::StartTls => 587,
            Security::Tls => 465,
        };
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => Some((decoded(user), decoded(password).into())),
            _ => return Err(DeliveryError::Url),
        };
        Ok(Self { host, port: url.port().unwrap_or(default_port), security, credentials })
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Percent-decodes a URL's userinfo (RFC 3986 §3.2.1). The form decoder's other special characters are escaped first.
fn decoded(text: &str) -> String {
    let text = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(text.as_bytes()).next().map(|(text, _)| text.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn parse(url: &str) -> Result<MailServer, DeliveryError> {
        MailServer::parse(&url.to_owned().into())
    }

    #[rstest]
    #[case("smtps://me:hush@mail.example", "mail.example", 465, Security::Tls)]
    #[case("smtps://me:hush@mail.example:4465/", "mail.example", 4465, Security::Tls)]
    #[case("smtps://localhost", "localhost", 465, Security::Tls)]
    #[case("smtp://me:hush@Mail.example", "mail.example", 587, Security::StartTls)]
    #[case("smtp://10.0.0.1:25", "10.0.0.1", 25, Security::StartTls)]
    #[case("smtp://localhost.evil.example", "localhost.evil.example", 587, Security::StartTls)]
    #[case("smtp://localhost:3025", "localhost", 3025, Security::Loopback)]
    #[case("smtp://127.0.0.1:3025", "127.0.0.1", 3025, Security::Loopback)]
    #[case("smtp://[::1]:3025", "::1", 3025, Security::Loopback)]
    fn only_loopback_is_unencrypted(
        #[case] url: &str,
        #[case] host: &str,
        #[case] port: u16,
        #[case] security: Security,
    ) {
        let server = parse(url).unwrap();
        assert_eq!((server.host.as_str(), server.port, server.security), (host, port, security));
    }

    #[rstest]
    #[case("")]
    #[case("mail.example:465")]
    #[case("https://mail.example")]
    #[case("smtps://")]
    #[case("smtps://mail.example/hello")]
    #[case("smtp://mail.example?tls=opportunistic")]
    #[case("smtps://me@mail.example")]
    #[case("smtps://:hush@mail.example")]
    #[case("smtps://mail.example:smtp")]
    fn invalid_urls_are_rejected_without_leaking_the_password(#[case] url: &str) {
        let error = parse(url).unwrap_err();
        assert!(!error.to_string().contains("hush"), "{error}");
    }

    #[test]
    fn credentials_are_decoded_and_hidden_from_debug() {
        let server = parse("smtps://me%40mail.example:p%2F+%25&=s@mail.example").unwrap();
        assert!(!format!("{server:?}").contains("p/"));
        let (user, password) = server.credentials.unwrap();
        assert_eq!((user.as_str(), password.expose_secret()), ("me@mail.example", "p/+%&=s"));
    }
}
