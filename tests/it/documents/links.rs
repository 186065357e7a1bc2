//! Relative links, pictures and anchors.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
};

use super::files;

#[test]
fn every_link_and_anchor_resolves() {
    let documents = documents();
    assert!(documents.len() > 10, "{:?}", documents.keys());
    let broken: Vec<_> =
        documents.iter().flat_map(|(path, text)| broken_links(path, text, &documents, &|path| path.exists())).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn a_broken_link_is_found() {
    let text = "# A title, `here`\n[a](b.md) [c](#a-title-here) [`d`](b.md#part-1) ![e](f.png \"g\") <img src=\"h.png\">\n\
                ```\n# [no](link)\n```\n## Part\n`[nor](this)` <https://example.com> [out](https://example.com/x)\n## Part\n";
    let documents: BTreeMap<_, _> =
        [("docs/a.md", text), ("docs/b.md", text)].map(|(path, text)| (path.into(), text.to_owned())).into();
    let broken = |present: &[&str]| {
        let exists = |path: &Path| present.contains(&path.to_str().unwrap());
        broken_links(Path::new("docs/a.md"), text, &documents, &exists)
    };
    assert_eq!(broken(&["docs/b.md", "docs/f.png", "docs/h.png"]), Vec::<String>::new());
    assert_eq!(broken(&["docs/b.md", "docs/f.png"]), ["docs/a.md: h.png"]);
    assert_eq!(broken(&["docs/f.png", "docs/h.png"]), ["docs/a.md: b.md", "docs/a.md: b.md#part-1"]);

    let elsewhere = "[x](#nowhere) [y](../b.md#part-2) [z](/etc/hosts)";
    let broken = broken_links(Path::new("docs/c/d.md"), elsewhere, &documents, &|_| true);
    assert_eq!(broken, ["docs/c/d.md: #nowhere", "docs/c/d.md: ../b.md#part-2", "docs/c/d.md: /etc/hosts"]);
}

/// The links of a document that lead nowhere, each with the document.
fn broken_links(
    document: &Path,
    text: &str,
    documents: &BTreeMap<PathBuf, String>,
    exists: &dyn Fn(&Path) -> bool,
) -> Vec<String> {
    let resolves = |link: &str| {
        let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
        if path.starts_with('/') {
            return false;
        }
        let target = match path {
            "" => document.to_owned(),
            path => normal(&document.parent().unwrap_or(Path::new("")).join(path)),
        };
        let there = path.is_empty() || exists(&target);
        let anchored = anchor.is_none_or(|anchor| match (path, documents.get(&target)) {
            ("", _) => anchors(text).contains(anchor),
            (_, Some(text)) => anchors(text).contains(anchor),
            (_, None) => false,
        });
        there && anchored
    };
    links(text)
        .into_iter()
        .filter(|link| !link.contains("://") && !link.starts_with("mailto:") && !resolves(link))
        .map(|link| format!("{}: {link}", document.display()))
        .collect()
}

/// The targets of links and pictures, outside code.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    for line in prose(text) {
        let line = without_code(line);
        for after in line.split("](").skip(1) {
            let target = after.split(')').next().unwrap_or_default();
            links.push(target.split_whitespace().next().unwrap_or_default().to_owned());
        }
        for after in line.split("src=\"").skip(1) {
            links.push(after.split('"').next().unwrap_or_default().to_owned());
        }
    }
    links
}

/// The anchors of the headings, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    for line in prose(text).into_iter().filter(|line| line.starts_with('#')) {
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter(|it| it.is_alphanumeric() || " -_".contains(*it));
        let plain: String = kept.map(|it| if it == ' ' { '-' } else { it }).collect();
        let mut anchor = plain.clone();
        let mut count = 0;
        while !anchors.insert(anchor) {
            count += 1;
            anchor = format!("{plain}-{count}");
        }
    }
    anchors
}

/// The lines outside fenced code.
fn prose(text: &str) -> Vec<&str> {
    let mut fenced = false;
    text.lines()
        .filter(|line| {
            let fence = line.trim_start().starts_with("```");
            fenced ^= fence;
            !fenced && !fence
        })
        .collect()
}

fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(normal.pop()),
            Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}

/// Every document of the repository.
fn documents() -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    files(Path::new(""), "md", &mut |path| drop(found.insert(path.to_owned(), fs::read_to_string(path).unwrap())));
    found
}
