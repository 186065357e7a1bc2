//! The parts of the page that the island changes.

use leptos::{
    prelude::document,
    wasm_bindgen::JsCast,
    web_sys::{DocumentFragment, Element, FormData, HtmlElement, HtmlFormElement, UrlSearchParams},
};

use crate::ui::{islands::local_time::localise_all, wording};

/// The part that is replaced.
pub const FILES: &str = "#files";

const ROWS: &str = "#file-rows";
const FIRST: &str = ".files-first:not([hidden])";
const NEXT: &str = ".files-next";

#[derive(Clone, Copy)]
pub enum State {
    Still,
    /// Another list is loading.
    Loading,
    /// More of this list is loading.
    Growing,
    /// Loading failed.
    Failed,
}

impl State {
    const fn class(self) -> &'static str {
        match self {
            Self::Still => "",
            Self::Loading => "is-looking",
            Self::Growing => "is-growing",
            Self::Failed => "is-failed",
        }
    }
}

/// The element around the list.
pub struct List(pub Element);

impl List {
    /// By its class: a `NodeRef` of another element type would cost half a kilobyte.
    pub fn find() -> Option<Self> {
        document().query_selector(".drive-files").ok().flatten().map(Self)
    }

    /// The URL that the form would open, without empty fields.
    pub fn form_url(&self) -> Option<String> {
        let form: HtmlFormElement = self.part("form")?.unchecked_into();
        let fields = FormData::new_with_form(&form).ok()?;
        let query = UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?;
        for name in ["q", "kind"] {
            if query.get(name).as_deref() == Some("") {
                query.delete(name);
            }
        }
        Some("/drive?".to_owned() + &String::from(query.to_string()))
    }

    pub fn next(&self) -> Option<String> {
        self.part(NEXT)?.get_attribute("href")
    }

    /// Replaces the list with that of another page.
    pub fn replace(&self, page: &DocumentFragment) {
        if let (Some(old), Some(new)) = (self.part(FILES), part_of(page, FILES)) {
            localise_all(&new);
            _ = old.replace_with_with_node_1(&new);
            self.hydrate();
        }
    }

    /// Appends the files of the next page and replaces the pager. A file that is on both pages, because it moved meanwhile,
    /// is listed once.
    pub fn append(&self, page: &DocumentFragment, move_focus: bool) {
        let (Some(rows), Some(files)) = (self.part(ROWS), self.part(FILES)) else {
            return self.replace(page); // there were none so far
        };
        let is_first = self.part(FIRST).is_none();
        let mut first = None;
        if let Some(more) = part_of(page, ROWS) {
            localise_all(&more);
            while let Some(file) = more.first_element_child() {
                let id = file.get_attribute("data-file").unwrap_or_default();
                if matches!(rows.query_selector(&["[data-file=\"", &id, "\"]"].concat()), Ok(Some(_))) {
                    file.remove();
                } else {
                    _ = rows.append_child(&file);
                    first.get_or_insert(file);
                }
            }
        }
        for part in [".files-note", ".pager"] {
            if let Some(old) = self.part(part) {
                old.remove();
            }
            if let Some(new) = part_of(page, part) {
                _ = files.append_child(&new);
            }
        }
        // A list that starts with the first page needs no link back to it.
        if let (true, Some(back)) = (is_first, self.part(FIRST)) {
            _ = back.set_attribute("hidden", "");
        }
        self.hydrate();
        // The pressed button is gone; the first new file took its place.
        let goal = first.and_then(|file| file.query_selector("a").ok().flatten()).or_else(|| self.part(".files-more"));
        if let (true, Some(goal)) = (move_focus, goal) {
            _ = goal.unchecked_into::<HtmlElement>().focus();
        }
    }

    /// Shows the "Load more" button instead of the link to the next page.
    pub fn hydrate(&self) {
        if let (Some(link), Some(button)) = (self.part(NEXT), self.part(".files-more")) {
            _ = link.set_attribute("hidden", "");
            _ = button.remove_attribute("hidden");
        }
    }

    /// The number of files, in words.
    pub fn count(&self) -> String {
        let files = self.part(ROWS).map_or(0, |rows| rows.child_element_count());
        wording::files::count(files as usize, self.part(NEXT).is_some())
    }

    /// Shows a status, which screen readers also announce.
    pub fn say(&self, status_text: &str) {
        if let Some(status) = self.part(".files-status") {
            status.set_text_content(Some(status_text));
        }
    }

    /// For the style sheet and screen readers; after a failure also shows the retry button. Only the files are marked busy, so
    /// that the status beside them is announced at once.
    pub fn set_state(&self, state: State) {
        self.0.set_class_name(&["drive-files ", state.class()].concat());
        if let Some(files) = self.part(FILES) {
            let busy = matches!(state, State::Loading | State::Growing);
            _ = files.set_attribute("aria-busy", if busy { "true" } else { "false" });
        }
        if let Some(button) = self.part(".files-retry") {
            _ = button.toggle_attribute_with_force("hidden", !matches!(state, State::Failed));
        }
    }

    fn part(&self, selector: &str) -> Option<Element> {
        self.0.query_selector(selector).ok().flatten()
    }
}

fn part_of(page: &DocumentFragment, selector: &str) -> Option<Element> {
    page.query_selector(selector).ok().flatten()
}
