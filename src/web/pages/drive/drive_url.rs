//! The URLs of `/drive`: the one place that parses and builds them.

use crate::{
    codes::{
        files::{FileKind, FileSort},
        percent::with_query,
    },
    drive::{FileId, FileQuery},
    ui::view::FilterView,
    web::query::Query,
};

/// Longest search, in characters.
const LONGEST_SEARCH: usize = 200;
/// Longest page token that is passed on, in bytes. Google's have a few hundred.
const LONGEST_TOKEN: usize = 2048;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DriveUrl {
    /// An identity's id. `None` for the default account.
    pub account: Option<String>,
    query: FileQuery,
    page: u32,
}

/// A parameter that cannot be valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryError {
    Folder,
    Page,
}

impl DriveUrl {
    pub fn my_drive(account: Option<String>) -> Self {
        Self { account, ..Self::default() }
    }

    /// Ignores an unknown `kind` or `sort`.
    pub fn parse(query: &Query) -> Result<Self, QueryError> {
        let folder = query.one("folder").map(|id| FileId::parse(id).ok_or(QueryError::Folder)).transpose()?;
        let page_token = query.one("page_token").map(str::to_owned);
        if page_token.as_ref().is_some_and(|token| token.len() > LONGEST_TOKEN) {
            return Err(QueryError::Page);
        }
        let page = query.one("page").and_then(|page| page.parse().ok()).filter(|_| page_token.is_some());
        Ok(Self {
            account: query.one("account").map(str::to_owned),
            query: FileQuery {
                folder,
                search: query.one("q").and_then(search),
                kind: query.one("kind").and_then(FileKind::from_code),
                sort: query.one("sort").and_then(FileSort::from_code),
                page_token,
            },
            page: page.unwrap_or(1),
        })
    }

    pub const fn query(&self) -> &FileQuery {
        &self.query
    }

    /// Counts from 1. Taken from the URL, and only shown.
    pub fn page(&self) -> u32 {
        self.page.max(1)
    }

    pub fn path(&self) -> String {
        let FileQuery { folder, search, kind, sort, page_token } = &self.query;
        let page = page_token.as_ref().map(|_| self.page().to_string());
        let parameters = [
            ("account", self.account.as_deref()),
            ("folder", folder.as_ref().filter(|folder| !folder.is_root()).map(FileId::as_str)),
            ("q", search.as_deref()),
            ("kind", kind.map(FileKind::code)),
            ("sort", sort.map(FileSort::code)),
            ("page_token", page_token.as_deref()),
            ("page", page.as_deref()),
        ];
        let given: Vec<_> = parameters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        with_query("/drive", &given)
    }

    pub fn folder(&self, folder: &FileId) -> String {
        let query = FileQuery { folder: Some(folder.clone()), ..FileQuery::default() };
        Self { account: self.account.clone(), query, page: 1 }.path()
    }

    pub fn first_page(&self) -> String {
        self.at(None, 1)
    }

    pub fn next_page(&self, token: &str) -> String {
        self.at(Some(token.to_owned()), self.page().saturating_add(1))
    }

    /// The filter form.
    pub fn filter(&self) -> FilterView {
        let FileQuery { folder, search, kind, .. } = &self.query;
        let folder = folder.clone().filter(|folder| !folder.is_root());
        let unfiltered = Self {
            account: self.account.clone(),
            query: FileQuery { folder: folder.clone(), ..FileQuery::default() },
            page: 1,
        };
        let everywhere = Self {
            account: self.account.clone(),
            query: FileQuery { folder: None, page_token: None, ..self.query.clone() },
            page: 1,
        };
        let is_narrowed = folder.is_some() && (search.is_some() || kind.is_some());
        let is_filtered = search.is_some() || kind.is_some() || self.query.order() != unfiltered.query.order();
        FilterView {
            account: self.account.clone(),
            folder: folder.map(|folder| folder.as_str().to_owned()),
            search: search.clone().unwrap_or_default(),
            kind: *kind,
            sort: self.query.order(),
            clear: is_filtered.then(|| unfiltered.path()),
            everywhere: is_narrowed.then(|| everywhere.path()),
        }
    }

    fn at(&self, page_token: Option<String>, page: u32) -> String {
        let query = FileQuery { page_token, ..self.query.clone() };
        Self { account: self.account.clone(), query, page }.path()
    }
}

/// The words to search for, without control characters.
fn search(input: &str) -> Option<String> {
    let plain: String = input.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: String = plain.trim().chars().take(LONGEST_SEARCH).collect();
    (!words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn url(query: &str) -> DriveUrl {
        DriveUrl::parse(&Query::parse(Some(query))).unwrap()
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
    fn urls_are_parsed_and_built_in_one_way(#[case] query: &str, #[case] wanted: &str) {
        let path = url(query).path();
        assert_eq!(path, wanted);
        assert_eq!(url(path.split_once('?').map_or("", |(_, query)| query)).path(), wanted);
    }

    #[test]
    fn invalid_folders_and_pages_are_rejected() {
        let read = |query: &str| DriveUrl::parse(&Query::parse(Some(query))).err();
        assert_eq!(read("folder=..%2Fabout"), Some(QueryError::Folder));
        assert_eq!(read(&format!("page_token={}", "a".repeat(2049))), Some(QueryError::Page));
        assert_eq!((read(&format!("page_token={}", "a".repeat(2048))), read("folder=1a")), (None, None));
    }

    #[test]
    fn page_urls_stay_within_the_same_list() {
        let third = url("account=1&folder=f&q=x&sort=name&page_token=t&page=3");
        assert_eq!(third.first_page(), "/drive?account=1&folder=f&q=x&sort=name");
        assert_eq!(
            third.next_page("n&=").as_str(),
            "/drive?account=1&folder=f&q=x&sort=name&page_token=n%26%3D&page=4"
        );
        assert_eq!(third.folder(&FileId::parse("g").unwrap()), "/drive?account=1&folder=g");
        assert_eq!(third.folder(&FileId::root()), "/drive?account=1");
    }

    #[test]
    fn the_filter_form_keeps_the_place() {
        let filter = url("account=1&folder=f&q=x&kind=pdf").filter();
        assert_eq!((filter.account.as_deref(), filter.folder.as_deref()), (Some("1"), Some("f")));
        assert_eq!((filter.search.as_str(), filter.kind, filter.sort), ("x", Some(FileKind::Pdf), FileSort::Name));
        assert_eq!(filter.clear.as_deref(), Some("/drive?account=1&folder=f"));
        assert_eq!(url("q=x").filter().sort, FileSort::Newest);
        for default in ["", "sort=name", "folder=root", "folder=f&sort=name"] {
            assert_eq!(url(default).filter().clear, None, "{default}");
        }
        assert_eq!(url("sort=newest").filter().clear.as_deref(), Some("/drive"));
    }

    #[test]
    fn a_search_in_a_folder_can_be_widened() {
        let everywhere = |query| url(query).filter().everywhere;
        let within = "account=1&folder=f&q=x&kind=pdf&sort=name&page_token=t&page=2";
        assert_eq!(everywhere(within).as_deref(), Some("/drive?account=1&q=x&kind=pdf&sort=name"));
        assert_eq!(everywhere("folder=f&kind=pdf").as_deref(), Some("/drive?kind=pdf"));
        for elsewhere in ["folder=f", "folder=f&sort=newest", "q=x", "folder=root&q=x"] {
            assert_eq!(everywhere(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn searches_are_trimmed_and_bounded() {
        assert_eq!(search("  a\nb  ").as_deref(), Some("a b"));
        assert_eq!(search(&"ü".repeat(300)).map(|words| words.chars().count()), Some(200));
        assert_eq!(search(" \u{7f} "), None);
    }
}
