//! Which parameters, members and claims may be shown, by name. A name that is not here is a secret's.

/// Public in the protocol, or a word of a closed list there.
const SHOWN: [&str; 72] = [
    // Authorization request and response.
    "response_type",
    "response_mode",
    "client_id",
    "redirect_uri",
    "scope",
    "code_challenge_method",
    "prompt",
    "max_age",
    "access_type",
    "include_granted_scopes",
    "auth_type",
    "acr_values",
    "display",
    "ui_locales",
    "hd",
    "iss",
    "error",
    "error_reason",
    "error_code",
    "error_subcode",
    // Token request and response.
    "grant_type",
    "client_assertion_type",
    "token_type",
    "token_type_hint",
    "expires_in",
    "ext_expires_in",
    "refresh_token_expires_in",
    // The id_token: header and claims.
    "alg",
    "kid",
    "typ",
    "aud",
    "azp",
    "exp",
    "iat",
    "nbf",
    "auth_time",
    "amr",
    "acr",
    "ver",
    "email_verified",
    "verified",
    "xms_edov",
    "is_private_email",
    "real_user_status",
    "nonce_supported",
    "locale",
    "zoneinfo",
    "updated_at",
    // Discovery document and key set.
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "revocation_endpoint",
    "end_session_endpoint",
    "jwks_uri",
    "response_types_supported",
    "response_modes_supported",
    "grant_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
    "scopes_supported",
    "claims_supported",
    "token_endpoint_auth_methods_supported",
    "code_challenge_methods_supported",
    "authorization_response_iss_parameter_supported",
    "keys",
    // APIs.
    "kind",
    "pageSize",
    "fields",
    "orderBy",
    "corpora",
    // Our own.
    "provider",
];

/// About a person.
const PERSONAL: [&str; 20] = [
    "sub",
    "oid",
    "tid",
    "id",
    "login",
    "email",
    "unverified_email",
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "username",
    "global_name",
    "picture",
    "profile",
    "login_hint",
    "subject",
    "avatar_url",
];

pub(super) fn is_shown(name: &str) -> bool {
    SHOWN.contains(&name)
}

pub(super) fn is_personal(name: &str) -> bool {
    PERSONAL.contains(&name)
}
