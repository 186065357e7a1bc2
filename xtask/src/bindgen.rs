//! wasm-bindgen: the module for the browser, and the JavaScript that loads it.

use std::{env, error::Error, fs, path::Path};

use crate::files;
#[cfg(feature = "small")]
use crate::small;

/// Writes `NAME.js` and `NAME.wasm` into `folder`, unless both are newer than the compiled module and this program.
pub fn generate(module: &Path, folder: &Path, name: &str, is_small: bool) -> Result<(), Box<dyn Error>> {
    let [js, wasm] = ["js", "wasm"].map(|extension| folder.join(name).with_extension(extension));
    let inputs = files::changed(module).max(files::changed(&env::current_exe()?));
    if files::changed(&js).min(files::changed(&wasm)) > inputs {
        return Ok(());
    }
    // wasm-bindgen adds `_bg`. The page passes the module's URL to the script, which therefore never uses its own.
    let generated = folder.join(format!("{name}_bg.wasm"));
    if is_small {
        run_small(module, folder, name, [&js, &generated])?;
    } else {
        run(module, folder, name)?;
    }
    fs::rename(generated, &wasm)?;
    Ok(())
}

#[cfg(feature = "small")]
fn run_small(module: &Path, folder: &Path, name: &str, [js, wasm]: [&Path; 2]) -> Result<(), Box<dyn Error>> {
    let prepared = module.with_extension("small.wasm");
    small::before_bindgen(module, &prepared)?;
    run(&prepared, folder, name)?;
    small::after_bindgen(js, wasm)
}

#[cfg(not(feature = "small"))]
fn run_small(_: &Path, _: &Path, _: &str, _: [&Path; 2]) -> Result<(), Box<dyn Error>> {
    Err("compile xtask with its feature `small`".into())
}

#[cfg(feature = "bindgen")]
fn run(module: &Path, folder: &Path, name: &str) -> Result<(), Box<dyn Error>> {
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(module)
        .out_name(name)
        .web(true)
        .and_then(|bindgen| bindgen.typescript(false).omit_default_module_path(true).generate(folder))
        .map_err(|error| format!("wasm-bindgen: {error:#}").into())
}

#[cfg(not(feature = "bindgen"))]
fn run(module: &Path, folder: &Path, name: &str) -> Result<(), Box<dyn Error>> {
    let status = std::process::Command::new("wasm-bindgen")
        .args(["--target", "web", "--no-typescript", "--omit-default-module-path", "--out-name", name, "--out-dir"])
        .arg(folder)
        .arg(module)
        .status()
        .map_err(|error| format!("wasm-bindgen: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("wasm-bindgen: {status}").into()) }
}
