//! Files in words.

use crate::codes::files::{FileKind, FileSort};

/// What kind one file is of.
pub fn kind(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Folder => "Folder",
        FileKind::Document => "Document",
        FileKind::Spreadsheet => "Spreadsheet",
        FileKind::Presentation => "Presentation",
        FileKind::Form => "Form",
        FileKind::Drawing => "Drawing",
        FileKind::Pdf => "PDF",
        FileKind::Image => "Picture",
        FileKind::Video => "Video",
        FileKind::Audio => "Sound",
        FileKind::Archive => "Archive",
        FileKind::Text => "Text",
        FileKind::Shortcut => "Shortcut",
        FileKind::Other => "File",
    }
}

/// What several of a kind are called.
pub fn kinds(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Folder => "Folders",
        FileKind::Document => "Documents",
        FileKind::Spreadsheet => "Spreadsheets",
        FileKind::Presentation => "Presentations",
        FileKind::Form => "Forms",
        FileKind::Drawing => "Drawings",
        FileKind::Pdf => "PDFs",
        FileKind::Image => "Pictures",
        FileKind::Video => "Videos",
        FileKind::Audio => "Sounds",
        FileKind::Archive => "Archives",
        FileKind::Text => "Texts",
        FileKind::Shortcut => "Shortcuts",
        FileKind::Other => "Other files",
    }
}

/// In which order.
pub fn sort(sort: FileSort) -> &'static str {
    match sort {
        FileSort::Name => "By name",
        FileSort::Newest => "Newest first",
        FileSort::Oldest => "Oldest first",
        FileSort::Largest => "Largest first",
    }
}

/// How many, as far as is known. Without `format!`, as the browser's half takes it along.
pub fn count(files: usize, more: bool) -> String {
    let unit = if files == 1 { " file" } else { " files" };
    files.to_string() + unit + if more { " so far" } else { "" }
}

/// A size in the largest unit of which there is at least one, with two digits at least (`9.5 MB`, `95 MB`). Units of
/// 1,000, as the letters say (ISO 80000-1).
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
    fn sizes_are_told_in_the_largest_unit_that_fits() {
        for (bytes, told) in [
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
            assert_eq!(size(bytes), told, "{bytes}");
        }
    }

    #[test]
    fn one_file_is_not_several() {
        assert_eq!(
            (count(0, false), count(1, false), count(2, false)),
            ("0 files".into(), "1 file".into(), "2 files".into())
        );
        assert_eq!(count(50, true), "50 files so far");
    }
}
