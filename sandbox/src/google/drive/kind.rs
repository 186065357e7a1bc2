//! File types.

#[derive(Debug)]
pub struct Kind {
    pub mime_type: &'static str,
    /// `None` for Google's own types.
    pub extension: Option<&'static str>,
    /// The path segment of its links, for example `document`.
    pub opener: &'static str,
    pub thumbnail: bool,
}

pub static FOLDER: Kind = google("application/vnd.google-apps.folder", "folders");
pub static SHORTCUT: Kind = google("application/vnd.google-apps.shortcut", "file");
/// For a name without a known extension.
pub static UNKNOWN: Kind = stored("application/octet-stream", "bin", false);

/// Repeated entries are drawn more often.
pub static KINDS: &[&Kind] = &[
    &google("application/vnd.google-apps.document", "document"),
    &google("application/vnd.google-apps.document", "document"),
    &google("application/vnd.google-apps.document", "document"),
    &google("application/vnd.google-apps.spreadsheet", "spreadsheets"),
    &google("application/vnd.google-apps.spreadsheet", "spreadsheets"),
    &google("application/vnd.google-apps.presentation", "presentation"),
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
    Kind { mime_type, extension: None, opener, thumbnail: false }
}

const fn stored(mime_type: &'static str, extension: &'static str, thumbnail: bool) -> Kind {
    Kind { mime_type, extension: Some(extension), opener: "file", thumbnail }
}
