//! The files that a walkthrough names, as this program was built from them.

/// A file of this repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceText {
    /// From the root of the repository.
    pub file: &'static str,
    pub text: &'static str,
}

/// `file` counts from the root of the repository. Only what a walkthrough names is here.
pub fn source_text(file: &str) -> Option<SourceText> {
    FILES.iter().copied().find(|known| known.file == file)
}

macro_rules! files {
    ($($file:literal,)+) => {
        const FILES: &[SourceText] =
            &[$(SourceText { file: $file, text: include_str!(concat!("../../", $file)) },)+];
    };
}

files! {
    "src/account/email_link.rs",
    "src/account/passkeys/finish.rs",
    "src/account/reauthenticate.rs",
    "src/account/second_factor/finish.rs",
    "src/account/sign_in_with_email_code.rs",
    "src/account/sign_in_with_password.rs",
    "src/account/sign_in_with_token.rs",
    "src/accounts/decide.rs",
    "src/grants/renew.rs",
    "src/grants/single_flight.rs",
    "src/inspect/check/list.rs",
    "src/oauth/authorization_error.rs",
    "src/oauth/authorization_request.rs",
    "src/oauth/authorization_response.rs",
    "src/oauth/revocation.rs",
    "src/oauth/token_request.rs",
    "src/oauth/token_response.rs",
    "src/oidc/discovery/mod.rs",
    "src/oidc/id_token/hashes.rs",
    "src/oidc/id_token/header.rs",
    "src/oidc/id_token/mod.rs",
    "src/oidc/id_token/payload.rs",
    "src/oidc/id_token/times.rs",
    "src/oidc/jwks/mod.rs",
    "src/oidc/security_event/mod.rs",
    "src/oidc/userinfo/mod.rs",
    "src/providers/message.rs",
    "src/providers/profile.rs",
    "src/providers/token_check.rs",
    "src/relying_party/begin.rs",
    "src/relying_party/complete.rs",
    "src/relying_party/flow.rs",
    "src/relying_party/http.rs",
    "src/relying_party/id_token.rs",
    "src/relying_party/provider_client.rs",
    "src/relying_party/refresh.rs",
    "src/relying_party/resource.rs",
    "src/sessions/authorization_callback.rs",
    "src/sessions/flow_cookies.rs",
    "src/sessions/sign_out.rs",
    "src/sessions/signed_in.rs",
    "src/store/audit/events.rs",
    "src/store/email/sign_in_codes.rs",
    "src/store/grants/rows.rs",
    "src/store/outbox.rs",
    "src/store/sessions/queries.rs",
    "src/store/sessions/refresh_tokens.rs",
    "src/store/sessions/rotation.rs",
    "src/store/sessions/used_flows.rs",
    "src/store/users/identities.rs",
    "src/store/users/provider_events.rs",
    "src/store/users/queries.rs",
    "src/tokens/issuer.rs",
    "src/totp/code.rs",
    "src/web/provider_events.rs",
    "src/web/redirect.rs",
    "src/web/router.rs",
    "src/webauthn/authentication.rs",
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    /// Every text in quotes that names a file of `src`, in this room's sources but this one.
    fn named(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                named(&path, found);
            } else if path.file_name().is_some_and(|name| name != "source_text.rs") {
                let text = fs::read_to_string(&path).unwrap();
                let quoted = text.split('"').filter(|part| part.starts_with("src/") && part.ends_with(".rs"));
                found.extend(quoted.map(str::to_owned));
            }
        }
    }

    #[test]
    fn every_file_that_a_walkthrough_names_is_here_and_no_other() {
        let mut expected = BTreeSet::new();
        named(Path::new("src/inspect"), &mut expected);
        assert_eq!(FILES.iter().map(|file| file.file.to_owned()).collect::<BTreeSet<_>>(), expected);
        assert!(source_text("src/oauth/token_request.rs").is_some_and(|source| source.text.contains("code_verifier")));
        assert!(source_text("src/main.rs").is_none());
    }
}
