//! File types.

#[derive(Debug)]
pub struct Kind {
    pub mime_type: &'static str,
    /// `None` for Google's own types.
    pub extension: Option<&'static str>,
    /// The path segment of its links, for example `document`.
    pub opener: &'static str,
    pub thumbnail: bool,
    /// A document of one of Google's editors, which has a size.
    pub is_editor: bool,
}

pub static FOLDER: Kind = google("application/vnd.google-apps.folder", "folders");
pub static SHORTCUT: Kind = google("application/vnd.google-apps.shortcut", "file");
/// For a name without a known extension.
pub static UNKNOWN: Kind = stored("application/octet-stream", "bin", false);

/// Repeated entries are drawn more often.
pub static KINDS: &[&Kind] = &[
    &editor("application/vnd.google-apps.document", "document"),
    &editor("application/vnd.google-apps.document", "document"),
    &editor("application/vnd.google-apps.document", "document"),
    &editor("application/vnd.google-apps.spreadsheet", "spreadsheets"),
    &editor("application/vnd.google-apps.spreadsheet", "spreadsheets"),
    &editor("application/vnd.google-apps.presentation", "presentation"),
    &google("application/vnd.google-apps.form", "forms"),
    &stored("application/pdf", "pdf", true),
    &stored("application/pdf", "pdf", true),
    &stored("image/jpeg", "jpg", true),
    &stored("image/jpeg", "jpg", true),
    &stored("image/png", "png", true),
    &stored("video/mp4", "mp4", true),
    &stored("audio/mpeg", "mp3", false),
    &stored("application/zip", "zip", false),
    &stored("text/plain", "txt", false),
    &stored("text/csv", "csv", false),
    &stored("text/x-python", "py", false),
    &stored("application/json", "json", false),
    &stored("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx", true),
    &SHORTCUT,
];

const fn google(mime_type: &'static str, opener: &'static str) -> Kind {
    Kind { mime_type, extension: None, opener, thumbnail: false, is_editor: false }
}

const fn editor(mime_type: &'static str, opener: &'static str) -> Kind {
    Kind { is_editor: true, ..google(mime_type, opener) }
}

const fn stored(mime_type: &'static str, extension: &'static str, thumbnail: bool) -> Kind {
    Kind { mime_type, extension: Some(extension), opener: "file", thumbnail, is_editor: false }
}
