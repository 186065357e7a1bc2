//! Tampered id_tokens and key rotation.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use latchkey_sandbox::{GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET};
use serde_json::{Value, json};

use crate::client::{TestClient, part};

/// Every id_token preset; the next token is valid again.
#[tokio::test]
async fn every_id_token_preset_takes_effect_once() {
    let client = TestClient::start().await;
    let presets = client.get("/control/presets").await.json();
    let issuer = client.sandbox.google_issuer();
    let mut tried = 0;
    for preset in presets.as_array().unwrap().iter().filter(|preset| preset["group"] == "id_token") {
        let name = preset["name"].as_str().unwrap();
        client.control("google/presets", json!({"preset": name, "person": "ada", "times": 1})).await;
        let tokens = client.exchange(&client.code().await).await.json();
        let token = tokens["id_token"].as_str().unwrap();
        let patch = &preset["patch"];
        if name == "huge_exp" {
            let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
            assert!(String::from_utf8(payload).unwrap().contains(r#""exp":1e400"#));
            continue;
        }
        let (header, claims) = (part(token, 0), part(token, 1));
        for (members, set, remove) in [(&claims, "claims", "remove"), (&header, "header", "remove_header")] {
            for (member, value) in patch[set].as_object().unwrap() {
                let original = if member == "iss" { &issuer } else { GOOGLE_CLIENT_ID };
                let wanted =
                    value.to_string().replace("{value}", original).replace("{origin}", client.sandbox.origin());
                let wanted: Value = serde_json::from_str(&wanted).unwrap();
                assert!(value.get("$now").is_some() || members[member] == wanted, "{name}: {members}");
                assert!(!members[member].is_object() && members.get(member).is_some(), "{name}: {members}");
            }
            for member in patch[remove].as_array().unwrap() {
                assert!(members.get(member.as_str().unwrap()).is_none(), "{name}: {members}");
            }
        }
        if patch["sign"] != "rs256" {
            assert!(client.verified(token).await.is_err(), "{name} must not verify");
        }
        tried += 1;
    }
    assert!(tried > 50, "{tried}");
    let tokens = client.exchange(&client.code().await).await.json();
    assert!(client.verified(tokens["id_token"].as_str().unwrap()).await.is_ok());
}

#[tokio::test]
async fn patch_times_are_relative_and_have_the_given_type() {
    let client = TestClient::start().await;
    let now = client.get("/control/state").await.json()["now"].as_i64().unwrap();
    let patch = json!({"claims": {"exp": {"$now": -600}, "nbf": {"$now": 60, "as": "string"}, "iat": {"$now": 0, "as": "float"}}});
    client.control("google/id_token", json!({"patch": patch})).await;
    let claims = part(client.exchange(&client.code().await).await.json()["id_token"].as_str().unwrap(), 1);
    assert!((claims["exp"].as_i64().unwrap() - now + 600).abs() < 30);
    assert!(claims["nbf"].is_string() && claims["iat"].is_f64(), "{claims}");
}

#[tokio::test]
async fn tampered_signatures_match_their_kind() {
    let client = TestClient::start().await;
    for (sign, alg, verifies_by_its_header) in [
        ("rs384", "RS384", None),
        ("ps256", "PS256", None),
        ("none", "none", None),
        ("hs256_client_secret", "HS256", None),
        ("embedded_key", "RS256", Some(true)),
        ("bad_signature", "RS256", None),
    ] {
        client.control("google/id_token", json!({"patch": {"sign": sign}, "times": 1})).await;
        let token = client.exchange(&client.code().await).await.json()["id_token"].as_str().unwrap().to_owned();
        let header = part(&token, 0);
        assert_eq!(header["alg"], alg, "{sign}");
        let open = |algorithm, key: &DecodingKey| {
            let mut validation = Validation::new(algorithm);
            validation.set_audience(&[GOOGLE_CLIENT_ID]);
            decode::<Value>(&token, key, &validation).is_ok()
        };
        let published = client.get("/google/certs").await.json()["keys"][0].clone();
        let rsa = |key: &Value| {
            DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap()).unwrap()
        };
        match sign {
            "rs384" => assert!(open(Algorithm::RS384, &rsa(&published))),
            "ps256" => assert!(open(Algorithm::PS256, &rsa(&published))),
            "hs256_client_secret" => {
                assert!(open(Algorithm::HS256, &DecodingKey::from_secret(GOOGLE_CLIENT_SECRET.as_bytes())))
            }
            "none" => assert!(token.ends_with('.')),
            "bad_signature" => assert!(!open(Algorithm::RS256, &rsa(&published))),
            _ => assert_eq!(Some(open(Algorithm::RS256, &rsa(&header["jwk"]))), verifies_by_its_header),
        }
    }
}

#[tokio::test]
async fn keys_rotate_and_are_withdrawn() {
    let client = TestClient::start().await;
    let kids = async || {
        let keys = client.get("/google/certs").await.json();
        keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let signed = async || {
        let tokens = client.exchange(&client.code().await).await.json();
        let token = tokens["id_token"].as_str().unwrap().to_owned();
        assert!(client.verified(&token).await.is_ok());
        part(&token, 0)["kid"].as_str().unwrap().to_owned()
    };
    let first = kids().await;
    assert_eq!(first, [signed().await]);
    client.control("google/keys", json!({"action": "rotate"})).await;
    let second = kids().await;
    assert_eq!((second.len(), &second[1], &second[0]), (2, &first[0], &signed().await));
    client.control("google/keys", json!({"action": "rotate_before_signing"})).await;
    assert_eq!(kids().await, second, "nothing shows before the signature");
    let third = signed().await;
    assert!(!second.contains(&third));
    client.control("google/keys", json!({"action": "withdraw_old"})).await;
    assert_eq!(kids().await, [third]);
    client.control("reset", json!({})).await;
    assert_eq!(kids().await, first);
}
