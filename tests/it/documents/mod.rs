//! The documents say what is so: their links lead somewhere, and they name every command and every variable that there is.
//! Reads files; no network.

mod links;
mod variables;

use std::{fs, path::Path};

/// Folders that hold no documents of this repository.
const SKIPPED: [&str; 4] = ["target", "node_modules", "data", "screenshots"];

#[test]
fn the_readme_is_short_and_names_both_commands() {
    let readme = read("README.md");
    assert!(readme.lines().count() <= 150, "{} lines", readme.lines().count());
    for command in ["make run", "make test"] {
        assert!(readme.lines().any(|line| line.starts_with(command)), "{command}");
    }
}

#[test]
fn every_target_of_the_makefile_is_documented() {
    let documents: String = ["README.md", "CONTRIBUTING.md"].map(read).concat();
    let makefile = read("Makefile");
    let targets = makefile.lines().filter_map(|line| line.strip_suffix(':')).filter(|target| *target != "help");
    for target in targets {
        assert!(documents.contains(&format!("make {target}")), "make {target}");
    }
}

/// Calls `found` with every file below a folder that has this extension.
fn files(folder: &Path, extension: &str, found: &mut dyn FnMut(&Path)) {
    let listed = if folder == Path::new("") { Path::new(".") } else { folder };
    for entry in fs::read_dir(listed).unwrap() {
        let name = entry.unwrap().file_name();
        let (path, name) = (folder.join(&name), name.to_string_lossy());
        if path.is_dir() {
            if !name.starts_with('.') && !SKIPPED.contains(&&*name) {
                files(&path, extension, found);
            }
        } else if path.extension().is_some_and(|it| it == extension) {
            found(&path);
        }
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}
