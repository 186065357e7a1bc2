//! Scopes: Google's two spellings, the sign-in scopes, and the descriptions on the consent screen.

use crate::token_store::Scopes;

/// Prefix of the API scopes.
pub const API: &str = "https://www.googleapis.com/auth/";
/// The `email` scope in Google's long spelling.
pub const EMAIL: &str = "https://www.googleapis.com/auth/userinfo.email";
/// The `profile` scope in Google's long spelling.
pub const PROFILE: &str = "https://www.googleapis.com/auth/userinfo.profile";
pub const OPENID: &str = "openid";

/// Normalizes scopes to Google's long spelling; `Err` is the first unknown scope.
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

/// Sign-in scopes cannot be declined one by one.
pub fn is_for_sign_in(scope: &str) -> bool {
    matches!(scope, OPENID | EMAIL | PROFILE)
}

pub fn description(scope: &str) -> String {
    match scope.strip_prefix(API) {
        Some("userinfo.email") => "See your email address".to_owned(),
        Some("userinfo.profile") => "See your name and picture".to_owned(),
        Some("drive.metadata.readonly") => "See information about your Drive files".to_owned(),
        Some("drive.readonly") => "See and download all your Drive files".to_owned(),
        Some("drive.file") => "See and change the Drive files that you use with this app".to_owned(),
        Some("calendar.events.readonly") => "See the events of your calendars".to_owned(),
        Some("calendar.readonly") => "See and download your calendars".to_owned(),
        Some(other) => format!("Use {other}"),
        None => "Associate you with your personal info".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_the_same_scope() {
        assert_eq!(read("openid email profile"), read(&format!("openid  {EMAIL} {PROFILE} email")));
        assert_eq!(read("openid email").map(|scopes| scopes.len()), Ok(2));
    }

    #[test]
    fn unknown_scope_is_reported() {
        assert_eq!(read("openid offline_access"), Err("offline_access"));
        assert_eq!(read(API), Err(API));
    }
}
