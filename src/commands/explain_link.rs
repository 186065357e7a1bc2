//! `latchkey explain-link`

use std::{io::Write, process::ExitCode};

use clap::{ArgGroup, Args};
use latchkey::{
    config::{Config, Environment},
    doctor::{self, About, Explanation, SimulatedSignIn},
};

use super::database::connect;
use crate::Failure;

/// The question: `--user`, `--event`, or a simulated sign-in with `--provider`.
#[derive(Args)]
#[command(
    group(ArgGroup::new("about").required(true).args(["user", "event", "provider"])),
    group(
        ArgGroup::new("simulated")
            .multiple(true)
            .args(["issuer", "subject", "email", "verified", "authoritative", "link_for"])
            .requires("provider")
            .conflicts_with_all(["user", "event"]),
    ),
)]
pub struct ExplainLink {
    /// Explain past decisions about a user.
    #[arg(long, value_name = "ID OR EMAIL")]
    user: Option<String>,
    /// Explain one past decision, by the id of its event or of its request in the log.
    #[arg(long, value_name = "ID")]
    event: Option<String>,
    /// Simulate a sign-in with this provider.
    #[arg(long, value_name = "SLUG")]
    provider: Option<String>,
    /// Simulated: the issuer; by default that of the configured provider.
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// Simulated: the subject at the provider; by default one that is not linked.
    #[arg(long)]
    subject: Option<String>,
    /// Simulated: the email address from the provider.
    #[arg(long, value_name = "EMAIL")]
    email: Option<String>,
    /// Simulated: the provider has verified the email address.
    #[arg(long, requires = "email")]
    verified: bool,
    /// Simulated: the provider hosts the mailbox.
    #[arg(long, requires = "email")]
    authoritative: bool,
    /// Simulated: this user is signed in and links the identity; by default no user is signed in.
    #[arg(long, value_name = "USER ID")]
    link_for: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl ExplainLink {
    fn about(self) -> About {
        match (self.user, self.event, self.provider) {
            (Some(user), ..) => About::User(user),
            (_, Some(event), _) => About::Event(event),
            (.., provider) => About::SimulatedSignIn(SimulatedSignIn {
                provider: provider.unwrap_or_default(),
                issuer: self.issuer,
                subject: self.subject,
                email: self.email,
                verified: self.verified,
                authoritative: self.authoritative,
                link_for: self.link_for,
            }),
        }
    }
}

pub async fn run(question: ExplainLink) -> ExitCode {
    let json = question.json;
    match explain(question.about()).await {
        Ok(explanation) => {
            let text = if json { explanation.to_json() } else { explanation.to_string() };
            drop(std::io::stdout().write_all(text.as_bytes()));
            ExitCode::from(explanation.exit_status())
        }
        Err(failure) => {
            eprintln!("latchkey: {failure}");
            ExitCode::from(2)
        }
    }
}

async fn explain(about: About) -> Result<Explanation, Failure> {
    let config = Config::inspect(&Environment::of_process()?)?;
    doctor::check_schema(&config).await?;
    let database = connect(&config).await?;
    database.set_passkeys(config.passkey_rp.is_some());
    let explanation = doctor::explain_link(&database, &config, &about).await;
    database.close().await;
    Ok(explanation?)
}
