//! Threat group M: Google fails, or answers maliciously.

mod api_requests;
mod refreshing;
mod revoking;

use latchkey::{
    accounts::Identity,
    grants::{DriveMetadataReadonly, GrantError, Granted},
};
use serde_json::json;

use crate::http::app::App;

const FILES: &str = "/drive/v3/files?pageSize=1";

impl App {
    async fn take_token(&self, identity: &Identity) -> Result<Granted<DriveMetadataReadonly>, GrantError> {
        self.grants.take(identity).await
    }

    /// Lists files; returns the status.
    async fn list_files(&self, identity: &Identity) -> Result<u16, GrantError> {
        let mut granted = self.take_token(identity).await?;
        Ok(self.grants.ask(&mut granted, FILES).await?.status)
    }

    async fn arm_preset(&self, preset: &str, times: Option<u32>) {
        self.control_sandbox("google/presets", json!({ "preset": preset, "times": times })).await;
    }

    async fn disarm(&self) {
        self.control_sandbox("google/behave", json!({})).await;
    }
}
