//! The site's name, colours and radii, as emails need them: mail clients know neither custom properties nor `oklch`.
//! A test compares the values with `style/tokens.css`.

pub(super) const NAME: &str = "Latchkey";

/// The mark as a picture of 64 by 64 pixels, shown at half that size: mail clients do not draw SVG.
pub(super) const MARK: &[u8] = include_bytes!("mark.png");
/// By which the HTML names it (`cid:`).
pub(super) const MARK_ID: &str = "mark";

/// `--font`.
pub(super) const FONT: &str =
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', Arial, sans-serif";
/// `--font-code`.
pub(super) const FONT_CODE: &str = "ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace";
/// `--radius`, in pixels.
pub(super) const RADIUS: u32 = 10;
/// `--radius-large`, in pixels.
pub(super) const RADIUS_LARGE: u32 = 16;

pub(super) struct Palette {
    pub ground: &'static str,
    pub surface: &'static str,
    pub line: &'static str,
    pub ink: &'static str,
    pub ink_soft: &'static str,
    pub accent: &'static str,
    pub on_accent: &'static str,
}

pub(super) const LIGHT: Palette = Palette {
    ground: "#f5f9f8",
    surface: "#ffffff",
    line: "#dae1df",
    ink: "#151f1e",
    ink_soft: "#4c5857",
    accent: "#0e6753",
    on_accent: "#f9fdfb",
};

pub(super) const DARK: Palette = Palette {
    ground: "#0d1211",
    surface: "#161d1b",
    line: "#2a3230",
    ink: "#edf1f0",
    ink_soft: "#a7b2af",
    accent: "#75d7b7",
    on_accent: "#061a14",
};

#[cfg(test)]
mod tests {
    use super::*;

    const TOKENS: &str = include_str!("../../style/tokens.css");

    /// The value of a custom property, in one part of the style sheet.
    fn token<'a>(css: &'a str, name: &str) -> &'a str {
        let (_, value) = css.split_once(&format!("  --{name}: ")).expect(name);
        value.split_once(';').expect(name).0
    }

    /// `oklch(L C H)` as sRGB (CSS Color 4 §9.3, §10.2).
    fn hex(oklch: &str) -> String {
        let numbers = oklch.trim_start_matches("oklch(").trim_end_matches(')').split(' ');
        let numbers: Vec<f64> = numbers.map(|number| number.parse().expect("a number")).collect();
        let [lightness, chroma, hue] = numbers[..] else { panic!("{oklch}") };
        let (a, b) = (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
        let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
        let rgb = [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s,
        ];
        let digits = rgb.map(|linear| {
            let linear = linear.clamp(0.0, 1.0);
            let encoded = if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
            format!("{:02x}", (encoded * 255.0).round() as u8)
        });
        format!("#{}", digits.concat())
    }

    #[test]
    fn colours_match_the_style_sheet() {
        let (light, dark) = TOKENS.split_once("prefers-color-scheme: dark").expect("two palettes");
        for (css, palette) in [(light, LIGHT), (dark, DARK)] {
            let Palette { ground, surface, line, ink, ink_soft, accent, on_accent } = palette;
            for (name, colour) in [
                ("ground", ground),
                ("surface", surface),
                ("line", line),
                ("ink", ink),
                ("ink-soft", ink_soft),
                ("accent", accent),
                ("on-accent", on_accent),
            ] {
                assert_eq!(hex(token(css, name)), colour, "{name}");
            }
        }
    }

    #[test]
    fn font_and_radii_match_the_style_sheet() {
        assert_eq!(token(TOKENS, "font").replace('"', "'"), FONT);
        assert_eq!(token(TOKENS, "font-code").replace('"', "'"), FONT_CODE);
        for (name, pixels) in [("radius", RADIUS), ("radius-large", RADIUS_LARGE)] {
            let rem: f64 = token(TOKENS, name).trim_end_matches("rem").parse().expect("a length");
            assert_eq!(rem * 16.0, f64::from(pixels), "{name}");
        }
    }
}
