#!/usr/bin/env bash
# A `Cookie` header with one value that is not ASCII: browsers send what another application on the host has set, byte for
# byte. axum-extra's CookieJar then finds no cookie of that header at all, its own application's included, and without an
# error: the user is signed out for as long as the neighbour's cookie lives. tower-cookies does the same for bytes that are not
# UTF-8. With HTTP/2, where a browser may send each cookie in a header of its own, only the neighbour's is lost, so that the
# same user is signed in there.
#
# Needs Rust 1.85 or later. Exits with 1 when a library behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export CARGO_TARGET_DIR=$folder/target

mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "jars"
version = "0.0.0"
edition = "2024"

[dependencies]
axum-extra = { version = "=0.12.3", default-features = false, features = ["cookie"] }
futures-executor = "0.3"
http = "1"
tower-cookies = "=0.11.0"
tower-layer = "0.3"
tower-service = "0.3"
TOML

cat >src/main.rs <<'RUST'
use std::{
    convert::Infallible,
    future::{Ready, ready},
    task::{Context, Poll},
};

use http::{HeaderValue, Request, Response, header::COOKIE};
use tower_layer::Layer;
use tower_service::Service;

/// Responds with the value of the cookie `session`.
#[derive(Clone)]
struct Show;

impl Service<Request<()>> for Show {
    type Response = Response<Option<String>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        let cookies = request.extensions().get::<tower_cookies::Cookies>().unwrap();
        ready(Ok(Response::new(cookies.get("session").map(|cookie| cookie.value().to_owned()))))
    }
}

fn main() {
    let cases: [(&str, &[&[u8]]); 4] = [
        ("neighbour in ASCII", &[b"name=Zoe; session=abc"]),
        ("neighbour in UTF-8", &[b"name=Zo\xc3\xab; session=abc"]),
        ("neighbour in Latin-1", &[b"name=Zo\xeb; session=abc"]),
        ("neighbour in Latin-1, in a header of its own", &[b"name=Zo\xeb", b"session=abc"]),
    ];
    for (title, lines) in cases {
        let mut request = Request::new(());
        for line in lines {
            request.headers_mut().append(COOKIE, HeaderValue::from_bytes(line).unwrap());
        }
        let jar = axum_extra::extract::CookieJar::from_headers(request.headers());
        println!("axum-extra, {title}: {:?}", jar.get("session").map(|cookie| cookie.value()));
        let mut service = tower_cookies::CookieManagerLayer::new().layer(Show);
        let response = futures_executor::block_on(service.call(request)).unwrap();
        println!("tower-cookies, {title}: {:?}", response.into_body());
    }
}
RUST

cargo build --quiet
for package in axum-extra tower-cookies; do
  cargo tree --quiet --depth 1 --prefix none --package "$package" | head -n 1 | cut -d ' ' -f 1,2
done
"$CARGO_TARGET_DIR/debug/jars" | tee seen

cat >expected <<'TEXT'
axum-extra, neighbour in ASCII: Some("abc")
tower-cookies, neighbour in ASCII: Some("abc")
axum-extra, neighbour in UTF-8: None
tower-cookies, neighbour in UTF-8: Some("abc")
axum-extra, neighbour in Latin-1: None
tower-cookies, neighbour in Latin-1: None
axum-extra, neighbour in Latin-1, in a header of its own: Some("abc")
tower-cookies, neighbour in Latin-1, in a header of its own: Some("abc")
TEXT
diff expected seen && echo "as described"
