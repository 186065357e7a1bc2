//! GET `/api/openapi.json`: the OpenAPI document, generated once at startup from the types and handlers.

use axum::{
    body::Bytes,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use utoipa::{
    OpenApi,
    openapi::{
        ServerBuilder,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::{docs, error, json::wrong_type_sentence, logout, me, nonce, refresh, sessions, sign_in, well_known};
use crate::{ui::view::Assets, web::state::AppState};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Latchkey",
        description = "Sign-in for front ends with a provider's token, and for services that verify our users.\n\nAn `Authorization` header takes precedence over cookies, even if it is invalid. A `refresh_token` in a body is independent of both. Bodies are uncompressed `application/json` in UTF-8, with each member once; a member that is `null` counts as absent, and unknown members are ignored. A form post with our cookies needs an `Origin` or `Sec-Fetch-Site` header of an allowed page; other clients need neither. Pages of this origin send its cookie by themselves; those of an origin in `CORS_ORIGINS` do with `credentials: \"include\"`.\n\nEvery error under `/api/` and `/.well-known/` has the shape of `ErrorResponse` and one of its codes. Besides the codes that an operation lists, any request can fail with `not_found` (404), `method_not_allowed` (405), `body_too_large` (413, if a request without a body announces a large one) and `unavailable` (503, if the answer takes too long). A new version of Latchkey can add codes. It does not remove one, or change its status or meaning. Treat a code that you do not know by its HTTP status.",
    ),
    paths(
        nonce::nonce,
        sign_in::sign_in,
        refresh::refresh,
        logout::logout,
        me::me,
        sessions::list,
        sessions::end,
        well_known::keys,
        well_known::metadata,
    ),
    components(schemas(
        error::ErrorResponseBody,
        sign_in::SignInWithIdToken,
        sign_in::SignInWithAccessToken,
        sign_in::SignInWithCode,
    )),
    tags(
        (name = "Authentication", description = "Sign in with a provider's token, refresh, and sign out."),
        (name = "User", description = "The signed-in user and their sessions."),
        (name = "Token verification", description = "What other services need to verify our access tokens locally."),
    ),
)]
struct Described;

/// Operations with an optional body. An `Option` would be described as a body that may be `null`.
const OPTIONAL_BODY: [&str; 2] = ["/api/auth/refresh", "/api/auth/logout"];

/// The answers whose cookies hold the session.
const WITHOUT_TOKENS: [&str; 2] = ["SignedInWithCookie", "RefreshedWithCookies"];

/// A member of each body, for the example of an invalid one.
const MEMBERS: [(&str, &str); 3] =
    [("/api/auth", "provider"), ("/api/auth/refresh", "refresh_token"), ("/api/auth/logout", "refresh_token")];

/// The document and its page, serialized.
#[derive(Clone, Debug)]
pub struct Documents {
    json: Bytes,
    page: docs::Page,
}

impl Documents {
    /// `session` and `refresh` are full names of cookies; `refresh` exists with `SESSION_MODE=jwt`.
    pub fn new(origin: &str, session: &str, refresh: Option<&str>, assets: &Assets) -> Self {
        let document = describe(origin, session, refresh);
        let page = docs::Page::new(&document, assets);
        // Strings and maps with string keys cannot fail to serialize.
        Self { json: serde_json::to_vec_pretty(&document).unwrap_or_default().into(), page }
    }

    pub(super) fn page(&self) -> &docs::Page {
        &self.page
    }
}

fn describe(origin: &str, session: &str, refresh: Option<&str>) -> Value {
    let mut described = Described::openapi();
    described.servers = Some(vec![ServerBuilder::new().url(origin).build()]);
    let components = described.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    let bearer = bearer.description(Some("One of our access tokens. Takes precedence over cookies.")).build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let cookie = ApiKeyValue::with_description(session, "The browser's session.");
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    if let Some(refresh) = refresh {
        let cookie = ApiKeyValue::with_description(refresh, "The browser's refresh token, unless the body has one.");
        components.add_security_scheme("refresh_cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
    let mut document = serde_json::to_value(described).unwrap_or_default();
    for path in OPTIONAL_BODY {
        document["paths"][path]["post"]["requestBody"]["required"] = false.into();
    }
    if refresh.is_some() {
        document["paths"]["/api/auth/refresh"]["post"]["security"] = json!([{}, { "refresh_cookie": [] }]);
    }
    for (path, member) in MEMBERS {
        let bad_request = &mut document["paths"][path]["post"]["responses"]["400"];
        let error = &mut bad_request["content"]["application/json"]["examples"]["invalid_request"]["value"]["error"];
        error["member"] = member.into();
        error["message"] = wrong_type_sentence(member).into();
    }
    complete(&mut document["components"]["schemas"]);
    document
}

/// Adds what utoipa cannot express.
///
/// Some code generators read `const` and others a single `enum` value, so that both are there. An answer without tokens
/// excludes them: one with tokens would otherwise match both alternatives of its `oneOf`.
fn complete(schemas: &mut Value) {
    add_constants(schemas);
    for name in WITHOUT_TOKENS {
        schemas[name]["not"] = json!({ "required": ["access_token"] });
    }
}

fn add_constants(value: &mut Value) {
    if let Some([only]) = value.get("enum").and_then(Value::as_array).map(Vec::as_slice) {
        value["const"] = only.clone();
    }
    match value {
        Value::Object(members) => members.values_mut().for_each(add_constants),
        Value::Array(elements) => elements.iter_mut().for_each(add_constants),
        _ => {}
    }
}

pub async fn document(State(app): State<AppState>) -> Response {
    let cache = (header::CACHE_CONTROL, "public, max-age=300");
    ([(header::CONTENT_TYPE, "application/json"), cache], app.api_documents.json.clone()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::api_error::ApiError;

    fn described() -> Value {
        describe("https://app.example", "__Host-session", None)
    }

    #[test]
    fn in_jwt_mode_a_cookie_can_refresh() {
        let security = |document: &Value| document["paths"]["/api/auth/refresh"]["post"]["security"].clone();
        let document = describe("https://app.example", "__Host-access_token", Some("__Host-refresh_token"));
        assert_eq!(security(&document), json!([{}, { "refresh_cookie": [] }]));
        let schemes = &document["components"]["securitySchemes"];
        assert_eq!(schemes["refresh_cookie"]["name"], "__Host-refresh_token");
        assert_eq!(schemes["cookie"]["name"], "__Host-access_token");
        assert_eq!(security(&described()), json!([]));
        assert!(described()["components"]["securitySchemes"].get("refresh_cookie").is_none());
    }

    #[test]
    fn the_document_explains_every_code() {
        let document = described();
        let codes = &document["components"]["schemas"]["ErrorCode"]["enum"];
        let codes: Vec<&str> = codes.as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
        assert_eq!(codes, ApiError::ALL.iter().map(|code| code.code()).collect::<Vec<_>>());
        let (paths, general) = (document["paths"].to_string(), document["info"]["description"].to_string());
        for code in codes {
            assert!(paths.contains(&format!("`{code}`")) || general.contains(&format!("`{code}`")), "{code}");
        }
    }

    #[test]
    fn operations_are_described_and_references_resolve() {
        let document = described();
        let mut operations = 0;
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                operations += 1;
                assert!(operation["summary"].is_string(), "{method} {path}");
                assert!(operation["responses"]["200"]["content"].is_object(), "{method} {path}");
            }
        }
        assert_eq!(operations, 9);
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
        let error = &document["components"]["schemas"]["ErrorDetail"];
        assert_eq!(error["properties"]["member"]["type"], "string");
        assert!(!error["required"].to_string().contains("member"), "{error}");
        for (path, method, member) in [
            ("/api/auth", "post", Some("provider")),
            ("/api/auth/logout", "post", Some("refresh_token")),
            ("/api/sessions/{id}", "delete", None),
        ] {
            let answer = &document["paths"][path][method]["responses"]["400"]["content"]["application/json"];
            let error = &answer["examples"]["invalid_request"]["value"]["error"];
            assert_eq!((error["code"].as_str(), error["member"].as_str()), (Some("invalid_request"), member), "{path}");
        }
        assert_eq!(document["servers"][0]["url"], "https://app.example");
        assert!(document["info"]["description"].as_str().unwrap().ends_with(error::GROWTH));
        assert_eq!(document["components"]["securitySchemes"]["cookie"]["name"], "__Host-session");
    }

    /// Operations and schemas become functions and types of many languages.
    #[test]
    fn names_suit_code_generators() {
        let document = described();
        let paths = document["paths"].as_object().unwrap();
        let operations: Vec<&str> = paths
            .values()
            .flat_map(|item| item.as_object().unwrap().values())
            .map(|operation| operation["operationId"].as_str().unwrap())
            .collect();
        let expected = [
            "getJwks",
            "getMetadata",
            "signIn",
            "signOut",
            "getNonce",
            "refreshTokens",
            "getMe",
            "listSessions",
            "endSession",
        ];
        assert_eq!(operations, expected);
        // Types of a language's standard library, and of the generators' own.
        const TAKEN: [&str; 10] =
            ["ApiError", "Client", "Date", "Error", "Object", "Option", "Request", "Response", "Result", "String"];
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            // openapi-python-client calls a variable like the schema, and another like the member.
            assert!(schema["properties"].get(name.to_lowercase()).is_none(), "{name}");
            assert!(!TAKEN.contains(&name.as_str()), "{name}");
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric()) && name.starts_with(char::is_uppercase), "{name}");
        }
    }

    #[test]
    fn schemas_suit_code_generators() {
        let document = described();
        let schemas = &document["components"]["schemas"];
        for (owner, member, value) in [
            ("Done", "success", json!(true)),
            ("ErrorResponse", "success", json!(false)),
            ("Tokens", "token_type", json!("Bearer")),
            ("Jwk", "kty", json!("EC")),
            ("Jwk", "use", json!("sig")),
        ] {
            let schema = &schemas[owner]["properties"][member];
            assert_eq!((&schema["const"], &schema["enum"]), (&value, &json!([value])), "{owner} {schema}");
        }
        assert!(schemas["SignInMode"].get("const").is_none(), "two values are no constant");
        for (name, kinds) in [
            ("SignIn", &["SignInWithIdToken", "SignInWithAccessToken", "SignInWithCode"][..]),
            ("SignedIn", &["SignedInWithTokens", "SignedInWithCookie"][..]),
            ("Refreshed", &["RefreshedWithTokens", "RefreshedWithCookies"][..]),
        ] {
            let reference = |kind: &&str| json!({ "$ref": format!("#/components/schemas/{kind}") });
            let references: Vec<_> = kinds.iter().map(reference).collect();
            assert_eq!(schemas[name]["oneOf"], json!(references), "{name}");
        }
        let nullable = &schemas["SignInWithIdToken"]["properties"]["nonce_token"]["type"];
        assert_eq!(nullable, &json!(["string", "null"]));
        assert_eq!(schemas["SignInWithIdToken"]["required"], json!(["provider", "id_token"]));
        // An empty list, where a list of an empty object makes some generators ask for credentials.
        assert_eq!(document["paths"]["/api/auth"]["post"]["security"], json!([]));
    }
}
