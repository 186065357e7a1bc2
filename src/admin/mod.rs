//! What operators see and do: users and the audit trail, for `latchkey users`, `events`, `import` and `export`, as text and as JSON.
//! See the tour in `lib.rs`.
//!
//! # The JSON
//! One object per command. Members may be added; any other change increments `schema`. Times are Unix seconds.
//!
//! | command | members beside `schema` |
//! |---|---|
//! | `users list` | `users`, `next` (an id for `--after`, or `null` at the end) |
//! | `users show` | `user`, `identities`, `password`, `passkeys` (how many), `second_factor`, `sessions`, `grants` |
//! | `users methods` | `user`, `identities`, `password`, `passkeys`, `second_factor` |
//! | a change | `user` (an id), `changed` (false if it was so before) |
//! | `users invite` | `email`, `expires_at`, `email_queued` |
//! | `events` | `events`, `next` |
//! | `import` | `dry_run`, `created`, `existing`, `failed`, `problems` (`[{"line", "problem"}]`, the first hundred) |
//! | `move` | `tables` (the number of rows by table) |
//!
//! `export` writes the lines that `import` reads: see `import/line.rs`.

mod change;
mod error;
mod export;
mod find;
mod import;
mod invite;
mod list;
mod move_rows;
mod report;
mod show;
mod text;

pub use change::{Change, change, parse_method};
pub use error::AdminError;
pub use export::export;
pub use find::find;
pub use import::Import;
pub use invite::invite;
pub use list::{MAX_PAGE, Page, list_events, list_users};
pub use move_rows::move_rows;
pub use report::Report;
pub use show::{methods, show};
