//! A code from an email, and who may authenticate by it.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::Duration;
use unicode_normalization::UnicodeNormalization;

use super::email::EmailAddress;
use super::verification_method::{VerificationMethod, VerifiedEmail};

/// How long a code is valid.
pub const EMAIL_CODE_LIFETIME: Duration = Duration::minutes(10);
/// Tries per code. One guess succeeds with a probability of 2⁻⁴⁰.
pub const EMAIL_CODE_ATTEMPTS: i64 = 5;

const LENGTH: usize = 8;
/// Digits and capitals without those that look alike (0 and O, 1 and I): 32, so that five random bits are one of them.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Eight characters that a person types. Does not print.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailCode(String);

impl EmailCode {
    /// 40 random bits, five for each character.
    pub fn from_random(random: [u8; 5]) -> Self {
        let bits = random.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        let character = |place: usize| char::from(ALPHABET[(bits >> (5 * place)) as usize % ALPHABET.len()]);
        Self((0..LENGTH).map(character).collect())
    }

    /// What the user typed: upper or lower case, with or without spaces and hyphens, also full-width (as Japanese keyboards
    /// write), or with the invisible characters that a copied text may have. `None` if it cannot be a code.
    pub fn parse(typed: &str) -> Option<Self> {
        // Longer than any way to write a code.
        if typed.len() > 64 {
            return None;
        }
        let is_separator = |character: char| {
            character.is_whitespace()
                || matches!(
                    character,
                    '-' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2015}' | '\u{2060}' | '\u{2212}' | '\u{feff}'
                )
        };
        let text: String = typed.nfkc().filter(|character| !is_separator(*character)).collect();
        let text = text.to_ascii_uppercase();
        (text.len() == LENGTH && text.bytes().all(|byte| ALPHABET.contains(&byte))).then_some(Self(text))
    }

    pub fn expose(&self) -> &str {
        &self.0
    }

    /// In two groups, as people read it.
    pub fn grouped(&self) -> String {
        let (first, second) = self.0.split_at(LENGTH / 2);
        format!("{first}-{second}")
    }
}

impl fmt::Debug for EmailCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EmailCode(…)")
    }
}

/// What decides whether a signed-in user may authenticate by a code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmailCodeFacts {
    pub verified_email: Option<VerifiedEmail>,
    /// The account has a password or a passkey.
    pub has_stronger: bool,
    /// An earlier address has an email that can still undo the change to this one.
    pub can_be_undone: bool,
}

impl EmailCodeFacts {
    /// Where a code may be sent. `None` if the user has something stronger, or no address, or one that a provider has
    /// replaced within a week: who controls that provider must not confirm changes before the earlier mailbox has had the
    /// time to undo this one.
    pub fn recipient(&self) -> Option<&EmailAddress> {
        let email = self.verified_email.as_ref()?;
        let is_replaced_by_provider = self.can_be_undone && email.method() != VerificationMethod::EmailLink;
        (!self.has_stronger && !is_replaced_by_provider).then(|| email.email())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rstest::rstest;

    use super::*;

    #[test]
    fn a_code_uses_all_random_bits_and_the_whole_alphabet() {
        let codes: BTreeSet<_> = (0..40)
            .map(|bit| {
                let bits = 1_u64 << bit;
                EmailCode::from_random(bits.to_be_bytes()[3..].try_into().unwrap()).0
            })
            .collect();
        assert_eq!(codes.len(), 40, "each bit counts");
        let used: BTreeSet<char> =
            (0..=255).flat_map(|byte| EmailCode::from_random([byte; 5]).0.chars().collect::<Vec<_>>()).collect();
        assert_eq!(used.len(), ALPHABET.len());
        assert!(!used.iter().any(|character| "01IO".contains(*character)));
    }

    #[rstest]
    #[case("ABCD-EFGH")]
    #[case("abcdefgh")]
    #[case(" abcd efgh ")]
    #[case("AB CD–EF-GH\n")]
    #[case::minus("ABCD−EFGH")]
    #[case::full_width("ＡＢＣＤ－ｅｆｇｈ")]
    #[case::invisible("\u{feff}AB\u{200b}CD\u{a0}EF\u{ad}GH\u{2060}")]
    fn a_code_may_be_written_in_many_ways(#[case] typed: &str) {
        assert_eq!(EmailCode::parse(typed).unwrap().grouped(), "ABCD-EFGH");
    }

    #[rstest]
    #[case("")]
    #[case("ABCDEFG")]
    #[case("ABCDEFGHJ")]
    #[case("ABCDEFG0")]
    #[case("ABCDEFGÄ")]
    #[case::cyrillic("АBCDEFGH")]
    #[case::full_width_zero("ABCDEFG０")]
    #[case("ABCD_EFGH")]
    fn anything_else_is_no_code(#[case] typed: &str) {
        assert_eq!(EmailCode::parse(typed), None);
        assert_eq!(EmailCode::parse(&"-".repeat(65)), None);
    }

    #[test]
    fn a_code_does_not_print() {
        assert_eq!(format!("{:?}", EmailCode::from_random([7; 5])), "EmailCode(…)");
    }

    const LINK: VerificationMethod = VerificationMethod::EmailLink;
    const CLAIM: VerificationMethod = VerificationMethod::ProviderClaim;

    #[rstest]
    #[case::no_address(None, false, false, false)]
    #[case::only_a_provider(Some(CLAIM), false, false, true)]
    #[case::by_link(Some(LINK), false, false, true)]
    #[case::a_password(Some(CLAIM), true, false, false)]
    #[case::replaced_by_a_provider(Some(CLAIM), false, true, false)]
    #[case::replaced_by_the_mailbox_provider(Some(VerificationMethod::Authority), false, true, false)]
    #[case::changed_by_the_user(Some(LINK), false, true, true)]
    fn only_users_without_something_stronger_get_a_code(
        #[case] method: Option<VerificationMethod>,
        #[case] has_stronger: bool,
        #[case] can_be_undone: bool,
        #[case] sent: bool,
    ) {
        let email = || EmailAddress::parse("ada@example.com").unwrap();
        let verified_email = method.map(|method| VerifiedEmail::on_record(email(), method));
        let facts = EmailCodeFacts { verified_email, has_stronger, can_be_undone };
        assert_eq!(facts.recipient().is_some(), sent);
    }
}
