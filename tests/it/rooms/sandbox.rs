//! The dependency graph: no production build contains the sandbox, and the sandbox does not contain the application.

use std::process::Command;

/// The packages that a build of `package` consists of.
fn graph(package: &str, features: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--offline",
            "--edges=normal",
            "--prefix=none",
            "--format={p}",
            "--package",
            package,
        ])
        .args(features)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn a_production_build_does_not_contain_the_sandbox() {
    let has = |graph: &[String], name: &str| graph.iter().any(|package| package == name);
    let production = graph("latchkey", &["--no-default-features", "--features=ssr"]);
    assert!(has(&production, "latchkey") && has(&production, "axum"), "{production:?}");
    assert!(!has(&production, "latchkey-sandbox"), "{production:?}");
    assert!(has(&graph("latchkey", &[]), "latchkey-sandbox"));
}

#[test]
fn the_sandbox_does_not_contain_the_application() {
    let sandbox = graph("latchkey-sandbox", &["--edges=normal,build,dev"]);
    assert!(sandbox.iter().any(|package| package == "axum"), "{sandbox:?}");
    assert!(!sandbox.iter().any(|package| package == "latchkey"), "{sandbox:?}");
}
