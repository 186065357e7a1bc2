//! Faults of endpoints and of the authorization response.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{CALENDAR, DRIVE, TestClient, query};

/// Every endpoint preset that needs no waiting.
#[tokio::test]
async fn every_endpoint_preset_takes_effect() {
    let client = TestClient::start().await;
    let presets = client.get("/control/presets").await.json();
    let apis = client.sandbox.google_api_url();
    let mut tried = 0;
    for preset in presets.as_array().unwrap() {
        let Some(fault) = preset["faults"].get(0) else {
            continue;
        };
        let (name, kind) = (preset["name"].as_str().unwrap(), fault["fault"]["kind"].as_str().unwrap());
        if matches!(kind, "slow" | "hang" | "drip") || fault["endpoint"] == "authorization_response" {
            continue;
        }
        let code = client.code().await;
        let tokens = client.grant("ada", &[DRIVE, CALENDAR]).await;
        let (access, refresh) = (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
        client.control("google/presets", json!({"preset": name, "times": 1})).await;
        let at = |method, path: &str| client.request(method, &format!("/google/{path}"));
        let request = match fault["endpoint"].as_str().unwrap() {
            "token" => client.exchange_request(&code),
            "certs" => at(Method::GET, "certs"),
            "discovery" => at(Method::GET, ".well-known/openid-configuration"),
            "refresh" => client.refresh_request(refresh),
            "files" => client.http.get(format!("{apis}/drive/v3/files")).bearer_auth(access),
            "events" => client.http.get(format!("{apis}/calendar/v3/calendars/primary/events")).bearer_auth(access),
            "userinfo" => at(Method::GET, "userinfo").bearer_auth(access),
            "authorize" => at(Method::GET, "o/oauth2/v2/auth"),
            "revoke" => at(Method::POST, "revoke"),
            "tokeninfo" => at(Method::GET, "tokeninfo"),
            other => panic!("{other}"),
        };
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await;
        let fault = &fault["fault"];
        match kind {
            "half_closed" => assert!(body.is_err(), "{name}"),
            "truncated" => assert!(serde_json::from_str::<Value>(&body.unwrap()).is_err(), "{name}"),
            "huge" => assert!(body.unwrap().len() > 10 << 20, "{name}"),
            "many_keys" => {
                let keys: Value = serde_json::from_str(&body.unwrap()).unwrap();
                assert_eq!(keys["keys"].as_array().unwrap().len(), 10_001);
            }
            "rotate" => {
                let members: Value = serde_json::from_str(&body.unwrap()).unwrap();
                let successor = members["refresh_token"].as_str().unwrap();
                assert_eq!(client.refresh(refresh).await.json()["error"], "invalid_grant");
                assert_eq!(client.refresh(successor).await.status, 200);
            }
            "patch" => {
                let members: Value = serde_json::from_str(&body.unwrap()).unwrap();
                for (member, value) in fault["set"].as_object().unwrap() {
                    let wanted = value.to_string().replace("{origin}", client.sandbox.origin());
                    assert_eq!(members[member].to_string(), wanted, "{name}");
                }
                assert!(
                    fault["remove"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .all(|gone| members.get(gone.as_str().unwrap()).is_none())
                );
            }
            _ => {
                assert_eq!(u64::from(status), fault["status"].as_u64().unwrap(), "{name}");
                assert!(fault["body"].is_null() || fault["body"] == body.unwrap(), "{name}");
                let after = headers.get("retry-after").map(|value| value.to_str().unwrap());
                assert_eq!(after, fault["retry_after"].as_str().or(fault["headers"]["retry-after"].as_str()), "{name}");
                if kind == "redirect" {
                    let to = headers["location"].to_str().unwrap();
                    assert!(to.starts_with(&format!("{}/trap/google/", client.sandbox.origin())), "{to}");
                }
            }
        }
        tried += 1;
    }
    assert!(tried > 45, "{tried}");
    assert_eq!(client.exchange(&client.code().await).await.status, 200, "and the next response is normal");
}

#[tokio::test]
async fn every_authorization_response_preset_takes_effect() {
    let client = TestClient::start().await;
    let presets = client.get("/control/presets").await.json();
    let is_ours = |preset: &&Value| preset["group"] == "authorization response";
    for preset in presets.as_array().unwrap().iter().filter(is_ours) {
        let name = preset["name"].as_str().unwrap();
        client.control("google/presets", json!({"preset": name, "person": "ada", "times": 1})).await;
        let answer = client.consent(&query(&[]), "ada", &[]).await;
        let url = url::Url::parse(answer.header("location")).unwrap();
        let all = |wanted: &str| {
            url.query_pairs()
                .filter(|(name, _)| name == wanted)
                .map(|(_, value)| value.into_owned())
                .collect::<Vec<_>>()
        };
        let fault = &preset["faults"][0]["fault"];
        for (parameter, value) in fault["set"].as_object().unwrap() {
            match value {
                Value::Array(values) => assert_eq!(all(parameter).len(), values.len(), "{name}"),
                value => assert_eq!(all(parameter), [value.as_str().unwrap()], "{name}"),
            }
        }
        for parameter in fault["remove"].as_array().unwrap() {
            assert!(all(parameter.as_str().unwrap()).is_empty(), "{name}");
        }
    }
    let normal = client.consent(&query(&[]), "ada", &[]).await.callback();
    assert_eq!(normal["state"], "the-state");
}

#[tokio::test]
async fn slow_dripping_and_hanging_responses_are_delayed() {
    let client = TestClient::start().await;
    let arm = async |fault: Value| {
        client.control("google/faults", json!({"endpoint": "certs", "fault": fault, "times": 1})).await
    };
    let started = Instant::now();
    arm(json!({"kind": "slow", "delay_ms": 100})).await;
    assert_eq!(client.get("/google/certs").await.status, 200);
    assert!(started.elapsed() >= Duration::from_millis(100));

    arm(json!({"kind": "drip", "chunk_bytes": 100, "delay_ms": 20})).await;
    let started = Instant::now();
    assert!(client.get("/google/certs").await.json()["keys"].is_array());
    assert!(started.elapsed() >= Duration::from_millis(100));

    arm(json!({"kind": "hang"})).await;
    let hanging = client.request(Method::GET, "/google/certs").timeout(Duration::from_millis(100));
    assert!(hanging.send().await.unwrap_err().is_timeout());
    assert_eq!(client.get("/google/certs").await.status, 200);
}

#[tokio::test]
async fn personal_fault_spares_others_and_keeps_the_code() {
    let client = TestClient::start().await;
    let fault = json!({"endpoint": "token", "fault": {"kind": "status", "status": 503}, "person": "ada"});
    client.control("google/faults", fault).await;
    let (ada, grace) = (client.code().await, client.consent(&query(&[]), "grace", &[]).await.code());
    assert_eq!(client.exchange(&grace).await.status, 200);
    assert_eq!(client.exchange(&ada).await.status, 503);
    assert_eq!(client.exchange(&ada).await.status, 503);
    client.control("google/behave", json!({"person": "ada"})).await;
    assert_eq!(client.exchange(&ada).await.status, 200);
}
