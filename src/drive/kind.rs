//! File types. One table maps MIME types to kinds and kinds to search clauses, so that the filter and the icons agree.

use crate::codes::files::FileKind;

/// The MIME types of a kind, in full or by prefix. No type belongs to two kinds; one in no row is [`FileKind::Other`].
struct Row {
    kind: FileKind,
    full: &'static [&'static str],
    prefixes: &'static [&'static str],
}

const ROWS: &[Row] = &[
    Row { kind: FileKind::Folder, full: &["application/vnd.google-apps.folder"], prefixes: &[] },
    Row { kind: FileKind::Shortcut, full: &["application/vnd.google-apps.shortcut"], prefixes: &[] },
    Row {
        kind: FileKind::Document,
        full: &["application/vnd.google-apps.document", "application/msword", "application/rtf"],
        prefixes: &[
            "application/vnd.openxmlformats-officedocument.wordprocessingml",
            "application/vnd.ms-word",
            "application/vnd.oasis.opendocument.text",
        ],
    },
    Row {
        kind: FileKind::Spreadsheet,
        full: &["application/vnd.google-apps.spreadsheet"],
        prefixes: &[
            "application/vnd.openxmlformats-officedocument.spreadsheetml",
            "application/vnd.ms-excel",
            "application/vnd.oasis.opendocument.spreadsheet",
        ],
    },
    Row {
        kind: FileKind::Presentation,
        full: &["application/vnd.google-apps.presentation"],
        prefixes: &[
            "application/vnd.openxmlformats-officedocument.presentationml",
            "application/vnd.ms-powerpoint",
            "application/vnd.oasis.opendocument.presentation",
        ],
    },
    Row { kind: FileKind::Form, full: &["application/vnd.google-apps.form"], prefixes: &[] },
    Row {
        kind: FileKind::Drawing,
        full: &["application/vnd.google-apps.drawing", "application/vnd.google-apps.jam"],
        prefixes: &["application/vnd.oasis.opendocument.graphics", "application/vnd.visio"],
    },
    Row { kind: FileKind::Pdf, full: &["application/pdf"], prefixes: &[] },
    Row { kind: FileKind::Image, full: &["application/vnd.google-apps.photo"], prefixes: &["image/"] },
    Row {
        kind: FileKind::Video,
        full: &["application/vnd.google-apps.video", "application/vnd.google-apps.vid"],
        prefixes: &["video/"],
    },
    Row { kind: FileKind::Audio, full: &["application/vnd.google-apps.audio"], prefixes: &["audio/"] },
    Row {
        kind: FileKind::Archive,
        full: &["application/zip", "application/gzip", "application/vnd.rar", "application/java-archive"],
        prefixes: &[
            "application/x-zip",
            "application/x-gzip",
            "application/x-rar",
            "application/x-7z",
            "application/x-tar",
            "application/x-bzip",
        ],
    },
    Row {
        kind: FileKind::Text,
        full: &[
            "application/json",
            "application/xml",
            "application/yaml",
            "application/sql",
            "application/javascript",
            "application/x-javascript",
            "application/x-sh",
            "application/vnd.google-apps.script",
        ],
        prefixes: &["text/"],
    },
];

impl Row {
    fn has(&self, mime_type: &str) -> bool {
        self.full.contains(&mime_type) || self.prefixes.iter().any(|prefix| mime_type.starts_with(prefix))
    }
}

pub fn kind_of(mime_type: &str) -> FileKind {
    ROWS.iter().find(|row| row.has(mime_type)).map_or(FileKind::Other, |row| row.kind)
}

/// The clause of `q` that filters by a kind. `contains` matches prefixes ("Search query terms and operators").
pub fn clause(kind: FileKind) -> String {
    match ROWS.iter().find(|row| row.kind == kind) {
        Some(row) => {
            let full = row.full.iter().map(|mime_type| format!("mimeType = '{mime_type}'"));
            let prefixes = row.prefixes.iter().map(|prefix| format!("mimeType contains '{prefix}'"));
            format!("({})", full.chain(prefixes).collect::<Vec<_>>().join(" or "))
        }
        None => {
            let full = ROWS.iter().flat_map(|row| row.full).map(|mime_type| format!("mimeType != '{mime_type}'"));
            let prefixes =
                ROWS.iter().flat_map(|row| row.prefixes).map(|prefix| format!("not mimeType contains '{prefix}'"));
            full.chain(prefixes).collect::<Vec<_>>().join(" and ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const KNOWN: &[(&str, FileKind)] = &[
        ("application/vnd.google-apps.folder", FileKind::Folder),
        ("application/vnd.google-apps.shortcut", FileKind::Shortcut),
        ("application/vnd.google-apps.document", FileKind::Document),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", FileKind::Document),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.template", FileKind::Document),
        ("application/vnd.ms-word.document.macroenabled.12", FileKind::Document),
        ("application/vnd.oasis.opendocument.text", FileKind::Document),
        ("application/vnd.oasis.opendocument.text-template", FileKind::Document),
        ("application/msword", FileKind::Document),
        ("application/vnd.google-apps.spreadsheet", FileKind::Spreadsheet),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", FileKind::Spreadsheet),
        ("application/vnd.ms-excel", FileKind::Spreadsheet),
        ("application/vnd.oasis.opendocument.spreadsheet", FileKind::Spreadsheet),
        ("application/vnd.google-apps.presentation", FileKind::Presentation),
        ("application/vnd.openxmlformats-officedocument.presentationml.presentation", FileKind::Presentation),
        ("application/vnd.ms-powerpoint", FileKind::Presentation),
        ("application/vnd.google-apps.form", FileKind::Form),
        ("application/vnd.google-apps.drawing", FileKind::Drawing),
        ("application/vnd.oasis.opendocument.graphics", FileKind::Drawing),
        ("application/pdf", FileKind::Pdf),
        ("image/jpeg", FileKind::Image),
        ("image/svg+xml", FileKind::Image),
        ("video/mp4", FileKind::Video),
        ("application/vnd.google-apps.vid", FileKind::Video),
        ("audio/mpeg", FileKind::Audio),
        ("application/zip", FileKind::Archive),
        ("application/x-zip-compressed", FileKind::Archive),
        ("application/x-7z-compressed", FileKind::Archive),
        ("text/plain", FileKind::Text),
        ("text/csv", FileKind::Text),
        ("application/json", FileKind::Text),
        ("application/octet-stream", FileKind::Other),
        ("application/vnd.google-apps.map", FileKind::Other),
        ("application/vnd.google-apps.site", FileKind::Other),
        ("application/vnd.google-apps.drive-sdk.7081045131", FileKind::Other),
        ("", FileKind::Other),
    ];

    #[test]
    fn a_clause_finds_exactly_the_types_of_its_kind() {
        for (mime_type, kind) in KNOWN {
            assert_eq!(kind_of(mime_type), *kind, "{mime_type}");
            for filter in FileKind::ALL {
                // By Google's documentation `contains` matches prefixes; the result is the same if it matches anywhere.
                for matches in [str::starts_with as fn(&str, &'static str) -> bool, |text, part| text.contains(part)] {
                    assert_eq!(
                        finds(&clause(*filter), mime_type, matches),
                        filter == kind,
                        "{mime_type} as {filter:?}"
                    );
                }
            }
        }
        let untested: Vec<_> =
            FileKind::ALL.iter().filter(|kind| KNOWN.iter().all(|(_, known)| known != *kind)).collect();
        assert!(untested.is_empty(), "{untested:?} is not in the table of this test");
    }

    #[test]
    fn no_type_belongs_to_two_kinds() {
        for row in ROWS {
            for mime_type in row.full.iter().chain(row.prefixes) {
                assert_eq!(ROWS.iter().filter(|other| other.has(mime_type)).count(), 1, "{mime_type}");
            }
        }
    }

    #[rstest]
    #[case(FileKind::Pdf, "(mimeType = 'application/pdf')")]
    #[case(FileKind::Image, "(mimeType = 'application/vnd.google-apps.photo' or mimeType contains 'image/')")]
    fn a_clause_is_in_parentheses(#[case] kind: FileKind, #[case] expected: &str) {
        assert_eq!(clause(kind), expected);
    }

    /// Evaluates the clause as Google would.
    fn finds(clause: &str, mime_type: &str, matches: fn(&str, &'static str) -> bool) -> bool {
        let term = |term: &str| {
            let (field, quoted) = term.split_once(" '").unwrap();
            let value: &'static str = Box::leak(quoted.trim_end_matches('\'').to_owned().into_boxed_str());
            match field {
                "mimeType =" => mime_type == value,
                "mimeType !=" => mime_type != value,
                "mimeType contains" => matches(mime_type, value),
                "not mimeType contains" => !matches(mime_type, value),
                other => panic!("{other}"),
            }
        };
        match clause.strip_prefix('(').and_then(|inside| inside.strip_suffix(')')) {
            Some(inside) => inside.split(" or ").any(term),
            None => clause.split(" and ").all(term),
        }
    }
}
