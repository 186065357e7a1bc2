//! A mail server's reply, and whom a rejection is about (RFC 5321 §4.2, RFC 3463, and the registry of enhanced codes).
//!
//! A server that does not let us send rejects every email, usually only at RCPT: Postfix delays its checks until then
//! (`smtpd_delay_reject`). Taking that for a word about the recipient would throw away one email after the other.

use std::fmt;

/// The code of a reply with its enhanced code. Its text repeats addresses and is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub code: u16,
    /// Subject and detail of the enhanced code; its class is that of `code`.
    enhanced: Option<(u16, u16)>,
    /// The text is about relaying or authentication. Only used without an enhanced code.
    mentions_relaying: bool,
}

/// Whom a rejection is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// This recipient, or this email.
    Recipient,
    /// Us: our rights, our sender, our volume; or the server itself. Other emails would fare the same.
    Us,
    /// The reply does not say.
    Unclear,
}

impl Reply {
    pub(super) fn new(code: u16, text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        let mentions_relaying = ["relay", "authenticat"].iter().any(|word| lower.contains(word));
        Self { code, enhanced: enhanced(text), mentions_relaying }
    }

    pub(super) fn is_permanent(self) -> bool {
        self.code >= 500
    }

    /// At RCPT, DATA, or after the text. Rejections at an earlier step are always about us.
    pub(super) fn about(self) -> About {
        match (self.code, self.enhanced) {
            // 421 closes the connection; 530 to 538 are about authentication (RFC 4954 §6), 454 about either.
            (421 | 454 | 503 | 530..=538, _) => About::Us,
            // Greylisting is a policy, and about one recipient at a time.
            (450..=452, Some((7, _))) => About::Unclear,
            (_, Some(enhanced)) => about(enhanced),
            (_, None) if self.mentions_relaying => About::Us,
            // Syntax of the address, mailbox unavailable, not local, full, name not allowed.
            (450 | 452 | 501 | 550..=553, None) => About::Recipient,
            (_, None) => About::Unclear,
        }
    }

    /// Whether the server wants authentication, or other credentials.
    pub(super) fn is_about_authentication(self) -> bool {
        matches!(self.code, 530..=538) || matches!(self.enhanced, Some((7, 8 | 9 | 11)))
    }

    /// Whether a limit on the number of emails is exceeded.
    pub(super) fn is_about_volume(self) -> bool {
        matches!(self.enhanced, Some((4, 5) | (7, 28)))
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.code)?;
        match self.enhanced {
            Some((subject, detail)) => write!(formatter, " {}.{subject}.{detail}", self.code / 100),
            None => Ok(()),
        }
    }
}

/// By subject and detail (RFC 3463 §3).
const fn about(enhanced: (u16, u16)) -> About {
    match enhanced {
        // The sender's address (§3.2). x.1.0 says "address" and not whose.
        (1, 7 | 8) => About::Us,
        (1, 0) => About::Unclear,
        (1 | 2, _) => About::Recipient,
        // Too large for the system: this email. Everything else of the system concerns everything sent to it.
        (3, 4) => About::Recipient,
        (3, _) => About::Us,
        // Congestion; where it is permanent, a quota (Google: "Daily user sending limit exceeded").
        (4, 5) => About::Us,
        // The content (§3.7).
        (6, _) => About::Recipient,
        // A list that takes no email from us, and a mailbox or domain with a new owner (RFC 7293).
        (7, 2 | 17 | 18) => About::Recipient,
        (7, _) => About::Us,
        // Routes to the recipient (§3.5), the protocol (§3.6), and whatever is not registered yet.
        _ => About::Unclear,
    }
}

/// `5.7.1` at the start of the text, or `(#5.7.1)` in it, as qmail writes it.
fn enhanced(text: &str) -> Option<(u16, u16)> {
    let first = text.split_whitespace().next();
    let hash = text.split_once("(#").and_then(|(_, rest)| rest.split_once(')')).map(|(code, _)| code);
    first.and_then(subject_and_detail).or_else(|| hash.and_then(subject_and_detail))
}

fn subject_and_detail(code: &str) -> Option<(u16, u16)> {
    let mut numbers = code.split('.');
    let (class, subject, detail) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let number = |text: &str| {
        ((1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
    };
    (matches!(class, "4" | "5") && numbers.next().is_none()).then_some(())?;
    Some((number(subject)?, number(detail)?))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    // Postfix
    #[case(554, "5.7.1 <ada@example.com>: Relay access denied", About::Us)]
    #[case(454, "4.7.1 <ada@example.com>: Relay access denied", About::Us)]
    #[case(554, "5.7.1 <app.example[192.0.2.1]>: Client host rejected: Access denied", About::Us)]
    #[case(553, "5.7.1 <no-reply@app.example>: Sender address rejected: not owned by user me", About::Us)]
    #[case(550, "5.1.8 <no-reply@app.example>: Sender address rejected: Domain not found", About::Us)]
    #[case(550, "5.1.1 <ada@example.com>: Recipient address rejected: User unknown", About::Recipient)]
    #[case(550, "5.1.2 <ada@example.com>: Recipient address rejected: Domain not found", About::Recipient)]
    #[case(550, "5.1.0 <ada@example.com>: Address rejected", About::Unclear)]
    #[case(450, "4.2.0 <ada@example.com>: Greylisted", About::Recipient)]
    #[case(451, "4.7.1 Greylisting in action", About::Unclear)]
    #[case(452, "4.3.1 Insufficient system storage", About::Us)]
    #[case(552, "5.3.4 Message size exceeds fixed limit", About::Recipient)]
    // Hosted services
    #[case(550, "5.4.5 Daily user sending limit exceeded", About::Us)]
    #[case(550, "5.7.26 Unauthenticated email is not accepted due to DMARC policy", About::Us)]
    #[case(421, "4.7.28 Unusual rate of mail", About::Us)]
    #[case(530, "5.7.0 Authentication Required", About::Us)]
    #[case(552, "5.2.2 The email account is over quota", About::Recipient)]
    #[case(550, "5.7.17 Mailbox owner has changed", About::Recipient)]
    #[case(550, "5.4.1 Recipient address rejected: Access denied", About::Unclear)]
    #[case(554, "5.6.0 Invalid message content", About::Recipient)]
    // Without enhanced codes, or with them elsewhere
    #[case(550, "relay not permitted", About::Us)]
    #[case(553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", About::Us)]
    #[case(550, "Unknown user", About::Recipient)]
    #[case(501, "bad address", About::Recipient)]
    #[case(554, "transaction failed", About::Unclear)]
    #[case(451, "later", About::Unclear)]
    #[case(503, "need RCPT first", About::Us)]
    fn rejections_are_about_us_or_about_the_recipient(#[case] code: u16, #[case] text: &str, #[case] about: About) {
        assert_eq!(Reply::new(code, text).about(), about);
    }

    #[rstest]
    #[case(550, "5.7.1 <ada@example.com> no", "550 5.7.1")]
    #[case(550, "5.7.509 no", "550 5.7.509")]
    #[case(550, "no (#5.1.1)", "550 5.1.1")]
    #[case(550, "no", "550")]
    #[case(550, "", "550")]
    #[case(550, "5.7 no", "550")]
    #[case(550, "5.7.1.2 no", "550")]
    #[case(550, "127.0.0.1 is listed", "550")]
    #[case(550, "5.7.1000 no", "550")]
    #[case(550, "5.x.1 no", "550")]
    fn a_reply_shows_its_codes_alone(#[case] code: u16, #[case] text: &str, #[case] shown: &str) {
        assert_eq!(Reply::new(code, text).to_string(), shown);
    }
}
