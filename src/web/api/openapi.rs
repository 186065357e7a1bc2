//! GET `/api/openapi.json`: the API as programs read it, made once at the start from the types and handlers themselves.

use axum::{
    body::Bytes,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::json;
use utoipa::{
    OpenApi,
    openapi::{
        ServerBuilder,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::{docs, failure, json::wrong_type_sentence, logout, me, nonce, refresh, sessions, sign_in, well_known};
use crate::{ui::view::Assets, web::state::AppState};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Latchkey",
        description = "Sign-in for front ends that hold a provider's token, and for services that verify our users.\n\nOne precedence: an `Authorization` header decides alone, valid or not; without one the cookie does. A `refresh_token` in a body counts by itself. Bodies are `application/json` in UTF-8, not compressed, each member once; members that we do not know are ignored. A form that brings our cookies must say in `Origin` or `Sec-Fetch-Site` that it comes from a page that may call; programs need not.\n\nEvery failure under `/api/` and `/.well-known/` has the shape of `Failure` and a code of its list; beside those that an operation names there are `not_found` (404), `method_not_allowed` (405), `body_too_large` (413) where a request without a body announces a large one, and `unavailable` (503) where an answer takes too long.",
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
    components(schemas(failure::FailureBody)),
    tags(
        (name = "Signing in", description = "From a provider's token to a session, and out again."),
        (name = "The person", description = "Who is signed in, and where."),
        (name = "Other services", description = "What it takes to verify an access token without asking us."),
    ),
)]
struct Described;

/// Where a body may be left out. As `Option` it would be described as one that may be `null`, which is another thing.
const WITHOUT_BODY_TOO: [&str; 2] = ["/api/auth/refresh", "/api/auth/logout"];

/// A member of each body, for the example of what is said when it is no text.
const MEMBERS: [(&str, &str); 3] =
    [("/api/auth", "provider"), ("/api/auth/refresh", "refresh_token"), ("/api/auth/logout", "refresh_token")];

/// The document and the page, ready to be sent.
#[derive(Clone, Debug)]
pub struct Documents {
    json: Bytes,
    page: Bytes,
}

impl Documents {
    /// Those of this origin. `session` is the full name of the session's cookie; `refresh` that of the refresh token's, where
    /// cookies carry tokens.
    pub fn new(origin: &str, session: &str, refresh: Option<&str>, assets: &Assets) -> Self {
        let document = describe(origin, session, refresh);
        let page = docs::draw(&document, assets).into();
        // Strings and maps with string keys: nothing in it can fail to be written.
        Self { json: serde_json::to_vec_pretty(&document).unwrap_or_default().into(), page }
    }

    pub(super) fn page(&self) -> Bytes {
        self.page.clone()
    }
}

/// The document as it is here.
fn describe(origin: &str, session: &str, refresh: Option<&str>) -> serde_json::Value {
    let mut described = Described::openapi();
    described.servers = Some(vec![ServerBuilder::new().url(origin).build()]);
    let components = described.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    let bearer = bearer.description(Some("An access token of ours. Decides alone where it is sent.")).build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let cookie = ApiKeyValue::with_description(session, "The browser's session.");
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    if let Some(refresh) = refresh {
        let cookie = ApiKeyValue::with_description(refresh, "The browser's refresh token, where no body brings one.");
        components.add_security_scheme("refresh_cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
    let mut document = serde_json::to_value(described).unwrap_or_default();
    for path in WITHOUT_BODY_TOO {
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
    document
}

/// The document.
pub async fn document(State(app): State<AppState>) -> Response {
    let kept = (header::CACHE_CONTROL, "public, max-age=300");
    ([(header::CONTENT_TYPE, "application/json"), kept], app.api_documents.json.clone()).into_response()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::codes::api::ApiCode;

    fn described() -> Value {
        describe("https://app.example", "__Host-session", None)
    }

    #[test]
    fn where_cookies_carry_tokens_one_of_them_refreshes() {
        let security = |document: &Value| document["paths"]["/api/auth/refresh"]["post"]["security"].clone();
        let document = describe("https://app.example", "__Host-access_token", Some("__Host-refresh_token"));
        assert_eq!(security(&document), json!([{}, { "refresh_cookie": [] }]));
        let schemes = &document["components"]["securitySchemes"];
        assert_eq!(schemes["refresh_cookie"]["name"], "__Host-refresh_token");
        assert_eq!(schemes["cookie"]["name"], "__Host-access_token");
        assert_eq!(security(&described()), json!([{}]));
        assert!(described()["components"]["securitySchemes"].get("refresh_cookie").is_none());
    }

    #[test]
    fn the_document_has_every_code_and_each_is_an_operations_or_everybodys() {
        let document = described();
        let codes = &document["components"]["schemas"]["Code"]["enum"];
        let codes: Vec<&str> = codes.as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
        assert_eq!(codes, ApiCode::ALL.iter().map(|code| code.code()).collect::<Vec<_>>());
        let (paths, everybodys) = (document["paths"].to_string(), document["info"]["description"].to_string());
        for code in codes {
            assert!(paths.contains(&format!("`{code}`")) || everybodys.contains(&format!("`{code}`")), "{code}");
        }
    }

    #[test]
    fn every_operation_is_described_and_every_reference_leads_somewhere() {
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
        // What cannot be two things at once is described as one.
        assert_eq!(document["components"]["schemas"]["Mode"]["enum"], serde_json::json!(["session", "token"]));
        assert!(document["components"]["schemas"]["SignIn"]["properties"]["mode"]["$ref"].is_string());
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
        // What is told of a member is shown where there is a body.
        let error = &document["components"]["schemas"]["Error"];
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
        assert_eq!(document["components"]["securitySchemes"]["cookie"]["name"], "__Host-session");
    }
}
