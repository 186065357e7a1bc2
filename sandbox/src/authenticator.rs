//! An authenticator app (RFC 6238) for development: it takes the `otpauth` URI that a page shows as a QR code, and shows the
//! present codes.

use aws_lc_rs::hmac;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;
use url::Url;

use crate::page::{Page, escape};
use crate::state::SharedState;

const PATH: &str = "/authenticator";
const PERIOD: i64 = 30;
/// Accounts that are kept, the newest first.
const MAX_ACCOUNTS: usize = 20;
/// Longest URI, in bytes.
const MAX_URI: usize = 2048;

/// One entry of the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Issuer and account, as the URI names them.
    label: String,
    secret: Vec<u8>,
}

pub fn routes() -> Router<SharedState> {
    Router::new().route(PATH, get(show))
}

#[derive(Deserialize)]
struct Asked {
    /// An `otpauth` URI to add.
    add: Option<String>,
}

async fn show(State(shared): State<SharedState>, Query(asked): Query<Asked>) -> Response {
    if let Some(account) = asked.add.as_deref().and_then(Account::parse) {
        let accounts = &mut shared.lock().accounts;
        accounts.retain(|other| *other != account);
        accounts.insert(0, account);
        accounts.truncate(MAX_ACCOUNTS);
        // Without the secret in the URL, so that a reload adds nothing.
        return Redirect::to(PATH).into_response();
    }
    let state = shared.lock();
    let now = state.now();
    let rows: String = state.accounts.iter().map(|account| row(account, now)).collect();
    let list = match rows.is_empty() {
        true => "<p>No accounts yet. The page that turns two-step verification on has a link to here.</p>".to_owned(),
        false => {
            format!("<ul class=\"codes\">{rows}</ul><p>Next codes in {} seconds.</p>", PERIOD - now.rem_euclid(PERIOD))
        }
    };
    let main = format!(
        "<h1>Authenticator app</h1>{list}<div class=\"actions\"><a class=\"button\" href=\"{PATH}\">Show current codes</a></div>"
    );
    Page::new("authenticator app", "Authenticator app", main).into_response()
}

fn row(account: &Account, now: i64) -> String {
    let code = account.code(now / PERIOD);
    format!(r#"<li>{}<br><strong><code data-code="{code}">{code}</code></strong></li>"#, escape(&account.label))
}

impl Account {
    /// Of an `otpauth` URI with the default algorithm, digits and period; `None` for anything else.
    fn parse(uri: &str) -> Option<Self> {
        let url = Url::parse(uri).ok().filter(|_| uri.len() <= MAX_URI)?;
        let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let is_default = |name: &str, default: &str| value(name).is_none_or(|value| value == default);
        let known = url.scheme() == "otpauth" && url.host_str() == Some("totp");
        if !known || !is_default("algorithm", "SHA1") || !is_default("digits", "6") || !is_default("period", "30") {
            return None;
        }
        let label = url::form_urlencoded::parse(format!("l={}", url.path().trim_start_matches('/')).as_bytes())
            .next()
            .map(|(_, label)| label.into_owned())?;
        Some(Self { label, secret: base32(&value("secret")?)? })
    }

    /// RFC 4226 §5.3.
    fn code(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag[tag.len() - 1] & 15);
        let bits = tag[offset..offset + 4].iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte));
        format!("{:06}", (bits & 0x7fff_ffff) % 1_000_000)
    }
}

/// RFC 4648 §6; `None` for other characters, or too few of them.
fn base32(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == byte.to_ascii_uppercase())?;
        bits = (bits << 5) | u32::try_from(value).ok()?;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count).ok()?);
            bits &= (1 << count) - 1;
        }
    }
    (bytes.len() >= 10).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URI: &str =
        "otpauth://totp/app.example:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=app.example";

    /// RFC 6238, appendix B.
    #[test]
    fn codes_are_those_of_rfc_6238() {
        let account = Account::parse(URI).unwrap();
        assert_eq!(
            (account.label.as_str(), account.secret.as_slice()),
            ("app.example:ada@example.com", &b"12345678901234567890"[..])
        );
        for (now, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(account.code(now / PERIOD), code);
        }
    }

    #[test]
    fn other_uris_are_no_accounts() {
        for uri in [
            "",
            "https://app.example/",
            "otpauth://hotp/a?secret=GEZDGNBVGY3TQOJQ",
            "otpauth://totp/a",
            "otpauth://totp/a?secret=1",
            "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&digits=8",
        ] {
            assert_eq!(Account::parse(uri), None, "{uri}");
        }
    }
}
