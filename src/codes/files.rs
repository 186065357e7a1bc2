//! How a list of files is narrowed and sorted, as its addresses say it.

use super::outcome::codes;

codes! {
    /// What kind of file something is.
    FileKind {
        /// A folder.
        Folder = "folder",
        /// A text document: Google Docs, Word, OpenDocument.
        Document = "document",
        /// A spreadsheet.
        Spreadsheet = "spreadsheet",
        /// Slides.
        Presentation = "presentation",
        /// A form.
        Form = "form",
        /// A drawing or diagram.
        Drawing = "drawing",
        /// A PDF.
        Pdf = "pdf",
        /// A picture.
        Image = "image",
        /// A film.
        Video = "video",
        /// Sound.
        Audio = "audio",
        /// A ZIP file and its like.
        Archive = "archive",
        /// Plain text, code, data in text.
        Text = "text",
        /// Points to another file.
        Shortcut = "shortcut",
        /// Anything else.
        Other = "other",
    }
}

codes! {
    /// In which order files are listed. Folders come first where the order is by name.
    FileSort {
        /// By name.
        Name = "name",
        /// The latest change first.
        Newest = "newest",
        /// The earliest change first.
        Oldest = "oldest",
        /// The largest first.
        Largest = "largest",
    }
}
