//! Assembles the site: the files that the server serves beside its pages.
//!
//! `xtask MODULE FOLDER`, in the repository's root. MODULE is the front end that cargo has compiled; into FOLDER go
//! `pkg/latchkey.wasm` and `pkg/latchkey.js` (wasm-bindgen), `pkg/latchkey.css` (`style/main.css` with what it imports),
//! and the contents of `public/`. Files that would not change are not written.
//!
//! `cargo leptos build` does the same, but compiling cargo-leptos takes many times as long as compiling this.

mod bindgen;
mod css;
mod files;

use std::{env, error::Error, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let [module, folder] = arguments.as_slice() else {
        eprintln!("xtask MODULE FOLDER");
        return ExitCode::FAILURE;
    };
    match assemble(Path::new(module), Path::new(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn assemble(module: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let pkg = folder.join("pkg");
    bindgen::generate(module, &pkg, "latchkey")?;
    files::write(&pkg.join("latchkey.css"), css::bundle(Path::new("style/main.css"))?.as_bytes())?;
    files::copy(Path::new("public"), folder)?;
    Ok(())
}
