//! Reads one source file. `syn` leaves the arguments of macros as tokens (`view! { … }` is no Rust): there the reader
//! looks for names, paths and texts itself.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::{
    Attribute, ImplItem, Item, ItemMod, ItemUse, Lit, LitStr, Macro, Path, UseTree, VisRestricted,
    visit::{self, Visit},
};

use super::Place;

/// What a source file consists of, in its order.
#[derive(Default)]
pub struct Code {
    /// Every path of two segments or more; a tree of `use` as its branches.
    pub places: Vec<Place>,
    /// Every identifier, also those in paths and in macros.
    pub names: Vec<Word>,
    /// Every string literal that is no doc comment.
    pub texts: Vec<Word>,
    /// Lines with a `cfg` on a feature.
    pub features: Vec<usize>,
    /// Names of the modules that it declares.
    pub modules: Vec<String>,
}

/// An identifier or a text.
#[derive(Debug)]
pub struct Word {
    pub text: String,
    /// From 1.
    pub line: usize,
    /// Whether it is under `#[cfg(test)]` or in a file of tests.
    pub in_tests: bool,
}

impl Code {
    /// Marks the whole file as tests, when `all` says so.
    pub fn with_tests(mut self, all: bool) -> Self {
        self.places.iter_mut().for_each(|place| place.in_tests |= all);
        self.names.iter_mut().chain(&mut self.texts).for_each(|word| word.in_tests |= all);
        self
    }
}

/// Fails where the source is no Rust file.
pub fn read(source: &str) -> syn::Result<Code> {
    let mut reader = Reader::default();
    reader.visit_file(&syn::parse_file(source)?);
    Ok(reader.code)
}

#[derive(Default)]
struct Reader {
    code: Code,
    in_tests: bool,
}

impl Reader {
    fn within(&mut self, attributes: &[Attribute], visit: impl FnOnce(&mut Self)) {
        let outside = self.in_tests;
        self.in_tests |= attributes.iter().any(is_cfg_test);
        visit(self);
        self.in_tests = outside;
    }

    fn place(&mut self, path: Vec<String>, line: usize) {
        if path.len() > 1 {
            self.code.places.push(Place { path, line, in_tests: self.in_tests });
        }
    }

    fn text(&mut self, text: &LitStr) {
        let line = text.span().start().line;
        self.code.texts.push(Word { text: text.value(), line, in_tests: self.in_tests });
    }

    /// Adds the branches of a tree; `line` is that of the branch, once it has begun.
    fn branches(&mut self, tree: &UseTree, stem: &[String], line: Option<usize>) {
        let mut path = stem.to_vec();
        let mut push = |ident: &Ident| {
            path.push(name(ident));
            line.unwrap_or_else(|| line_of(ident))
        };
        match tree {
            UseTree::Path(branch) => {
                let line = push(&branch.ident);
                self.branches(&branch.tree, &path, Some(line));
            }
            UseTree::Name(branch) => {
                let line = push(&branch.ident);
                self.place(path, line);
            }
            UseTree::Rename(branch) => {
                let line = push(&branch.ident);
                self.place(path, line);
            }
            UseTree::Glob(branch) => {
                path.push("*".to_owned());
                self.place(path, line.unwrap_or_else(|| branch.star_token.spans[0].start().line));
            }
            UseTree::Group(group) => group.items.iter().for_each(|item| self.branches(item, stem, None)),
        }
    }

    /// Reads the arguments of a macro or an attribute.
    fn tokens(&mut self, tokens: &[TokenTree]) {
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Ident(ident) if !is_joined(tokens, at) => {
                    if matches!(ident.to_string().as_str(), "cfg" | "cfg_attr") && names_feature(&tokens[at + 1..]) {
                        self.code.features.push(line_of(ident));
                    }
                    self.path_in_tokens(&tokens[at..], &[], None);
                    self.name(ident);
                }
                TokenTree::Ident(ident) => self.name(ident),
                TokenTree::Literal(literal) => {
                    if let Lit::Str(text) = Lit::new(literal.clone()) {
                        self.text(&text);
                    }
                }
                // A doc comment is an attribute to a macro.
                TokenTree::Group(group) if is_doc(group.stream()) => {}
                // `pub(in crate::store)` names nothing.
                TokenTree::Group(group) => {
                    let is_visibility = group.delimiter() == Delimiter::Parenthesis
                        && at.checked_sub(1).is_some_and(|before| is_ident(&tokens[before], "pub"));
                    if !is_visibility {
                        self.tokens(&group.stream().into_iter().collect::<Vec<_>>());
                    }
                }
                TokenTree::Punct(_) => {}
            }
            at += 1;
        }
    }

    /// Adds the path that `tokens` begin with, and the branches where it ends in braces.
    fn path_in_tokens(&mut self, tokens: &[TokenTree], stem: &[String], line: Option<usize>) {
        let (mut path, mut line) = (stem.to_vec(), line);
        let mut at = 0;
        loop {
            match tokens.get(at) {
                Some(TokenTree::Ident(ident)) => {
                    path.push(name(ident));
                    line = line.or_else(|| Some(line_of(ident)));
                }
                Some(TokenTree::Punct(punct)) if punct.as_char() == '*' => path.push("*".to_owned()),
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace && at > 0 => {
                    let inner: Vec<_> = group.stream().into_iter().collect();
                    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
                    inner.split(is_comma).for_each(|branch| self.path_in_tokens(branch, &path, None));
                    return;
                }
                _ => break,
            }
            if !is_colons(tokens, at + 1) {
                break;
            }
            at += 3;
        }
        self.place(path, line.unwrap_or_default());
    }

    fn name(&mut self, ident: &Ident) {
        self.code.names.push(Word { text: name(ident), line: line_of(ident), in_tests: self.in_tests });
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        self.within(attributes(item), |reader| visit::visit_item(reader, item));
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = if let ImplItem::Fn(function) = item { function.attrs.as_slice() } else { &[] };
        self.within(attributes, |reader| visit::visit_impl_item(reader, item));
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.code.modules.push(name(&item.ident));
        visit::visit_item_mod(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.branches(&item.tree, &[], None);
        visit::visit_item_use(self, item);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let line = path.segments.first().map_or(0, |segment| line_of(&segment.ident));
        self.place(path.segments.iter().map(|segment| name(&segment.ident)).collect(), line);
        visit::visit_path(self, path);
    }

    /// `pub(in crate::store)` says who may see something, and names nothing.
    fn visit_vis_restricted(&mut self, _: &'ast VisRestricted) {}

    fn visit_ident(&mut self, ident: &'ast Ident) {
        self.name(ident);
    }

    fn visit_lit_str(&mut self, text: &'ast LitStr) {
        self.text(text);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if attribute.path().is_ident("doc") {
            return;
        }
        if let Ok(list) = attribute.meta.require_list()
            && (list.path.is_ident("cfg") || list.path.is_ident("cfg_attr"))
            && mentions(list.tokens.clone(), "feature")
        {
            self.code.features.push(line_of(&list.path.segments[0].ident));
        }
        visit::visit_attribute(self, attribute);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        if call.path.is_ident("cfg") && mentions(call.tokens.clone(), "feature") {
            self.code.features.push(line_of(&call.path.segments[0].ident));
        }
        visit::visit_macro(self, call);
    }

    fn visit_token_stream(&mut self, tokens: &'ast TokenStream) {
        self.tokens(&tokens.clone().into_iter().collect::<Vec<_>>());
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_cfg_test(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute
            .meta
            .require_list()
            .is_ok_and(|list| mentions(list.tokens.clone(), "test") && !mentions(list.tokens.clone(), "not"))
}

/// Whether a word is among the tokens, however deep.
fn mentions(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(group.stream(), word),
        token => is_ident(&token, word),
    })
}

/// Whether the tokens after `cfg`, `cfg!` or `cfg_attr` have a feature in their parentheses.
fn names_feature(after: &[TokenTree]) -> bool {
    let group = after.iter().take(2).find_map(|token| match token {
        TokenTree::Group(group) => Some(group),
        _ => None,
    });
    group.is_some_and(|group| mentions(group.stream(), "feature"))
}

fn is_doc(stream: TokenStream) -> bool {
    let mut tokens = stream.into_iter();
    tokens.next().is_some_and(|first| is_ident(&first, "doc"))
        && matches!(tokens.next(), Some(TokenTree::Punct(punct)) if punct.as_char() == '=')
}

fn is_ident(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    let is_colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    is_colon(at) && is_colon(at + 1)
}

/// Whether the name at `at` goes on from one before it, rather than beginning a path as in `::tokio::spawn`.
fn is_joined(tokens: &[TokenTree], at: usize) -> bool {
    at >= 3
        && is_colons(tokens, at - 2)
        && match &tokens[at - 3] {
            TokenTree::Ident(ident) => !["use", "return", "in", "match", "as", "if"].iter().any(|word| ident == word),
            TokenTree::Punct(punct) => punct.as_char() == '>',
            _ => false,
        }
}

fn name(ident: &Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

fn line_of(ident: &Ident) -> usize {
    ident.span().start().line
}
