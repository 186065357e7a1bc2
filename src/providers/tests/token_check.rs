//! Threats PA1 and PA4: a provider's response about an access token; one that passes, and one change each.

use rstest::rstest;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::*;
use crate::oauth::{HttpRequest, HttpResponse, Method, ResponseError};

const NOW: i64 = 1_800_000_000;

fn check(provider: &Provider) -> TokenCheck {
    provider.spec.token_check.expect("a token check")
}

fn check_request(provider: &Provider) -> HttpRequest {
    (check(provider).request)(provider, &"a-token".into()).expect("a client secret")
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
    Provider { further_client_ids: vec!["app".into()], ..provider("google") }
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
fn a_token_is_never_in_the_url() {
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
fn google_facebook_and_github_check_tokens() {
    let with: Vec<String> = every_provider()
        .iter()
        .filter(|provider| provider.spec.token_check.is_some())
        .map(|provider| provider.slug.to_string())
        .collect();
    assert_eq!(with, ["google", "facebook", "github"]);
}

#[test]
fn tokeninfo_is_asked_by_a_form_at_google_or_its_mock() {
    let request = check_request(&provider("google"));
    assert_eq!(request.url.as_str(), "https://oauth2.googleapis.com/tokeninfo");
    assert_eq!((body(&request), header(&request, "authorization")), ("access_token=a-token", None));
    let at = |tokeninfo: Option<&str>| {
        let issuer = ("ISSUER", "http://localhost:9/google");
        let settings: Vec<_> = [issuer].into_iter().chain(tokeninfo.map(|url| ("TOKENINFO_URL", url))).collect();
        check_request(&provider_with("google", &settings)).url
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
fn tokeninfo_accepts(#[case] member: &str, #[case] value: Value) {
    let outcome = judged(&google_with_an_app(), 200, &changed(tokeninfo(), member, value));
    assert_eq!(outcome.as_deref(), Ok("110169484474386276334"));
}

#[rstest]
#[case::another_client("/aud", json!("other"), TokenCheckError::NotOurClient)]
#[case::a_longer_client("/aud", json!("id2"), TokenCheckError::NotOurClient)]
#[case::in_capitals("/aud", json!("ID"), TokenCheckError::NotOurClient)]
#[case::empty_client("/aud", json!(""), TokenCheckError::NotOurClient)]
#[case::no_client("/aud", json!(null), UnfitTokenError::Incomplete.into())]
#[case::clients("/aud", json!(["id"]), UnfitTokenError::Incomplete.into())]
#[case::asked_for_by_another("/azp", json!("other"), TokenCheckError::NotOurClient)]
#[case::asked_for_by_several("/azp", json!(["id"]), UnfitTokenError::Incomplete.into())]
#[case::no_time_left("/expires_in", json!("0"), UnfitTokenError::Expired.into())]
#[case::less_than_none("/expires_in", json!("-5"), UnfitTokenError::Expired.into())]
#[case::time_unknown("/expires_in", json!(null), UnfitTokenError::Incomplete.into())]
#[case::time_in_words("/expires_in", json!("soon"), UnfitTokenError::Incomplete.into())]
#[case::time_as_a_fraction("/expires_in", json!(3599.5), UnfitTokenError::Incomplete.into())]
#[case::over("/exp", json!((NOW - 61).to_string()), UnfitTokenError::Expired.into())]
#[case::over_in_words("/exp", json!("never"), UnfitTokenError::Incomplete.into())]
#[case::no_openid("/scope", json!("https://www.googleapis.com/auth/userinfo.email"), UnfitTokenError::MissingScope.into())]
#[case::no_email("/scope", json!("openid"), UnfitTokenError::MissingScope.into())]
#[case::drive_only("/scope", json!("https://www.googleapis.com/auth/drive"), UnfitTokenError::MissingScope.into())]
#[case::a_scope_that_begins_so("/scope", json!("openid2 emails"), UnfitTokenError::MissingScope.into())]
#[case::no_scope("/scope", json!(null), UnfitTokenError::Incomplete.into())]
#[case::a_service_account("/email", json!("robot@project.iam.gserviceaccount.com"), UnfitTokenError::ServiceAccount.into())]
#[case::a_loud_service_account("/email", json!("ROBOT@PROJECT.IAM.GSERVICEACCOUNT.COM"), UnfitTokenError::ServiceAccount.into())]
#[case::nobody("/sub", json!(""), UnfitTokenError::NoUser.into())]
#[case::no_subject("/sub", json!(null), UnfitTokenError::Incomplete.into())]
#[case::a_number("/sub", json!(1), UnfitTokenError::Incomplete.into())]
fn tokeninfo_rejects(#[case] member: &str, #[case] value: Value, #[case] expected: TokenCheckError) {
    assert_eq!(judged(&google_with_an_app(), 200, &changed(tokeninfo(), member, value)), Err(expected));
}

#[test]
fn a_further_client_must_be_configured() {
    assert_eq!(
        judged(&provider("google"), 200, &changed(tokeninfo(), "/aud", json!("app"))),
        Err(TokenCheckError::NotOurClient)
    );
    assert!(judged(&provider("google"), 200, &tokeninfo()).is_ok());
}

#[test]
fn debug_token_is_authorized_by_the_app_token() {
    let request = check_request(&provider("facebook"));
    assert_eq!(request.url.as_str(), "https://graph.facebook.com/v24.0/debug_token");
    assert_eq!(body(&request), "method=GET&input_token=a-token");
    assert_eq!(header(&request, "authorization"), Some("Bearer id|secret"));
}

#[rstest]
#[case::as_it_is("/data/type", json!("USER"))]
#[case::never_expires("/data/expires_at", json!(0))]
fn debug_token_accepts(#[case] member: &str, #[case] value: Value) {
    assert_eq!(judged(&provider("facebook"), 200, &changed(debug_token(), member, value)).as_deref(), Ok("10150"));
}

#[rstest]
#[case::another_app("/data/app_id", json!("other"), TokenCheckError::NotOurClient)]
#[case::a_number("/data/app_id", json!(1), UnfitTokenError::Incomplete.into())]
#[case::no_app("/data/app_id", json!(null), UnfitTokenError::Incomplete.into())]
#[case::not_valid("/data/is_valid", json!(false), UnfitTokenError::Unknown.into())]
#[case::valid_in_words("/data/is_valid", json!("true"), UnfitTokenError::Unknown.into())]
#[case::a_page("/data/type", json!("PAGE"), UnfitTokenError::NoUser.into())]
#[case::an_app("/data/type", json!("APP"), UnfitTokenError::NoUser.into())]
#[case::over("/data/expires_at", json!(NOW), UnfitTokenError::Expired.into())]
#[case::end_unknown("/data/expires_at", json!(null), UnfitTokenError::Incomplete.into())]
#[case::nobody("/data/user_id", json!(null), UnfitTokenError::Incomplete.into())]
#[case::an_empty_name("/data/user_id", json!(""), UnfitTokenError::NoUser.into())]
#[case::no_data("/data", json!(null), UnfitTokenError::Incomplete.into())]
fn debug_token_rejects(#[case] member: &str, #[case] value: Value, #[case] expected: TokenCheckError) {
    assert_eq!(judged(&provider("facebook"), 200, &changed(debug_token(), member, value)), Err(expected));
}

#[test]
fn another_app_of_ours_has_other_user_ids_at_facebook() {
    let two = Provider { further_client_ids: vec!["app".into()], ..provider("facebook") };
    let of_the_other = changed(debug_token(), "/data/app_id", json!("app"));
    assert_eq!(judged(&two, 200, &of_the_other), Err(TokenCheckError::NotOurClient));
}

#[rstest]
#[case::of_another_app(400, 100, TokenCheckError::NotOurClient)]
#[case::our_secret(400, 190, TokenCheckError::ClientRefused)]
#[case::too_many_calls(400, 4, TokenCheckError::Response(ResponseError::UnexpectedStatus(400)))]
fn facebook_errors_are_mapped_by_code(#[case] status: u16, #[case] code: u16, #[case] expected: TokenCheckError) {
    assert_eq!(judged(&provider("facebook"), status, &json!({"error": {"code": code, "message": "m"}})), Err(expected));
}

#[test]
fn check_token_is_authorized_by_the_client() {
    let request = check_request(&provider("github"));
    assert_eq!(request.url.as_str(), "https://api.github.com/applications/id/token");
    assert_eq!(body(&request), r#"{"access_token":"a-token"}"#);
    assert_eq!(header(&request, "authorization"), Some("Basic aWQ6c2VjcmV0"));
    assert_eq!(header(&request, "content-type"), Some("application/json"));
    let odd = provider_with("github", &[("CLIENT_ID", "a/b?c"), ("API_URL", "http://localhost:9/github-api")]);
    assert_eq!(check_request(&odd).url.as_str(), "http://localhost:9/github-api/applications/a%2Fb%3Fc/token");
}

#[rstest]
#[case::as_it_is("/id", json!(1))]
#[case::no_end("/expires_at", json!(null))]
#[case::an_end_to_come("/expires_at", json!("2027-01-15T08:00:01Z"))]
#[case::no_scopes("/scopes", json!([]))]
fn check_token_accepts(#[case] member: &str, #[case] value: Value) {
    assert_eq!(judged(&provider("github"), 200, &changed(authorization(), member, value)).as_deref(), Ok("583231"));
}

#[rstest]
#[case::another_client("/app/client_id", json!("other"), TokenCheckError::NotOurClient)]
#[case::no_client("/app/client_id", json!(null), UnfitTokenError::Incomplete.into())]
#[case::no_app("/app", json!(null), UnfitTokenError::Incomplete.into())]
#[case::over("/expires_at", json!("2027-01-15T08:00:00Z"), UnfitTokenError::Expired.into())]
#[case::over_in_words("/expires_at", json!("never"), UnfitTokenError::Incomplete.into())]
#[case::over_as_a_number("/expires_at", json!(NOW + 60), UnfitTokenError::Incomplete.into())]
#[case::an_installation("/user", json!(null), UnfitTokenError::NoUser.into())]
#[case::no_number("/user/id", json!("583231"), UnfitTokenError::Incomplete.into())]
#[case::zero("/user/id", json!(0), UnfitTokenError::Incomplete.into())]
fn check_token_rejects(#[case] member: &str, #[case] value: Value, #[case] expected: TokenCheckError) {
    assert_eq!(judged(&provider("github"), 200, &changed(authorization(), member, value)), Err(expected));
}

#[rstest]
#[case(provider("google"), 400, UnfitTokenError::Unknown.into())]
#[case(provider("google"), 401, UnfitTokenError::Unknown.into())]
#[case(provider("google"), 404, TokenCheckError::Response(ResponseError::UnexpectedStatus(404)))]
#[case(provider("github"), 404, UnfitTokenError::Unknown.into())]
#[case(provider("github"), 422, UnfitTokenError::Unknown.into())]
#[case(provider("github"), 401, TokenCheckError::ClientRefused)]
#[case(provider("github"), 302, TokenCheckError::Response(ResponseError::UnexpectedStatus(302)))]
#[case(provider("facebook"), 302, TokenCheckError::Response(ResponseError::UnexpectedStatus(302)))]
fn a_status_is_about_the_token_only_where_documented(
    #[case] provider: Provider,
    #[case] status: u16,
    #[case] expected: TokenCheckError,
) {
    assert_eq!(judged(&provider, status, &json!({"error_description": "Invalid Value"})), Err(expected));
}

#[test]
fn outages_and_malformed_responses_say_nothing_about_the_token() {
    for provider in [provider("google"), provider("facebook"), provider("github")] {
        for status in [429, 500, 503] {
            let outcome = judged(&provider, status, &tokeninfo());
            assert!(matches!(outcome, Err(TokenCheckError::Response(error)) if error.is_unavailable()), "{status}");
        }
        // Each provider's document has one of these members.
        let twice = r#"{"aud":"other","aud":"id","app":{"client_id":"id","client_id":"id"},"data":1,"data":2}"#;
        for text in ["", "[]", "null", "<html>", twice] {
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
