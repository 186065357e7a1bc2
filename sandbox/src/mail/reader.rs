//! Reads lines and messages from a connection, bounded in size and time.

use std::io::{Error, ErrorKind};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

/// RFC 5321 §4.5.3.1.4, plus room for parameters.
const MAX_LINE: u64 = 2048;
/// Longer lines are read in chunks of this size.
const CHUNK: u64 = 64 * 1024;
const READ_TIMEOUT: Duration = Duration::from_secs(60);

pub struct Reader<R>(BufReader<R>);

#[derive(Debug, PartialEq, Eq)]
pub enum Message {
    Whole(Vec<u8>),
    /// Read to its end and discarded.
    TooLarge,
}

impl<R: AsyncRead + Unpin> Reader<R> {
    pub fn new(stream: R) -> Self {
        Self(BufReader::new(stream))
    }

    /// The next line without CRLF; `None` at the end of the stream.
    pub async fn line(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let mut line = self.chunk(MAX_LINE).await?;
        if line.is_empty() {
            return Ok(None);
        }
        if line.pop() != Some(b'\n') {
            return Err(ErrorKind::InvalidData.into());
        }
        line.pop_if(|last| *last == b'\r');
        Ok(Some(line))
    }

    /// Reads a message up to the final dot and undoes dot-stuffing (RFC 5321 §4.5.2). `None` if the stream ends first.
    ///
    /// Only CRLF ends a line: with other line ends, one server's final dot is message text to the next (SMTP
    /// smuggling).
    pub async fn message(&mut self, largest: usize) -> Result<Option<Message>, Error> {
        let (mut text, mut too_large) = (Vec::new(), false);
        loop {
            let chunk = self.chunk(CHUNK).await?;
            let mut chunk = chunk.as_slice();
            if chunk.is_empty() {
                return Ok(None);
            }
            if text.is_empty() || text.ends_with(b"\r\n") {
                if chunk == b".\r\n" {
                    return Ok(Some(if too_large { Message::TooLarge } else { Message::Whole(text) }));
                }
                chunk = chunk.strip_prefix(b".").unwrap_or(chunk);
            }
            text.extend_from_slice(chunk);
            if too_large || text.len() > largest {
                too_large = true;
                // Keep the line end: it decides how the next line is read.
                text.drain(..text.len().saturating_sub(2));
            }
        }
    }

    pub async fn drain(&mut self) {
        while matches!(self.0.fill_buf().await, Ok(bytes) if !bytes.is_empty()) {
            let length = self.0.buffer().len();
            self.0.consume(length);
        }
    }

    async fn chunk(&mut self, longest: u64) -> Result<Vec<u8>, Error> {
        let mut chunk = Vec::new();
        let mut limited = (&mut self.0).take(longest);
        match tokio::time::timeout(READ_TIMEOUT, limited.read_until(b'\n', &mut chunk)).await {
            Ok(read) => read.map(|_| chunk),
            Err(_) => Err(ErrorKind::TimedOut.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn message(bytes: &str, largest: usize) -> Option<Message> {
        Reader::new(bytes.as_bytes()).message(largest).await.unwrap()
    }

    #[tokio::test]
    async fn message_ends_at_the_dot_and_dots_are_unstuffed() {
        let whole = |text: &str| Some(Message::Whole(text.as_bytes().to_vec()));
        assert_eq!(message("a\r\n.\r\nQUIT\r\n", 100).await, whole("a\r\n"));
        assert_eq!(message(".\r\n", 100).await, whole(""));
        assert_eq!(message("..\r\n..b\r\n.c\r\n.\r\n", 100).await, whole(".\r\n.b\r\nc\r\n"));
        assert_eq!(
            message("a\n.\nb\n.\r\nc\r\n.\r\n", 100).await,
            whole("a\n.\nb\n.\r\nc\r\n"),
            "bare LF ends nothing"
        );
        assert_eq!(message("a\r\n.\r", 100).await, None, "cut off");
    }

    #[tokio::test]
    async fn oversized_message_is_read_to_its_end_and_dropped() {
        let long = format!("{}\r\n.x\r\n{}\r\n.\r\nQUIT\r\n", "a".repeat(200_000), "b".repeat(70_000));
        let mut reader = Reader::new(long.as_bytes());
        assert_eq!(reader.message(1000).await.unwrap(), Some(Message::TooLarge));
        assert_eq!(reader.line().await.unwrap().as_deref(), Some(b"QUIT".as_slice()));
        assert_eq!(reader.line().await.unwrap(), None);
        assert_eq!(message("aa\r\n.\r\n", 4).await, Some(Message::Whole(b"aa\r\n".to_vec())));
        assert_eq!(message("aaa\r\n.\r\n", 4).await, Some(Message::TooLarge));
    }

    #[tokio::test]
    async fn line_without_end_is_an_error() {
        let endless = "a".repeat(5000);
        assert!(Reader::new(endless.as_bytes()).line().await.is_err());
        assert!(Reader::new(b"NOOP".as_slice()).line().await.is_err());
    }
}
