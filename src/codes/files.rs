//! The filters and sort orders of a file list, as its URLs carry them.

use super::codes;

codes! {
    /// The kind of a file.
    FileKind {
        Folder = "folder",
        /// Google Docs, Word, OpenDocument text.
        Document = "document",
        Spreadsheet = "spreadsheet",
        Presentation = "presentation",
        Form = "form",
        Drawing = "drawing",
        Pdf = "pdf",
        Image = "image",
        Video = "video",
        Audio = "audio",
        /// ZIP, tar, 7z and the like.
        Archive = "archive",
        /// Plain text, source code, CSV, JSON.
        Text = "text",
        /// A link to another file.
        Shortcut = "shortcut",
        Other = "other",
    }
}

codes! {
    /// The order of a file list. By name, folders come first.
    FileSort {
        Name = "name",
        /// Latest modification first.
        Newest = "newest",
        /// Earliest modification first.
        Oldest = "oldest",
        Largest = "largest",
    }
}
