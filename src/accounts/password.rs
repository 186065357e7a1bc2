//! Which passwords are good enough: by their length, and by how soon a guesser would come to them. Of what characters
//! they are made is nobody's business (NIST SP 800-63B-4 §3.1.1.2).

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;
use zxcvbn::zxcvbn;

/// A password that the person may have from now on, in its canonical form. Never printed.
#[derive(Clone)]
pub struct NewPassword(SecretString);

/// Why a password was not accepted. Never carries the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than 8 characters.
    #[error("the password has fewer than 8 characters")]
    Short,
    /// More than 1024 characters, or 4096 bytes.
    #[error("the password has more than 1024 characters")]
    Long,
    /// Among those that are tried first.
    #[error("the password is among those that are tried first")]
    Common,
    /// Good enough for a stranger, but made of what anyone knows of this person, or of our name.
    #[error("the password is made of the person's own address or name, or of ours")]
    Personal,
}

impl NewPassword {
    /// Judges a password that somebody chose. `personal` is what a guesser would try for this person before all else:
    /// their address and their name; the parts of these and our own name need not be told. Takes some milliseconds, and
    /// up to some tenths of a second for what is made to take long: not for a thread that others wait for.
    ///
    /// # Errors
    /// [`PasswordError`]: what is wrong with it, length first.
    pub fn choose(password: &SecretString, personal: &[&str]) -> Result<Self, PasswordError> {
        let password = canonical_password(password).ok_or(PasswordError::Long)?;
        let text = password.expose_secret();
        match text.chars().count() {
            count if count < FEWEST => return Err(PasswordError::Short),
            count if count > MOST => return Err(PasswordError::Long),
            _ => {}
        }
        match is_soon_guessed(text, &words(personal)) {
            false => Ok(Self(password)),
            true if is_soon_guessed(text, &[]) => Err(PasswordError::Common),
            true => Err(PasswordError::Personal),
        }
    }

    /// The password, to be hashed.
    pub fn expose(&self) -> &SecretString {
        &self.0
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewPassword(…)")
    }
}

/// The form in which a password is hashed, when it is chosen as when it is tried: Unicode's NFC, because one keyboard
/// sends `é` as one code point and another as two. Nothing is trimmed or folded. `None` when it has more than 4096
/// bytes: such was never chosen.
pub fn canonical_password(password: &SecretString) -> Option<SecretString> {
    let text = password.expose_secret();
    (text.len() <= LONGEST).then(|| SecretString::from(text.nfc().collect::<String>()))
}

/// In code points. NIST SP 800-63B-4 §3.1.1.2 asks for 15 where the password is the only factor and for 8 beside another
/// one, and to take 64 or more. Here 8 will do, if they are not guessed soon: the number of tries is limited.
const FEWEST: usize = 8;
const MOST: usize = 1024;

/// In bytes: `MOST` code points of four.
const LONGEST: usize = 4 * MOST;

/// How many guesses a password must withstand. Tries at the login page are limited to some thousands a day.
const GUESSES: u64 = 1_000_000;

/// How many code points of a password are judged: what is good enough so far is good enough. The work grows with the
/// square of it or faster.
const JUDGED: usize = 40;

fn is_soon_guessed(password: &str, words: &[&str]) -> bool {
    zxcvbn(beginning(password), words).guesses() < GUESSES
}

/// What is known of somebody, as a whole, before its `@`, and word by word.
fn words<'a>(personal: &[&'a str]) -> Vec<&'a str> {
    let parts = personal.iter().flat_map(|text| {
        let before = text.split_once('@').map(|(before, _)| before);
        [*text].into_iter().chain(before).chain(text.split(|c: char| !c.is_alphanumeric()))
    });
    let words = parts.filter(|part| part.chars().nth(1).is_some()).map(beginning);
    ["latchkey"].into_iter().chain(words).collect()
}

fn beginning(text: &str) -> &str {
    text.char_indices().nth(JUDGED).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn choose(text: &str) -> Result<NewPassword, PasswordError> {
        let place = "Taumatawhakatangihangakoauauotamateaturipukakapiki";
        NewPassword::choose(&text.into(), &["ada.lovelace@example.com", "Ada Lovelace", place])
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
    fn what_is_guessed_soon_is_refused(#[case] text: &str, #[case] error: PasswordError) {
        assert_eq!(choose(text).unwrap_err(), error);
    }

    #[rstest]
    #[case("correct horse battery staple")]
    #[case("kX4#pQz!")]
    #[case("  spaces at both ends stay  ")]
    #[case("🦀🐢🦊🐙🦉🐝🦋🐌")]
    #[case("пароль не из словаря")]
    fn a_good_password_stays_what_it_is(#[case] text: &str) {
        assert_eq!(choose(text).unwrap().expose().expose_secret(), text);
    }

    #[test]
    fn what_is_personal_to_one_is_good_enough_for_another() {
        assert!(NewPassword::choose(&"ada.lovelace@example.com".into(), &["grace@example.org"]).is_ok());
    }

    #[test]
    fn a_password_has_1024_characters_at_most() {
        let long = |characters| "🦀🐢🦊🐙🦉🐝🦋🐌🐬🦔".chars().cycle().take(characters).collect::<String>();
        let start = "correct horse battery staple";
        let rest = MOST - start.chars().count();
        assert!(choose(&format!("{start}{}", long(rest))).is_ok());
        assert_eq!(choose(&format!("{start}{}", long(rest + 1))).unwrap_err(), PasswordError::Long);
        assert_eq!(choose(&format!("{start}{}", "x".repeat(rest))).map(drop), Ok(()));
        assert_eq!(choose(&format!("{start}{}", "x".repeat(rest + 1))).unwrap_err(), PasswordError::Long);
        assert_eq!(choose(&" ".repeat(MOST)).unwrap_err(), PasswordError::Common);
    }

    #[test]
    fn two_spellings_of_one_password_are_one() {
        let [composed, decomposed] =
            ["sm\u{f6}rg\u{e5}sbord i B\u{e5}stad", "smo\u{308}rga\u{30a}sbord i Ba\u{30a}stad"]
                .map(|text| choose(text).unwrap());
        assert_eq!(composed.expose().expose_secret(), decomposed.expose().expose_secret());
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
    fn nothing_takes_long_to_judge(#[case] pattern: &str) {
        let text: String = pattern.chars().cycle().take(MOST).collect();
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
