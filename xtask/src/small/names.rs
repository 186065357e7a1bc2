//! Short names for what the module and its glue call in each other: wasm-bindgen's contain a hash each, which does not compress.

use std::{collections::HashMap, error::Error};

use walrus::Module;

/// The name of the glue as the module's import has it.
const MODULE: &str = "a";

/// Renames imports and exports, and returns the glue with the new names.
pub fn shorten(module: &mut Module, glue: &str) -> Result<String, Box<dyn Error>> {
    let mut imports = HashMap::new();
    let mut long_module = String::new();
    for (number, import) in module.imports.iter_mut().enumerate() {
        long_module = std::mem::replace(&mut import.module, MODULE.into());
        imports.insert(std::mem::replace(&mut import.name, short(number)), short(number));
    }
    let mut exports = HashMap::new();
    for (number, export) in module.exports.iter_mut().enumerate() {
        exports.insert(std::mem::replace(&mut export.name, short(number)), short(number));
    }
    renamed(&glue.replacen(&format!("\"{long_module}\": "), &format!("{MODULE}: "), 1), &imports, &exports)
}

/// In the glue an import is a member of an object, `NAME: function`, and an export is a member of `wasm`, `wasm.NAME`.
fn renamed(
    glue: &str,
    imports: &HashMap<String, String>,
    exports: &HashMap<String, String>,
) -> Result<String, Box<dyn Error>> {
    let mut renamed = String::with_capacity(glue.len());
    let mut found = 0;
    let mut rest = glue;
    while let Some(start) = rest.find(is_of_name) {
        let (before, from) = rest.split_at(start);
        let (name, after) = from.split_at(from.find(|c| !is_of_name(c)).unwrap_or(from.len()));
        renamed.push_str(before);
        let import = imports.get(name).filter(|_| after.starts_with(": "));
        let export = exports.get(name).filter(|_| renamed.ends_with("wasm."));
        found += usize::from(import.is_some());
        renamed.push_str(import.or(export).map_or(name, String::as_str));
        rest = after;
    }
    renamed.push_str(rest);
    if found == imports.len() { Ok(renamed) } else { Err("wasm-bindgen writes imports in another way".into()) }
}

fn is_of_name(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_' || char == '$'
}

/// `a`, `b`, …, `z`, `aa`, `ba`, …
fn short(number: usize) -> String {
    let (more, letter) = (number / 26, char::from(b'a' + (number % 26) as u8));
    if more == 0 { letter.into() } else { format!("{letter}{}", short(more - 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_unique() {
        let names: Vec<_> = (0..2_000).map(short).collect();
        assert_eq!((names[0].as_str(), names[25].as_str(), names[26].as_str()), ("a", "z", "aa"));
        assert_eq!(names.iter().collect::<std::collections::HashSet<_>>().len(), names.len());
    }

    #[test]
    fn imports_and_exports_are_renamed_and_islands_keep_their_names() {
        let map = |name: &str, short: &str| HashMap::from([(name.to_owned(), short.to_owned())]);
        let (imports, exports) = (map("__wbg_now_1f", "a"), map("Peek_1", "b"));
        let glue =
            "export function Peek_1(el) {\n    wasm.Peek_1(el);\n}\nconst import0 = { __wbg_now_1f: function() {} };\n";
        let expected = "export function Peek_1(el) {\n    wasm.b(el);\n}\nconst import0 = { a: function() {} };\n";
        assert_eq!(renamed(glue, &imports, &exports).unwrap(), expected);
        assert!(renamed("nothing", &imports, &exports).is_err());
    }
}
