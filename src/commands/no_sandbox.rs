//! In place of `sandbox.rs` in a build without the sandbox: there is none to start.

use latchkey::{config::Config, ui::view::SandboxView, web::AppState};

use crate::Failure;

pub const IS_INCLUDED: bool = false;

/// Cannot exist in this build.
pub enum Sandbox {}

impl Sandbox {
    pub async fn shutdown(self) {
        match self {}
    }
}

pub async fn start_unless_configured(config: Config) -> Result<(Config, Option<Sandbox>), Failure> {
    Ok((config, None))
}

pub fn view(sandbox: &Sandbox) -> SandboxView {
    match *sandbox {}
}

pub async fn create_demo_accounts(_: &AppState) -> Result<(), Failure> {
    Ok(())
}
