//! Threats TR8, UI3.

use super::*;

fn client(authentication: ClientAuthentication) -> Client {
    Client { client_id: "our:client".to_owned(), authentication }
}

fn exchange(authentication: ClientAuthentication) -> HttpRequest {
    authorization_code_grant(
        &url("https://id.example/token"),
        &client(authentication),
        &code(),
        "https://app.example/auth/callback/google",
        Some(&PkceVerifier::from_random([3; 32])),
    )
}

#[test]
fn code_exchange_sends_its_parameters_in_the_body() {
    let request = exchange(ClientAuthentication::None);
    let verifier = PkceVerifier::from_random([3; 32]);
    assert_eq!(request.method, Method::Post);
    assert_eq!(request.url.as_str(), "https://id.example/token");
    assert_eq!(header(&request, "accept"), Some("application/json"));
    assert_eq!(header(&request, "content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(
        raw_body(&request),
        [
            "grant_type=authorization_code",
            "code=4%2Fcode%26%3D%2B",
            "redirect_uri=https%3A%2F%2Fapp.example%2Fauth%2Fcallback%2Fgoogle",
            &format!("code_verifier={}", verifier.expose()),
            "client_id=our%3Aclient",
        ]
    );
}

#[test]
fn client_secret_basic_form_encodes_id_and_secret() {
    let request = exchange(ClientAuthentication::ClientSecretBasic("s e:c+r%t".into()));
    // base64("our%3Aclient:s+e%3Ac%2Br%25t"), RFC 6749 §2.3.1 and appendix B.
    let expected = "Basic b3VyJTNBY2xpZW50OnMrZSUzQWMlMkJyJTI1dA==";
    assert_eq!(header(&request, "authorization"), Some(expected));
    assert!(raw_body(&request).iter().all(|pair| !pair.starts_with("client_")));
}

#[test]
fn client_secret_post_sets_no_header() {
    let request = exchange(ClientAuthentication::ClientSecretPost("s e:c".into()));
    assert_eq!(header(&request, "authorization"), None);
    let body = raw_body(&request);
    assert!(body.contains(&"client_id=our%3Aclient") && body.contains(&"client_secret=s+e%3Ac"));
}

#[test]
fn private_key_jwt_sends_an_assertion_and_no_secret() {
    let request = exchange(ClientAuthentication::PrivateKeyJwt("h.p.s".into()));
    assert_eq!(header(&request, "authorization"), None);
    let body = raw_body(&request);
    let kind = "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
    assert!(
        body.contains(&kind) && body.contains(&"client_assertion=h.p.s") && body.contains(&"client_id=our%3Aclient")
    );
    assert!(body.iter().all(|pair| !pair.starts_with("client_secret")));
}

#[test]
fn public_client_sends_no_secret() {
    let request = exchange(ClientAuthentication::None);
    assert_eq!(header(&request, "authorization"), None);
    assert!(raw_body(&request).iter().all(|pair| !pair.starts_with("client_secret")));
}

#[test]
fn refresh_sends_scope_only_if_given() {
    let refresh = |scope: Option<&Scopes>| {
        let client = client(ClientAuthentication::None);
        let token = "r/1".into();
        refresh_token_grant(&url("https://id.example/token"), &client, &token, scope)
    };
    let plain = ["grant_type=refresh_token", "refresh_token=r%2F1", "client_id=our%3Aclient"];
    assert_eq!(raw_body(&refresh(None)), plain);
    assert!(raw_body(&refresh(Some(&Scopes::parse("a b")))).contains(&"scope=a+b"));
}

#[test]
fn bearer_token_is_sent_in_the_header() {
    let request = HttpRequest::get_json_as_bearer(&url("https://id.example/me"), &"tok".into());
    assert_eq!(header(&request, "authorization"), Some("Bearer tok"));
    assert_eq!((request.url.as_str(), request.method), ("https://id.example/me", Method::Get));
    assert!(request.body.is_none());
}

#[test]
fn debug_output_hides_secrets() {
    let secret = || "sekret".into();
    for authentication in [
        ClientAuthentication::ClientSecretBasic(secret()),
        ClientAuthentication::ClientSecretPost(secret()),
        ClientAuthentication::PrivateKeyJwt(secret()),
    ] {
        let printed = format!("{:?} {authentication:?}", exchange(authentication.clone()));
        for part in ["sekret", "Basic ", "4%2Fcode", "code_verifier"] {
            assert!(!printed.contains(part), "{part} in {printed}");
        }
    }
}
