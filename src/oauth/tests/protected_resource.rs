//! Threat UI6 and group O, for provider APIs.

use rstest::rstest;
use serde_json::json;

use super::*;

const READ: &[&str] = &["*.a"];

#[test]
fn token_is_sent_in_the_header_only() {
    let url = url::Url::parse("https://api.example/user?a=b").unwrap();
    let request = resource_request(&url, &"token".into());
    assert_eq!((request.url, request.body.is_none()), (url, true));
    let values: Vec<_> = request.headers.iter().map(|(name, value)| (*name, value.expose_secret())).collect();
    assert_eq!(values, [("accept", "application/json"), ("authorization", "Bearer token")]);
}

#[rstest]
#[case(r#"{"id":1}"#, json!({"id": 1}))]
#[case(r#"[{"a":1,"b":1,"b":2}]"#, json!([{"a": 1}]))]
#[case("\u{feff}[]", json!([]))]
#[case(r#"[{"email":"a@x"},{"email":"b@x"}]"#, json!([{"email": "a@x"}, {"email": "b@x"}]))]
fn any_json_value_is_accepted(#[case] body: &str, #[case] value: serde_json::Value) {
    assert_eq!(process_resource_response(&json_response(200, body), READ), Ok(value));
}

#[rstest]
#[case(200, "<html>", ResourceError::Malformed(DocumentError::NotJson))]
#[case(200, r#"[{"a":1,"a":2}]"#, ResourceError::Malformed(DocumentError::Repeated("*.a")))]
#[case(401, "{}", ResourceError::AccessDenied(401))]
#[case(403, "{}", ResourceError::AccessDenied(403))]
#[case(404, "{}", ResourceError::AccessDenied(404))]
#[case(302, "{}", ResourceError::Response(ResponseError::UnexpectedStatus(302)))]
#[case(400, "{}", ResourceError::Response(ResponseError::UnexpectedStatus(400)))]
#[case(503, "{}", ResourceError::Response(ResponseError::Unavailable { status: 503, retry_after: None }))]
fn unexpected_status_or_body_is_rejected(#[case] status: u16, #[case] body: &str, #[case] error: ResourceError) {
    assert_eq!(process_resource_response(&json_response(status, body), READ), Err(error));
}

#[test]
fn html_content_type_is_rejected() {
    let mut response = json_response(200, "{}");
    response.content_type = Some("text/html".to_owned());
    assert_eq!(process_resource_response(&response, READ), Err(ResourceError::UnexpectedContentType));
}
