//! An OpenID Connect provider over TLS, and a proxy in front of it, for requests as they are in production.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

/// The file of the authority that issued the provider's certificate, for `id.example`, `localhost` and `127.0.0.1`, with
/// openssl, for a hundred years. Its key was not kept.
pub fn authority() -> PathBuf {
    folder().join("authority.pem")
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/doctor/tls")
}

/// Listens on a free port of 127.0.0.1, which is returned. `issuer` makes the issuer from that port.
pub async fn start_provider(issuer: impl FnOnce(u16) -> String) -> u16 {
    let certificate = CertificateDer::from_pem_file(folder().join("server.pem")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(folder().join("server.key.pem")).expect("a key");
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.expect("they match")));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let issuer: Arc<str> = issuer(port).into();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let (acceptor, issuer) = (acceptor.clone(), issuer.clone());
            tokio::spawn(async move {
                if let Ok(mut stream) = acceptor.accept(connection).await {
                    let head = read_head(&mut stream).await;
                    let (status, body) = answer(&head, &issuer);
                    let body = body.to_string();
                    let length = body.len();
                    let response = format!(
                        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
                    );
                    drop(stream.write_all(response.as_bytes()).await);
                    drop(stream.shutdown().await);
                }
            });
        }
    });
    port
}

fn answer(head: &str, issuer: &str) -> (&'static str, Value) {
    // The example of RFC 7517 §A.1.
    let key = json!({
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "1",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    });
    match head.split_whitespace().nth(1).unwrap_or_default() {
        "/.well-known/openid-configuration" => (
            "200 OK",
            json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"),
                "jwks_uri": format!("{issuer}/keys"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "code_challenge_methods_supported": ["S256"],
            }),
        ),
        "/keys" => ("200 OK", json!({ "keys": [key] })),
        // It knows the client `a` with the secret `b`.
        "/token" if head.contains("Basic YTpi\r\n") => ("400 Bad Request", json!({ "error": "invalid_grant" })),
        "/token" => ("401 Unauthorized", json!({ "error": "invalid_client" })),
        _ => ("404 Not Found", json!({})),
    }
}

/// A proxy that connects every tunnel and every request to one port of 127.0.0.1.
pub struct Proxy {
    pub port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// `credentials`: the value of `Proxy-Authorization` that it requires.
    pub async fn start(target: u16, credentials: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let (port, heads) = (listener.local_addr().expect("bound").port(), Arc::new(Mutex::new(Vec::new())));
        let proxy = Self { port, heads: Arc::clone(&heads) };
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let heads = Arc::clone(&heads);
                tokio::spawn(async move {
                    let head = read_head(&mut client).await;
                    heads.lock().expect("no panic").push(head.clone());
                    let is_allowed = credentials.is_none_or(|value| {
                        head.to_lowercase().contains("proxy-authorization: ") && head.contains(value)
                    });
                    if !is_allowed {
                        let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
                        drop(client.write_all(refusal).await);
                        return;
                    }
                    let mut server = TcpStream::connect(("127.0.0.1", target)).await.expect("the target listens");
                    let forwarded = match head.starts_with("CONNECT ") {
                        true => client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await,
                        false => server.write_all(head.as_bytes()).await,
                    };
                    if forwarded.is_ok() {
                        drop(copy_bidirectional(&mut client, &mut server).await);
                    }
                });
            }
        });
        proxy
    }

    /// The first line of each connection, without the protocol's version.
    pub fn requests(&self) -> Vec<String> {
        let heads = self.heads.lock().expect("no panic");
        heads.iter().map(|head| head.lines().next().unwrap_or_default().replace(" HTTP/1.1", "")).collect()
    }
}

/// Reads up to the empty line. Byte by byte, so that nothing of what follows is lost.
async fn read_head(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}
