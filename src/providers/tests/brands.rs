//! `style/brands.css` is generated from the table.

use std::{fmt::Write, fs};

use super::*;

const FILE: &str = "style/brands.css";

fn rule(slug: &str, palette: &Palette, indent: &str) -> String {
    let Palette { fill, hover, line, ink } = palette;
    format!(
        "{indent}.way[data-brand=\"{slug}\"] {{\n\
         {indent}  --provider-fill: {fill};\n\
         {indent}  --provider-fill-hover: {hover};\n\
         {indent}  --provider-line: {line};\n\
         {indent}  --provider-ink: {ink};\n\
         {indent}}}\n"
    )
}

fn generated() -> String {
    let mut css = "/* The colours of each provider's button. Generated from the table of built-in providers by\n   \
                   src/providers/tests/brands.rs: change the table and run the test twice. */\n"
        .to_owned();
    for row in BUILT_IN {
        write!(css, "\n{}", rule(row.slug, &row.button.light, "")).unwrap();
    }
    css.push_str("\n@media (prefers-color-scheme: dark) {\n");
    let dark: Vec<String> = BUILT_IN.iter().map(|row| rule(row.slug, &row.button.dark, "  ")).collect();
    css.push_str(&dark.join("\n"));
    css.push_str("}\n");
    css
}

/// Rewrites the file when it is out of date, and fails that once.
#[test]
fn the_style_sheet_has_the_colours_of_the_table() {
    let generated = generated();
    if fs::read_to_string(FILE).is_ok_and(|css| css == generated) {
        return;
    }
    fs::write(FILE, generated).unwrap();
    panic!("{FILE} was out of date and has been rewritten: run the test again");
}

#[test]
fn the_text_of_every_button_has_a_contrast_of_4_5() {
    for row in BUILT_IN {
        for palette in [row.button.light, row.button.dark] {
            for ground in [palette.fill, palette.hover] {
                let contrast = contrast(palette.ink, ground);
                assert!(contrast >= 4.5, "{}: {} on {ground} has {contrast:.2}", row.slug, palette.ink);
            }
        }
    }
}

/// WCAG 2.2, "contrast ratio".
fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// WCAG 2.2, "relative luminance".
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    assert_eq!(colour.len(), 7, "{colour}");
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}
