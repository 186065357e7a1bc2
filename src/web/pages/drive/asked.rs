//! What `/drive` is asked for, as its address says it: the one place that reads such an address and writes one.

use crate::{
    codes::{
        files::{FileKind, FileSort},
        percent::encode,
    },
    drive::{FileId, FileQuery},
    ui::view::FilterView,
    web::query::Query,
};

/// Longest search, in characters: nobody types more, and an address has its bounds.
const LONGEST_SEARCH: usize = 200;
/// Longest page token that is handed on, in bytes. Google's have some hundred.
const LONGEST_TOKEN: usize = 2048;

/// An address of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Whose files: an identity's id. `None` for the account that is shown without it.
    pub account: Option<String>,
    question: FileQuery,
    page: u32,
}

/// What an address asks for that there can never be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryError {
    /// A folder's id that is none.
    Folder,
    /// A page token that is none.
    Page,
}

impl Asked {
    /// The top of an account's drive.
    pub fn top_of(account: Option<String>) -> Self {
        Self { account, ..Self::default() }
    }

    /// Reads the query of an address. A kind or an order that is none is not asked for.
    ///
    /// # Errors
    /// [`QueryError`].
    pub fn read(query: &Query) -> Result<Self, QueryError> {
        let folder = query.one("folder").map(|id| FileId::parse(id).ok_or(QueryError::Folder)).transpose()?;
        let page_token = query.one("page_token").map(str::to_owned);
        if page_token.as_ref().is_some_and(|token| token.len() > LONGEST_TOKEN) {
            return Err(QueryError::Page);
        }
        let page = query.one("page").and_then(|page| page.parse().ok()).filter(|_| page_token.is_some());
        Ok(Self {
            account: query.one("account").map(str::to_owned),
            question: FileQuery {
                folder,
                search: query.one("q").and_then(search),
                kind: query.one("kind").and_then(FileKind::from_code),
                sort: query.one("sort").and_then(FileSort::from_code),
                page_token,
            },
            page: page.unwrap_or(1),
        })
    }

    /// The question for Google.
    pub const fn question(&self) -> &FileQuery {
        &self.question
    }

    /// The number of the page, from 1. It is as the address says, and counts nothing.
    pub fn page(&self) -> u32 {
        self.page.max(1)
    }

    /// This address.
    pub fn address(&self) -> String {
        let mut address = String::from("/drive");
        let mut add = |name: &str, value: &str| {
            address.push(if address.contains('?') { '&' } else { '?' });
            address.push_str(name);
            address.push('=');
            address.push_str(&encode(value));
        };
        let FileQuery { folder, search, kind, sort, page_token } = &self.question;
        for (name, value) in [
            ("account", self.account.as_deref()),
            ("folder", folder.as_ref().filter(|folder| !folder.is_root()).map(FileId::as_str)),
            ("q", search.as_deref()),
            ("kind", kind.map(FileKind::code)),
            ("sort", sort.map(FileSort::code)),
            ("page_token", page_token.as_deref()),
        ] {
            if let Some(value) = value {
                add(name, value);
            }
        }
        if page_token.is_some() {
            add("page", &self.page().to_string());
        }
        address
    }

    /// The address of a folder.
    pub fn of_folder(&self, folder: &FileId) -> String {
        let question = FileQuery { folder: Some(folder.clone()), ..FileQuery::default() };
        Self { account: self.account.clone(), question, page: 1 }.address()
    }

    /// The address of the first page.
    pub fn first(&self) -> String {
        self.at(None, 1)
    }

    /// The address of the next page.
    pub fn next(&self, token: &str) -> String {
        self.at(Some(token.to_owned()), self.page().saturating_add(1))
    }

    /// The form above the list.
    pub fn filter(&self) -> FilterView {
        let FileQuery { folder, search, kind, .. } = &self.question;
        let folder = folder.clone().filter(|folder| !folder.is_root());
        let unfiltered = Self {
            account: self.account.clone(),
            question: FileQuery { folder: folder.clone(), ..FileQuery::default() },
            page: 1,
        };
        let everywhere = Self {
            account: self.account.clone(),
            question: FileQuery { folder: None, page_token: None, ..self.question.clone() },
            page: 1,
        };
        let is_narrowed = folder.is_some() && (search.is_some() || kind.is_some());
        let is_filtered = search.is_some() || kind.is_some() || self.question.order() != unfiltered.question.order();
        FilterView {
            account: self.account.clone(),
            folder: folder.map(|folder| folder.as_str().to_owned()),
            search: search.clone().unwrap_or_default(),
            kind: *kind,
            sort: self.question.order(),
            clear: is_filtered.then(|| unfiltered.address()),
            everywhere: is_narrowed.then(|| everywhere.address()),
        }
    }

    fn at(&self, page_token: Option<String>, page: u32) -> String {
        let question = FileQuery { page_token, ..self.question.clone() };
        Self { account: self.account.clone(), question, page }.address()
    }
}

/// Words to look for: what is typed, without what nobody types.
fn search(typed: &str) -> Option<String> {
    let plain: String = typed.chars().map(|message| if message.is_control() { ' ' } else { message }).collect();
    let words: String = plain.trim().chars().take(LONGEST_SEARCH).collect();
    (!words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn asked(query: &str) -> Asked {
        Asked::read(&Query::parse(Some(query))).unwrap()
    }

    #[rstest]
    #[case("", "/drive")]
    #[case("folder=1a", "/drive?folder=1a")]
    #[case("folder=root", "/drive")]
    #[case("q=it%27s+%5C&kind=pdf&sort=largest", "/drive?q=it%27s%20%5C&kind=pdf&sort=largest")]
    #[case("q=+%00+&kind=&sort=upwards&kind2=x", "/drive")]
    #[case("q=a&q=b", "/drive")]
    #[case("page=7", "/drive")]
    #[case("account=x%26y&page_token=~%21&page=7", "/drive?account=x%26y&page_token=~%21&page=7")]
    #[case("page_token=t&page=-1", "/drive?page_token=t&page=1")]
    #[case("error=cancelled&done=connected", "/drive")]
    fn an_address_is_read_and_written_in_one_way(#[case] query: &str, #[case] wanted: &str) {
        let address = asked(query).address();
        assert_eq!(address, wanted);
        assert_eq!(asked(address.split_once('?').map_or("", |(_, query)| query)).address(), wanted);
    }

    #[test]
    fn an_impossible_folder_or_page_is_told_apart_from_one_that_may_be() {
        let read = |query: &str| Asked::read(&Query::parse(Some(query))).err();
        assert_eq!(read("folder=..%2Fabout"), Some(QueryError::Folder));
        assert_eq!(read(&format!("page_token={}", "a".repeat(2049))), Some(QueryError::Page));
        assert_eq!((read(&format!("page_token={}", "a".repeat(2048))), read("folder=1a")), (None, None));
    }

    #[test]
    fn pages_lead_on_and_back_within_the_same_list() {
        let third = asked("account=1&folder=f&q=x&sort=name&page_token=t&page=3");
        assert_eq!(third.first(), "/drive?account=1&folder=f&q=x&sort=name");
        assert_eq!(third.next("n&=").as_str(), "/drive?account=1&folder=f&q=x&sort=name&page_token=n%26%3D&page=4");
        assert_eq!(third.of_folder(&FileId::parse("g").unwrap()), "/drive?account=1&folder=g");
        assert_eq!(third.of_folder(&FileId::root()), "/drive?account=1");
    }

    #[test]
    fn the_form_keeps_the_place_and_shows_what_narrows_the_list() {
        let filter = asked("account=1&folder=f&q=x&kind=pdf").filter();
        assert_eq!((filter.account.as_deref(), filter.folder.as_deref()), (Some("1"), Some("f")));
        assert_eq!((filter.search.as_str(), filter.kind, filter.sort), ("x", Some(FileKind::Pdf), FileSort::Name));
        assert_eq!(filter.clear.as_deref(), Some("/drive?account=1&folder=f"));
        assert_eq!(asked("q=x").filter().sort, FileSort::Newest);
        for usual in ["", "sort=name", "folder=root", "folder=f&sort=name"] {
            assert_eq!(asked(usual).filter().clear, None, "{usual}");
        }
        assert_eq!(asked("sort=newest").filter().clear.as_deref(), Some("/drive"));
    }

    #[test]
    fn what_is_looked_for_in_one_folder_can_be_looked_for_everywhere() {
        let everywhere = |query| asked(query).filter().everywhere;
        let within = "account=1&folder=f&q=x&kind=pdf&sort=name&page_token=t&page=2";
        assert_eq!(everywhere(within).as_deref(), Some("/drive?account=1&q=x&kind=pdf&sort=name"));
        assert_eq!(everywhere("folder=f&kind=pdf").as_deref(), Some("/drive?kind=pdf"));
        for elsewhere in ["folder=f", "folder=f&sort=newest", "q=x", "folder=root&q=x"] {
            assert_eq!(everywhere(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn a_search_has_its_bounds() {
        assert_eq!(search("  a\nb  ").as_deref(), Some("a b"));
        assert_eq!(search(&"ü".repeat(300)).map(|words| words.chars().count()), Some(200));
        assert_eq!(search(" \u{7f} "), None);
    }
}
