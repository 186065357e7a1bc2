//! Whether a password is known from a data breach: a range query with k-anonymity, as Pwned Passwords answers it
//! (haveibeenpwned.com/API/v3, "Searching by range", read 2026-11).
//!
//! The service learns the first 20 bits of a SHA-1 hash, which some two thousand of its passwords share, and neither the
//! user nor whether the rest matches. With padding an observer of the encrypted traffic cannot tell the ranges apart by
//! their length. No answer is a no: a service that is down must not keep anyone from choosing a password.

use std::time::Duration;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{
    http::{ProviderHttp, Reach},
    outbound::Outbound,
};
use crate::{accounts::NewPassword, oauth::HttpRequest};

/// The whole query. The user waits for it.
const TIMEOUT: Duration = Duration::from_secs(2);
/// Characters of the hash that are sent.
const PREFIX: usize = 5;

/// A range service.
#[derive(Clone, Debug)]
pub struct BreachedPasswords {
    http: ProviderHttp,
    ranges: Url,
}

impl BreachedPasswords {
    /// `ranges` ends with a slash; the first characters of a hash follow.
    ///
    /// # Errors
    /// If the HTTP client cannot be created.
    pub fn new(ranges: Url, outbound: Outbound) -> Result<Self, reqwest::Error> {
        Ok(Self { http: ProviderHttp::new(outbound)?, ranges })
    }

    /// Whether the service lists the password. False also when it does not answer.
    pub async fn contain(&self, password: &NewPassword) -> bool {
        let hash = hash_of(password.expose());
        let (prefix, rest) = hash.expose_secret().split_at(PREFIX);
        let Ok(url) = self.ranges.join(prefix) else { return false };
        let mut request = HttpRequest::get_json(&url);
        request.headers = vec![("accept", "text/plain".into()), ("add-padding", "true".into())];
        let answer = tokio::time::timeout(TIMEOUT, self.http.send(request, Reach::PrivateNetworks)).await;
        match answer {
            Ok(Ok(response)) if response.status == 200 => is_listed(&response.body, rest),
            Ok(Ok(response)) => {
                tracing::warn!(status = response.status, "cannot look up breached passwords");
                false
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "cannot look up breached passwords");
                false
            }
            Err(_) => {
                tracing::warn!("looking up breached passwords took too long");
                false
            }
        }
    }
}

/// 40 upper-case hexadecimal digits. SHA-1 is the service's choice, and protects nothing here.
fn hash_of(password: &SecretString) -> SecretString {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.expose_secret().as_bytes());
    hash.as_ref().iter().map(|byte| format!("{byte:02X}")).collect::<String>().into()
}

/// Lines of `REST:COUNT`. A count of 0 is padding.
fn is_listed(body: &[u8], rest: &str) -> bool {
    let lines = body.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
    let mut entries = lines.filter_map(|line| line.trim().split_once(':'));
    entries.any(|(known, count)| known.eq_ignore_ascii_case(rest) && count.bytes().any(|digit| digit != b'0'))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// The example of the service's documentation: SHA-1 of "password".
    const HASH: &str = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8";

    #[test]
    fn the_hash_is_that_of_the_documentation() {
        assert_eq!(hash_of(&"password".into()).expose_secret(), HASH);
    }

    #[rstest]
    #[case::listed("1E4C9B93F3F0682250B6CF8331B7EE68FD8:3861493", true)]
    #[case::among_others("0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n1E4C9B93F3F0682250B6CF8331B7EE68FD8:2\r\n", true)]
    #[case::lower_case("1e4c9b93f3f0682250b6cf8331b7ee68fd8:10", true)]
    #[case::padding("1E4C9B93F3F0682250B6CF8331B7EE68FD8:0", false)]
    #[case::another("1E4C9B93F3F0682250B6CF8331B7EE68FD9:5", false)]
    #[case::longer("1E4C9B93F3F0682250B6CF8331B7EE68FD80:5", false)]
    #[case::no_count("1E4C9B93F3F0682250B6CF8331B7EE68FD8", false)]
    #[case::empty_count("1E4C9B93F3F0682250B6CF8331B7EE68FD8:", false)]
    #[case::empty("", false)]
    #[case::html("<!DOCTYPE html><p>1E4C9B93F3F0682250B6CF8331B7EE68FD8</p>", false)]
    fn a_line_lists_the_rest_of_the_hash(#[case] body: &str, #[case] listed: bool) {
        assert_eq!(is_listed(body.as_bytes(), &HASH[PREFIX..]), listed);
    }
}
