//! wasm-bindgen: the module for the browser, and the JavaScript that loads it.

use std::{env, error::Error, fs, path::Path};

use crate::files;

/// Writes `NAME.js` and `NAME.wasm` into `folder`, unless both are newer than the compiled module and this program.
pub fn generate(module: &Path, folder: &Path, name: &str) -> Result<(), Box<dyn Error>> {
    let [js, wasm] = ["js", "wasm"].map(|extension| folder.join(name).with_extension(extension));
    let inputs = files::changed(module).max(files::changed(&env::current_exe()?));
    if files::changed(&js).min(files::changed(&wasm)) > inputs {
        return Ok(());
    }
    run(module, folder, name)?;
    // wasm-bindgen adds `_bg`. The page passes the module's URL to the script, which therefore never uses its own.
    fs::rename(folder.join(format!("{name}_bg.wasm")), &wasm)?;
    Ok(())
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
