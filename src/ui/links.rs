//! Links with parameters. Values are percent-encoded (RFC 3986 §2.1), so that a `return_to` with `&` or `#` cannot add a
//! parameter.

use super::wording;
use crate::codes::{
    access::Access,
    percent::{encode, with_query, with_return_to},
    settings_page::SettingsPage,
};

/// Starts a sign-in.
pub fn sign_in(slug: &str, return_to: Option<&str>) -> String {
    with_return_to(&start(slug), return_to)
}

/// The same with the provider's account chooser (`prompt=select_account`, OpenID Connect Core §3.1.2.1).
pub fn sign_in_as_another(slug: &str, return_to: Option<&str>) -> String {
    with_return_to(&with_query(&start(slug), &[("prompt", "select_account")]), return_to)
}

pub fn login(return_to: Option<&str>) -> String {
    with_return_to("/login", return_to)
}

pub fn sign_up(return_to: Option<&str>) -> String {
    with_return_to("/signup", return_to)
}

pub fn forgot(return_to: Option<&str>) -> String {
    with_return_to("/forgot", return_to)
}

pub fn unlink(identity: &str) -> String {
    with_query("/settings/unlink", &[("identity", identity)])
}

pub fn remove_passkey(passkey: &str) -> String {
    with_query("/settings/passkey", &[("passkey", passkey)])
}

/// The re-authentication, and back to a page.
pub fn confirm(return_to: &str) -> String {
    with_return_to("/confirm", Some(return_to))
}

/// Links a provider. Without `return_to` the person returns to the settings.
pub fn link(slug: &str, return_to: Option<&str>) -> String {
    with_return_to(&with_query("/settings/link", &[("provider", slug)]), return_to)
}

/// The page of a connected service, for one account.
pub fn of_account(access: Access, identity: &str) -> String {
    with_query(access.page(), &[("account", identity)])
}

fn start(slug: &str) -> String {
    format!("/auth/{}", encode(slug))
}

/// Where "Back" leads from a step on the way to `path`, and what it says: of the settings the page above, otherwise the page that
/// one came from.
pub fn back(path: &str) -> (String, String) {
    let page = path.split(['?', '#']).next().unwrap_or_default();
    let place = match page {
        "/dashboard" => "dashboard",
        "/drive" => "Drive",
        "/calendar" => "calendar",
        "/admin" | "/admin/user" => "users",
        _ => {
            let above = SettingsPage::above(path);
            return (format!("Back to {}", wording::settings_page(above).to_lowercase()), above.path().to_owned());
        }
    };
    (format!("Back to {place}"), path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_without_parameters_is_only_a_path() {
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
    fn the_account_chooser_keeps_the_destination() {
        assert_eq!(sign_in_as_another("google", Some("/ü")), "/auth/google?prompt=select_account&return_to=%2F%C3%BC");
    }

    #[test]
    fn the_destination_is_kept_from_page_to_page() {
        assert_eq!(login(None), "/login");
        assert_eq!(sign_up(Some("/a?b=1&c=2")), "/signup?return_to=%2Fa%3Fb%3D1%26c%3D2");
        assert_eq!(forgot(Some("/a#b")), "/forgot?return_to=%2Fa%23b");
    }

    #[test]
    fn values_cannot_add_a_parameter() {
        assert_eq!(unlink("1&x=2"), "/settings/unlink?identity=1%26x%3D2");
        assert_eq!(of_account(Access::Drive, "1&x=2"), "/drive?account=1%26x%3D2");
        assert_eq!(link("google#", None), "/settings/link?provider=google%23");
        assert_eq!(link("x&y", Some("/a?b=1&c")), "/settings/link?provider=x%26y&return_to=%2Fa%3Fb%3D1%26c");
    }

    #[test]
    fn a_slug_cannot_leave_its_segment() {
        assert_eq!(sign_in("../x", None), "/auth/..%2Fx");
    }

    #[test]
    fn back_leads_where_one_came_from() {
        for (path, text, href) in [
            ("/drive?account=1", "Back to Drive", "/drive?account=1"),
            ("/dashboard", "Back to dashboard", "/dashboard"),
            ("/settings/password", "Back to security", "/settings/security"),
            ("/settings/unlink?identity=1", "Back to security", "/settings/security"),
            ("/auth/anything", "Back to account", "/settings"),
        ] {
            assert_eq!(back(path), (text.to_owned(), href.to_owned()));
        }
    }
}
