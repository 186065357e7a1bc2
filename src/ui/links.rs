//! Addresses of ours that carry something. Whatever goes into a query is percent-encoded here (RFC 3986 §2.1), so
//! that a `return_to` with `&` or `#` in it cannot write a parameter of its own.

use crate::codes::percent::encode;

/// Where a sign-in with this provider starts.
pub fn sign_in(slug: &str, return_to: Option<&str>) -> String {
    let mut link = start(slug);
    if let Some(return_to) = return_to {
        link.push_str("?return_to=");
        link.push_str(&encode(return_to));
    }
    link
}

/// The same, with the provider asked to let the person choose an account (`prompt=select_account`, OpenID Connect
/// Core §3.1.2.1).
pub fn sign_in_as_another(slug: &str, return_to: Option<&str>) -> String {
    let mut link = start(slug);
    link.push_str("?prompt=select_account");
    if let Some(return_to) = return_to {
        link.push_str("&return_to=");
        link.push_str(&encode(return_to));
    }
    link
}

fn start(slug: &str) -> String {
    format!("/auth/{}", encode(slug))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_without_anything_is_only_the_path() {
        assert_eq!(sign_in("google", None), "/auth/google");
    }

    #[test]
    fn return_to_cannot_add_a_parameter() {
        assert_eq!(
            sign_in("google", Some("/dashboard?a=1&prompt=none#x")),
            "/auth/google?return_to=%2Fdashboard%3Fa%3D1%26prompt%3Dnone%23x"
        );
    }

    #[test]
    fn another_account_is_asked_for_before_the_destination() {
        assert_eq!(sign_in_as_another("google", Some("/ü")), "/auth/google?prompt=select_account&return_to=%2F%C3%BC");
    }

    #[test]
    fn a_slug_cannot_leave_its_segment() {
        assert_eq!(sign_in("../x", None), "/auth/..%2Fx");
    }
}
