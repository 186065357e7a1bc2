//! The server keeps only the rights that it needs.

use latchkey::{
    config::Config,
    confinement::{Confinement, confine},
};

use crate::Failure;

/// Call it before the runtime starts: it restricts this thread, and those that it starts.
pub fn run(config: &Config) -> Result<(), Failure> {
    let Some(mut files) = config.confined.clone() else { return Ok(()) };
    if cfg!(debug_assertions) {
        // A development build reads its pages' assets from there.
        let root = env!("CARGO_MANIFEST_DIR");
        files.readable.extend([format!("{root}/target").into(), format!("{root}/target/site").into()]);
    }
    match confine(&files).map_err(|error| format!("{error}; LANDLOCK=off starts without it"))? {
        Confinement::Complete => tracing::info!("Landlock: no other files, and no programs"),
        Confinement::Partial => {
            tracing::info!("Landlock: no other files, and no programs, as far as this kernel knows")
        }
        Confinement::Unsupported => {
            tracing::info!("this kernel has no Landlock: the server keeps the rights of its user")
        }
    }
    Ok(())
}
