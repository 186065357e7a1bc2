//! Threats PA1 and PA4 on bytes: what a provider says of an access token, one answer that passes and one change each.

use rstest::rstest;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::*;
use crate::oauth::{HttpRequest, HttpResponse, Method, ResponseError};

const NOW: i64 = 1_800_000_000;

fn check(provider: &Provider) -> TokenCheck {
    provider.spec.token_check.expect("it has a check")
}

fn asked(provider: &Provider) -> HttpRequest {
    (check(provider).request)(provider, &"a-token".into()).expect("our client has a secret")
}

fn body(request: &HttpRequest) -> &str {
    request.body.as_ref().map(ExposeSecret::expose_secret).unwrap_or_default()
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.expose_secret())
}

fn judged_text(provider: &Provider, status: u16, body: &str) -> Result<String, TokenCheckError> {
    let content_type = Some("application/json; charset=utf-8".to_owned());
    let response = HttpResponse { status, content_type, body: body.into(), ..HttpResponse::default() };
    (check(provider).judge)(provider, &response, NOW).map(|checked| checked.subject().to_owned())
}

fn judged(provider: &Provider, status: u16, answer: &Value) -> Result<String, TokenCheckError> {
    judged_text(provider, status, &answer.to_string())
}

/// The answer with one member changed; `null` removes it.
fn changed(mut answer: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let members = answer.pointer_mut(parent).and_then(Value::as_object_mut).unwrap();
    match value {
        Value::Null => drop(members.remove(name)),
        value => drop(members.insert(name.to_owned(), value)),
    }
    answer
}

fn google_with_an_app() -> Provider {
    Provider { further_client_ids: vec!["app".into()], ..google() }
}

fn tokeninfo() -> Value {
    json!({
        "azp": "id", "aud": "id", "sub": "110169484474386276334",
        "scope": "openid https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/userinfo.profile",
        "exp": (NOW + 3599).to_string(), "expires_in": "3599",
        "email": "ada@gmail.com", "email_verified": "true", "access_type": "online",
    })
}

fn debug_token() -> Value {
    json!({"data": {
        "app_id": "id", "type": "USER", "application": "Latchkey", "expires_at": NOW + 60, "is_valid": true,
        "scopes": ["public_profile", "email"], "user_id": "10150",
    }})
}

fn authorization() -> Value {
    json!({
        "id": 1, "app": {"client_id": "id", "name": "Latchkey", "url": "https://app.example"}, "token": "a-token",
        "scopes": ["read:user"], "expires_at": null, "user": {"login": "ada", "id": 583_231},
    })
}

#[test]
fn a_token_is_never_in_an_address() {
    for provider in every_provider() {
        let Some(check) = provider.spec.token_check else { continue };
        let request = (check.request)(&provider, &"a-token".into()).unwrap();
        assert!(!request.url.as_str().contains("a-token") && !request.url.as_str().contains("secret"));
        assert_eq!(request.method, Method::Post, "{}", provider.slug);
        assert!(body(&request).contains("a-token"));
        let domains = provider.spec.own_domains;
        assert!(domains.iter().any(|domain| request.url.host_str().unwrap().ends_with(domain)), "{}", request.url);
    }
}

#[test]
fn only_those_who_say_whose_client_a_token_is_have_a_check() {
    let with: Vec<String> = every_provider()
        .iter()
        .filter(|provider| provider.spec.token_check.is_some())
        .map(|provider| provider.slug.to_string())
        .collect();
    assert_eq!(with, ["google", "facebook", "github"]);
}

#[test]
fn google_is_asked_by_a_form_and_a_stand_in_in_its_place() {
    let request = asked(&google());
    assert_eq!(request.url.as_str(), "https://oauth2.googleapis.com/tokeninfo");
    assert_eq!((body(&request), header(&request, "authorization")), ("access_token=a-token", None));
    let at = |tokeninfo: Option<&str>| {
        let issuer = Some("http://localhost:9/google".into());
        asked(&google::provider("id".into(), "s".into(), issuer, tokeninfo.map(Into::into), None, None)).url
    };
    assert_eq!(at(None).as_str(), "http://localhost:9/google/tokeninfo");
    assert_eq!(at(Some("http://localhost:9/info")).as_str(), "http://localhost:9/info");
}

#[rstest]
#[case::as_it_is("/aud", json!("id"))]
#[case::a_further_client("/aud", json!("app"))]
#[case::asked_for_by_a_further_client("/azp", json!("app"))]
#[case::no_azp("/azp", json!(null))]
#[case::short_scopes("/scope", json!("email openid"))]
#[case::seconds_as_a_number("/expires_in", json!(3599))]
#[case::the_last_second("/expires_in", json!("1"))]
#[case::no_exp("/exp", json!(null))]
#[case::google_a_little_behind("/exp", json!((NOW - 30).to_string()))]
#[case::no_address("/email", json!(null))]
fn what_google_may_say_of_a_good_token(#[case] member: &str, #[case] value: Value) {
    let outcome = judged(&google_with_an_app(), 200, &changed(tokeninfo(), member, value));
    assert_eq!(outcome.as_deref(), Ok("110169484474386276334"));
}

#[rstest]
#[case::another_client("/aud", json!("other"), TokenCheckError::NotOurClient)]
#[case::a_longer_client("/aud", json!("id2"), TokenCheckError::NotOurClient)]
#[case::in_capitals("/aud", json!("ID"), TokenCheckError::NotOurClient)]
#[case::empty_client("/aud", json!(""), TokenCheckError::NotOurClient)]
#[case::no_client("/aud", json!(null), UnfitTokenError::Unclear.into())]
#[case::clients("/aud", json!(["id"]), UnfitTokenError::Unclear.into())]
#[case::asked_for_by_another("/azp", json!("other"), TokenCheckError::NotOurClient)]
#[case::asked_for_by_several("/azp", json!(["id"]), UnfitTokenError::Unclear.into())]
#[case::no_time_left("/expires_in", json!("0"), UnfitTokenError::Expired.into())]
#[case::less_than_none("/expires_in", json!("-5"), UnfitTokenError::Expired.into())]
#[case::time_unknown("/expires_in", json!(null), UnfitTokenError::Unclear.into())]
#[case::time_in_words("/expires_in", json!("soon"), UnfitTokenError::Unclear.into())]
#[case::time_as_a_fraction("/expires_in", json!(3599.5), UnfitTokenError::Unclear.into())]
#[case::over("/exp", json!((NOW - 61).to_string()), UnfitTokenError::Expired.into())]
#[case::over_in_words("/exp", json!("never"), UnfitTokenError::Unclear.into())]
#[case::no_openid("/scope", json!("https://www.googleapis.com/auth/userinfo.email"), UnfitTokenError::MissingScope.into())]
#[case::no_email("/scope", json!("openid"), UnfitTokenError::MissingScope.into())]
#[case::drive_only("/scope", json!("https://www.googleapis.com/auth/drive"), UnfitTokenError::MissingScope.into())]
#[case::a_scope_that_begins_so("/scope", json!("openid2 emails"), UnfitTokenError::MissingScope.into())]
#[case::no_scope("/scope", json!(null), UnfitTokenError::Unclear.into())]
#[case::a_service_account("/email", json!("robot@project.iam.gserviceaccount.com"), UnfitTokenError::ServiceAccount.into())]
#[case::a_loud_service_account("/email", json!("ROBOT@PROJECT.IAM.GSERVICEACCOUNT.COM"), UnfitTokenError::ServiceAccount.into())]
#[case::nobody("/sub", json!(""), UnfitTokenError::Nobody.into())]
#[case::no_subject("/sub", json!(null), UnfitTokenError::Unclear.into())]
#[case::a_number("/sub", json!(1), UnfitTokenError::Unclear.into())]
fn what_google_must_not_say(#[case] member: &str, #[case] value: Value, #[case] expected: TokenCheckError) {
    assert_eq!(judged(&google_with_an_app(), 200, &changed(tokeninfo(), member, value)), Err(expected));
}

#[test]
fn a_further_client_is_nobodys_where_none_is_configured() {
    assert_eq!(judged(&google(), 200, &changed(tokeninfo(), "/aud", json!("app"))), Err(TokenCheckError::NotOurClient));
    assert!(judged(&google(), 200, &tokeninfo()).is_ok());
}

#[test]
fn facebook_is_asked_with_the_apps_token_in_the_header() {
    let request = asked(&facebook());
    assert_eq!(request.url.as_str(), "https://graph.facebook.com/v24.0/debug_token");
    assert_eq!(body(&request), "method=GET&input_token=a-token");
    assert_eq!(header(&request, "authorization"), Some("Bearer id|secret"));
}

#[rstest]
#[case::as_it_is("/data/type", json!("USER"))]
#[case::never_expires("/data/expires_at", json!(0))]
fn what_facebook_may_say_of_a_good_token(#[case] member: &str, #[case] value: Value) {
    assert_eq!(judged(&facebook(), 200, &changed(debug_token(), member, value)).as_deref(), Ok("10150"));
}

#[rstest]
#[case::another_app("/data/app_id", json!("other"), TokenCheckError::NotOurClient)]
#[case::a_number("/data/app_id", json!(1), UnfitTokenError::Unclear.into())]
#[case::no_app("/data/app_id", json!(null), UnfitTokenError::Unclear.into())]
#[case::not_valid("/data/is_valid", json!(false), UnfitTokenError::Unknown.into())]
#[case::valid_in_words("/data/is_valid", json!("true"), UnfitTokenError::Unknown.into())]
#[case::a_page("/data/type", json!("PAGE"), UnfitTokenError::Nobody.into())]
#[case::an_app("/data/type", json!("APP"), UnfitTokenError::Nobody.into())]
#[case::over("/data/expires_at", json!(NOW), UnfitTokenError::Expired.into())]
#[case::end_unknown("/data/expires_at", json!(null), UnfitTokenError::Unclear.into())]
#[case::nobody("/data/user_id", json!(null), UnfitTokenError::Unclear.into())]
#[case::an_empty_name("/data/user_id", json!(""), UnfitTokenError::Nobody.into())]
#[case::no_data("/data", json!(null), UnfitTokenError::Unclear.into())]
fn what_facebook_must_not_say(#[case] member: &str, #[case] value: Value, #[case] expected: TokenCheckError) {
    assert_eq!(judged(&facebook(), 200, &changed(debug_token(), member, value)), Err(expected));
}

#[test]
fn a_further_app_of_ours_is_another_at_facebook_for_it_knows_people_by_other_numbers() {
    let two = Provider { further_client_ids: vec!["app".into()], ..facebook() };
    let of_the_other = changed(debug_token(), "/data/app_id", json!("app"));
    assert_eq!(judged(&two, 200, &of_the_other), Err(TokenCheckError::NotOurClient));
}

#[rstest]
#[case::of_another_app(400, 100, TokenCheckError::NotOurClient)]
#[case::our_secret(400, 190, TokenCheckError::ClientRefused)]
#[case::too_many_calls(400, 4, TokenCheckError::Response(ResponseError::UnexpectedStatus(400)))]
fn facebooks_errors_have_numbers(#[case] status: u16, #[case] code: u16, #[case] expected: TokenCheckError) {
    assert_eq!(judged(&facebook(), status, &json!({"error": {"code": code, "message": "m"}})), Err(expected));
}

#[test]
fn github_is_asked_with_our_clients_credentials() {
    let request = asked(&github());
    assert_eq!(request.url.as_str(), "https://api.github.com/applications/id/token");
    assert_eq!(body(&request), r#"{"access_token":"a-token"}"#);
    assert_eq!(header(&request, "authorization"), Some("Basic aWQ6c2VjcmV0"));
    assert_eq!(header(&request, "content-type"), Some("application/json"));
    let odd = github::provider("a/b?c".into(), "s".into(), None, Some("http://localhost:9/github-api".into()));
    assert_eq!(asked(&odd).url.as_str(), "http://localhost:9/github-api/applications/a%2Fb%3Fc/token");
}

#[rstest]
#[case::as_it_is("/id", json!(1))]
#[case::no_end("/expires_at", json!(null))]
#[case::an_end_to_come("/expires_at", json!("2027-01-15T08:00:01Z"))]
#[case::no_scopes("/scopes", json!([]))]
fn what_github_may_say_of_a_good_token(#[case] member: &str, #[case] value: Value) {
    assert_eq!(judged(&github(), 200, &changed(authorization(), member, value)).as_deref(), Ok("583231"));
}

#[rstest]
#[case::another_client("/app/client_id", json!("other"), TokenCheckError::NotOurClient)]
#[case::no_client("/app/client_id", json!(null), UnfitTokenError::Unclear.into())]
#[case::no_app("/app", json!(null), UnfitTokenError::Unclear.into())]
#[case::over("/expires_at", json!("2027-01-15T08:00:00Z"), UnfitTokenError::Expired.into())]
#[case::over_in_words("/expires_at", json!("never"), UnfitTokenError::Unclear.into())]
#[case::over_as_a_number("/expires_at", json!(NOW + 60), UnfitTokenError::Unclear.into())]
#[case::an_installation("/user", json!(null), UnfitTokenError::Nobody.into())]
#[case::no_number("/user/id", json!("583231"), UnfitTokenError::Unclear.into())]
#[case::zero("/user/id", json!(0), UnfitTokenError::Unclear.into())]
fn what_github_must_not_say(#[case] member: &str, #[case] value: Value, #[case] expected: TokenCheckError) {
    assert_eq!(judged(&github(), 200, &changed(authorization(), member, value)), Err(expected));
}

#[rstest]
#[case(google(), 400, UnfitTokenError::Unknown.into())]
#[case(google(), 401, UnfitTokenError::Unknown.into())]
#[case(google(), 404, TokenCheckError::Response(ResponseError::UnexpectedStatus(404)))]
#[case(github(), 404, UnfitTokenError::Unknown.into())]
#[case(github(), 422, UnfitTokenError::Unknown.into())]
#[case(github(), 401, TokenCheckError::ClientRefused)]
#[case(github(), 302, TokenCheckError::Response(ResponseError::UnexpectedStatus(302)))]
#[case(facebook(), 302, TokenCheckError::Response(ResponseError::UnexpectedStatus(302)))]
fn a_refusal_is_about_the_token_only_where_the_provider_says_so(
    #[case] provider: Provider,
    #[case] status: u16,
    #[case] expected: TokenCheckError,
) {
    assert_eq!(judged(&provider, status, &json!({"error_description": "Invalid Value"})), Err(expected));
}

#[test]
fn trouble_and_nonsense_are_no_answer() {
    for provider in [google(), facebook(), github()] {
        for status in [429, 500, 503] {
            let outcome = judged(&provider, status, &tokeninfo());
            assert!(matches!(outcome, Err(TokenCheckError::Response(error)) if error.is_unavailable()), "{status}");
        }
        for text in ["", "[]", "null", "<html>", r#"{"aud":"other","aud":"id"}"#] {
            let outcome = judged_text(&provider, 200, text);
            assert!(matches!(outcome, Err(TokenCheckError::Malformed(_))), "{}: {text}", provider.slug);
        }
        let html = HttpResponse {
            status: 200,
            content_type: Some("text/html".into()),
            body: tokeninfo().to_string().into(),
            ..HttpResponse::default()
        };
        let outcome = (check(&provider).judge)(&provider, &html, NOW);
        assert!(matches!(outcome, Err(TokenCheckError::Response(_))), "{}", provider.slug);
    }
}
