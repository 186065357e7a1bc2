//! One connection of a client, from the greeting to the goodbye.

use std::io::Error;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::command::{Command, LARGEST};
use super::mailbox::Behaviour;
use super::reader::{Reader, Text};
use super::received::Received;
use crate::world::World;

/// Recipients of one letter.
const MOST_RECIPIENTS: usize = 100;
/// A browser can be made to send an HTTP request here, and commands in its body. Before they come, its first lines have
/// been refused, and that is the end.
const MOST_MISTAKES: u32 = 5;

/// What is said between the two.
pub struct Conversation<R, W> {
    world: World,
    reader: Reader<R>,
    writer: W,
    greeted: bool,
    envelope: Option<Envelope>,
    mistakes: u32,
}

struct Envelope {
    sender: String,
    recipients: Vec<String>,
}

/// Whether to go on.
#[derive(PartialEq, Eq)]
enum Next {
    Line,
    End,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Conversation<R, W> {
    /// Nobody has spoken yet.
    pub fn new(world: World, reader: R, writer: W) -> Self {
        Self { world, reader: Reader::new(reader), writer, greeted: false, envelope: None, mistakes: 0 }
    }

    /// Until one of the two leaves.
    pub async fn hold(mut self) -> Result<(), Error> {
        if self.misbehaves(&[Behaviour::Hang]) == Some(Behaviour::Hang) {
            self.reader.ignore().await;
            return Ok(());
        }
        self.say("220 localhost the sandbox's inbox").await?;
        while let Some(line) = self.reader.line().await? {
            let next = match Command::parse(&line) {
                Ok(command) => self.obey(command).await?,
                Err(refusal) => self.refuse(refusal).await?,
            };
            if next == Next::End {
                break;
            }
        }
        self.writer.shutdown().await
    }

    async fn obey(&mut self, command: Command) -> Result<Next, Error> {
        match command {
            Command::Hello => {
                (self.greeted, self.envelope) = (true, None);
                self.say("250 localhost").await
            }
            Command::ExtendedHello => {
                (self.greeted, self.envelope) = (true, None);
                self.say(&format!("250-localhost\r\n250-SIZE {LARGEST}\r\n250 8BITMIME")).await
            }
            Command::Mail(_) if !self.greeted => self.refuse("503 5.5.1 say EHLO first").await,
            Command::Mail(_) if self.envelope.is_some() => self.refuse("503 5.5.1 one letter at a time").await,
            Command::Mail(sender) => {
                self.envelope = Some(Envelope { sender, recipients: Vec::new() });
                self.say("250 2.1.0 go on").await
            }
            Command::Recipient(recipient) => self.recipient(recipient).await,
            Command::Data => self.data().await,
            Command::Reset => {
                self.envelope = None;
                self.say("250 2.0.0 forgotten").await
            }
            Command::Nothing => self.say("250 2.0.0 yes").await,
            Command::Verify => self.say("252 2.1.5 everybody has a mailbox here").await,
            Command::Quit => {
                self.say("221 2.0.0 goodbye").await?;
                Ok(Next::End)
            }
        }
    }

    async fn recipient(&mut self, recipient: String) -> Result<Next, Error> {
        let misbehaves = self.misbehaves(&[Behaviour::Greylist, Behaviour::Reject]);
        let Some(envelope) = &mut self.envelope else { return self.refuse("503 5.5.1 say MAIL first").await };
        match misbehaves {
            Some(Behaviour::Greylist) => return self.say("451 4.7.1 come again later").await,
            Some(_) => return self.say("550 5.1.1 there is no such mailbox").await,
            None if envelope.recipients.len() >= MOST_RECIPIENTS => return self.say("452 4.5.3 too many").await,
            None => envelope.recipients.push(recipient),
        }
        self.say("250 2.1.5 go on").await
    }

    async fn data(&mut self) -> Result<Next, Error> {
        if self.envelope.as_ref().is_none_or(|envelope| envelope.recipients.is_empty()) {
            return self.refuse("503 5.5.1 for whom? say MAIL and RCPT first").await;
        }
        self.say("354 go on, and end with a line of one dot").await?;
        let text = self.reader.text(LARGEST).await?;
        match (text, self.envelope.take()) {
            (Some(Text::Whole(text)), Some(Envelope { sender, recipients })) => {
                let now = self.world.state().now();
                let letter = Received::read(&sender, recipients, &text, now);
                self.world.state().mail.keep(letter);
                if self.misbehaves(&[Behaviour::DropAfterData]).is_some() {
                    return Ok(Next::End);
                }
                self.say("250 2.0.0 it has arrived").await
            }
            (Some(_), _) => self.say("552 5.3.4 too large").await,
            (None, _) => Ok(Next::End),
        }
    }

    async fn refuse(&mut self, refusal: &str) -> Result<Next, Error> {
        self.mistakes += 1;
        if self.mistakes < MOST_MISTAKES {
            return self.say(refusal).await;
        }
        self.say("421 4.7.0 too many mistakes").await?;
        Ok(Next::End)
    }

    async fn say(&mut self, answer: &str) -> Result<Next, Error> {
        self.writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
        Ok(Next::Line)
    }

    fn misbehaves(&self, here: &[Behaviour]) -> Option<Behaviour> {
        self.world.state().mail.misbehaves(here)
    }
}
