//! A code from an email, and who may authenticate by it.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::Duration;

use super::email::EmailAddress;
use super::readable_code;
use super::verification_method::{VerificationMethod, VerifiedEmail};

/// How long a code is valid.
pub const EMAIL_CODE_LIFETIME: Duration = Duration::minutes(10);
/// Tries per code. One guess succeeds with a probability of 2⁻⁴⁰.
pub const EMAIL_CODE_ATTEMPTS: i64 = 5;

const LENGTH: usize = 8;

/// Eight characters that a person types. Does not print.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailCode(String);

impl EmailCode {
    /// 40 random bits, five for each character.
    pub fn from_random(random: [u8; 5]) -> Self {
        let bits = random.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        Self(readable_code::from_bits(bits, LENGTH))
    }

    /// What the user typed: upper or lower case, with or without spaces and hyphens, also full-width (as Japanese keyboards
    /// write), or with the invisible characters that a copied text may have. `None` if it cannot be a code.
    pub fn parse(typed: &str) -> Option<Self> {
        readable_code::parse(typed, LENGTH).map(Self)
    }

    pub fn expose(&self) -> &str {
        &self.0
    }

    /// In two groups, as people read it.
    pub fn grouped(&self) -> String {
        readable_code::grouped(&self.0)
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
    /// The account has a password, a passkey or an authenticator app.
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

    /// Whether a code to this address signs in. Not while only a provider claims the address: Eve, at a provider that does not
    /// verify, may hold Ada's, and Ada must not sign in to an account that Eve keeps. Nor while an earlier mailbox can undo
    /// a provider's change.
    pub fn may_sign_in(&self, email: &EmailAddress) -> bool {
        self.verified_email.as_ref().is_some_and(|verified| {
            let is_replaced_by_provider = self.can_be_undone && verified.method() != VerificationMethod::EmailLink;
            verified.email() == email && verified.method().is_strong() && !is_replaced_by_provider
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rstest::rstest;

    use super::*;
    use crate::accounts::readable_code::ALPHABET;

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

    #[rstest]
    #[case::by_link(Some(LINK), false, true)]
    #[case::by_the_mailbox_provider(Some(VerificationMethod::Authority), false, true)]
    #[case::claimed(Some(CLAIM), false, false)]
    #[case::replaced_by_the_mailbox_provider(Some(VerificationMethod::Authority), true, false)]
    #[case::changed_by_the_user(Some(LINK), true, true)]
    #[case::no_address(None, false, false)]
    fn codes_sign_in_only_where_the_address_is_surely_the_users(
        #[case] method: Option<VerificationMethod>,
        #[case] can_be_undone: bool,
        #[case] may: bool,
        #[values(true, false)] has_stronger: bool,
    ) {
        let email = |name: &str| EmailAddress::parse(&format!("{name}@example.com")).unwrap();
        let verified_email = method.map(|method| VerifiedEmail::on_record(email("ada"), method));
        let facts = EmailCodeFacts { verified_email, has_stronger, can_be_undone };
        assert_eq!(facts.may_sign_in(&email("ada")), may);
        assert!(!facts.may_sign_in(&email("grace")));
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
