//! `latchkey sandbox`, and the sandbox of a server without configured providers.

use latchkey::{
    accounts::EmailAddress,
    config::{Config, Environment, MailConfig, parse_providers},
    ui::view::{InboxCount, SandboxView},
    web::AppState,
};
use latchkey_sandbox::{Sandbox, Settings};
use tokio_util::sync::CancellationToken;

use super::shutdown::cancel_on_signal;
use crate::Failure;

pub const IS_INCLUDED: bool = true;

/// Accounts of the demo. Ada's address is at Google, which hosts her mailbox, so that Google is linked without a prompt;
/// Petra's is not, so that she sees the link prompt.
const DEMO_ACCOUNTS: [(&str, &str); 2] =
    [("ada@gmail.com", "a difference engine"), ("petra@example.org", "a key under the mat")];

/// `latchkey sandbox`
pub async fn run(config: &Config) -> Result<(), Failure> {
    let stop = CancellationToken::new();
    tokio::spawn(cancel_on_signal(stop.clone()));
    let sandbox = start(config).await?;
    tracing::info!("sandbox providers at {}", sandbox.origin());
    tracing::info!("mail server at {}; inbox at {}/inbox", sandbox.smtp_url(), sandbox.origin());
    stop.cancelled().await;
    sandbox.shutdown().await;
    Ok(())
}

/// If no provider is configured, starts the sandbox and points every provider to it.
pub async fn start_unless_configured(mut config: Config) -> Result<(Config, Option<Sandbox>), Failure> {
    if !config.sandbox_wanted {
        return Ok((config, None));
    }
    let sandbox = start(&config).await?;
    let variables: Environment = sandbox.variables().iter().cloned().collect();
    config.providers = parse_providers(&variables, &config.base_url)?;
    config.google_button = true;
    // Emails go to the sandbox's inbox unless a mail server is configured.
    config.mail.get_or_insert_with(|| MailConfig {
        smtp_url: sandbox.smtp_url().into(),
        mail_from: "Latchkey <no-reply@latchkey.example>".to_owned(),
    });
    Ok((config, Some(sandbox)))
}

pub fn view(sandbox: &Sandbox) -> SandboxView {
    SandboxView {
        origin: sandbox.origin().to_owned(),
        inbox: format!("{}/inbox", sandbox.origin()),
        emails: InboxCount::new(sandbox.inbox_count()),
        accounts: DEMO_ACCOUNTS.map(|(email, password)| (email.to_owned(), password.to_owned())).to_vec(),
    }
}

pub async fn create_demo_accounts(app: &AppState) -> Result<(), Failure> {
    for (email, password) in DEMO_ACCOUNTS {
        let password = app.passwords.choose(&password.to_owned().into(), &[email], None).await??;
        let hash = app.passwords.hash(&password, None).await?;
        app.database.create_demo_account(&EmailAddress::parse(email)?, &hash, app.clock.date()).await?;
    }
    Ok(())
}

async fn start(config: &Config) -> Result<Sandbox, Failure> {
    let (listen, smtp_listen) = (config.sandbox_addr, config.sandbox_smtp_addr);
    let origin = config.base_url.origin();
    let links = [("Sign in", "/login"), ("API reference", "/api/docs")];
    let links = links.map(|(name, path)| (name.to_owned(), format!("{origin}{path}"))).to_vec();
    let settings = Settings { listen, smtp_listen, links, ..Settings::default() };
    Sandbox::start(settings).await.map_err(|error| format!("SANDBOX_ADDR and SANDBOX_SMTP_ADDR: {error}").into())
}
