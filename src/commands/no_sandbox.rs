//! In place of `sandbox.rs` in a build without the sandbox: there is none to start.

use std::convert::Infallible;

use latchkey::{config::Config, ui::view::SandboxView, web::AppState};

use crate::Failure;

pub const IS_INCLUDED: bool = false;

/// A sandbox cannot exist in this build.
pub struct Sandbox(Infallible);

impl Sandbox {
    pub async fn shutdown(self) {
        match self.0 {}
    }
}

pub async fn start_unless_configured(config: Config) -> Result<(Config, Option<Sandbox>), Failure> {
    Ok((config, None))
}

pub fn view(sandbox: &Sandbox) -> SandboxView {
    match sandbox.0 {}
}

pub async fn create_demo_accounts(_: &AppState) -> Result<(), Failure> {
    Ok(())
}
