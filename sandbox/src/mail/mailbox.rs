//! What has arrived, and how the mail server behaves.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::received::Received;

/// How many letters are kept: the newest.
const CAPACITY: usize = 500;

/// The letters and the armed misbehaviour.
#[derive(Debug, Default)]
pub struct Mailbox {
    letters: VecDeque<Received>,
    total: u64,
    order: Option<Order>,
}

/// How the mail server is to behave.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
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
    /// The letter is kept, and the connection breaks before it is said so.
    DropAfterData,
}

impl Mailbox {
    /// Keeps a letter and gives it its number.
    pub fn keep(&mut self, letter: Received) {
        self.total += 1;
        if self.letters.len() >= CAPACITY {
            self.letters.pop_front();
        }
        self.letters.push_back(Received { id: self.total, ..letter });
    }

    /// The letters to an address, or all, the oldest first.
    pub fn letters<'a>(&'a self, to: Option<&'a str>) -> impl DoubleEndedIterator<Item = &'a Received> {
        self.letters.iter().filter(move |letter| to.is_none_or(|to| letter.is_to(to)))
    }

    /// One of them.
    pub fn letter(&self, id: u64) -> Option<&Received> {
        self.letters.iter().find(|letter| letter.id == id)
    }

    /// Forgets them all. Numbers are not given again.
    pub fn clear(&mut self) {
        self.letters.clear();
    }

    /// From now on.
    pub fn behave(&mut self, order: Order) {
        self.order = (order.behave != Behaviour::Honest && order.times != Some(0)).then_some(order);
    }

    /// The armed misbehaviour.
    pub fn order(&self) -> Option<Order> {
        self.order
    }

    /// The misbehaviour if it is one of these; it has happened once more then.
    pub fn misbehaves(&mut self, here: &[Behaviour]) -> Option<Behaviour> {
        let Order { behave, times } = self.order.filter(|order| here.contains(&order.behave))?;
        self.behave(Order { behave, times: times.map(|times| times - 1) });
        Some(behave)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misbehaviour_happens_as_often_as_it_was_told_to() {
        let mut mailbox = Mailbox::default();
        mailbox.behave(Order { behave: Behaviour::Reject, times: Some(2) });
        assert_eq!(mailbox.misbehaves(&[Behaviour::Hang]), None, "not here");
        for _ in 0..2 {
            assert_eq!(mailbox.misbehaves(&[Behaviour::Greylist, Behaviour::Reject]), Some(Behaviour::Reject));
        }
        assert!(mailbox.misbehaves(&[Behaviour::Reject]).is_none() && mailbox.order().is_none());
        mailbox.behave(Order { behave: Behaviour::Hang, times: Some(0) });
        assert!(mailbox.order().is_none());
    }

    #[test]
    fn the_newest_letters_are_kept() {
        let mut mailbox = Mailbox::default();
        for number in 0..=CAPACITY {
            mailbox.keep(Received::read("a@x.example", vec![format!("{number}@x.example")], b"\r\n", 0));
        }
        assert_eq!(mailbox.letters(None).count(), CAPACITY);
        assert!(mailbox.letter(1).is_none() && mailbox.letter(2).is_some());
        assert_eq!(mailbox.letters(Some("500@X.example")).count(), 1);
    }
}
