//! Without wasm-streams. Leptos brings it for server functions that stream; no island has one. Its classes are exported to
//! JavaScript, which keeps a tenth of the module alive.

use std::error::Error;

use walrus::Module;

use super::trap_where;

/// In the names of its classes' functions.
const MARK: &str = "intounderlying";

/// Returns how many functions there were.
pub fn trap(module: &mut Module) -> usize {
    trap_where(module, |name| name.starts_with(MARK) || name.starts_with(&format!("__wbg_{MARK}")))
}

/// Removes the exports, and returns the glue without the classes that call them.
pub fn without(module: &mut Module, glue: &str) -> Result<String, Box<dyn Error>> {
    let exports: Vec<_> = module.exports.iter().filter(|it| it.name.contains(MARK)).map(|it| it.id()).collect();
    for export in exports {
        module.exports.delete(export);
    }
    let glue = without_classes(glue);
    if glue.contains(MARK) { Err("wasm-bindgen writes classes in another way".into()) } else { Ok(glue) }
}

/// A class of the glue is three statements at the top level: itself, its `Symbol.dispose`, and its finalization registry.
fn without_classes(glue: &str) -> String {
    const STARTS: [&str; 3] =
        ["export class IntoUnderlying", "if (Symbol.dispose) IntoUnderlying", "const IntoUnderlying"];
    let mut kept = String::with_capacity(glue.len());
    let mut inside = false;
    for line in glue.lines() {
        inside |= STARTS.iter().any(|start| line.starts_with(start));
        if !inside {
            kept.push_str(line);
            kept.push('\n');
        }
        inside &= !(line == "}" || line.ends_with(';') && (line.starts_with("    :") || line.starts_with("if ")));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_classes_go_and_everything_else_stays() {
        let glue = "export function hydrate() {\n    wasm.hydrate();\n}\n\
                    export class IntoUnderlyingSink {\n    free() {\n        wasm.intounderlyingsink_free();\n    }\n}\n\
                    if (Symbol.dispose) IntoUnderlyingSink.prototype[Symbol.dispose] = IntoUnderlyingSink.prototype.free;\n\
                    const IntoUnderlyingSinkFinalization = (typeof FinalizationRegistry === 'undefined')\n    ? { register: () => {} }\n    \
                    : new FinalizationRegistry(ptr => wasm.__wbg_intounderlyingsink_free(ptr, 1));\n\
                    let wasm;\n";
        assert_eq!(without_classes(glue), "export function hydrate() {\n    wasm.hydrate();\n}\nlet wasm;\n");
    }
}
