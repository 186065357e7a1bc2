//! What the checks of our own sources read, by `syn`: paths, names, texts and `cfg`s, each with its line.

mod files;
mod path;
mod reader;

pub use files::{SourceFile, source_files};
pub use path::Place;
pub use reader::{Code, Word, read};
