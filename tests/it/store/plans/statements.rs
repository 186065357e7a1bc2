//! Every SQL statement of the store, read from its sources: texts, `concat!`, and the store's own macros.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A macro of the store: its parameters' names, and its body.
type Macros = HashMap<String, (Vec<String>, TokenStream)>;

/// Each statement once.
pub fn statements() -> BTreeSet<String> {
    let mut sources = Vec::new();
    read(Path::new("src/store"), &mut sources);
    let mut macros = Macros::new();
    sources.iter().for_each(|source| collect_macros(source.clone(), &mut macros));
    let mut found = BTreeSet::new();
    sources.into_iter().for_each(|source| collect_statements(source, &macros, &HashMap::new(), &mut found));
    found
}

fn read(folder: &Path, sources: &mut Vec<TokenStream>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read(&path, sources);
        } else {
            let source = fs::read_to_string(&path).expect("a source");
            sources.push(source.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display())));
        }
    }
}

/// `macro_rules! name { ($parameter:literal) => { body }; }`
fn collect_macros(source: TokenStream, macros: &mut Macros) {
    let tokens: Vec<_> = source.into_iter().collect();
    for window in tokens.windows(4) {
        let [TokenTree::Ident(word), TokenTree::Punct(_), TokenTree::Ident(name), TokenTree::Group(rules)] = window
        else {
            continue;
        };
        if word == "macro_rules" {
            let groups: Vec<_> = groups(rules.stream());
            let [parameters, body, ..] = groups.as_slice() else { panic!("{name} has no rule") };
            macros.insert(name.to_string(), (parameter_names(parameters.clone()), body.clone()));
        }
    }
    for token in tokens {
        if let TokenTree::Group(group) = token {
            collect_macros(group.stream(), macros);
        }
    }
}

fn groups(stream: TokenStream) -> Vec<TokenStream> {
    let group = |token| if let TokenTree::Group(group) = token { Some(group.stream()) } else { None };
    stream.into_iter().filter_map(group).collect()
}

fn parameter_names(stream: TokenStream) -> Vec<String> {
    let tokens: Vec<_> = stream.into_iter().collect();
    let name = |window: &[TokenTree]| match window {
        [TokenTree::Punct(dollar), TokenTree::Ident(name)] if dollar.as_char() == '$' => Some(name.to_string()),
        _ => None,
    };
    tokens.windows(2).filter_map(name).collect()
}

fn collect_statements(
    source: TokenStream,
    macros: &Macros,
    parameters: &HashMap<String, String>,
    found: &mut BTreeSet<String>,
) {
    let tokens: Vec<_> = source.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        let (text, used) = text_at(&tokens[at..], macros, parameters);
        if let Some(text) = text.filter(|text| is_statement(text)) {
            found.insert(text.split_whitespace().collect::<Vec<_>>().join(" "));
            at += used;
            continue;
        }
        at += match &tokens[at..] {
            // A rule's own text is a part of statements.
            [TokenTree::Ident(word), TokenTree::Punct(_), TokenTree::Ident(_), TokenTree::Group(_), ..]
                if word == "macro_rules" =>
            {
                4
            }
            [TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Group(_), ..]
                if word == "mod" && name == "tests" =>
            {
                3
            }
            // A macro that makes several.
            [TokenTree::Ident(name), TokenTree::Punct(mark), TokenTree::Group(arguments), ..]
                if mark.as_char() == '!' && macros.contains_key(&name.to_string()) =>
            {
                let (names, body) = &macros[&name.to_string()];
                let arguments: Vec<_> = arguments.stream().into_iter().collect();
                let own = names.iter().cloned().zip(texts(&arguments, macros, parameters)).collect();
                collect_statements(body.clone(), macros, &own, found);
                3
            }
            [TokenTree::Group(group), ..] => {
                collect_statements(group.stream(), macros, parameters, found);
                1
            }
            _ => 1,
        };
    }
}

fn is_statement(text: &str) -> bool {
    ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "WITH "].iter().any(|verb| text.starts_with(verb))
}

/// The text that begins here, and the number of its tokens: a literal, a parameter, `concat!(…)`, a macro of the store.
fn text_at(tokens: &[TokenTree], macros: &Macros, parameters: &HashMap<String, String>) -> (Option<String>, usize) {
    match tokens {
        [TokenTree::Literal(literal), ..] => {
            let text = syn::parse_str::<syn::LitStr>(&literal.to_string());
            (text.ok().map(|text| text.value()), 1)
        }
        [TokenTree::Punct(dollar), TokenTree::Ident(name), ..] if dollar.as_char() == '$' => {
            (parameters.get(&name.to_string()).cloned(), 2)
        }
        [TokenTree::Ident(name), TokenTree::Punct(mark), TokenTree::Group(arguments), ..]
            if mark.as_char() == '!' && arguments.delimiter() == Delimiter::Parenthesis =>
        {
            let arguments: Vec<_> = arguments.stream().into_iter().collect();
            (expand(&name.to_string(), &arguments, macros, parameters), 3)
        }
        _ => (None, 1),
    }
}

fn expand(
    name: &str,
    arguments: &[TokenTree],
    macros: &Macros,
    parameters: &HashMap<String, String>,
) -> Option<String> {
    let arguments = texts(arguments, macros, parameters);
    if name == "concat" {
        return Some(arguments.concat());
    }
    let (names, body) = macros.get(name)?;
    let parameters = names.iter().cloned().zip(arguments).collect();
    let body: Vec<_> = body.clone().into_iter().collect();
    Some(texts(&body, macros, &parameters).concat())
}

fn texts(tokens: &[TokenTree], macros: &Macros, parameters: &HashMap<String, String>) -> Vec<String> {
    let (mut texts, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let (text, used) = text_at(&tokens[at..], macros, parameters);
        texts.extend(text);
        at += used;
    }
    texts
}
