//! The database: named queries, portable between SQLite and PostgreSQL. See the tour in `lib.rs`.
//!
//! `Database::settle` is the heart: it gathers the facts, asks `accounts::decide` and carries the answer out
//! in one transaction. Everything else is one query with a name.

mod carry_out;
mod checkup;
mod credentials;
mod database;
mod demo;
mod email_tokens;
mod engine;
mod error;
mod events;
mod explain;
mod flows;
mod fresh;
mod grant_ends;
mod grant_keys;
mod grant_renewal;
mod grants;
mod identities;
mod lately_ended;
mod leaving;
mod letters;
mod occasion;
mod outbox;
mod passwords;
mod profile;
mod queued_letters;
mod recovery;
mod refresh_tokens;
mod revocations;
mod session_rows;
mod sessions;
mod settle;
mod sign_up;
mod signing_keys;
mod standing;
mod sweep;
mod undo;
mod user_rows;
mod users;
mod write;

pub use checkup::{DatabaseCheckup, Migrations, Reach};
pub use credentials::Changed;
pub use database::Database;
pub use email_tokens::{LetterLink, LinkData, UndoStep};
pub use error::StoreError;
pub use events::{NewEvent, Origin};
pub use explain::PastDecision;
pub use flows::FlowStatus;
pub use grant_ends::DisconnectedGrant;
pub use grant_keys::Resealed;
pub use grants::{FoundGrant, Grant, GrantStanding, LostBecause, NewGrant, OpenGrant, RevocationStanding};
pub use lately_ended::DOUBT_LASTS;
pub use leaving::PastEvent;
pub use occasion::Occasion;
pub use outbox::{GIVEN_UP_AFTER, wait_after};
pub use passwords::PasswordStanding;
pub use queued_letters::QueuedLetter;
pub use refresh_tokens::{NewRefreshToken, Rotation};
pub use revocations::{QueuedRevocation, Revocation};
pub use session_rows::{ActiveSession, NewSession, Session};
pub use settle::{Granting, Settled, Settlement, SignedIn};
pub use sign_up::{NewSignUp, PASSWORD, SignedUp};
pub use signing_keys::{KeyChanges, KeyTimes, NewKey, StoredKey};
pub use undo::Undone;
