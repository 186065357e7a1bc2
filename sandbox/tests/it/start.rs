//! Startup, shutdown, discovery and request checks.

use latchkey_sandbox::{Sandbox, SandboxError, Settings};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{TestClient, query, with_form};

#[tokio::test]
async fn sandbox_refuses_to_listen_beyond_loopback() {
    let settings = Settings { listen: "0.0.0.0:0".parse().unwrap(), ..Settings::default() };
    assert!(matches!(Sandbox::start(settings).await, Err(SandboxError::NotLoopback(_))));
    Sandbox::start(Settings::default()).await.unwrap().shutdown().await;
}

#[tokio::test]
async fn front_page_links_to_the_application() {
    let links = vec![("A & B".to_owned(), "http://localhost:3000/api/docs".to_owned())];
    let sandbox = Sandbox::start(Settings { links, ..Settings::default() }).await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let html = http.get(sandbox.origin()).send().await.unwrap().text().await.unwrap();
    assert!(html.contains(r#"<a href="http://localhost:3000/api/docs">A &amp; B</a>"#), "{html}");
    assert!(!TestClient::start().await.get("/").await.body.contains("Your application"));
}

#[tokio::test]
async fn shutdown_closes_the_port() {
    let client = TestClient::start().await;
    let url = format!("{}/", client.sandbox.origin());
    assert_eq!(client.get("/").await.status, 200);
    client.sandbox.shutdown().await;
    assert!(client.http.get(url).send().await.is_err());
}

#[tokio::test]
async fn discovery_document_names_existing_endpoints() {
    let client = TestClient::start().await;
    let document = client.get("/google/.well-known/openid-configuration").await.json();
    let issuer = client.sandbox.google_issuer();
    assert_eq!(document["issuer"], issuer);
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(document["authorization_response_iss_parameter_supported"], true);
    for name in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "revocation_endpoint", "jwks_uri"] {
        let url = document[name].as_str().unwrap();
        assert!(url.starts_with(&issuer), "{name}");
        let status = client.http.get(url).send().await.unwrap().status();
        assert_ne!(status, StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn other_hosts_and_cross_site_posts_are_rejected() {
    let client = TestClient::start().await;
    let own = client.sandbox.origin().to_owned();
    let host = async |name: &str, path: &str| {
        let request = client.request(Method::GET, path).header("host", name);
        client.send(request).await.status
    };
    for path in ["/", "/control/state", "/google/certs"] {
        assert_eq!(host("rebound.evil.example", path).await, 421, "{path}");
        assert_eq!(host("127.0.0.1:1", path).await, 200, "{path}");
    }
    let reset = async |origin: &str| {
        client.send(client.request(Method::POST, "/control/reset").header("origin", origin)).await.status
    };
    for origin in ["null", "https://evil.example", "http://localhost:3000"] {
        assert_eq!(reset(origin).await, 403, "{origin}");
    }
    assert_eq!(reset(&own).await, 200);
    assert_eq!(client.send(client.request(Method::POST, "/control/reset")).await.status, 200);
    let path = format!("/google/o/oauth2/v2/auth/consent?{}", query(&[]));
    let forged = with_form(client.request(Method::POST, &path), &[("person", "ada"), ("decision", "allow")]);
    assert_eq!(client.send(forged.header("origin", "https://evil.example")).await.status, 403);
}

#[tokio::test]
async fn variables_cover_every_built_in_provider() {
    let client = TestClient::start().await;
    let variables = client.get("/control/variables").await.json();
    for (name, value) in client.sandbox.variables() {
        assert_eq!(variables[name], *value);
    }
    let state = client.get("/control/state").await.json();
    let landing = client.get("/").await.body;
    // An application names the generic provider as it likes.
    let is_built_in = |(slug, part): &(&String, &Value)| *slug != "oidc" && part["issuer"].is_string();
    for (slug, _) in state.as_object().unwrap().iter().filter(is_built_in) {
        let family = slug.to_ascii_uppercase();
        assert!(variables[format!("{family}_CLIENT_ID")].is_string(), "{slug}");
        let addresses: Vec<_> = client
            .sandbox
            .variables()
            .iter()
            .filter(|(name, value)| name.starts_with(&format!("{family}_")) && value.starts_with("http"))
            .collect();
        assert!(
            !addresses.is_empty() && addresses.iter().all(|(name, value)| landing.contains(&format!("{name}={value}")))
        );
    }
}
