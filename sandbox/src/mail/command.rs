//! Parses SMTP commands (RFC 5321 §4.1).

/// Maximum message size in bytes, announced by SIZE (RFC 1870).
pub const MAX_SIZE: usize = 1 << 20;

#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    Hello,
    ExtendedHello,
    /// MAIL with the return path; empty for `<>`.
    Mail(String),
    Recipient(String),
    Data,
    Reset,
    Nothing,
    Verify,
    Quit,
}

/// The reply to an invalid line.
pub type Reply = &'static str;

impl Command {
    pub fn parse(line: &[u8]) -> Result<Self, Reply> {
        let line = std::str::from_utf8(line).map_err(|_| UNKNOWN)?;
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        let without_argument = |command| if rest.is_empty() { Ok(command) } else { Err(SYNTAX) };
        let with_argument = |command| if rest.is_empty() { Err(SYNTAX) } else { Ok(command) };
        match verb.to_ascii_uppercase().as_str() {
            "HELO" => with_argument(Self::Hello),
            "EHLO" => with_argument(Self::ExtendedHello),
            "MAIL" => path("FROM:", rest).map(Self::Mail),
            "RCPT" => match path("TO:", rest)? {
                path if path.is_empty() => Err(SYNTAX),
                recipient => Ok(Self::Recipient(recipient)),
            },
            "DATA" => without_argument(Self::Data),
            "RSET" => without_argument(Self::Reset),
            "NOOP" => Ok(Self::Nothing),
            "VRFY" => with_argument(Self::Verify),
            "QUIT" => without_argument(Self::Quit),
            "AUTH" | "STARTTLS" | "HELP" | "EXPN" => Err("502 5.5.1 not implemented"),
            _ => Err(UNKNOWN),
        }
    }
}

const UNKNOWN: Reply = "500 5.5.2 unknown command";
const SYNTAX: Reply = "501 5.5.4 syntax error";

/// Parses `FROM:<address>`; unknown parameters are rejected.
fn path(name: &str, text: &str) -> Result<String, Reply> {
    let (found, text) = text.split_at_checked(name.len()).ok_or(SYNTAX)?;
    let text = text.trim_start().strip_prefix('<').filter(|_| found.eq_ignore_ascii_case(name)).ok_or(SYNTAX)?;
    let (address, parameters) = text.split_once('>').ok_or(SYNTAX)?;
    let fits = |address: &str| {
        address.len() <= 254
            && address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
            && !address.chars().any(|c| c.is_control() || c.is_whitespace() || c == '<')
    };
    if !address.is_empty() && !fits(address) {
        return Err(SYNTAX);
    }
    for parameter in parameters.split_whitespace() {
        match parameter.to_ascii_uppercase().split_once('=') {
            Some(("SIZE", size)) => match size.parse::<usize>() {
                Ok(size) if size <= MAX_SIZE => {}
                Ok(_) => return Err("552 5.3.4 message too large"),
                Err(_) => return Err(SYNTAX),
            },
            Some(("BODY", "7BIT" | "8BITMIME")) => {}
            _ => return Err("555 5.5.4 unknown parameter"),
        }
    }
    Ok(address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_parse_in_any_case() {
        for (line, command) in [
            ("EHLO app.example", Command::ExtendedHello),
            ("helo x", Command::Hello),
            ("MAIL FROM:<a@x.example> SIZE=100 BODY=8BITMIME", Command::Mail("a@x.example".to_owned())),
            ("mail from: <>", Command::Mail(String::new())),
            ("RCPT TO:<ada+x@x.example>", Command::Recipient("ada+x@x.example".to_owned())),
            ("DATA", Command::Data),
            ("NOOP whatever", Command::Nothing),
            ("QUIT", Command::Quit),
        ] {
            assert_eq!(Command::parse(line.as_bytes()), Ok(command), "{line}");
        }
    }

    #[test]
    fn other_lines_are_rejected() {
        for (line, code) in [
            ("", "500"),
            ("POST / HTTP/1.1", "500"),
            ("EHLO", "501"),
            ("MAIL a@x.example", "501"),
            ("MAIL FROM:a@x.example", "501"),
            ("MAIL FROM:<a@x.example", "501"),
            ("MAIL FROM:<a@x.example> SIZE=99999999", "552"),
            ("MAIL FROM:<a@x.example> SMTPUTF8", "555"),
            ("RCPT TO:<>", "501"),
            ("RCPT TO:<ada>", "501"),
            ("RCPT TO:<a@x.example> <b@x.example>", "555"),
            ("RCPT TO:<a b@x.example>", "501"),
            ("DATA now", "501"),
            ("AUTH PLAIN x", "502"),
        ] {
            let reply = Command::parse(line.as_bytes()).unwrap_err();
            assert!(reply.starts_with(code), "{line}: {reply}");
        }
        assert!(Command::parse(b"NO\xffOP").is_err());
    }
}
