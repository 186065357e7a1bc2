//! The kinds of files that people have.

/// A kind of file.
#[derive(Debug)]
pub struct Kind {
    /// Its MIME type.
    pub mime_type: &'static str,
    /// Behind the dot of its names; Google's own kinds have none.
    pub extension: Option<&'static str>,
    /// The segment of its links that says what opens it.
    pub opener: &'static str,
    /// Whether Drive makes a small picture of it.
    pub thumbnail: bool,
}

/// A folder.
pub static FOLDER: Kind = google("application/vnd.google-apps.folder", "folders");
/// A shortcut to another file.
pub static SHORTCUT: Kind = google("application/vnd.google-apps.shortcut", "file");
/// What a file without any hint is.
pub static UNKNOWN: Kind = stored("application/octet-stream", "bin", false);

/// The usual kinds; those that people have more of come more often.
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
