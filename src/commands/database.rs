//! The database connection of a command.

use latchkey::{
    config::Config,
    sealing::Sealer,
    store::{Database, StoreError},
};
use secrecy::ExposeSecret;

use crate::Failure;

pub async fn connect(config: &Config) -> Result<Database, Failure> {
    let sealer = Sealer::new(config.secret_keys.iter(), "database")?;
    let url = config.database_url.expose_secret();
    let database = Database::connect_with_limit(url, sealer, config.database_pool).await.map_err(failure)?;
    database.set_passkeys(config.passkey_rp.is_some());
    Ok(database)
}

pub async fn connect_and_migrate(config: &Config) -> Result<Database, Failure> {
    let database = connect(config).await?;
    database.migrate().await.map_err(failure)?;
    Ok(database)
}

fn failure(error: StoreError) -> Failure {
    format!("DATABASE_URL: {error}").into()
}
