//! Kinds of files. One table says both what a MIME type is and what to ask for to get a kind, so that what is asked for
//! and what is shown agree.

use crate::codes::files::FileKind;

/// The MIME types of a kind: some whole, some by how they begin. None of them belongs to two kinds; what is in no row is
/// [`FileKind::Other`].
struct Row {
    kind: FileKind,
    whole: &'static [&'static str],
    begins: &'static [&'static str],
}

const ROWS: &[Row] = &[
    Row { kind: FileKind::Folder, whole: &["application/vnd.google-apps.folder"], begins: &[] },
    Row { kind: FileKind::Shortcut, whole: &["application/vnd.google-apps.shortcut"], begins: &[] },
    Row {
        kind: FileKind::Document,
        whole: &["application/vnd.google-apps.document", "application/msword", "application/rtf"],
        begins: &[
            "application/vnd.openxmlformats-officedocument.wordprocessingml",
            "application/vnd.ms-word",
            "application/vnd.oasis.opendocument.text",
        ],
    },
    Row {
        kind: FileKind::Spreadsheet,
        whole: &["application/vnd.google-apps.spreadsheet"],
        begins: &[
            "application/vnd.openxmlformats-officedocument.spreadsheetml",
            "application/vnd.ms-excel",
            "application/vnd.oasis.opendocument.spreadsheet",
        ],
    },
    Row {
        kind: FileKind::Presentation,
        whole: &["application/vnd.google-apps.presentation"],
        begins: &[
            "application/vnd.openxmlformats-officedocument.presentationml",
            "application/vnd.ms-powerpoint",
            "application/vnd.oasis.opendocument.presentation",
        ],
    },
    Row { kind: FileKind::Form, whole: &["application/vnd.google-apps.form"], begins: &[] },
    Row {
        kind: FileKind::Drawing,
        whole: &["application/vnd.google-apps.drawing", "application/vnd.google-apps.jam"],
        begins: &["application/vnd.oasis.opendocument.graphics", "application/vnd.visio"],
    },
    Row { kind: FileKind::Pdf, whole: &["application/pdf"], begins: &[] },
    Row { kind: FileKind::Image, whole: &["application/vnd.google-apps.photo"], begins: &["image/"] },
    Row {
        kind: FileKind::Video,
        whole: &["application/vnd.google-apps.video", "application/vnd.google-apps.vid"],
        begins: &["video/"],
    },
    Row { kind: FileKind::Audio, whole: &["application/vnd.google-apps.audio"], begins: &["audio/"] },
    Row {
        kind: FileKind::Archive,
        whole: &["application/zip", "application/gzip", "application/vnd.rar", "application/java-archive"],
        begins: &[
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
        whole: &[
            "application/json",
            "application/xml",
            "application/yaml",
            "application/sql",
            "application/javascript",
            "application/x-javascript",
            "application/x-sh",
            "application/vnd.google-apps.script",
        ],
        begins: &["text/"],
    },
];

impl Row {
    fn has(&self, mime_type: &str) -> bool {
        self.whole.contains(&mime_type) || self.begins.iter().any(|begin| mime_type.starts_with(begin))
    }
}

/// What kind of file has this MIME type.
pub fn kind_of(mime_type: &str) -> FileKind {
    ROWS.iter().find(|row| row.has(mime_type)).map_or(FileKind::Other, |row| row.kind)
}

/// The part of `q` that asks for a kind. `contains` looks at beginnings ("Search query terms and operators").
pub fn clause(kind: FileKind) -> String {
    match ROWS.iter().find(|row| row.kind == kind) {
        Some(row) => {
            let whole = row.whole.iter().map(|mime_type| format!("mimeType = '{mime_type}'"));
            let begins = row.begins.iter().map(|begin| format!("mimeType contains '{begin}'"));
            format!("({})", whole.chain(begins).collect::<Vec<_>>().join(" or "))
        }
        None => {
            let whole = ROWS.iter().flat_map(|row| row.whole).map(|mime_type| format!("mimeType != '{mime_type}'"));
            let begins = ROWS.iter().flat_map(|row| row.begins).map(|begin| format!("not mimeType contains '{begin}'"));
            whole.chain(begins).collect::<Vec<_>>().join(" and ")
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
    fn every_kind_is_told_by_its_types_and_asked_for_by_the_same() {
        for (mime_type, kind) in KNOWN {
            assert_eq!(kind_of(mime_type), *kind, "{mime_type}");
            for asked in FileKind::ALL {
                // Google looks at beginnings, by its documentation; should it look anywhere, it comes to the same.
                for looks in [str::starts_with as fn(&str, &'static str) -> bool, |text, part| text.contains(part)] {
                    assert_eq!(finds(&clause(*asked), mime_type, looks), asked == kind, "{mime_type} as {asked:?}");
                }
            }
        }
        let told: Vec<_> = FileKind::ALL.iter().filter(|kind| KNOWN.iter().all(|(_, known)| known != *kind)).collect();
        assert!(told.is_empty(), "{told:?} is not in the table of this test");
    }

    #[test]
    fn no_type_belongs_to_two_kinds() {
        for row in ROWS {
            for mime_type in row.whole.iter().chain(row.begins) {
                assert_eq!(ROWS.iter().filter(|other| other.has(mime_type)).count(), 1, "{mime_type}");
            }
        }
    }

    #[rstest]
    #[case(FileKind::Pdf, "(mimeType = 'application/pdf')")]
    #[case(FileKind::Image, "(mimeType = 'application/vnd.google-apps.photo' or mimeType contains 'image/')")]
    fn a_clause_stands_in_parentheses(#[case] kind: FileKind, #[case] wanted: &str) {
        assert_eq!(clause(kind), wanted);
    }

    /// Reads the clause as Google would.
    fn finds(clause: &str, mime_type: &str, looks: fn(&str, &'static str) -> bool) -> bool {
        let term = |term: &str| {
            let (field, quoted) = term.split_once(" '").unwrap();
            // Long enough for the test.
            let value: &'static str = Box::leak(quoted.trim_end_matches('\'').to_owned().into_boxed_str());
            match field {
                "mimeType =" => mime_type == value,
                "mimeType !=" => mime_type != value,
                "mimeType contains" => looks(mime_type, value),
                "not mimeType contains" => !looks(mime_type, value),
                other => panic!("{other}"),
            }
        };
        match clause.strip_prefix('(').and_then(|inside| inside.strip_suffix(')')) {
            Some(inside) => inside.split(" or ").any(term),
            None => clause.split(" and ").all(term),
        }
    }
}
