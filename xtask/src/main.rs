//! Assembles the site: the files that the server serves beside its pages.
//!
//! `xtask MODULE FOLDER [small]`, in the repository's root. MODULE is the front end that cargo has compiled; into FOLDER go
//! `pkg/latchkey.wasm` and `pkg/latchkey.js` (wasm-bindgen), `pkg/latchkey.css` and `pkg/account.css` (`style/main.css` and
//! `style/account.css` with what they import), and the contents of `public/`. Files that would not change are not written. `small` makes the first two smaller, for production.
//!
//! `cargo leptos build` does the same, but compiling cargo-leptos takes many times as long as compiling this.

mod bindgen;
mod css;
mod files;
#[cfg(feature = "small")]
mod small;

use std::{env, error::Error, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let (module, folder, is_small) = match arguments.as_slice() {
        [module, folder] => (module, folder, false),
        [module, folder, word] if word == "small" => (module, folder, true),
        _ => {
            eprintln!("xtask MODULE FOLDER [small]");
            return ExitCode::FAILURE;
        }
    };
    match assemble(Path::new(module), Path::new(folder), is_small) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn assemble(module: &Path, folder: &Path, is_small: bool) -> Result<(), Box<dyn Error>> {
    let pkg = folder.join("pkg");
    bindgen::generate(module, &pkg, "latchkey", is_small)?;
    for (sheet, bundle) in [("style/main.css", "latchkey.css"), ("style/account.css", "account.css")] {
        files::write(&pkg.join(bundle), css::bundle(Path::new(sheet))?.as_bytes())?;
    }
    files::copy(Path::new("public"), folder)?;
    Ok(())
}
