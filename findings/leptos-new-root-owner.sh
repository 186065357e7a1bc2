#!/usr/bin/env bash
# In reactive_graph, which Leptos is built on, `Owner::new` makes an owner and leaves the current one where it is. `Owner::new_root`
# looks like the same without a parent, but the new root becomes the thread's current owner, and its documentation does not say so.
# What is rendered after it has no context any more, and an island finds no shared context. Dropping the root does not bring the
# former owner back; only `set()` on that one does, or the end of the `with` around it all. A view that is rendered apart, in the
# middle of a page, has to keep `Owner::current()` and set it again.
#
# Needs Rust 1.88 or later. Exits with 1 when the library behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "owners"
version = "0.0.0"
edition = "2024"

[dependencies]
reactive_graph = { version = "=0.2.16", features = ["hydration"] }
TOML

cat >src/main.rs <<'RUST'
use reactive_graph::owner::{Owner, provide_context, use_context};

fn show(when: &str) {
    println!("{when}: {:?}", use_context::<&str>());
}

fn main() {
    let page = Owner::new();
    page.with(|| {
        provide_context("the page's");
        show("at first");
        let child = Owner::new();
        show("with Owner::new");
        drop(child);
        let root = Owner::new_root(None);
        show("with Owner::new_root");
        root.with(|| show("within it"));
        drop(root);
        show("after its end");
        page.set();
        show("after set");
    });
}
RUST

found=$(cargo run --quiet)
cargo tree --quiet --depth 0 --prefix none --package reactive_graph | cut -d ' ' -f 1,2
echo "$found"
expected='at first: Some("the page'\''s")
with Owner::new: Some("the page'\''s")
with Owner::new_root: None
within it: None
after its end: None
after set: Some("the page'\''s")'
if [[ $found != "$expected" ]]; then
  echo "reactive_graph behaves differently now" >&2
  exit 1
fi
