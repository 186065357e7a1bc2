//! An authenticator app: RFC 6238 and RFC 4648, written for these tests alone.

use aws_lc_rs::hmac;

use crate::http::{app::App, browser::Page};

pub struct Phone {
    secret: Vec<u8>,
}

impl Phone {
    /// Types the key of a page that sets an app up.
    pub fn scan(page: &Page) -> Self {
        let text = page.body.split("class=\"secret\">").nth(1).unwrap_or_else(|| panic!("no key: {page:?}"));
        let text = text.split('<').next().unwrap_or_default();
        assert!(page.body.contains("role=\"img\"") && page.body.contains("<path"), "no QR code");
        Self { secret: base32(text) }
    }

    pub fn is_same_as(&self, other: &Self) -> bool {
        self.secret == other.secret
    }

    /// The secret as bytes, to look for it in the database.
    pub fn secret(&self) -> &[u8] {
        &self.secret
    }

    /// What it shows now.
    pub fn code(&self, app: &App) -> String {
        self.code_at(app.now().unix_timestamp())
    }

    pub fn code_at(&self, unix: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let tag = hmac::sign(&key, &(unix / 30).to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag[19] & 15);
        let bits = tag[offset..offset + 4].iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte));
        format!("{:06}", (bits & 0x7fff_ffff) % 1_000_000)
    }

    /// Six digits that it does not show now, a step ago or in a step.
    pub fn wrong_code(&self, app: &App) -> String {
        let now = app.now().unix_timestamp();
        let right = [-60, -30, 0, 30, 60].map(|skew| self.code_at(now + skew));
        (0..).map(|number| format!("{number:06}")).find(|code| !right.contains(code)).expect("a wrong code")
    }
}

fn base32(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for character in text.chars().filter(|character| !character.is_whitespace()) {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(character).expect("Base32");
        bits = (bits << 5) | u32::try_from(value).expect("five bits");
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    bytes
}
