//! The parts of the page, by their names.

use leptos::{
    prelude::document,
    wasm_bindgen::JsCast,
    web_sys::{DocumentFragment, Element, FormData, HtmlElement, HtmlFormElement, UrlSearchParams},
};

use crate::ui::{islands::local_time::tell_all, wording};

/// What is exchanged.
pub const FILES: &str = "#files";

const ROWS: &str = "#file-rows";
const FIRST: &str = ".files-first:not([hidden])";
const NEXT: &str = ".files-next";

/// How the list is.
#[derive(Clone, Copy)]
pub enum State {
    /// As it should be.
    Still,
    /// Another list is under way.
    Looking,
    /// More of this one is under way.
    Growing,
    /// What was asked for did not come.
    Troubled,
}

impl State {
    const fn class(self) -> &'static str {
        match self {
            Self::Still => "",
            Self::Looking => "is-looking",
            Self::Growing => "is-growing",
            Self::Troubled => "is-troubled",
        }
    }
}

/// What the island stands around.
pub struct List(pub Element);

impl List {
    /// The one of this page, by its name: a `NodeRef` of another kind of element costs half a kilobyte.
    pub fn find() -> Option<Self> {
        document().query_selector(".drive-files").ok().flatten().map(Self)
    }

    /// The address that the form leads to. Its empty fields are left out, as nobody wants to read them.
    pub fn wanted(&self) -> Option<String> {
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

    /// The address of the next page.
    pub fn next(&self) -> Option<String> {
        self.part(NEXT)?.get_attribute("href")
    }

    /// Puts the list of another page in the place of this one.
    pub fn exchange(&self, page: &DocumentFragment) {
        if let (Some(old), Some(new)) = (self.part(FILES), part_of(page, FILES)) {
            tell_all(&new);
            _ = old.replace_with_with_node_1(&new);
            self.wake();
        }
    }

    /// Puts the files of the next page below those that are here, and its way on in the place of ours. A file that
    /// moved down meanwhile stands on both pages, and here once.
    pub fn append(&self, page: &DocumentFragment, led: bool) {
        let (Some(rows), Some(files)) = (self.part(ROWS), self.part(FILES)) else {
            return self.exchange(page); // there were none so far
        };
        let is_first = self.part(FIRST).is_none();
        let mut first = None;
        if let Some(more) = part_of(page, ROWS) {
            tell_all(&more);
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
        // What begins with the first page does not end with the way back to it.
        if let (true, Some(back)) = (is_first, self.part(FIRST)) {
            _ = back.set_attribute("hidden", "");
        }
        self.wake();
        // The button that was pressed is gone; what it was pressed for is where it was.
        let goal = first.and_then(|file| file.query_selector("a").ok().flatten()).or_else(|| self.part(".files-more"));
        if let (true, Some(goal)) = (led, goal) {
            _ = goal.unchecked_into::<HtmlElement>().focus();
        }
    }

    /// A button that loads more stands in the place of the link to the next page.
    pub fn wake(&self) {
        if let (Some(link), Some(button)) = (self.part(NEXT), self.part(".files-more")) {
            _ = link.set_attribute("hidden", "");
            _ = button.remove_attribute("hidden");
        }
    }

    /// How many files there are.
    pub fn told(&self) -> String {
        let files = self.part(ROWS).map_or(0, |rows| rows.child_element_count());
        wording::files::count(files as usize, self.part(NEXT).is_some())
    }

    /// Says something about the list, in sight and to who listens.
    pub fn say(&self, told: &str) {
        if let Some(status) = self.part(".files-status") {
            status.set_text_content(Some(told));
        }
    }

    /// How the list is, for the style sheet and for ears. In trouble there is a button that tries again. Busy is only what
    /// is exchanged: who listens is to hear at once what is told beside it.
    pub fn is(&self, state: State) {
        self.0.set_class_name(&["drive-files ", state.class()].concat());
        if let Some(files) = self.part(FILES) {
            let busy = matches!(state, State::Looking | State::Growing);
            _ = files.set_attribute("aria-busy", if busy { "true" } else { "false" });
        }
        if let Some(button) = self.part(".files-retry") {
            _ = button.toggle_attribute_with_force("hidden", !matches!(state, State::Troubled));
        }
    }

    fn part(&self, selector: &str) -> Option<Element> {
        self.0.query_selector(selector).ok().flatten()
    }
}

fn part_of(page: &DocumentFragment, selector: &str) -> Option<Element> {
    page.query_selector(selector).ok().flatten()
}
