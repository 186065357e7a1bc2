//! The documents say what is so: their links lead somewhere, and they name every command and every variable that there is.
//! Reads files; no network.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
};

/// Folders that hold no documents of this repository.
const SKIPPED: [&str; 4] = ["target", "node_modules", "data", "shots"];
/// `cargo leptos watch` sets these, not a person.
const NOT_FOR_PEOPLE: [&str; 2] = ["LEPTOS_WATCH", "LEPTOS_RELOAD_PORT"];
/// How `.env.example` spells a name of the reader's choice.
const EXAMPLE: (&str, &str) = ("OIDC_COMPANY_", "OIDC_<NAME>_");

#[test]
fn every_link_and_anchor_resolves() {
    let documents = documents();
    assert!(documents.len() > 10, "{:?}", documents.keys());
    let broken: Vec<_> =
        documents.iter().flat_map(|(path, text)| broken_links(path, text, &documents, &|path| path.exists())).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

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

#[test]
fn every_variable_is_documented() {
    let documented = variables_in(&read("docs/configure.md"));
    // Some names are put together of their halves.
    let is_half = |name: &&String| documented.contains(&format!("{}{name}", EXAMPLE.1));
    let code = variables_of_the_code();
    let missing: Vec<_> = code.difference(&documented).filter(|name| !is_half(name)).collect();
    assert!(missing.is_empty(), "not in docs/configure.md: {missing:?}");
}

#[test]
fn every_documented_variable_exists() {
    let code = sources(&["src/config.rs", "src/config", "src/providers"]);
    let families = families();
    let invented: Vec<_> = variables_in(&read("docs/configure.md"))
        .into_iter()
        .filter(|variable| !is_read(variable, &code, &families))
        .collect();
    assert!(invented.is_empty(), "in docs/configure.md and not in the code: {invented:?}");
}

#[test]
fn the_template_has_the_documented_variables() {
    let template: BTreeSet<String> = read(".env.example")
        .lines()
        .filter_map(|line| line.trim_start_matches('#').split_once('='))
        .filter(|(name, _)| is_variable(name))
        .map(|(name, _)| name.replace(EXAMPLE.0, EXAMPLE.1))
        .collect();
    let documented = variables_in(&read("docs/configure.md"));
    let differing: Vec<_> = template.symmetric_difference(&documented).collect();
    assert!(differing.is_empty(), "in one of .env.example and docs/configure.md: {differing:?}");
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

#[test]
fn an_undocumented_variable_is_found() {
    let families = ["GOOGLE".to_owned()];
    let code = r#"env.get("BASE_URL"); format!("{family}_CLIENT_ID")"#;
    for (variable, read) in [("BASE_URL", true), ("GOOGLE_CLIENT_ID", true), ("BASE_URI", false), ("GOOGLE_KEY", false)]
    {
        assert_eq!(is_read(variable, code, &families), read, "{variable}");
    }
    let found = variables_in("`BASE_URL`, `OIDC_<NAME>_LABEL`, `X_`, `X-User-Id`, `SET_Cookie` and HTTP");
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["BASE_URL", "OIDC_<NAME>_LABEL"]);
}

// Links

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

// Variables

/// What the code reads from the environment: the names that `config` has in full, those of each provider, and those of a
/// generic one.
fn variables_of_the_code() -> BTreeSet<String> {
    let config = sources(&["src/config.rs", "src/config"]);
    let literals = config.split('"');
    let generic = literals.clone().filter(|it| is_variable(&format!("OIDC{it}")) && it.starts_with('_'));
    let generic = generic.map(|suffix| format!("OIDC_<NAME>{suffix}"));
    let whole = literals.filter(|it| is_variable(it)).map(str::to_owned);
    let providers = families().into_iter().flat_map(|family| variables_of(&family));
    whole.chain(generic).chain(providers).filter(|it| !NOT_FOR_PEOPLE.contains(&it.as_str())).collect()
}

/// The variables of a built-in provider that its page of facts declares, and its client.
fn variables_of(family: &str) -> Vec<String> {
    let page = sources(&[&format!("src/providers/{}.rs", family.to_ascii_lowercase())]);
    let optional = page.split("Variable::new(\"").skip(1).filter_map(|after| after.split('"').next());
    let required = page.split("required: &[").nth(1).and_then(|after| after.split(']').next()).unwrap_or_default();
    let required = required.split('"').skip(1).step_by(2);
    optional.chain(required).chain(["CLIENT_ID"]).map(|name| format!("{family}_{name}")).collect()
}

/// Whether the code reads it: it holds the name, or the name's end for a provider's.
fn is_read(variable: &str, code: &str, families: &[String]) -> bool {
    let generic = EXAMPLE.1.trim_end_matches('_').to_owned();
    let is_composed = families.iter().chain([&generic]).any(|family| {
        let end = variable.strip_prefix(family).and_then(|end| end.strip_prefix('_'));
        end.is_some_and(|end| code.contains(&format!("_{end}\"")) || code.contains(&format!("\"{end}\"")))
    });
    is_composed || code.contains(&format!("\"{variable}\""))
}

/// What the names of the built-in providers' variables begin with.
fn families() -> Vec<String> {
    let code = sources(&["src/providers"]);
    let beginnings = ["Slug::constant(", "BuiltIn::new("];
    let rows = beginnings.into_iter().flat_map(|beginning| code.split(beginning).skip(1));
    let slugs = rows.filter_map(|row| row.trim_start_matches(['(', ' ', '\n']).strip_prefix('"')?.split('"').next());
    slugs.map(str::to_ascii_uppercase).collect()
}

/// The names of variables in a text.
fn variables_in(text: &str) -> BTreeSet<String> {
    let is_part = |it: char| it.is_ascii_alphanumeric() || "_<>".contains(it);
    text.split(|it| !is_part(it)).filter(|word| is_variable(word)).map(str::to_owned).collect()
}

/// Two words in capitals at least.
fn is_variable(word: &str) -> bool {
    let capital = |it: char| it.is_ascii_uppercase() || it.is_ascii_digit() || "_<>".contains(it);
    word.contains('_')
        && word.starts_with(|it: char| it.is_ascii_uppercase())
        && !word.ends_with('_')
        && word.chars().all(capital)
}

/// The code of these files and folders, without its tests and comments.
fn sources(places: &[&str]) -> String {
    let mut code = String::new();
    let mut add = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        code.extend(text.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]));
    };
    for place in places {
        let place = Path::new(place);
        if place.is_dir() {
            let is_test = |path: &Path| path.to_string_lossy().contains("tests");
            files(place, "rs", &mut |path| {
                if !is_test(path) {
                    add(path)
                }
            });
        } else {
            add(place);
        }
    }
    code
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}
