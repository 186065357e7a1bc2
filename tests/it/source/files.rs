//! The files of a folder, read once for all checks.

use std::{fs, path::Path, sync::LazyLock};

use super::{Code, read};

pub struct SourceFile {
    /// From the root of the repository, with `/`.
    pub path: String,
    pub code: Code,
}

static FILES: LazyLock<Vec<SourceFile>> = LazyLock::new(|| {
    let mut files = Vec::new();
    for folder in ["src", "tests", "sandbox/src"] {
        add(Path::new(folder), &mut files);
    }
    files
});

/// Every Rust file below `folder`: `src`, `tests` or `sandbox/src`, or a folder in one of them.
pub fn source_files(folder: &str) -> Vec<&'static SourceFile> {
    let files: Vec<_> = FILES.iter().filter(|file| Path::new(&file.path).starts_with(folder)).collect();
    assert!(!files.is_empty(), "no files in {folder}");
    files
}

fn add(folder: &Path, files: &mut Vec<SourceFile>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            add(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let path = path.to_str().unwrap().replace('\\', "/");
            let code = read(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
            let code = code.with_tests(path.ends_with("tests.rs") || path.contains("/tests/"));
            files.push(SourceFile { path, code });
        }
    }
}
