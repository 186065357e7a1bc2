#!/usr/bin/env bash
# The first random number of a program takes aws-lc-rs ten to thirty milliseconds of processor time, and later ones microseconds: before
# it, AWS-LC's generator measures for how long memory accesses take ("jitter entropy"), beside asking the kernel. A server that makes
# no random number while it starts pays that in somebody's first sign-in. There is no feature of the crate against it: an
# environment variable while its C library is compiled, AWS_LC_SYS_NO_JITTER_ENTROPY, leaves the measurement out; the kernel seeds the
# generator then.
#
# Needs Rust 1.85 or later and a C compiler. Exits with 1 when the library behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "first"
version = "0.0.0"
edition = "2024"

[dependencies]
aws-lc-rs = "=1.19.0"
aws-lc-sys = "=0.47.0"
TOML

cat >src/main.rs <<'RUST'
use std::time::Instant;

/// For how long 16 random bytes take, in microseconds.
fn number() -> u128 {
    let began = Instant::now();
    aws_lc_rs::rand::fill(&mut [0; 16]).unwrap();
    began.elapsed().as_micros()
}

fn main() {
    // Loads the library: what remains is the generator's.
    let _ = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"");
    let (first, second) = (number(), number());
    println!("{first} {second}");
}
RUST

build() { # NAME: a program
  cargo build --quiet --release --target-dir "$folder/$1"
}
best() { # NAME: the quickest first number of seven processes, and the quickest second one
  for _ in 1 2 3 4 5 6 7; do "$folder/$1/release/first"; done |
    awk '{ if (NR == 1 || $1 < a) a = $1; if (NR == 1 || $2 < b) b = $2 } END { print a, b }'
}

unset AWS_LC_SYS_NO_JITTER_ENTROPY
build default
AWS_LC_SYS_NO_JITTER_ENTROPY=1 build without
for package in aws-lc-rs aws-lc-sys; do
  cargo tree --quiet --depth 0 --prefix none --package "$package" | head -n 1 | cut -d ' ' -f 1,2
done
read -r first second <<<"$(best default)"
read -r without _ <<<"$(best without)"
echo "by default: the first number takes $first µs, the second $second µs"
echo "compiled without jitter entropy: the first number takes $without µs"
if ((first < 1000 || second > first / 20 || without > first / 5)); then
  echo "aws-lc-rs behaves differently now" >&2
  exit 1
fi
