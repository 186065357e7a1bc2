//! Whole documents, rendered as `web` does, and the checks that each must pass.

use std::{collections::BTreeSet, sync::LazyLock};

use leptos::{nonce::Nonce, prelude::provide_context};

use crate::ui::{
    document::{DocumentHead, document},
    page::Page,
    view::Assets,
};

/// A hostile display name.
pub const HOSTILE: &str = r#""><script>alert(1)</script><img src=x onerror='alert(2)'>"#;

/// The document at a path, with its view in the context.
pub async fn render<V: Clone + Send + Sync + 'static>(path: &str, view: V) -> String {
    render_with(path, view, Assets::default()).await
}

pub async fn render_with<V: Clone + Send + Sync + 'static>(path: &str, view: V, assets: Assets) -> String {
    let page = Page::ALL.iter().copied().find(|page| page.path() == path).expect("a page");
    let nonce = Nonce::new();
    document(&DocumentHead::new(&assets, &nonce), &nonce, page, || {
        provide_context(assets);
        provide_context(view);
    })
}

/// Every document is complete, has one `h1`, and obeys the content security policy (no inline styles or handlers, no script
/// without a nonce); each field has a label, and every id reference resolves.
#[track_caller]
pub fn is_a_sound_document(html: &str) {
    assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{html}");
    assert_eq!(html.matches("<h1").count(), 1, "{html}");
    assert_eq!(html.matches("<title>").count(), 1, "{html}");
    assert_eq!(html.matches("<main").count(), 1, "{html}");
    assert!(html.matches("role=\"alert\"").count() <= 1, "{html}");
    let ids: Vec<_> = tags(html).filter_map(|tag| attribute(tag, "id")).collect();
    let labelled: BTreeSet<_> = tags(html).filter_map(|tag| attribute(tag, "for")).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "an id stands twice: {html}");
    for tag in tags(html) {
        assert!(!tag.starts_with("script") || tag.contains(" nonce=\""), "{tag}");
        // What changes nothing may be a GET: the form that narrows a list.
        let method = if attribute(tag, "action") == Some("/drive") { "get" } else { "post" };
        assert!(!tag.starts_with("form") || attribute(tag, "method") == Some(method), "{tag}");
        assert!(!tag.starts_with("select") || attribute(tag, "id").is_some_and(|id| labelled.contains(id)), "{tag}");
        if tag.starts_with("input") && !names(tag).contains(&"hidden") && attribute(tag, "type") != Some("hidden") {
            assert!(attribute(tag, "id").is_some_and(|id| labelled.contains(id)), "without a label: {tag}");
        }
        for tie in ["aria-describedby", "aria-labelledby", "aria-controls", "for"] {
            let named = attribute(tag, tie).unwrap_or_default();
            assert!(named.split_whitespace().all(|id| ids.contains(&id)), "{tag} in {html}");
        }
        for name in names(tag) {
            assert_ne!(name, "style", "{tag}");
            assert!(!name.starts_with("on"), "{tag}");
        }
    }
    has_its_style(html);
}

/// A page that does without the second style sheet has no class that only that one knows.
#[track_caller]
fn has_its_style(html: &str) {
    static OF_ACCOUNTS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let mut classes = classes_of("style/account.css");
        classes.retain(|class| !classes_of("style/main.css").contains(class));
        assert!(classes.contains("settings-pages"));
        classes
    });
    if html.contains("href=\"/pkg/account.css\"") {
        return;
    }
    for class in tags(html).filter_map(|tag| attribute(tag, "class")).flat_map(str::split_whitespace) {
        assert!(!OF_ACCOUNTS.contains(class), "{class} is in account.css alone: {html}");
    }
}

/// The classes that a style sheet and those that it imports select.
fn classes_of(path: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let imports = text.lines().filter_map(|line| line.strip_prefix("@import \"")?.split_once('"'));
    let mut classes: BTreeSet<_> = imports.flat_map(|(file, _)| classes_of(&format!("style/{file}"))).collect();
    for selector in text.lines().filter(|line| line.ends_with('{') || line.ends_with(',')) {
        let after_dots = selector.split('.').skip(1);
        let is_of_name = |char: char| char.is_ascii_alphanumeric() || char == '-';
        classes.extend(after_dots.map(|part| part.chars().take_while(|char| is_of_name(*char)).collect()));
    }
    classes
}

/// Nothing of [`HOSTILE`] became an element.
#[track_caller]
pub fn stays_text(html: &str) {
    is_a_sound_document(html);
    assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "{html}");
}

/// A form, as a browser would send it.
#[derive(Debug, PartialEq, Eq)]
pub struct Form<'a> {
    /// Where it is sent.
    pub action: &'a str,
    /// Names and values of its fields.
    pub fields: Vec<(&'a str, &'a str)>,
}

/// A document's forms, without the sign-out.
pub fn forms(html: &str) -> Vec<Form<'_>> {
    let mut forms = Vec::new();
    for piece in html.split("<form").skip(1) {
        let (form, _) = piece.split_once("</form>").expect("an end of the form");
        let (tag, within) = form.split_once('>').expect("an end of the tag");
        let field = |tag| {
            let named = attribute(tag, "name").filter(|_| tag.starts_with("input"));
            named.map(|name| (name, attribute(tag, "value").unwrap_or_default()))
        };
        let action = attribute(tag, "action").expect("an action");
        forms.push(Form { action, fields: tags(within).filter_map(field).collect() });
    }
    forms.retain(|form| form.action != "/auth/logout");
    forms
}

/// A document's only form, without the sign-out.
#[track_caller]
pub fn form(html: &str) -> Form<'_> {
    let mut forms = forms(html);
    assert_eq!(forms.len(), 1, "{forms:?}");
    forms.remove(0)
}

/// The tag of the field with this id.
#[track_caller]
pub fn field<'a>(html: &'a str, id: &str) -> &'a str {
    tags(html).find(|tag| attribute(tag, "id") == Some(id)).expect("a field")
}

/// The tags of a document, without their brackets. Good enough for text whose quotes and brackets are escaped.
pub fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag))
}

/// The value of a tag's attribute.
pub fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

fn names(tag: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (place, piece) in tag.split('"').enumerate() {
        if place % 2 == 0 {
            names.extend(piece.split_whitespace().filter_map(|word| word.split('=').next()));
        }
    }
    names.into_iter().skip(1).collect()
}
