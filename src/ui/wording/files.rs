//! Files in words: kinds, sort orders, counts, sizes.

use crate::codes::files::{FileKind, FileSort};

pub fn kind(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Folder => "Folder",
        FileKind::Document => "Document",
        FileKind::Spreadsheet => "Spreadsheet",
        FileKind::Presentation => "Presentation",
        FileKind::Form => "Form",
        FileKind::Drawing => "Drawing",
        FileKind::Pdf => "PDF",
        FileKind::Image => "Image",
        FileKind::Video => "Video",
        FileKind::Audio => "Audio",
        FileKind::Archive => "Archive",
        FileKind::Text => "Text file",
        FileKind::Shortcut => "Shortcut",
        FileKind::Other => "File",
    }
}

/// The plural.
pub fn kinds(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Folder => "Folders",
        FileKind::Document => "Documents",
        FileKind::Spreadsheet => "Spreadsheets",
        FileKind::Presentation => "Presentations",
        FileKind::Form => "Forms",
        FileKind::Drawing => "Drawings",
        FileKind::Pdf => "PDFs",
        FileKind::Image => "Images",
        FileKind::Video => "Videos",
        FileKind::Audio => "Audio",
        FileKind::Archive => "Archives",
        FileKind::Text => "Text files",
        FileKind::Shortcut => "Shortcuts",
        FileKind::Other => "Other files",
    }
}

pub fn sort(sort: FileSort) -> &'static str {
    match sort {
        FileSort::Name => "Name",
        FileSort::Newest => "Newest first",
        FileSort::Oldest => "Oldest first",
        FileSort::Largest => "Largest first",
    }
}

/// Without `format!`, to keep it out of the WebAssembly module.
pub fn count(files: usize, more: bool) -> String {
    let unit = if files == 1 { " file" } else { " files" };
    files.to_string() + unit + if more { " so far" } else { "" }
}

/// In the largest unit that fits, with at least two digits (`9.5 MB`, `95 MB`). Decimal units (ISO 80000-1).
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1_000 {
        return if bytes == 1 { "1 byte".into() } else { format!("{bytes} bytes") };
    }
    let mut size = bytes as f64 / 1_000.0;
    let mut unit = 0;
    while size >= 999.5 && unit + 1 < UNITS.len() {
        size /= 1_000.0;
        unit += 1;
    }
    let unit = UNITS[unit];
    if size < 9.95 { format!("{size:.1} {unit}") } else { format!("{size:.0} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_use_the_largest_unit_that_fits() {
        for (bytes, expected) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (1_449, "1.4 kB"),
            (1_451, "1.5 kB"),
            (9_949, "9.9 kB"),
            (9_950, "10 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (52_428_800, "52 MB"),
            (5_000_000_000, "5.0 GB"),
            (u64::MAX, "18 EB"),
        ] {
            assert_eq!(size(bytes), expected, "{bytes}");
        }
    }

    #[test]
    fn counts_have_a_singular_and_a_plural() {
        assert_eq!(
            (count(0, false), count(1, false), count(2, false)),
            ("0 files".into(), "1 file".into(), "2 files".into())
        );
        assert_eq!(count(50, true), "50 files so far");
    }
}
