//! Scopes: those of OpenID Connect and those of Microsoft Graph.

use crate::token_store::Scopes;

const GRAPH: &str = "https://graph.microsoft.com/";

/// The scopes of a request; `Err` with the first that Microsoft does not know.
pub fn read(text: &str) -> Result<Scopes, &str> {
    text.split(' ').filter(|scope| !scope.is_empty()).map(|scope| known(scope).ok_or(scope)).collect()
}

fn known(scope: &str) -> Option<String> {
    let name = scope.strip_prefix(GRAPH).unwrap_or(scope);
    let of_graph = name.contains('.') && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    (of_graph || matches!(scope, "openid" | "profile" | "email" | "offline_access")).then(|| name.to_owned())
}

/// What the consent screen says of it.
pub fn description(scope: &str) -> String {
    match scope {
        "openid" => "Sign you in".to_owned(),
        "profile" => "See your name and user name".to_owned(),
        "email" => "See your e-mail address".to_owned(),
        "offline_access" => "Maintain access to data you have given it access to".to_owned(),
        other => format!("Use {other}"),
    }
}

/// As the token response tells them: `offline_access` shows in the refresh token alone.
pub fn in_response(scopes: &Scopes) -> String {
    scopes.iter().filter(|scope| *scope != "offline_access").cloned().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_of_openid_connect_and_of_graph_are_known() {
        let scopes = read("openid offline_access https://graph.microsoft.com/User.Read User.Read").unwrap();
        assert_eq!(scopes.len(), 3);
        assert_eq!(in_response(&scopes), "User.Read openid");
        assert_eq!(read("openid phone"), Err("phone"));
    }
}
