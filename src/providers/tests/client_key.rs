//! `private_key_jwt` and the other ways of a client to authenticate, verified as a provider would.

use aws_lc_rs::{
    digest::{SHA256, digest},
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair as RsaKeyPair, KeySize},
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    },
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use rstest::rstest;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{super::key_for_tests::pem, *};
use crate::{
    oauth::{ClientAuthentication, HttpResponse},
    oidc::{EndpointRules, ProviderMetadata, process_discovery_response, process_jwks_response},
};

const AT: AssertionTime = AssertionTime { now: 1_800_000_000, id: [7; 16] };

/// A private key in PEM and the public one as a JWK.
struct TestKey {
    pem: String,
    jwk: Value,
    public: Vec<u8>,
}

fn text(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn rsa_key() -> TestKey {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let public = pair.public_key();
    let [n, e] = [public.modulus(), public.exponent()].map(|number| text(number.big_endian_without_leading_zero()));
    let der = AsDer::<Pkcs8V1Der<'static>>::as_der(&pair).unwrap();
    TestKey { pem: pem(der.as_ref()), jwk: json!({"kty": "RSA", "n": n, "e": e}), public: public.as_ref().to_vec() }
}

fn ec_key(curve: &str) -> TestKey {
    let algorithm = match curve {
        "P-256" => &ECDSA_P256_SHA256_FIXED_SIGNING,
        _ => &ECDSA_P384_SHA384_FIXED_SIGNING,
    };
    let pair = EcdsaKeyPair::generate(algorithm).unwrap();
    let point = pair.public_key().as_ref();
    let (x, y) = point[1..].split_at(point.len() / 2);
    let jwk = json!({"kty": "EC", "crv": curve, "x": text(x), "y": text(y)});
    TestKey { pem: pem(pair.to_pkcs8v1().unwrap().as_ref()), jwk, public: point.to_vec() }
}

fn ed25519_key() -> TestKey {
    let pair = Ed25519KeyPair::generate().unwrap();
    let public = pair.public_key().as_ref().to_vec();
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": text(&public)});
    TestKey { pem: pem(pair.to_pkcs8v1().unwrap().as_ref()), jwk, public }
}

fn metadata(members: Value) -> ProviderMetadata {
    let mut document = json!({
        "issuer": "https://id.example", "authorization_endpoint": "https://id.example/authorize",
        "token_endpoint": "https://id.example/token", "jwks_uri": "https://id.example/keys",
    });
    document.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let response = HttpResponse { status: 200, body: document.to_string().into_bytes(), ..HttpResponse::default() };
    process_discovery_response(&response, "https://id.example", &Algorithm::ALL, EndpointRules::default()).unwrap()
}

fn private_key(pem: &str) -> Result<PrivateKey, PrivateKeyError> {
    PrivateKey::from_pem(&SecretString::from(pem))
}

fn assertion(provider: &Provider, metadata: &ProviderMetadata) -> SecretString {
    match provider.client_authentication(metadata, AT).unwrap() {
        Some(ClientAuthentication::PrivateKeyJwt(assertion)) => assertion,
        other => panic!("{other:?}"),
    }
}

/// The header and the claims of an assertion, whose signature verifies with the key.
fn verified(assertion: &SecretString, key: &TestKey) -> (Value, Value) {
    let parts: Vec<&str> = assertion.expose_secret().split('.').collect();
    let part = |index: usize| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(parts[index]).unwrap()).unwrap();
    let (header, claims) = (part(0), part(1));
    let body = json!({"keys": [key.jwk]}).to_string().into_bytes();
    let keys = process_jwks_response(&HttpResponse { status: 200, body, ..HttpResponse::default() }).unwrap();
    let algorithm = Algorithm::from_name(header["alg"].as_str().unwrap()).unwrap();
    let signed = format!("{}.{}", parts[0], parts[1]);
    assert!(keys.verifies_for_tests(parts[2], signed.as_bytes(), algorithm), "{header}");
    (header, claims)
}

fn with_key(key: &TestKey, key_id: Option<&str>, audience: AssertionAudience) -> Provider {
    let client_key = ClientKey::new(private_key(&key.pem).unwrap(), key_id.map(str::to_owned), audience);
    generic_with(ClientSecret::Key(client_key), None)
}

#[rstest]
#[case(rsa_key(), "RS256")]
#[case(ec_key("P-256"), "ES256")]
#[case(ec_key("P-384"), "ES384")]
#[case(ed25519_key(), "EdDSA")]
fn assertion_names_the_client_and_verifies(#[case] key: TestKey, #[case] alg: &str) {
    let provider = with_key(&key, Some("2026"), AssertionAudience::Issuer);
    let (header, claims) = verified(&assertion(&provider, &metadata(json!({}))), &key);
    assert_eq!(header, json!({"typ": "JWT", "alg": alg, "kid": "2026"}));
    let expected = json!({
        "iss": "id", "sub": "id", "aud": "https://id.example", "jti": text([7; 16]),
        "iat": 1_800_000_000, "nbf": 1_800_000_000, "exp": 1_800_000_300,
    });
    assert_eq!(claims, expected);
}

#[test]
fn assertion_follows_the_settings_and_the_metadata() {
    let key = rsa_key();
    let provider = with_key(&key, None, AssertionAudience::TokenEndpoint);
    let (header, claims) = verified(&assertion(&provider, &metadata(json!({}))), &key);
    assert_eq!((header.get("kid"), &claims["aud"]), (None, &json!("https://id.example/token")));
    let pss = metadata(json!({"token_endpoint_auth_signing_alg_values_supported": ["ES256", "PS256"]}));
    assert_eq!(verified(&assertion(&provider, &pss), &key).0["alg"], "PS256");
    let other = metadata(json!({"token_endpoint_auth_signing_alg_values_supported": ["HS256"]}));
    assert_eq!(verified(&assertion(&provider, &other), &key).0["alg"], "RS256");
}

#[test]
fn each_assertion_has_its_own_id() {
    let key = rsa_key();
    let provider = with_key(&key, None, AssertionAudience::Issuer);
    let jti = |id: [u8; 16]| {
        let time = AssertionTime { id, ..AT };
        match provider.client_authentication(&metadata(json!({})), time).unwrap() {
            Some(ClientAuthentication::PrivateKeyJwt(assertion)) => verified(&assertion, &key).1["jti"].clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_ne!(jti([1; 16]), jti([2; 16]));
}

fn certificate(der: &[u8]) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(der))
}

#[test]
fn entra_gets_ps256_and_the_thumbprint_of_the_certificate() {
    let key = rsa_key();
    // Not a whole certificate: only the public key inside it is compared.
    let der = [&[0x30, 0x82, 0x03, 0x00][..], &key.public, &[0; 256]].concat();
    let settings = [("PRIVATE_KEY", key.pem.as_str()), ("CERTIFICATE", &certificate(&der))];
    let provider = provider_with("microsoft", &settings);
    let Metadata::Constant(metadata) = &provider.metadata else { panic!("constants") };
    let (header, claims) = verified(&assertion(&provider, metadata), &key);
    let thumbprint = text(digest(&SHA256, &der));
    assert_eq!(header, json!({"typ": "JWT", "alg": "PS256", "x5t#S256": thumbprint}));
    assert_eq!(claims["aud"], "https://login.microsoftonline.com/common/oauth2/v2.0/token");
}

#[rstest]
#[case::of_another_key(rsa_key().pem, certificate(&[0x30, 1, 2, 3]), "CERTIFICATE")]
#[case::no_certificate(rsa_key().pem, "hush".to_owned(), "CERTIFICATE")]
#[case::no_rsa_key(ec_key("P-256").pem, certificate(&[0x30]), "PRIVATE_KEY")]
#[case::no_key("hush".to_owned(), certificate(&[0x30]), "PRIVATE_KEY")]
fn unusable_key_of_entra_is_a_setting_error(#[case] pem: String, #[case] certificate: String, #[case] name: &str) {
    let row = built_in("microsoft").unwrap();
    let settings = super::super::for_tests::settings(row, &[("PRIVATE_KEY", &pem), ("CERTIFICATE", &certificate)]);
    assert_eq!((row.provider)(&settings).unwrap_err().name, name);
}

#[test]
fn app_keys_are_requested_with_the_client_id() {
    let metadata = |provider: &Provider| match &provider.metadata {
        Metadata::Constant(metadata) => ProviderMetadata::clone(metadata),
        Metadata::Discovered { .. } => panic!("constants"),
    };
    let microsoft = microsoft("common");
    for client_id in ["id", "an-app"] {
        let uri = microsoft.jwks_uri(&metadata(&microsoft), client_id).unwrap();
        let keys = "https://login.microsoftonline.com/common/discovery/v2.0/keys";
        assert_eq!(uri.as_str(), format!("{keys}?appid={client_id}"));
    }
    let at = |jwks_uri: &str| {
        let metadata = self::metadata(json!({"jwks_uri": jwks_uri}));
        generic().jwks_uri(&metadata, "an-app").unwrap().to_string()
    };
    let entra = "https://login.microsoftonline.com/11111111-1111-4111-8111-111111111111/discovery/v2.0/keys";
    assert_eq!(at(entra), format!("{entra}?appid=an-app"));
    assert_eq!(at(&format!("{entra}?appid=other")), format!("{entra}?appid=other"));
    assert_eq!(at("https://id.example/keys?a=b"), "https://id.example/keys?a=b");
}

#[test]
fn secret_is_sent_by_the_chosen_method() {
    let only_post = metadata(json!({"token_endpoint_auth_methods_supported": ["client_secret_post"]}));
    let method = |secret: ClientSecret| match generic_with(secret, None).client_authentication(&only_post, AT).unwrap()
    {
        Some(ClientAuthentication::ClientSecretBasic(_)) => "basic",
        Some(ClientAuthentication::ClientSecretPost(_)) => "post",
        Some(ClientAuthentication::None) => "none",
        other => panic!("{other:?}"),
    };
    assert_eq!(method("s".into()), "post");
    assert_eq!(method(ClientSecret::FixedBy(SecretMethod::Basic, "s".into())), "basic");
    assert_eq!(method(ClientSecret::FixedBy(SecretMethod::Post, "s".into())), "post");
    assert_eq!(method(ClientSecret::None), "none");
    let neither = metadata(json!({"token_endpoint_auth_methods_supported": ["private_key_jwt"]}));
    assert!(generic().client_authentication(&neither, AT).unwrap().is_none());
}

#[test]
fn scopes_of_a_sign_in_always_have_openid() {
    let scopes = |scopes: Option<&str>| generic_with("s".into(), scopes).sign_in_scopes.to_string();
    assert_eq!(scopes(None), "openid email profile");
    assert_eq!(scopes(Some("email groups")), "openid email groups");
    assert_eq!(scopes(Some("profile openid")), "openid profile");
}

#[test]
fn anything_but_an_unencrypted_private_key_is_rejected() {
    let good = rsa_key().pem;
    assert!(private_key(&good).is_ok() && private_key(&good.replace('\n', "\\n")).is_ok());
    let encrypted = good.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    for wrong in ["", "hush", &encrypted, &good.replace("PRIVATE", "PUBLIC"), &good[..good.len() / 2], &pem(b"x")] {
        assert_eq!(private_key(wrong).unwrap_err(), PrivateKeyError::NotAKey);
    }
    assert_eq!(format!("{:?}", private_key(&good).unwrap()), "PrivateKey([redacted])");
}

#[test]
fn key_signs_with_its_own_algorithms_only() {
    let key = private_key(&ec_key("P-256").pem).unwrap();
    assert!(key.sign(json!({}), &json!({}), Algorithm::Es256).is_ok());
    for algorithm in [Algorithm::Es384, Algorithm::Rs256, Algorithm::EdDsa] {
        assert_eq!(key.sign(json!({}), &json!({}), algorithm).unwrap_err(), PrivateKeyError::CannotSign);
    }
}
