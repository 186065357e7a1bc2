/// Maximum length in bytes; Google's ids have 33 or 44.
const MAX_LENGTH: usize = 128;

/// Google's id of a file or folder, or `root`. It becomes a path segment, so it contains nothing that could leave one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileId(String);

impl FileId {
    /// Accepts letters, digits, `-` and `_`.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        (fits && (1..=MAX_LENGTH).contains(&text.len())).then(|| Self(text.to_owned()))
    }

    /// Google's alias for the root of the user's drive.
    pub fn root() -> Self {
        Self("root".to_owned())
    }

    pub fn is_root(&self) -> bool {
        self.0 == "root"
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_leave_its_path_segment() {
        for text in ["root", "1aZ_-9", "0AGoogleDriveRoot9PVA", &"a".repeat(128)] {
            assert_eq!(FileId::parse(text).as_ref().map(FileId::as_str), Some(text));
        }
        for text in ["", "..", ".", "a/b", "a?b", "a%2fb", "a'b", "a b", "é", "a\n", &"a".repeat(129)] {
            assert_eq!(FileId::parse(text), None, "{text}");
        }
        assert!(FileId::root().is_root() && !FileId("roots".into()).is_root());
    }
}
