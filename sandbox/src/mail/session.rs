//! One SMTP session, from greeting to QUIT.

use std::io::Error;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::command::{Command, MAX_SIZE};
use super::email::Email;
use super::mailbox::Behaviour;
use super::reader::{Message, Reader};
use crate::state::SharedState;

const MAX_RECIPIENTS: usize = 100;
/// A page can make a browser send an HTTP request here, with commands in its body. The session ends at the header
/// lines, before the body.
const MAX_ERRORS: u32 = 5;

pub struct SmtpSession<R, W> {
    shared: SharedState,
    reader: Reader<R>,
    writer: W,
    greeted: bool,
    envelope: Option<Envelope>,
    errors: u32,
}

struct Envelope {
    sender: String,
    recipients: Vec<String>,
}

#[derive(PartialEq, Eq)]
enum Next {
    Continue,
    Close,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> SmtpSession<R, W> {
    pub fn new(shared: SharedState, reader: R, writer: W) -> Self {
        Self { shared, reader: Reader::new(reader), writer, greeted: false, envelope: None, errors: 0 }
    }

    pub async fn run(mut self) -> Result<(), Error> {
        if self.misbehaves(&[Behaviour::Hang]) == Some(Behaviour::Hang) {
            self.reader.drain().await;
            return Ok(());
        }
        self.reply("220 localhost sandbox ESMTP").await?;
        while let Some(line) = self.reader.line().await? {
            let next = match Command::parse(&line) {
                Ok(command) => self.handle(command).await?,
                Err(error) => self.reject(error).await?,
            };
            if next == Next::Close {
                break;
            }
        }
        self.writer.shutdown().await
    }

    async fn handle(&mut self, command: Command) -> Result<Next, Error> {
        match command {
            Command::Hello => {
                (self.greeted, self.envelope) = (true, None);
                self.reply("250 localhost").await
            }
            Command::ExtendedHello => {
                (self.greeted, self.envelope) = (true, None);
                self.reply(&format!("250-localhost\r\n250-SIZE {MAX_SIZE}\r\n250 8BITMIME")).await
            }
            Command::Mail(_) if !self.greeted => self.reject("503 5.5.1 send EHLO first").await,
            Command::Mail(_) if self.envelope.is_some() => self.reject("503 5.5.1 nested MAIL command").await,
            Command::Mail(sender) => {
                self.envelope = Some(Envelope { sender, recipients: Vec::new() });
                self.reply("250 2.1.0 OK").await
            }
            Command::Recipient(recipient) => self.recipient(recipient).await,
            Command::Data => self.data().await,
            Command::Reset => {
                self.envelope = None;
                self.reply("250 2.0.0 OK").await
            }
            Command::Nothing => self.reply("250 2.0.0 OK").await,
            Command::Verify => self.reply("252 2.1.5 every address is accepted").await,
            Command::Quit => {
                self.reply("221 2.0.0 bye").await?;
                Ok(Next::Close)
            }
        }
    }

    async fn recipient(&mut self, recipient: String) -> Result<Next, Error> {
        let misbehaves = self.misbehaves(&[Behaviour::Greylist, Behaviour::Reject, Behaviour::DenyRelay]);
        let Some(envelope) = &mut self.envelope else { return self.reject("503 5.5.1 send MAIL first").await };
        match misbehaves {
            Some(Behaviour::Greylist) => return self.reply("451 4.7.1 greylisted, try again later").await,
            Some(Behaviour::DenyRelay) => return self.reply("554 5.7.1 relay access denied").await,
            Some(_) => return self.reply("550 5.1.1 unknown mailbox").await,
            None if envelope.recipients.len() >= MAX_RECIPIENTS => {
                return self.reply("452 4.5.3 too many recipients").await;
            }
            None => envelope.recipients.push(recipient),
        }
        self.reply("250 2.1.5 OK").await
    }

    async fn data(&mut self) -> Result<Next, Error> {
        if self.envelope.as_ref().is_none_or(|envelope| envelope.recipients.is_empty()) {
            return self.reject("503 5.5.1 send MAIL and RCPT first").await;
        }
        self.reply("354 end with <CRLF>.<CRLF>").await?;
        let text = self.reader.message(MAX_SIZE).await?;
        match (text, self.envelope.take()) {
            (Some(Message::Whole(text)), Some(Envelope { sender, recipients })) => {
                let now = self.shared.lock().now();
                let email = Email::read(&sender, recipients, &text, now);
                self.shared.lock().mail.keep(email);
                if self.misbehaves(&[Behaviour::DropAfterData]).is_some() {
                    return Ok(Next::Close);
                }
                self.reply("250 2.0.0 received").await
            }
            (Some(_), _) => self.reply("552 5.3.4 message too large").await,
            (None, _) => Ok(Next::Close),
        }
    }

    async fn reject(&mut self, error: &str) -> Result<Next, Error> {
        self.errors += 1;
        if self.errors < MAX_ERRORS {
            return self.reply(error).await;
        }
        self.reply("421 4.7.0 too many errors").await?;
        Ok(Next::Close)
    }

    async fn reply(&mut self, answer: &str) -> Result<Next, Error> {
        self.writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
        Ok(Next::Continue)
    }

    fn misbehaves(&self, here: &[Behaviour]) -> Option<Behaviour> {
        self.shared.lock().mail.misbehaves(here)
    }
}
