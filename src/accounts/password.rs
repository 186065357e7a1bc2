//! Password strength: length and estimated guesses. No composition rules (NIST SP 800-63B-4 §3.1.1.2).

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;
use zxcvbn::zxcvbn;

/// An accepted password in canonical form. Does not print.
#[derive(Clone)]
pub struct NewPassword(SecretString);

/// What an operator may decide about passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    min_chars: usize,
}

impl PasswordRules {
    /// Code points that a new password must have; from 8 to 64, which every password may have (NIST SP 800-63B-4
    /// §3.1.1.2).
    pub fn with_min_length(chars: usize) -> Option<Self> {
        (MIN_CHARS..=64).contains(&chars).then_some(Self { min_chars: chars })
    }

    pub const fn min_length(self) -> usize {
        self.min_chars
    }
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self { min_chars: MIN_CHARS }
    }
}

/// Never contains the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("the password has fewer characters than the minimum")]
    Short,
    /// More than 1024 characters, or 4096 bytes.
    #[error("the password has more than 1024 characters")]
    Long,
    #[error("the password is too common")]
    Common,
    /// Strong enough for somebody else, but derived from this user's email address or name, or from the product's name.
    #[error("the password is derived from the user's email address or name, or from the product's name")]
    Personal,
}

impl NewPassword {
    /// Checks a password. `personal` is what an attacker would try first for this user: email address and name; their
    /// parts and the product's name are added. Takes milliseconds, for hostile input tenths of a second: not for an
    /// async thread.
    ///
    /// # Errors
    /// [`PasswordError`], length first.
    pub fn choose(password: &SecretString, personal: &[&str], rules: PasswordRules) -> Result<Self, PasswordError> {
        let password = canonical_password(password).ok_or(PasswordError::Long)?;
        let text = password.expose_secret();
        match text.chars().count() {
            count if count < rules.min_chars => return Err(PasswordError::Short),
            count if count > MAX_CHARS => return Err(PasswordError::Long),
            _ => {}
        }
        match is_weak(text, &words(personal)) {
            false => Ok(Self(password)),
            true if is_weak(text, &[]) => Err(PasswordError::Common),
            true => Err(PasswordError::Personal),
        }
    }

    pub fn expose(&self) -> &SecretString {
        &self.0
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewPassword(…)")
    }
}

/// The form in which a password is hashed: Unicode NFC, because keyboards differ in sending `é` as one code point or
/// two. Nothing is trimmed or folded. `None` above 4096 bytes: no accepted password is that long.
pub fn canonical_password(password: &SecretString) -> Option<SecretString> {
    let text = password.expose_secret();
    (text.len() <= MAX_BYTES).then(|| SecretString::from(text.nfc().collect::<String>()))
}

/// In code points. NIST SP 800-63B-4 §3.1.1.2 requires 15 where the password is the only factor, 8 beside another one,
/// and to accept at least 64. Here 8 suffice with the strength estimate, as attempts are limited.
const MIN_CHARS: usize = 8;
const MAX_CHARS: usize = 1024;

/// In bytes: `MAX_CHARS` code points of four.
const MAX_BYTES: usize = 4 * MAX_CHARS;

/// Guesses that a password must withstand. Attempts at the login page are limited to some thousands a day.
const MIN_GUESSES: u64 = 1_000_000;

/// Code points that the estimate looks at, as its work grows at least quadratically.
const ESTIMATED_CHARS: usize = 40;

fn is_weak(password: &str, words: &[&str]) -> bool {
    zxcvbn(beginning(password), words).guesses() < MIN_GUESSES
}

/// Each text as a whole, its part before the `@`, and its words.
fn words<'a>(personal: &[&'a str]) -> Vec<&'a str> {
    let parts = personal.iter().flat_map(|text| {
        let before = text.split_once('@').map(|(before, _)| before);
        [*text].into_iter().chain(before).chain(text.split(|c: char| !c.is_alphanumeric()))
    });
    let words = parts.filter(|part| part.chars().nth(1).is_some()).map(beginning);
    ["latchkey"].into_iter().chain(words).collect()
}

fn beginning(text: &str) -> &str {
    text.char_indices().nth(ESTIMATED_CHARS).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn choose(text: &str) -> Result<NewPassword, PasswordError> {
        let place = "Taumatawhakatangihangakoauauotamateaturipukakapiki";
        NewPassword::choose(
            &text.into(),
            &["ada.lovelace@example.com", "Ada Lovelace", place],
            PasswordRules::default(),
        )
    }

    #[rstest]
    #[case::a_word("password", PasswordError::Common)]
    #[case::a_word_in_disguise("P@ssw0rd", PasswordError::Common)]
    #[case::digits("12345678", PasswordError::Common)]
    #[case::keys_side_by_side("qwertyuiop", PasswordError::Common)]
    #[case::one_key("aaaaaaaaaaaaaaaaaaaaaaaa", PasswordError::Common)]
    #[case::a_birthday("19.12.1815", PasswordError::Common)]
    #[case::our_name("latchkey1", PasswordError::Personal)]
    #[case::the_address("ada.lovelace@example.com", PasswordError::Personal)]
    #[case::the_address_in_capitals("Ada.Lovelace@Example.Com", PasswordError::Personal)]
    #[case::the_local_part("ada.lovelace1", PasswordError::Personal)]
    #[case::the_name("AdaLovelace", PasswordError::Personal)]
    #[case::a_long_name("taumatawhakatangihangakoauauotamateaturipukakapiki", PasswordError::Personal)]
    #[case::nothing("", PasswordError::Short)]
    #[case::seven("kX4#pQz", PasswordError::Short)]
    #[case::seven_of_two_code_points_each(
        "e\u{301}o\u{308}a\u{30a}u\u{308}n\u{303}c\u{327}i\u{302}",
        PasswordError::Short
    )]
    fn weak_passwords_are_refused(#[case] text: &str, #[case] error: PasswordError) {
        assert_eq!(choose(text).unwrap_err(), error);
    }

    #[rstest]
    #[case("correct horse battery staple")]
    #[case("kX4#pQz!")]
    #[case("  spaces at both ends stay  ")]
    #[case("🦀🐢🦊🐙🦉🐝🦋🐌")]
    #[case("пароль не из словаря")]
    fn a_strong_password_is_accepted_unchanged(#[case] text: &str) {
        assert_eq!(choose(text).unwrap().expose().expose_secret(), text);
    }

    #[test]
    fn personal_words_count_for_their_user_only() {
        let chosen =
            NewPassword::choose(&"ada.lovelace@example.com".into(), &["grace@example.org"], PasswordRules::default());
        assert!(chosen.is_ok());
    }

    #[test]
    fn a_password_has_1024_characters_at_most() {
        let long = |characters| "🦀🐢🦊🐙🦉🐝🦋🐌🐬🦔".chars().cycle().take(characters).collect::<String>();
        let start = "correct horse battery staple";
        let rest = MAX_CHARS - start.chars().count();
        assert!(choose(&format!("{start}{}", long(rest))).is_ok());
        assert_eq!(choose(&format!("{start}{}", long(rest + 1))).unwrap_err(), PasswordError::Long);
        assert_eq!(choose(&format!("{start}{}", "x".repeat(rest))).map(drop), Ok(()));
        assert_eq!(choose(&format!("{start}{}", "x".repeat(rest + 1))).unwrap_err(), PasswordError::Long);
        assert_eq!(choose(&" ".repeat(MAX_CHARS)).unwrap_err(), PasswordError::Common);
    }

    #[test]
    fn two_spellings_of_one_password_are_one() {
        let [composed, decomposed] =
            ["sm\u{f6}rg\u{e5}sbord i B\u{e5}stad", "smo\u{308}rga\u{30a}sbord i Ba\u{30a}stad"]
                .map(|text| choose(text).unwrap());
        assert_eq!(composed.expose().expose_secret(), decomposed.expose().expose_secret());
    }

    #[test]
    fn a_longer_minimum_holds_beside_the_estimate() {
        let rules = PasswordRules::with_min_length(15).unwrap();
        let choose = |text: &str| NewPassword::choose(&text.into(), &[], rules).map(drop);
        assert_eq!(choose("kX4#pQz!vW5&bN"), Err(PasswordError::Short));
        assert_eq!(choose("kX4#pQz!vW5&bN2"), Ok(()));
        assert_eq!(choose("passwordpassword"), Err(PasswordError::Common));
        for refused in [0, 7, 65] {
            assert_eq!(PasswordRules::with_min_length(refused), None);
        }
    }

    #[test]
    fn a_password_is_not_printed() {
        assert_eq!(format!("{:?}", choose("correct horse battery staple")), "Ok(NewPassword(…))");
    }

    #[rstest]
    #[case("4@8({[<369!|1705$+%2")]
    #[case("ab")]
    #[case("aab")]
    #[case("1qaz2wsx")]
    #[case("1")]
    #[case("12")]
    #[case("19.12.1815")]
    #[case("passwordp@ssw0rd")]
    #[case("İßΣ\u{301}")]
    fn hostile_passwords_are_estimated_quickly(#[case] pattern: &str) {
        let text: String = pattern.chars().cycle().take(MAX_CHARS).collect();
        let begin = Instant::now();
        drop(choose(&text));
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "\\PC{0,120}", other in "[a4@8({\\[<İß\u{301}1-9 ]{8,60}") {
            drop(choose(&text));
            drop(choose(&other));
        }
    }
}
