//! Retired words. The project's vocabulary is that of its field; a few words of an earlier dialect are gone and must not
//! come back, neither in identifiers nor in what users and operators read. `examples.rs` shows that the checks find them.

mod examples;
mod vocabulary;

use std::{fs, path::Path};

use crate::source::{SourceFile, Word, source_files};
use vocabulary::{Retired, in_name, in_text};

#[test]
fn no_identifier_uses_a_retired_word() {
    let names = |file: &'static SourceFile| file.code.names.iter().filter_map(move |word| finding(file, word, in_name));
    let found = ["src", "tests", "sandbox/src"].into_iter().flat_map(source_files).flat_map(names).collect();
    assert_none(found);
}

#[test]
fn no_visible_text_uses_a_retired_word() {
    let texts = |file: &'static SourceFile| {
        let shown = file.code.texts.iter().filter(|text| !text.in_tests);
        shown.filter_map(move |text| finding(file, text, in_text))
    };
    let found = ["src/ui", "src/mail", "src/doctor"].into_iter().flat_map(source_files).flat_map(texts).collect();
    assert_none(found);
}

#[test]
fn no_document_uses_a_retired_word() {
    let mut documents = Vec::new();
    markdown(Path::new("."), &mut documents);
    if Path::new("docs").is_dir() {
        markdown(Path::new("docs"), &mut documents);
    }
    assert!(documents.iter().any(|(path, _)| path.ends_with("README.md")), "no README");
    let findings = |(path, text): (String, String)| {
        let found = in_text(&text).map(|retired| format!("{path}:{}: {retired}", line_of(&text, retired.at)));
        found.collect::<Vec<_>>()
    };
    assert_none(documents.into_iter().flat_map(findings).collect());
}

fn assert_none(mut found: Vec<String>) {
    found.sort();
    found.dedup();
    assert!(found.is_empty(), "{} retired words\n{}", found.len(), found.join("\n"));
}

/// The first retired word in an identifier or a text.
fn finding<'a, I: Iterator<Item = Retired>>(
    file: &SourceFile,
    word: &'a Word,
    retired: impl Fn(&'a str) -> I,
) -> Option<String> {
    retired(&word.text).next().map(|retired| format!("{}:{}: {retired} in {:?}", file.path, word.line, word.text))
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text[..at].matches('\n').count()
}

/// The Markdown files of a folder.
fn markdown(folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            files.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}
