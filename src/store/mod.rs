//! The database: named queries, portable between SQLite and PostgreSQL. See the tour in `lib.rs`.
//!
//! `Database::settle` gathers the facts about a profile, asks `accounts::decide` and carries the answer out, in one
//! transaction (`linking`). `account` has the other changes that span tables. `users`, `sessions`, `second_factor`, `grants`, `email`
//! and `audit` each hold the queries of their tables, `outbox` the queue that emails and revocations share, and `engine`
//! the connection, transactions and migrations.

mod account;
mod audit;
mod email;
mod engine;
mod error;
mod grants;
mod ids;
mod linking;
mod outbox;
mod rate_limits;
mod second_factor;
mod sessions;
mod signing_keys;
mod users;

pub use account::change::ChangeError;
pub use account::sign_up::{NewSignUp, SignedUp};
pub use account::undo::Undone;
pub use audit::context::AuditContext;
pub use audit::events::PastEvent;
pub use email::codes::{EmailCodeOutcome, PendingEmailCode};
pub use email::invitations::Invited;
pub use email::links::{AnnouncedSignIn, EmailLink, LinkData, UndoStep};
pub use email::queue::QueuedEmail;
pub use email::sign_in_codes::{RightCode, SignInCodeOutcome};
pub use engine::checkup::{DatabaseCheckup, Migrations, Reach};
pub use engine::database::Database;
pub use engine::engines::sqlite_folders;
pub use engine::load::{DatabaseLoad, PoolLoad, QueueLoad};
pub use engine::move_rows::{MoveError, MovedTable};
pub use engine::pooler::Pooling;
pub use engine::sweep::SweepStep;
pub use error::StoreError;
pub use grants::end::DisconnectedGrant;
pub use grants::reseal::Resealed;
pub use grants::revocations::{QueuedRevocation, Revocation};
pub use grants::types::{FoundGrant, Grant, GrantEndReason, GrantStatus, NewGrant, OpenGrant, RevocationStatus};
pub use linking::request::{Admission, GrantUpdate, SessionOpening, SettleOutcome, SettleRequest, SignedIn};
pub use outbox::{GIVEN_UP_AFTER, wait_after};
pub use rate_limits::SharedLimit;
pub use second_factor::app::AuthenticatorApp;
pub use second_factor::change::NewApp;
pub use second_factor::pending::PENDING_LIFETIME;
pub use second_factor::trusted::{TRUST_LIFETIME, TrustedBrowser};
pub use second_factor::verify::SecondFactorOutcome;
pub use sessions::condition::OpeningCondition;
pub use sessions::refresh_token::RefreshToken;
pub use sessions::refresh_tokens::TokenHolder;
pub use sessions::renewal::Renewal;
pub use sessions::revocation_cache::REVOCATION_MEMORY;
pub use sessions::rotation::Rotation;
pub use sessions::rows::{ActiveSession, NewSession, Session, SessionVersion};
pub use sessions::used_flows::{CompletedFlow, FlowStatus};
pub use signing_keys::{KeyChanges, KeyTimes, NewKey, StoredKey};
pub use users::administer::{Administered, Authority, RemovedMethod};
pub use users::data_deletion::{DataDeletionRequest, confirmation_code};
pub use users::export::ExportedUser;
pub use users::import::{Imported, ImportedUser};
pub use users::passwords::PasswordLookup;
pub use users::provider_events::{ProviderEvent, ProviderEventOutcome};
pub use users::sign_in_methods::MethodsOnRecord;

pub use crate::accounts::PASSWORD;
