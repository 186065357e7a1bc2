//! The recorded walkthrough of a flow: what was sent, checked, decided and written, in order, so that a page and a command can
//! show it. See the tour in `lib.rs`.
//!
//! The rooms report by `record`, whether anything listens or not, as they report to the log. A recording hangs on the task
//! of its request (`within`); without one, `record` looks at one task-local and does nothing else. The alternative, a handle
//! in every signature from the edge to the store, would make nine rooms carry what none of them reads.
//!
//! **Nothing secret gets in.** A step holds `Value`s, and those are made by a `Redactor` alone. It goes by the name of a
//! parameter: what is not on the list of public names is kept as its length and a digest under a key that dies with the process.

mod check;
mod compare;
mod document;
mod event;
mod flow;
mod id_token;
mod names;
mod parameters;
mod recorder;
mod recording;
mod redactor;
mod response;
mod source;
mod source_text;
mod step;
mod switch;
mod text;
mod tour;
mod value;
mod walkthrough;

#[cfg(test)]
mod tests;

pub use check::{Check, CheckResult, Verdict};
pub use compare::{Compared, compare};
pub use document::{exchange_request, exchange_response};
pub use event::{event_checks, event_parts};
pub use flow::{Flow, FlowKind, Outcome, Visit};
pub use id_token::{id_token_checks, id_token_parts};
pub use recorder::{Recorder, Summary};
pub use recording::{Recording, carried, join, record, request_id, within};
pub use redactor::{Redact, Redactor};
pub use response::response_checks;
pub use source::{Reference, Source};
pub use source_text::{SourceText, source_text};
pub use step::{Change, Cookie, DocumentKind, DocumentSource, Party, Step, TokenKind};
pub use switch::{Link, RecordingMode, Switch, SwitchedOn, WINDOW};
pub use text::walkthrough_text;
pub use tour::Station;
pub use value::{Audience, Class, Parameter, Value};
pub use walkthrough::{Message, Section, Walkthrough};
