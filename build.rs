//! Tells cargo what the crate takes in besides its sources.

fn main() {
    // `sqlx::migrate!` reads the folder; a new file in it would otherwise go unnoticed.
    println!("cargo::rerun-if-changed=migrations");
    // A release build takes the built front end into the binary; a development build reads it from disk.
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::rerun-if-changed=target/site-release");
    }
}
