//! One style sheet of many: `@import "x.css" layer(y);` becomes `@layer y { … }`.
//!
//! Nothing is minified: the browser's developer tools show what was written. A production build minifies later.

use std::{error::Error, path::Path};

use crate::files;

/// The style sheet at `path`, with those that it imports in their place. Imports do not nest.
pub fn bundle(path: &Path) -> Result<String, Box<dyn Error>> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut bundle = String::new();
    for line in String::from_utf8(files::read(path)?)?.lines() {
        match import(line) {
            None if line.contains("@import") => {
                return Err(format!("{}: not understood: {line}", path.display()).into());
            }
            None => bundle.push_str(line),
            Some((file, layer)) => {
                let imported = String::from_utf8(files::read(&folder.join(file))?)?;
                bundle.push_str(&format!("@layer {layer} {{\n{imported}}}"));
            }
        }
        bundle.push('\n');
    }
    Ok(bundle)
}

/// The file and the layer of `@import "FILE" layer(LAYER);`.
fn import(line: &str) -> Option<(&str, &str)> {
    let (file, layer) = line.strip_prefix("@import \"")?.split_once("\" layer(")?;
    Some((file, layer.strip_suffix(");")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
    }

    #[test]
    fn import_has_a_file_and_a_layer() {
        assert_eq!(import("@import \"card.css\" layer(components);"), Some(("card.css", "components")));
        for other in ["@import \"card.css\";", "@import url(card.css) layer(a);", "@layer base;", ""] {
            assert_eq!(import(other), None, "{other}");
        }
    }

    #[test]
    fn the_bundles_contain_every_style_sheet_once_and_no_import() {
        let style = root().join("style");
        let [main, account] = ["main.css", "account.css"].map(|name| bundle(&style.join(name)).expect("a bundle"));
        assert!(main.lines().any(|line| line.starts_with("@layer ")), "the order of the layers comes first");
        let both = main + &account;
        assert!(!both.contains("@import"));
        for entry in std::fs::read_dir(style).expect("style/") {
            let path = entry.expect("an entry").path();
            let sheet = std::fs::read_to_string(&path).expect("a style sheet");
            // The record of a flow is also a file of its own: the server has its style.
            let is_apart = sheet.contains("@import") || path.ends_with("inspect.css");
            assert_eq!(both.matches(&sheet).count(), usize::from(!is_apart), "{}", path.display());
        }
    }
}
