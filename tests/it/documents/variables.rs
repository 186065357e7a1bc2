//! The variables of `docs/configure.md` and `.env.example` are those that the code reads.

use std::{collections::BTreeSet, fs, path::Path};

use super::{files, read};

/// `cargo leptos watch` sets these, not a person.
const NOT_FOR_PEOPLE: [&str; 2] = ["LEPTOS_WATCH", "LEPTOS_RELOAD_PORT"];
/// How `.env.example` spells a name of the reader's choice.
const EXAMPLE: (&str, &str) = ("OIDC_COMPANY_", "OIDC_<NAME>_");

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
    let code = sources(&["src/config", "src/providers"]);
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

/// What the code reads from the environment: the names that `config` has in full, those of each provider, and those of a
/// generic one.
fn variables_of_the_code() -> BTreeSet<String> {
    let config = sources(&["src/config"]);
    let literals = config.split('"');
    let generic = literals.clone().filter(|it| is_variable(&format!("OIDC{it}")) && it.starts_with('_'));
    let generic = generic.map(|suffix| format!("OIDC_<NAME>{suffix}"));
    let whole = literals.filter(|it| is_variable(it)).map(str::to_owned);
    let providers = families().into_iter().flat_map(|family| variables_of(&family));
    whole.chain(generic).chain(providers).filter(|it| !NOT_FOR_PEOPLE.contains(&it.as_str())).collect()
}

/// The variables of a built-in provider that its page of facts declares, and its client.
fn variables_of(family: &str) -> Vec<String> {
    let name = family.to_ascii_lowercase();
    let page = format!("src/providers/{name}/mod.rs");
    let page = if Path::new(&page).exists() { page } else { format!("src/providers/{name}.rs") };
    let page = sources(&[&page]);
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
