//! Scopes: Google's two spellings, which are for signing in, and what the consent screen says of the others.

use crate::token_store::Scopes;

/// What the scopes of the APIs begin with.
pub const API: &str = "https://www.googleapis.com/auth/";
/// The e-mail scope as Google's answers spell it.
pub const EMAIL: &str = "https://www.googleapis.com/auth/userinfo.email";
/// The profile scope as Google's answers spell it.
pub const PROFILE: &str = "https://www.googleapis.com/auth/userinfo.profile";
/// The scope that makes an id_token.
pub const OPENID: &str = "openid";

/// The scopes of a request in the spelling of the answers; `Err` with the first that Google does not know.
pub fn read(text: &str) -> Result<Scopes, &str> {
    text.split(' ').filter(|scope| !scope.is_empty()).map(canonical).collect()
}

fn canonical(scope: &str) -> Result<String, &str> {
    match scope {
        OPENID => Ok(scope.to_owned()),
        "email" => Ok(EMAIL.to_owned()),
        "profile" => Ok(PROFILE.to_owned()),
        _ if scope.strip_prefix(API).is_some_and(|name| !name.is_empty()) => Ok(scope.to_owned()),
        _ => Err(scope),
    }
}

/// Whether it cannot be declined on its own.
pub fn is_for_sign_in(scope: &str) -> bool {
    matches!(scope, OPENID | EMAIL | PROFILE)
}

/// What the consent screen says of it.
pub fn description(scope: &str) -> String {
    match scope.strip_prefix(API) {
        Some("userinfo.email") => "See your e-mail address".to_owned(),
        Some("userinfo.profile") => "See your name and picture".to_owned(),
        Some("drive.metadata.readonly") => "See information about your Drive files".to_owned(),
        Some("drive.readonly") => "See and download all your Drive files".to_owned(),
        Some("drive.file") => "See and change the Drive files that you use with this app".to_owned(),
        Some("calendar.events.readonly") => "See the events of your calendars".to_owned(),
        Some("calendar.readonly") => "See and download your calendars".to_owned(),
        Some(other) => format!("Use {other}"),
        None => "Know who you are at this provider".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_one_scope() {
        assert_eq!(read("openid email profile"), read(&format!("openid  {EMAIL} {PROFILE} email")));
        assert_eq!(read("openid email").map(|scopes| scopes.len()), Ok(2));
    }

    #[test]
    fn a_scope_that_google_does_not_have_is_named() {
        assert_eq!(read("openid offline_access"), Err("offline_access"));
        assert_eq!(read(API), Err(API));
    }
}
