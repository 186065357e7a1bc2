//! A QR code as the shapes of an inline SVG. Drawn here: a third party that drew it would learn the secret.

use std::fmt;

use qrcode::{Color, EcLevel};

/// White modules around the code (ISO/IEC 18004 §5.3.8).
const QUIET_ZONE: usize = 4;

/// A square of black and white modules. Does not print: it holds the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct QrCode {
    size: usize,
    path: String,
}

impl QrCode {
    /// `None` if the text is too long for a QR code.
    pub fn of(text: &str) -> Option<Self> {
        let code = qrcode::QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let (width, colors) = (code.width(), code.to_colors());
        let rows = colors.chunks(width).enumerate();
        let path = rows.flat_map(|(y, row)| runs(row).map(move |(x, length)| line(x, y, length))).collect();
        Some(Self { size: width + 2 * QUIET_ZONE, path })
    }

    /// Width and height of the view box, in modules, with the quiet zone.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The attribute `d` of a path whose area is the black modules.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Debug for QrCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QrCode({} modules)", self.size)
    }
}

/// The black runs of a row: where each starts, and its length.
fn runs(row: &[Color]) -> impl Iterator<Item = (usize, usize)> {
    let starts = (0..row.len()).filter(|x| row[*x] == Color::Dark && (*x == 0 || row[*x - 1] == Color::Light));
    starts.map(|x| (x, row[x..].iter().take_while(|color| **color == Color::Dark).count()))
}

fn line(x: usize, y: usize, length: usize) -> String {
    format!("M{} {}h{length}v1h-{length}z", x + QUIET_ZONE, y + QUIET_ZONE)
}
