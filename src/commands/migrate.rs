//! `latchkey migrate`

use latchkey::config::Config;

use super::database::connect_and_migrate;
use crate::Failure;

pub async fn run(config: &Config) -> Result<(), Failure> {
    connect_and_migrate(config).await?.close().await;
    Ok(())
}
