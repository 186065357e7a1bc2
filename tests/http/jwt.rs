//! What is central once more, with sessions that tokens carry: the same files, word for word.

#[path = "link_prompt.rs"]
mod link_prompt;
#[path = "password_sign_in.rs"]
mod password_sign_in;
#[path = "recovery.rs"]
mod recovery;
#[path = "session.rs"]
mod session;
#[path = "settings_forms.rs"]
mod settings_forms;
#[path = "sign_in.rs"]
mod sign_in;
#[path = "undo.rs"]
mod undo;

use crate::{app::Stage, support::database};

/// The engines, by the names that the files know them by.
#[derive(Clone, Copy, Debug)]
pub struct Engine(database::Engine);

#[expect(non_upper_case_globals, reason = "they stand for the variants of the other `Engine`")]
impl Engine {
    pub const Sqlite: Self = Self(database::Engine::Sqlite);
    pub const Postgres: Self = Self(database::Engine::Postgres);
}

impl From<database::Engine> for Engine {
    fn from(engine: database::Engine) -> Self {
        Self(engine)
    }
}

impl From<Engine> for Stage {
    fn from(Engine(engine): Engine) -> Self {
        Self { engine, settings: &[("SESSION_MODE", "jwt")] }
    }
}
