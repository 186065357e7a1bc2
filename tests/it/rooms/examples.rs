//! Sources with violations that the checks of `mod.rs` must find, and look-alikes that they must not report.

use super::*;

fn read(text: &str) -> Code {
    crate::source::read(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn arrows(from: &str, text: &str) -> Vec<String> {
    wrong_arrows(from, &read(text)).into_iter().map(|finding| finding.what).collect()
}

#[test]
fn a_room_may_name_itself_and_earlier_rooms() {
    assert_eq!(
        arrows("store", "use crate::{accounts::{User, decide}, store::rows};\nuse crate::oidc::Claims;"),
        [""; 0]
    );
    for binary in BINARY {
        let text = "use latchkey::{config::Config, web};\nuse latchkey_sandbox::Sandbox;";
        assert_eq!(arrows(binary, text), [""; 0]);
    }
    assert_eq!(arrows("web", "use crate::config::Config;"), [""; 0]);
    assert_eq!(arrows("doctor", "use crate::{config::Config, relying_party::Clock, store::Database};"), [""; 0]);
}

#[test]
fn every_spelling_of_a_wrong_import_is_found() {
    for text in [
        "use crate::web::router;",
        "use crate::web;",
        "use crate::{accounts::User, web::{router, layers}};",
        "pub(crate) use crate::web as edge;",
        "fn f() { crate::web::router(); }",
        "fn f(x: &crate::web::Router) {}",
        "type T = Vec<crate::web::Router>;",
        "use super::super::web::router;",
        "use latchkey::web::router;",
        "use crate\n    ::web::router;",
        "#[cfg(test)] mod tests { use crate::web::router; }",
        "fn f() { assert!(crate::web::router()); }",
        "fn f() { view! { <A b={crate::web::router()} /> } }",
        "fn f() { g! { use crate::{accounts::User, web::{router, layers}}; } }",
        "#[derive(crate::web::Router)] struct A;",
        "const A: char = '\"'; use crate::web; const B: char = '\"';",
    ] {
        assert_eq!(arrows("store", text), ["store → web: arrows run to earlier rooms"], "{text}");
    }
}

#[test]
fn comments_and_strings_are_not_imports() {
    for text in [
        "// use crate::web::router;",
        "//! [`crate::web`]",
        "/* /* nested */ use crate::web; */",
        "const A: &str = \"use crate::web;\";",
        "const A: &str = r#\"use \" crate::web;\"#;",
        "const A: &str = \"\\\" use crate::web;\";",
        "fn f<'a>(x: &'a str) -> &'a str { x } // crate::web",
        "use other_crate::web::router;",
        "pub(in crate::store) fn f() {}",
        "pub(in crate::web) fn f() {}",
        "m! { /// [`crate::web`]\n pub(in crate::web) fn f() {} }",
    ] {
        assert_eq!(arrows("store", text), [""; 0], "{text}");
    }
}

#[test]
fn only_listed_rooms_name_config_and_none_the_sandbox() {
    assert_eq!(arrows("account", "use crate::config::Config;").len(), 1);
    assert_eq!(arrows("web", "use latchkey_sandbox::Sandbox;").len(), 1);
    assert_eq!(arrows("doctor", "fn f() { latchkey_sandbox::Sandbox::start(g()); }").len(), 1);
    assert_eq!(arrows("doctor", "use crate::web::AppState;").len(), 1);
    assert_eq!(arrows("lib", "fn f() { crate::web::f(); }"), [""; 0]);
}

#[test]
fn an_unknown_room_is_found() {
    assert_eq!(arrows("web", "use crate::utils::f;"), ["utils is no room"]);
    assert_eq!(arrows("web", "use crate::*;"), ["* is no room"]);
}

#[test]
fn io_in_a_pure_room_is_found_except_in_tests() {
    for text in [
        "use axum::Router;",
        "use std::{collections::HashMap, env, fmt};",
        "use std::time::{Duration, SystemTime}; fn f() { SystemTime::now(); }",
        "fn f() { std::time::Instant::now(); }",
        "use aws_lc_rs::{digest, rand};",
        "fn f() { ::tokio::spawn(g()); }",
    ] {
        assert_eq!(impurities(&read(text)).len(), 1, "{text}");
        assert_eq!(impurities(&read(text).with_tests(true)), [], "{text}");
        assert_eq!(impurities(&read(&format!("#[cfg(test)]\nmod tests {{ {text} }}"))), [], "{text}");
    }
    assert_eq!(impurities(&read("#[cfg(test)] mod tests { fn f() {} }\nuse tokio::spawn;")).len(), 1);
    assert_eq!(impurities(&read("#[cfg(test)] mod tests;\nuse tokio::spawn;")).len(), 1);
    assert_eq!(impurities(&read("use std::time::Duration; use crate::oauth::Instant; fn now(tokio: u8) {}")), []);
}

#[test]
fn cfg_on_a_feature_is_found() {
    for text in [
        "#[cfg(feature = \"ssr\")] fn f() {}",
        "#[cfg(not(feature = \"ssr\"))] fn f() {}",
        "fn f() { if cfg!(feature = \"ssr\") {} }",
        "fn f() { g!(cfg!(feature = \"ssr\")) }",
    ] {
        assert_eq!(features(&read(text)).len(), 1, "{text}");
    }
    assert_eq!(features(&read("#[cfg(test)] mod tests { fn feature() {} }")), []);
}

#[test]
fn reads_of_the_environment_are_found() {
    for text in [
        "fn f() { std::env::var(\"X\"); }",
        "use std::env;",
        "use std::env::{args, var_os};",
        "fn f() { env::vars(); }",
    ] {
        assert_eq!(environment(&read(text)).len(), 1, "{text}");
    }
    assert_eq!(environment(&read("const V: &str = env!(\"CARGO_PKG_VERSION\"); fn f() { std::env::args(); }")), []);
}

#[test]
fn a_finding_has_its_line() {
    assert_eq!(wrong_arrows("store", &read("//! Text.\n\n/* a\nb */\nuse crate::web;"))[0].line, 5);
}
