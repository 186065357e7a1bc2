//! Threats AR10, JW13, JW14, PF4.

use rstest::rstest;
use serde_json::{Value, json};

use super::super::EndpointError::{self, Fragment, NotHttps, PrivateHost, Query, UserInformation};
use super::super::signing_for_tests::json_response;
use super::DiscoveryError::*;
use super::*;
use crate::oauth::variants_for_tests::variants_of;
use crate::oauth::{ClientAuthentication, MAX_BODY_BYTES};

const ISSUER: &str = "https://id.example";
const ACCEPTED: &[Algorithm] = &[Algorithm::Rs256, Algorithm::Es256];
const STRICT: EndpointRules = EndpointRules { allow_loopback_http: false };
const LOOPBACK: EndpointRules = EndpointRules { allow_loopback_http: true };

fn valid() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://id.example/authorize?tenant=1",
        "token_endpoint": "https://token.example/token",
        "jwks_uri": "https://id.example/keys",
        "userinfo_endpoint": "https://id.example/me",
        "revocation_endpoint": "https://id.example/revoke",
        "end_session_endpoint": "https://id.example/logout",
        "response_types_supported": ["code", "id_token"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "authorization_response_iss_parameter_supported": true,
        "id_token_signing_alg_values_supported": ["none", "HS256", "RS256", "ES256", "XY1"],
        "code_challenge_methods_supported": ["plain", "S256"],
        "claims_supported": ["aud", "sub"],
    })
}

fn process_value(document: &Value) -> Result<ProviderMetadata, DiscoveryError> {
    process_discovery_response(&json_response(200, &document.to_string()), ISSUER, ACCEPTED, STRICT)
}

fn with(member: &str, value: Value) -> Value {
    let mut document = valid();
    document[member] = value;
    document
}

fn without(member: &str) -> Value {
    let mut document = valid();
    document.as_object_mut().unwrap().remove(member);
    document
}

#[test]
fn valid_document_yields_the_metadata() {
    let metadata = process_value(&valid()).unwrap();
    assert_eq!(metadata.issuer, ISSUER);
    assert_eq!(metadata.authorization_endpoint.as_str(), "https://id.example/authorize?tenant=1");
    assert_eq!(metadata.token_endpoint.as_str(), "https://token.example/token");
    assert_eq!(metadata.jwks_uri.unwrap().as_str(), "https://id.example/keys");
    assert_eq!(metadata.userinfo_endpoint.unwrap().as_str(), "https://id.example/me");
    assert_eq!(metadata.revocation_endpoint.unwrap().as_str(), "https://id.example/revoke");
    assert_eq!(metadata.end_session_endpoint.unwrap().as_str(), "https://id.example/logout");
    assert!(metadata.authorization_response_iss_parameter_supported);
    assert_eq!(metadata.id_token_signing_alg_values_supported, [Algorithm::Rs256, Algorithm::Es256]);
    assert_eq!(metadata.code_challenge_methods_supported, ["plain", "S256"]);
}

#[test]
fn omitted_members_have_their_defaults() {
    let minimal = json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://id.example/authorize",
        "token_endpoint": "https://id.example/token",
        "jwks_uri": "https://id.example/keys",
    });
    let metadata = process_value(&minimal).unwrap();
    assert!(metadata.userinfo_endpoint.is_none() && metadata.revocation_endpoint.is_none());
    assert!(!metadata.authorization_response_iss_parameter_supported);
    assert_eq!(metadata.id_token_signing_alg_values_supported, [Algorithm::Rs256]);
    assert_eq!(metadata.token_endpoint_auth_methods_supported, ["client_secret_basic"]);
    assert!(metadata.code_challenge_methods_supported.is_empty());
}

#[rstest]
#[case("issuer")]
#[case("authorization_endpoint")]
#[case("token_endpoint")]
#[case("jwks_uri")]
fn required_member_must_be_present(#[case] member: &'static str) {
    let missing = Malformed(DocumentError::Missing(member));
    assert_eq!(process_value(&without(member)).unwrap_err(), missing);
    assert!(process_value(&valid()).is_ok());
}

#[rstest]
#[case("issuer", json!([ISSUER]))]
#[case("authorization_endpoint", json!(5))]
#[case("token_endpoint", json!([]))]
#[case("jwks_uri", json!({"keys": []}))]
fn member_of_wrong_type_is_rejected(#[case] member: &'static str, #[case] value: Value) {
    let wrong_type = Malformed(DocumentError::WrongType(member));
    assert_eq!(process_value(&with(member, value)).unwrap_err(), wrong_type);
}

fn process_text(text: &str) -> Result<ProviderMetadata, DiscoveryError> {
    process_discovery_response(&json_response(200, text), ISSUER, ACCEPTED, STRICT)
}

#[test]
fn members_that_a_sign_in_does_not_need_may_be_anything() {
    let unneeded = [
        "revocation_endpoint",
        "end_session_endpoint",
        "token_endpoint_auth_methods_supported",
        "token_endpoint_auth_signing_alg_values_supported",
        "authorization_response_iss_parameter_supported",
        "code_challenge_methods_supported",
        "claims_supported",
        "scopes_supported",
        "mtls_endpoint_aliases",
    ];
    for variant in variants_of(&valid(), "", &unneeded) {
        let outcome = process_text(&variant.text);
        assert!(outcome.is_ok(), "{}: {outcome:?}", variant.label);
    }
    // Another text is a URL that must not be used, a flow and an algorithm that a sign-in cannot use.
    let readable = ["userinfo_endpoint", "response_types_supported", "id_token_signing_alg_values_supported"];
    for variant in variants_of(&valid(), "", &readable) {
        let says_no = variant.text.contains(r#"supported":["text""#) || variant.text.contains(r#"endpoint":"text""#);
        assert_eq!(process_text(&variant.text).is_ok(), !says_no, "{}", variant.label);
    }
}

#[test]
fn members_that_a_sign_in_needs_must_be_right() {
    let needed = ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"];
    for variant in variants_of(&valid(), "", &needed) {
        assert!(process_text(&variant.text).is_err(), "{}", variant.label);
    }
}

#[test]
fn unreadable_members_have_their_defaults() {
    let document = with("token_endpoint_auth_methods_supported", json!([]));
    let metadata = process_value(&document).unwrap();
    assert_eq!(metadata.token_endpoint_auth_methods_supported, ["client_secret_basic"]);
    let metadata = process_value(&with("authorization_response_iss_parameter_supported", json!("true"))).unwrap();
    assert!(!metadata.authorization_response_iss_parameter_supported);
    let metadata = process_value(&with("revocation_endpoint", json!("http://127.0.0.1/revoke"))).unwrap();
    assert!(metadata.revocation_endpoint.is_none() && metadata.userinfo_endpoint.is_some());
}

#[rstest]
#[case("https://evil.example")]
#[case("https://id.example/")]
#[case("https://ID.example")]
#[case("http://id.example")]
#[case("id.example")]
#[case("")]
fn other_issuer_is_rejected(#[case] issuer: &str) {
    let result = process_value(&with("issuer", json!(issuer)));
    assert_eq!(result.unwrap_err(), IssuerMismatch);
}

#[rstest]
#[case::http("http://id.example/x", NotHttps)]
#[case::javascript("javascript:alert(1)", NotHttps)]
#[case::javascript_with_slashes("javascript://id.example/%0aalert(1)", NotHttps)]
#[case::file("file:///etc/passwd", NotHttps)]
#[case::data("data:text/html,x", NotHttps)]
#[case::websocket("wss://id.example/", NotHttps)]
#[case::user("https://id.example@evil.example/", UserInformation)]
#[case::user_and_password("https://a:b@evil.example/", UserInformation)]
#[case::fragment("https://id.example/x#y", Fragment)]
#[case::empty_fragment("https://id.example/x#", Fragment)]
#[case::relative("/token", EndpointError::Malformed)]
#[case::scheme_relative("//id.example/token", EndpointError::Malformed)]
#[case::without_host("https://", EndpointError::Malformed)]
#[case::empty("", EndpointError::Malformed)]
#[case::line_break("https://id.exa\nmple/", EndpointError::Malformed)]
#[case::space(" https://id.example/", EndpointError::Malformed)]
#[case::backslash("https:\\\\id.example\\x", EndpointError::Malformed)]
#[case::localhost("https://localhost/", PrivateHost)]
#[case::below_localhost("https://x.localhost./", PrivateHost)]
#[case::loopback("https://127.0.0.1/", PrivateHost)]
#[case::loopback_in_other_digits("https://2130706433/", PrivateHost)]
#[case::loopback_in_hex("https://0x7f.1/", PrivateHost)]
#[case::loopback_v6("https://[::1]/", PrivateHost)]
#[case::mapped_v4("https://[::ffff:127.0.0.1]/", PrivateHost)]
#[case::cloud_metadata("https://169.254.169.254/latest", PrivateHost)]
#[case::private_10("https://10.0.0.1/", PrivateHost)]
#[case::private_192("https://192.168.0.1/", PrivateHost)]
#[case::carrier_grade_nat("https://100.64.0.1/", PrivateHost)]
#[case::unspecified("https://0.0.0.0/", PrivateHost)]
#[case::unique_local("https://[fd00::1]/", PrivateHost)]
#[case::link_local("https://[fe80::1]/", PrivateHost)]
fn unacceptable_endpoint_is_rejected(#[case] endpoint: &str, #[case] error: EndpointError) {
    for member in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
        if member == "userinfo_endpoint" && endpoint.is_empty() {
            continue; // The same as absent.
        }
        let result = process_value(&with(member, json!(endpoint)));
        assert_eq!(result.unwrap_err(), Endpoint { member, error }, "{member}");
    }
}

#[rstest]
#[case("https://8.8.8.8/x")]
#[case("https://[2606:4700::1111]/x")]
#[case("https://id.example:8443/x?y=z")]
#[case("https://localhost.example/x")]
fn public_endpoint_is_accepted(#[case] endpoint: &str) {
    assert!(process_value(&with("token_endpoint", json!(endpoint))).is_ok());
}

/// Processes metadata of `issuer` with `endpoint` as every endpoint.
fn process_at(issuer: &str, endpoint: &str, rules: EndpointRules) -> Result<ProviderMetadata, DiscoveryError> {
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": endpoint,
        "token_endpoint": endpoint,
        "jwks_uri": endpoint,
    });
    process_discovery_response(&json_response(200, &document.to_string()), issuer, ACCEPTED, rules)
}

#[rstest]
#[case("http://localhost:4000")]
#[case("http://127.0.0.1:4000")]
#[case("http://[::1]:4000")]
#[case("http://google.localhost:4000/x")]
fn loopback_http_needs_the_rule_and_a_loopback_issuer(#[case] issuer: &str) {
    let endpoint = "http://127.0.0.1:4001/x";
    assert!(process_at(issuer, endpoint, LOOPBACK).is_ok());
    let rejected = Endpoint { member: "issuer", error: NotHttps };
    assert_eq!(process_at(issuer, endpoint, STRICT).unwrap_err(), rejected);
}

#[test]
fn loopback_rule_allows_no_other_http() {
    let rejected = |error| Endpoint { member: "authorization_endpoint", error };
    let result = process_at(ISSUER, "http://127.0.0.1/x", LOOPBACK);
    assert_eq!(result.unwrap_err(), rejected(NotHttps));
    let result = process_at("http://localhost:4000", "http://evil.example/x", LOOPBACK);
    assert_eq!(result.unwrap_err(), rejected(NotHttps));
    let result = process_at("http://evil.example", "https://evil.example/x", LOOPBACK);
    assert_eq!(result.unwrap_err(), Endpoint { member: "issuer", error: NotHttps });
}

#[test]
fn private_issuer_may_have_private_endpoints() {
    assert!(process_at("https://10.1.1.1", "https://10.1.1.2/x", STRICT).is_ok());
    let result = process_at("https://11.1.1.1", "https://10.1.1.2/x", STRICT);
    let error = PrivateHost;
    assert_eq!(result.unwrap_err(), Endpoint { member: "authorization_endpoint", error });
}

#[test]
fn discovery_url_is_below_the_issuer() {
    let url = |issuer| discovery_url(issuer, STRICT).map(String::from);
    let well_known = ".well-known/openid-configuration";
    assert_eq!(url("https://id.example").unwrap(), format!("https://id.example/{well_known}"));
    assert_eq!(url("https://id.example/").unwrap(), format!("https://id.example/{well_known}"));
    assert_eq!(url("https://id.example/t/").unwrap(), format!("https://id.example/t/{well_known}"));
    let request = discovery_request("https://id.example/t", STRICT).unwrap();
    assert_eq!(request.url.as_str(), format!("https://id.example/t/{well_known}"));
}

#[rstest]
#[case("http://id.example", NotHttps)]
#[case("https://id.example?x", Query)]
#[case("https://id.example#x", Fragment)]
#[case("https://a@id.example", UserInformation)]
#[case("file:///x", NotHttps)]
#[case("id.example", EndpointError::Malformed)]
fn unacceptable_issuer_is_rejected(#[case] issuer: &str, #[case] error: EndpointError) {
    let rejected = Endpoint { member: "issuer", error };
    assert_eq!(discovery_url(issuer, STRICT).unwrap_err(), rejected);
}

#[test]
fn code_flow_and_an_accepted_algorithm_are_required() {
    let implicit = with("response_types_supported", json!(["id_token", "code token"]));
    assert_eq!(process_value(&implicit).unwrap_err(), NoCodeFlow);
    let symmetric = with("id_token_signing_alg_values_supported", json!(["none", "HS256"]));
    let error = process_value(&symmetric).unwrap_err();
    assert_eq!(error, NoAcceptedAlgorithm("none, HS256".to_owned()));
    assert_eq!(error.to_string(), "the provider signs id_tokens with none, HS256, which sign-ins do not accept");
    let unsupported = with("id_token_signing_alg_values_supported", json!(["ES384", "<script>", 1]));
    assert_eq!(process_value(&unsupported).unwrap_err(), NoAcceptedAlgorithm("ES384, unknown".to_owned()));
    let mixed = with("id_token_signing_alg_values_supported", json!(["ES384", 1, "ES256"]));
    assert_eq!(process_value(&mixed).unwrap().id_token_signing_alg_values_supported, [Algorithm::Es256]);
    assert!(process_value(&without("response_types_supported")).is_ok());
}

#[rstest]
#[case::html("<!doctype html>")]
#[case::empty("")]
#[case::array("[[[[]]]]")]
#[case::cut_off(r#"{"issuer":"https://id.exa"#)]
fn malformed_document_is_rejected(#[case] body: &str) {
    let result = process_discovery_response(&json_response(200, body), ISSUER, ACCEPTED, STRICT);
    assert_eq!(result.unwrap_err(), DiscoveryError::Malformed(DocumentError::NotAnObject));
}

#[test]
fn only_status_200_within_the_limit_is_accepted() {
    let process = |response: &_| process_discovery_response(response, ISSUER, ACCEPTED, STRICT);
    let mut response = json_response(200, &valid().to_string());
    response.body.resize(MAX_BODY_BYTES, b' ');
    assert!(process(&response).is_ok());
    response.body.push(b' ');
    assert_eq!(process(&response).unwrap_err(), Response(ResponseError::TooLarge));
    for status in [201, 301, 302, 404] {
        let response = json_response(status, &valid().to_string());
        let error = ResponseError::UnexpectedStatus(status);
        assert_eq!(process(&response).unwrap_err(), Response(error));
    }
    let response = json_response(503, &valid().to_string());
    let error = ResponseError::Unavailable { status: 503, retry_after: None };
    assert_eq!(process(&response).unwrap_err(), Response(error));
}

#[rstest]
#[case(&["client_secret_post", "client_secret_basic"], "plain-secret_1.2", Some("basic"))]
#[case(&["client_secret_post"], "plain", Some("post"))]
#[case(&["private_key_jwt"], "plain", None)]
#[case::no_two_encodings(&["client_secret_basic", "client_secret_post"], "a+b/c=", Some("post"))]
#[case::tilde(&["client_secret_basic", "client_secret_post"], "a~b", Some("post"))]
#[case::percent(&["client_secret_basic", "client_secret_post"], "100%", Some("post"))]
#[case::no_other_choice(&["client_secret_basic"], "a+b/c=", Some("basic"))]
#[case::unchanged_in_the_body(&["client_secret_post"], "a+b/c=", Some("post"))]
fn client_authentication_follows_the_metadata(
    #[case] offered: &[&str],
    #[case] secret: &str,
    #[case] method: Option<&str>,
) {
    let metadata = process_value(&with("token_endpoint_auth_methods_supported", json!(offered))).unwrap();
    let chosen = metadata.secret_authentication("our-client", secret.into()).map(|chosen| match chosen {
        ClientAuthentication::ClientSecretBasic(_) => "basic",
        ClientAuthentication::ClientSecretPost(_) => "post",
        other => panic!("{other:?}"),
    });
    assert_eq!(chosen, method);
}

#[test]
fn client_id_that_encoding_changes_goes_into_the_body() {
    let metadata = process_value(&valid()).unwrap();
    let chosen = metadata.secret_authentication("https://app.example", "plain".into());
    assert!(matches!(chosen, Some(ClientAuthentication::ClientSecretPost(_))));
}
