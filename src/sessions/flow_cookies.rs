//! Pending flows: one sealed cookie each in the browser, for several tabs side by side.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};

use super::cookies::{self, Cookies};
use crate::{
    inspect,
    relying_party::PendingFlow,
    sealing::{Sealer, SealingError, sha256_base64url},
};

/// Lifetime of the cookie in seconds: longer than the flow's, so that a late response gets the error "expired".
pub(super) const MAX_AGE: i64 = 3600;
/// Pending flows per browser. An unbounded number of cookies outgrows what servers read, and locks the browser out.
const MAX_FLOWS: usize = 5;

/// Writes, finds and clears flow cookies. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FlowCookies {
    sealer: Arc<Sealer>,
    cookies: Cookies,
}

/// The flow of a response, by its state.
#[derive(Debug)]
pub enum Found {
    Pending(Box<PendingFlow>),
    Expired(Box<PendingFlow>),
    /// Not in this browser.
    Unknown,
}

impl FlowCookies {
    /// Derives its keys from the secret keys, newest first.
    ///
    /// # Errors
    /// If there is no key.
    pub fn new<'a>(secret_keys: impl Iterator<Item = &'a [u8]>, cookies: Cookies) -> Result<Self, SealingError> {
        Ok(Self { sealer: Arc::new(Sealer::new(secret_keys, "flow cookie")?), cookies })
    }

    /// The `Set-Cookie` values that keep a new flow and remove expired, foreign and surplus ones, the oldest first.
    ///
    /// # Errors
    /// If sealing fails.
    pub fn keep(&self, request: &HeaderMap, flow: &PendingFlow, now: i64) -> Result<Vec<HeaderValue>, SealingError> {
        inspect::join(&flow_id(flow.state.expose()));
        let name = self.name(flow.state.expose());
        let plain = serde_json::to_vec(flow).map_err(|_| SealingError)?;
        let sealed = self.sealer.seal(&name, &plain)?;
        let mut set = vec![self.cookies.set(&name, &sealed, MAX_AGE).ok_or(SealingError)?];
        set.extend(self.surplus(request, now).iter().filter_map(|name| self.cookies.clear(name)));
        Ok(set)
    }

    /// The flow with this `state`, if this very browser started it.
    pub fn find(&self, request: &HeaderMap, unverified_state: &str, now: i64) -> Found {
        let name = self.name(unverified_state);
        match cookies::find(request, &name).and_then(|sealed| self.open(&name, sealed)) {
            None => Found::Unknown,
            // A browser would have deleted it.
            Some(flow) if now.saturating_sub(flow.started_at) > MAX_AGE => Found::Unknown,
            Some(flow) if flow.is_expired(now) => Found::Expired(Box::new(flow)),
            Some(flow) => Found::Pending(Box::new(flow)),
        }
    }

    /// The `Set-Cookie` value that removes the flow with this `state`.
    pub fn clear(&self, unverified_state: &str) -> Option<HeaderValue> {
        self.cookies.clear(&self.name(unverified_state))
    }

    /// The `Set-Cookie` values that remove every flow of the browser.
    pub fn clear_all(&self, request: &HeaderMap) -> Vec<HeaderValue> {
        let flows = cookies::with_prefix(request, &self.cookies.name("flow-"));
        flows.iter().filter_map(|(name, _)| self.cookies.clear(name)).collect()
    }

    /// Names of the cookies to remove, so that at most [`MAX_FLOWS`] are left with the new one.
    fn surplus(&self, request: &HeaderMap, now: i64) -> Vec<String> {
        let (mut live, mut surplus) = (Vec::new(), Vec::new());
        for (name, sealed) in cookies::with_prefix(request, &self.cookies.name("flow-")) {
            match sealed.and_then(|sealed| self.open(name, sealed)) {
                Some(flow) if !flow.is_expired(now) => live.push((flow.started_at, name.to_owned())),
                _ => surplus.push(name.to_owned()),
            }
        }
        // A stable sort: within one second the browser's order decides, oldest first (RFC 6265 §5.4).
        live.sort_by_key(|(started_at, _)| *started_at);
        let too_many = (live.len() + 1).saturating_sub(MAX_FLOWS);
        surplus.extend(live.into_iter().take(too_many).map(|(_, name)| name));
        surplus
    }

    fn open(&self, name: &str, sealed: &str) -> Option<PendingFlow> {
        let plain = self.sealer.open(name, sealed).ok()?;
        serde_json::from_slice(&plain).ok()
    }

    fn name(&self, state: &str) -> String {
        self.cookies.name(&format!("flow-{}", &flow_id(state)[..22]))
    }
}

/// The flow's id: SHA-256 of its state. It names the cookie and the row in `used_flows`, and reveals the state to readers of
/// neither.
pub fn flow_id(state: &str) -> String {
    sha256_base64url(state)
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;
    use crate::{
        accounts::Purpose,
        oauth::{Nonce, PkceVerifier, State},
        relying_party::ReturnTo,
    };

    fn flow_cookies() -> FlowCookies {
        FlowCookies::new([[7_u8; 32].as_slice()].into_iter(), Cookies::new(true)).unwrap()
    }

    fn flow(seed: u8, started_at: i64) -> PendingFlow {
        PendingFlow {
            provider: "google".into(),
            issuer: "https://accounts.google.com".into(),
            purpose: Purpose::SignIn,
            return_to: ReturnTo::parse(&format!("/{}", "a".repeat(ReturnTo::MAX_BYTES - 1))).unwrap(),
            access: None,
            state: State::from_random([seed; 32]),
            nonce: Nonce::from_random([seed; 32]),
            code_verifier: PkceVerifier::from_random([seed; 32]),
            started_at,
        }
    }

    /// The browser's cookies after these `Set-Cookie` values.
    fn jar(mut jar: Vec<(String, String)>, set: &[HeaderValue]) -> Vec<(String, String)> {
        for value in set {
            let text = value.to_str().unwrap();
            let (name, rest) = text.split_once('=').unwrap();
            jar.retain(|(known, _)| known != name);
            if !rest.contains("Max-Age=0") {
                jar.push((name.to_owned(), rest.split(';').next().unwrap().to_owned()));
            }
        }
        jar
    }

    fn request(jar: &[(String, String)]) -> HeaderMap {
        let line = jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&line).unwrap())])
    }

    #[test]
    fn a_flow_is_found_in_its_own_browser_only() {
        let (cookies, flow) = (flow_cookies(), flow(1, 0));
        let browser = jar(vec![], &cookies.keep(&HeaderMap::new(), &flow, 0).unwrap());
        let state = flow.state.expose();
        assert!(matches!(cookies.find(&request(&browser), state, 600), Found::Pending(_)));
        assert!(matches!(cookies.find(&request(&browser), state, 601), Found::Expired(_)));
        assert!(matches!(cookies.find(&request(&browser), state, MAX_AGE + 1), Found::Unknown));
        assert!(matches!(cookies.find(&HeaderMap::new(), state, 0), Found::Unknown));
        assert!(matches!(cookies.find(&request(&browser), &state[1..], 0), Found::Unknown));
    }

    #[test]
    fn a_renamed_cookie_does_not_open() {
        let cookies = flow_cookies();
        let (mine, other) = (flow(1, 0), flow(2, 0));
        let browser = jar(vec![], &cookies.keep(&HeaderMap::new(), &mine, 0).unwrap());
        let renamed = vec![(cookies.name(other.state.expose()), browser[0].1.clone())];
        assert!(matches!(cookies.find(&request(&renamed), other.state.expose(), 0), Found::Unknown));
    }

    #[test]
    fn five_flows_are_kept_and_the_oldest_goes_first() {
        let cookies = flow_cookies();
        let mut browser = vec![];
        for seed in 1..=7 {
            let set = cookies.keep(&request(&browser), &flow(seed, i64::from(seed)), 10).unwrap();
            browser = jar(browser, &set);
            assert!(browser.len() <= MAX_FLOWS);
        }
        let found = |seed| cookies.find(&request(&browser), flow(seed, 0).state.expose(), 10);
        assert!(matches!(found(2), Found::Unknown));
        assert!((3..=7).all(|seed| matches!(found(seed), Found::Pending(_))));
    }

    #[test]
    fn the_longest_flow_fits_into_a_cookie_with_every_attribute() {
        let set = flow_cookies().keep(&HeaderMap::new(), &flow(1, 0), 0).unwrap();
        let text = set[0].to_str().unwrap();
        assert!(text.len() <= 4096, "{}", text.len());
        assert!(text.starts_with("__Host-flow-"));
        for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=3600"] {
            assert!(text.contains(attribute), "{attribute}");
        }
        assert!(!text.contains("Domain"));
    }

    #[test]
    fn a_foreign_cookie_is_removed() {
        let foreign = vec![("__Host-flow-foreign".to_owned(), "AAAA".to_owned())];
        let set = flow_cookies().keep(&request(&foreign), &flow(1, 0), 0).unwrap();
        assert!(set.iter().any(|value| value.to_str().unwrap().starts_with("__Host-flow-foreign=;")));
    }
}
