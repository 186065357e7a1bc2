//! `ExportTraceServiceRequest` (opentelemetry-proto 1.x, `trace/v1/trace.proto`) in Protocol Buffers' wire format: a tag with the
//! number of the field and how it is encoded, then the value.

use super::span::{FinishedSpan, Value};

/// How a value is encoded.
const VARINT: u64 = 0;
const FIXED64: u64 = 1;
const DELIMITED: u64 = 2;
/// `STATUS_CODE_ERROR`.
const ERROR: u64 = 2;

#[derive(Default)]
struct Message(Vec<u8>);

/// The body of one export.
pub fn request(service: &str, spans: &[FinishedSpan]) -> Vec<u8> {
    let resource = Message::default()
        .message(1, attribute("service.name", &Value::Text(service.to_owned())))
        .message(1, attribute("service.version", &Value::Text(env!("CARGO_PKG_VERSION").to_owned())));
    let scope = Message::default().text(1, "latchkey");
    let scope_spans = spans.iter().fold(Message::default().message(1, scope), |all, one| all.message(2, span(one)));
    let resource_spans = Message::default().message(1, resource).message(2, scope_spans);
    Message::default().message(1, resource_spans).0
}

fn span(span: &FinishedSpan) -> Message {
    let mut message = Message::default().bytes(1, &span.trace).bytes(2, &span.id);
    if let Some(parent) = &span.parent {
        message = message.bytes(4, parent);
    }
    message = message.text(5, span.name).number(6, span.kind as u64).fixed(7, span.start).fixed(8, span.end);
    for (name, value) in &span.attributes {
        message = message.message(9, attribute(name, value));
    }
    if span.failed { message.message(15, Message::default().number(3, ERROR)) } else { message }
}

/// `KeyValue` with an `AnyValue`.
fn attribute(name: &str, value: &Value) -> Message {
    let value = match value {
        Value::Text(text) => Message::default().text(1, text),
        // An int64 has the bits of its two's complement.
        Value::Number(number) => Message::default().number(3, number.cast_unsigned()),
    };
    Message::default().text(1, name).message(2, value)
}

impl Message {
    fn text(self, field: u64, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    fn message(self, field: u64, message: Self) -> Self {
        self.bytes(field, &message.0)
    }

    fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self.varint(field << 3 | DELIMITED);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    fn number(mut self, field: u64, number: u64) -> Self {
        self.varint(field << 3 | VARINT);
        self.varint(number);
        self
    }

    fn fixed(mut self, field: u64, number: u64) -> Self {
        self.varint(field << 3 | FIXED64);
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }

    /// Seven bits a byte, the lowest first; the eighth says that more follow.
    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traces::span::Kind;

    /// The examples of the documentation of Protocol Buffers: 150 is `96 01`, field 1 with 150 is `08 96 01`, and "testing" in
    /// field 2 is `12 07 74 65 73 74 69 6e 67`.
    #[test]
    fn fields_are_encoded_as_the_documentation_shows() {
        assert_eq!(Message::default().number(1, 150).0, [0x08, 0x96, 0x01]);
        assert_eq!(Message::default().text(2, "testing").0, [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]);
        assert_eq!(Message::default().fixed(7, 1).0, [0x39, 1, 0, 0, 0, 0, 0, 0, 0]);
        let negative = Message::default().number(3, (-1_i64).cast_unsigned()).0;
        assert_eq!(negative, [0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
    }

    #[test]
    fn a_span_has_its_parent_and_its_status() {
        let one = FinishedSpan {
            trace: [1; 16],
            id: [2; 8],
            parent: Some([3; 8]),
            name: "x",
            kind: Kind::Client,
            start: 1,
            end: 2,
            attributes: vec![("a", Value::Number(1))],
            failed: true,
        };
        let mut expected = vec![0x0a, 16];
        expected.extend([1; 16]);
        expected.extend([0x12, 8]);
        expected.extend([2; 8]);
        expected.extend([0x22, 8]);
        expected.extend([3; 8]);
        expected.extend([0x2a, 1, b'x', 0x30, 3, 0x39, 1, 0, 0, 0, 0, 0, 0, 0, 0x41, 2, 0, 0, 0, 0, 0, 0, 0]);
        expected.extend([0x4a, 7, 0x0a, 1, b'a', 0x12, 2, 0x18, 1, 0x7a, 2, 0x18, 2]);
        assert_eq!(span(&one).0, expected);
        let root = FinishedSpan { parent: None, failed: false, attributes: Vec::new(), ..one };
        assert_eq!(span(&root).0.len(), expected.len() - 10 - 9 - 4);
    }
}
