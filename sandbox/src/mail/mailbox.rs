//! The received emails and the mail server's behaviour.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::email::Email;

const CAPACITY: usize = 500;

#[derive(Debug, Default)]
pub struct Mailbox {
    emails: VecDeque<Email>,
    total: u64,
    misbehaviour: Option<MailBehaviour>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailBehaviour {
    pub behave: Behaviour,
    /// Absent: until changed.
    #[serde(default)]
    pub times: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    Normal,
    /// Closes connections before the greeting.
    RefuseConnections,
    /// 451 to RCPT.
    Greylist,
    /// 550 5.1.1 to RCPT.
    Reject,
    /// 554 5.7.1 to RCPT, as Postfix rejects a client that may not send.
    DenyRelay,
    /// Accepts the connection and sends nothing.
    Hang,
    /// Keeps the email and drops the connection before confirming it.
    DropAfterData,
}

impl Mailbox {
    pub fn keep(&mut self, email: Email) {
        self.total += 1;
        if self.emails.len() >= CAPACITY {
            self.emails.pop_front();
        }
        self.emails.push_back(Email { id: self.total, ..email });
    }

    pub fn emails<'a>(&'a self, to: Option<&'a str>) -> impl DoubleEndedIterator<Item = &'a Email> {
        self.emails.iter().filter(move |email| to.is_none_or(|to| email.is_to(to)))
    }

    pub fn email(&self, id: u64) -> Option<&Email> {
        self.emails.iter().find(|email| email.id == id)
    }

    /// Ids are not reused.
    pub fn clear(&mut self) {
        self.emails.clear();
    }

    pub fn set_behaviour(&mut self, misbehaviour: MailBehaviour) {
        self.misbehaviour =
            (misbehaviour.behave != Behaviour::Normal && misbehaviour.times != Some(0)).then_some(misbehaviour);
    }

    pub fn misbehaviour(&self) -> Option<MailBehaviour> {
        self.misbehaviour
    }

    /// The armed misbehaviour if it is one of `here`; counts it as used.
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
    fn misbehaviour_applies_its_number_of_times() {
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
    fn mailbox_keeps_the_newest_emails() {
        let mut mailbox = Mailbox::default();
        for number in 0..=CAPACITY {
            mailbox.keep(Email::read("a@x.example", vec![format!("{number}@x.example")], b"\r\n", 0));
        }
        assert_eq!(mailbox.emails(None).count(), CAPACITY);
        assert!(mailbox.email(1).is_none() && mailbox.email(2).is_some());
        assert_eq!(mailbox.emails(Some("500@X.example")).count(), 1);
    }
}
