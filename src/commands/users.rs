//! `latchkey users` and `latchkey events`

use std::{io::Write, process::ExitCode};

use clap::{Args, Subcommand};
use latchkey::{
    accounts::{ClientInfo, EmailAddress},
    admin::{self, AdminError, Change, Page, Report},
    config::{Config, Environment},
    doctor,
    relying_party::Clock,
    store::{AuditContext, Database},
};

use super::database::connect;
use crate::Failure;

#[derive(Subcommand)]
pub enum UsersCommand {
    /// List the users, the newest first. Read-only.
    List {
        /// Only those with this email address, verified or not, here or at a provider.
        #[arg(long)]
        email: Option<String>,
        /// Only those who are disabled.
        #[arg(long, conflicts_with = "email")]
        disabled: bool,
        #[command(flatten)]
        page: PageArguments,
        #[command(flatten)]
        output: Output,
    },
    /// Show a user with sign-in methods, sessions and grants. Read-only.
    Show(OneUser),
    /// Disable a user: they are signed out everywhere and cannot sign in.
    Disable(OneUser),
    /// Let a disabled user sign in again.
    Enable(OneUser),
    /// Sign a user out everywhere.
    SignOut(OneUser),
    /// Delete a user with all their data, as they could themselves. There is no way back.
    Delete(OneUser),
    /// Invite an email address: its owner can create an account within a week, also with SIGN_UP=invited or domains:….
    Invite {
        email: String,
        #[command(flatten)]
        output: Output,
    },
    /// Give a user another verified email address, on your word. The old address gets an email that can undo it.
    Email {
        #[command(flatten)]
        user: OneUser,
        address: String,
    },
    /// List a user's sign-in methods, or remove one.
    Methods {
        #[command(flatten)]
        user: OneUser,
        /// Remove this one: `password`, `second_factor`, or the id of an identity. Not the last way to sign in.
        #[arg(long, value_name = "METHOD")]
        remove: Option<String>,
    },
}

/// The audit trail.
#[derive(Args)]
pub struct EventsCommand {
    /// Only events of this user. By id, the user may be gone.
    #[arg(long, value_name = "ID OR EMAIL")]
    user: Option<String>,
    #[command(flatten)]
    page: PageArguments,
    #[command(flatten)]
    output: Output,
}

#[derive(Args)]
pub struct OneUser {
    /// The user's id or verified email address.
    #[arg(value_name = "ID OR EMAIL")]
    user: String,
    #[command(flatten)]
    output: Output,
}

#[derive(Clone, Copy, Args)]
pub struct Output {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct PageArguments {
    /// Continue after this id: the `next` of the page before.
    #[arg(long, value_name = "ID")]
    after: Option<String>,
    /// Rows of a page, 1000 at most.
    #[arg(long, default_value_t = 100)]
    limit: u32,
}

impl From<PageArguments> for Page {
    fn from(PageArguments { after, limit }: PageArguments) -> Self {
        Self { after, limit }
    }
}

pub async fn run(command: UsersCommand) -> ExitCode {
    let output = command.output();
    print(carry_out(command).await, output)
}

pub async fn run_events(EventsCommand { user, page, output }: EventsCommand) -> ExitCode {
    print(events(user.as_deref(), page.into()).await, output)
}

impl UsersCommand {
    const fn output(&self) -> Output {
        match self {
            Self::List { output, .. } | Self::Invite { output, .. } => *output,
            Self::Show(user)
            | Self::Disable(user)
            | Self::Enable(user)
            | Self::SignOut(user)
            | Self::Delete(user)
            | Self::Email { user, .. }
            | Self::Methods { user, .. } => user.output,
        }
    }

    /// Reading needs no persistent `SECRET_KEY`; a change may queue an email, which it seals.
    const fn is_read_only(&self) -> bool {
        matches!(self, Self::List { .. } | Self::Show(_) | Self::Methods { remove: None, .. })
    }
}

async fn carry_out(command: UsersCommand) -> Result<Report, Failure> {
    let (config, database) = open(command.is_read_only()).await?;
    let report = answer(command, &config, &database).await;
    database.close().await;
    report
}

async fn answer(command: UsersCommand, config: &Config, database: &Database) -> Result<Report, Failure> {
    let now = Clock::default().date();
    let audit = AuditContext { client: ClientInfo::operator(), now };
    let (user, change) = match command {
        UsersCommand::List { email, disabled, page, .. } => {
            return Ok(admin::list_users(database, email.as_deref(), disabled, &page.into()).await?);
        }
        UsersCommand::Show(OneUser { user, .. }) => return Ok(admin::show(database, &user, now).await?),
        UsersCommand::Methods { user, remove: None } => return Ok(admin::methods(database, &user.user).await?),
        UsersCommand::Invite { email, .. } => {
            let sends = config.mail.is_some();
            return Ok(admin::invite(database, &email, &config.sign_up, sends, &audit).await?);
        }
        UsersCommand::Disable(user) => (user, Change::Disable),
        UsersCommand::Enable(user) => (user, Change::Enable),
        UsersCommand::SignOut(user) => (user, Change::SignOut),
        UsersCommand::Delete(user) => (user, Change::Delete),
        UsersCommand::Email { user, address } => {
            let address = EmailAddress::parse(&address).map_err(|error| AdminError::Refused(error.to_string()))?;
            (user, Change::Email(address))
        }
        UsersCommand::Methods { user, remove: Some(method) } => {
            (user, Change::RemoveMethod(admin::parse_method(&method)?))
        }
    };
    Ok(admin::change(database, &config.providers, &user.user, &change, &audit).await?)
}

async fn events(user: Option<&str>, page: Page) -> Result<Report, Failure> {
    let (_, database) = open(true).await?;
    let report = admin::list_events(&database, user, &page).await;
    database.close().await;
    Ok(report?)
}

pub async fn open(read_only: bool) -> Result<(Config, Database), Failure> {
    let environment = Environment::of_process()?;
    let config = if read_only { Config::inspect(&environment)? } else { Config::parse(&environment)? };
    doctor::check_schema(&config).await?;
    let database = connect(&config).await?;
    Ok((config, database))
}

/// On standard output, or the failure on standard error, as JSON too if that was asked for.
fn print(report: Result<Report, Failure>, Output { json }: Output) -> ExitCode {
    match report {
        Ok(report) => {
            let text = if json { report.to_json() } else { report.text().to_owned() };
            drop(std::io::stdout().write_all(text.as_bytes()));
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("latchkey: {failure}");
            ExitCode::from(failure.downcast_ref::<AdminError>().map_or(2, AdminError::exit_status))
        }
    }
}
