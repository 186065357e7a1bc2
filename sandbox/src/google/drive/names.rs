//! File names: ordinary ones, and those that break pages.

const WORDS: &[&str] = &[
    "Budget",
    "Minutes",
    "Travel plan",
    "Invoice",
    "Holiday",
    "Lecture notes",
    "Recipe",
    "Garden",
    "Contract",
    "Survey",
    "Analytical engine",
    "Übersicht",
    "Résumé",
    "旅行計画",
    "Proof",
    "Backup",
];
const HINTS: &[&str] =
    &["", " 2023", " 2024", " final", " (copy)", " v2", " - Zürich", " for Grace", " draft", " 10", " 9"];

/// Names that break pages; every drive has them right after the folders. Drive accepts them all.
pub const AWKWARD: &[&str] = &[
    "🦄👩🏽‍🚀 plans e\u{301} é.pdf",
    "تقرير الميزانية שנתי.docx",
    "invoice\u{202e}fdp.exe",
    r#"It's "quoted" \ and back\\slashed.txt"#,
    "<script>alert(1)</script><img src=x onerror=alert(1)>.html",
    "   ",
    "Untitled document",
    "Untitled document",
    "..",
    "../../etc/passwd",
    ".hidden",
    "two\nlines\r\nand a\ttab.txt",
    "line\u{2028}separator\u{85}.txt",
    "\u{200b}\u{feff}",
    "=HYPERLINK(\"http://evil.example\",\"total\").csv",
    "javascript:alert(1)",
    "100%25 &amp; done?#fragment.png",
    LONG,
];

/// Longer than any line, without a place to break it.
const LONG: &str = concat!(
    "WolfeschlegelsteinhausenbergerdorffMinutesOfTheMeetingWithoutAnEndAndWithoutASingleSpace",
    "WolfeschlegelsteinhausenbergerdorffMinutesOfTheMeetingWithoutAnEndAndWithoutASingleSpace",
    "WolfeschlegelsteinhausenbergerdorffMinutesOfTheMeetingWithoutAnEndAndWithoutASingleSpace",
    "WolfeschlegelsteinhausenbergerdorffMinutesOfTheMeetingWithoutAnEndAndWithoutASingleSpace",
    "WolfeschlegelsteinhausenbergerdorffMinutesOfTheMeetingWithoutAnEndAndWithoutASingleSpace",
    "WolfeschlegelsteinhausenbergerdorffMinutesOfTheMeetingWithoutAnEndAndWithoutASingleSpace",
    ".pdf"
);

pub fn of_folder(index: usize, mix: u64) -> String {
    // Two neighbours share a name.
    let number = if index == 9 { 8 } else { index };
    format!("{} {}", pick(WORDS, mix, 3), number + 1)
}

pub fn of_file(mix: u64, extension: Option<&str>) -> String {
    let (word, hint) = (pick(WORDS, mix, 3), pick(HINTS, mix, 11));
    extension.map_or_else(|| format!("{word}{hint}"), |extension| format!("{word}{hint}.{extension}"))
}

/// What follows the last dot, as Drive reads it.
pub fn extension(name: &str) -> Option<&str> {
    let (stem, extension) = name.rsplit_once('.')?;
    let fits = !stem.is_empty() && !extension.is_empty() && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then_some(extension)
}

fn pick<'a>(texts: &[&'a str], mix: u64, turn: u32) -> &'a str {
    let length = texts.len() as u64;
    usize::try_from(mix.rotate_right(turn) % length)
        .ok()
        .and_then(|index| texts.get(index))
        .copied()
        .unwrap_or_default()
}
