//! Makes the front end small, for production: what no page needs is left out, before wasm-bindgen and after it.

mod names;
mod panics;
mod streams;

use std::{error::Error, fs, path::Path};

use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module, passes::gc};

/// Writes the compiled module without panic messages and streams. It has to have the names of its functions.
pub fn before_bindgen(module: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    let mut module = Module::from_file(module)?;
    let found = [panics::trap_at_once(&mut module), streams::trap(&mut module)];
    if found.contains(&0) {
        return Err("the module has no names, or the compiler has others than this program knows".into());
    }
    panics::blank_places(&mut module);
    gc::run(&mut module);
    Ok(module.emit_wasm_file(to)?)
}

/// Removes the exports of streams from the module and from its glue, and gives the rest short names.
pub fn after_bindgen(glue: &Path, wasm: &Path) -> Result<(), Box<dyn Error>> {
    let mut module = Module::from_file(wasm)?;
    let script = streams::without(&mut module, &fs::read_to_string(glue)?)?;
    gc::run(&mut module);
    let script = names::shorten(&mut module, &script)?;
    fs::write(glue, script)?;
    Ok(module.emit_wasm_file(wasm)?)
}

/// Makes the functions with such names trap at once. Returns how many there were.
fn trap_where(module: &mut Module, is_unneeded: impl Fn(&str) -> bool) -> usize {
    let functions = module.funcs.iter_local().map(|(id, _)| id);
    let is_found = |id: &FunctionId| module.funcs.get(*id).name.as_deref().is_some_and(&is_unneeded);
    let found: Vec<_> = functions.filter(is_found).collect();
    for id in &found {
        trap(module, *id);
    }
    found.len()
}

fn trap(module: &mut Module, id: FunctionId) {
    let ty = module.types.get(module.funcs.get(id).ty());
    let (params, results) = (ty.params().to_vec(), ty.results().to_vec());
    let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
    builder.func_body().unreachable();
    let arguments = params.into_iter().map(|ty| module.locals.add(ty)).collect();
    module.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(arguments));
}
