//! Arbitrary input never panics.

use proptest::prelude::*;

use super::*;

fn any_response() -> impl Strategy<Value = HttpResponse> {
    let content_type = prop_oneof![
        Just(None),
        Just(Some("application/json".to_owned())),
        Just(Some("application/x-www-form-urlencoded".to_owned())),
        any::<Option<String>>(),
    ];
    let status = prop_oneof![Just(200), Just(400), any::<u16>()];
    let body = prop_oneof![
        any::<Vec<u8>>(),
        r#"\{"(access_token|error|expires_in|token_type)":("[a-z]{0,3}"|-?[0-9]{1,30}|null|\[\])\}"#
            .prop_map(String::into_bytes),
    ];
    (status, content_type, any::<Option<String>>(), body).prop_map(|(status, content_type, retry_after, body)| {
        HttpResponse { status, content_type, retry_after, body, ..HttpResponse::default() }
    })
}

proptest! {
    #[test]
    fn any_response_is_processed_without_panic(response in any_response()) {
        let _ = process_token_response(&response, TokenEncoding::Json);
        let _ = process_token_response(&response, TokenEncoding::JsonOrForm);
        let _ = process_revocation_response(&response);
        let _ = format!("{response:?}");
    }

    #[test]
    fn arbitrary_query_is_no_valid_response(query in ".*") {
        let state = state();
        let response = AuthorizationResponse::from_urlencoded(&query);
        let expected =
            ExpectedResponse { state: &state, issuer: ExpectedIssuer::Is(""), iss_parameter_supported: false };
        prop_assert!(validate_authorization_response(&response, &expected).is_err());
    }

    #[test]
    fn any_extra_parameter_leaves_protocol_parameters_alone(name in ".*", value in ".*") {
        let endpoint = url("https://id.example/authorize");
        let (state, scope) = (state(), Scopes::parse("openid"));
        let url = AuthorizationRequest {
            authorization_endpoint: &endpoint,
            client_id: "client",
            redirect_uri: "https://app.example/cb",
            scope: &scope,
            state: &state,
            nonce: None,
            code_challenge: Some(&PkceVerifier::from_random([3; 32]).challenge()),
            extra_parameters: &[(&name, &value)],
        }
        .url();
        let all = |wanted: &str| -> Vec<String> {
            url.query_pairs().filter(|(n, _)| n == wanted).map(|(_, v)| v.into_owned()).collect()
        };
        prop_assert_eq!(all("state"), [state.expose().to_owned()]);
        prop_assert_eq!(all("redirect_uri"), ["https://app.example/cb".to_owned()]);
        prop_assert_eq!(all("response_type"), ["code".to_owned()]);
    }
}
