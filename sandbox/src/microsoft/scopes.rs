//! OpenID Connect scopes and Microsoft Graph scopes.

use crate::token_store::Scopes;

const GRAPH: &str = "https://graph.microsoft.com/";

/// `Err` is the first unknown scope.
pub fn read(text: &str) -> Result<Scopes, &str> {
    text.split(' ').filter(|scope| !scope.is_empty()).map(|scope| known(scope).ok_or(scope)).collect()
}

fn known(scope: &str) -> Option<String> {
    let name = scope.strip_prefix(GRAPH).unwrap_or(scope);
    let of_graph = name.contains('.') && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    (of_graph || matches!(scope, "openid" | "profile" | "email" | "offline_access")).then(|| name.to_owned())
}

pub fn description(scope: &str) -> String {
    match scope {
        "openid" => "Sign you in".to_owned(),
        "profile" => "See your name and user name".to_owned(),
        "email" => "See your email address".to_owned(),
        "offline_access" => "Maintain access to data you have given it access to".to_owned(),
        other => format!("Use {other}"),
    }
}

/// The `scope` of the token response; Microsoft omits `offline_access`.
pub fn in_response(scopes: &Scopes) -> String {
    scopes.iter().filter(|scope| *scope != "offline_access").cloned().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openid_and_graph_scopes_are_known() {
        let scopes = read("openid offline_access https://graph.microsoft.com/User.Read User.Read").unwrap();
        assert_eq!(scopes.len(), 3);
        assert_eq!(in_response(&scopes), "User.Read openid");
        assert_eq!(read("openid phone"), Err("phone"));
    }
}
