//! What has arrived, and how the mail server behaves.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::email::Email;

/// How many emails are kept: the newest.
const CAPACITY: usize = 500;

/// The emails and the armed misbehaviour.
#[derive(Debug, Default)]
pub struct Mailbox {
    emails: VecDeque<Email>,
    total: u64,
    misbehaviour: Option<MailBehaviour>,
}

/// How the mail server is to behave.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailBehaviour {
    /// The behaviour.
    pub behave: Behaviour,
    /// How often it applies; absent: until told otherwise.
    #[serde(default)]
    pub times: Option<u32>,
}

/// A behaviour of the mail server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// As it should.
    Honest,
    /// Connections are closed before a word is said.
    RefuseConnections,
    /// 451 to RCPT.
    Greylist,
    /// 550 to RCPT.
    Reject,
    /// No word at all until the sandbox ends.
    Hang,
    /// The email is kept, and the connection breaks before it is said so.
    DropAfterData,
}

impl Mailbox {
    /// Keeps a email and gives it its number.
    pub fn keep(&mut self, email: Email) {
        self.total += 1;
        if self.emails.len() >= CAPACITY {
            self.emails.pop_front();
        }
        self.emails.push_back(Email { id: self.total, ..email });
    }

    /// The emails to an address, or all, the oldest first.
    pub fn emails<'a>(&'a self, to: Option<&'a str>) -> impl DoubleEndedIterator<Item = &'a Email> {
        self.emails.iter().filter(move |email| to.is_none_or(|to| email.is_to(to)))
    }

    /// One of them.
    pub fn email(&self, id: u64) -> Option<&Email> {
        self.emails.iter().find(|email| email.id == id)
    }

    /// Forgets them all. Numbers are not given again.
    pub fn clear(&mut self) {
        self.emails.clear();
    }

    /// From now on.
    pub fn set_behaviour(&mut self, misbehaviour: MailBehaviour) {
        self.misbehaviour =
            (misbehaviour.behave != Behaviour::Honest && misbehaviour.times != Some(0)).then_some(misbehaviour);
    }

    /// The armed misbehaviour.
    pub fn misbehaviour(&self) -> Option<MailBehaviour> {
        self.misbehaviour
    }

    /// The misbehaviour if it is one of these; it has happened once more then.
    pub fn misbehaves(&mut self, here: &[Behaviour]) -> Option<Behaviour> {
        let MailBehaviour { behave, times } =
            self.misbehaviour.filter(|misbehaviour| here.contains(&misbehaviour.behave))?;
        self.set_behaviour(MailBehaviour { behave, times: times.map(|times| times - 1) });
        Some(behave)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misbehaviour_happens_as_often_as_it_was_told_to() {
        let mut mailbox = Mailbox::default();
        mailbox.set_behaviour(MailBehaviour { behave: Behaviour::Reject, times: Some(2) });
        assert_eq!(mailbox.misbehaves(&[Behaviour::Hang]), None, "not here");
        for _ in 0..2 {
            assert_eq!(mailbox.misbehaves(&[Behaviour::Greylist, Behaviour::Reject]), Some(Behaviour::Reject));
        }
        assert!(mailbox.misbehaves(&[Behaviour::Reject]).is_none() && mailbox.misbehaviour().is_none());
        mailbox.set_behaviour(MailBehaviour { behave: Behaviour::Hang, times: Some(0) });
        assert!(mailbox.misbehaviour().is_none());
    }

    #[test]
    fn the_newest_letters_are_kept() {
        let mut mailbox = Mailbox::default();
        for number in 0..=CAPACITY {
            mailbox.keep(Email::read("a@x.example", vec![format!("{number}@x.example")], b"\r\n", 0));
        }
        assert_eq!(mailbox.emails(None).count(), CAPACITY);
        assert!(mailbox.email(1).is_none() && mailbox.email(2).is_some());
        assert_eq!(mailbox.emails(Some("500@X.example")).count(), 1);
    }
}
