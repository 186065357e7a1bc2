//! Runs the mock providers and the mail server until it is stopped.

use std::{env, error::Error, net::SocketAddr, process::ExitCode};

use latchkey_sandbox::{Sandbox, Settings};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("latchkey-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let settings = Settings {
        listen: address("SANDBOX_ADDR", "127.0.0.1:3010")?,
        smtp_listen: address("SANDBOX_SMTP_ADDR", "127.0.0.1:3025")?,
        ..Settings::default()
    };
    let sandbox = Sandbox::start(settings).await?;
    let origin = sandbox.origin();
    println!("mock providers: {origin}");
    println!("environment variables for your app: {origin}/control/variables");
    println!("control page: {origin}/control");
    println!("mail server: {}, inbox: {origin}/inbox", sandbox.smtp_url());

    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        ended = tokio::signal::ctrl_c() => ended?,
    }
    sandbox.shutdown().await;
    Ok(())
}

fn address(variable: &str, default: &str) -> Result<SocketAddr, String> {
    let value = env::var(variable).unwrap_or_else(|_| default.to_owned());
    value.parse().map_err(|_| format!("{variable} is {value:?}; expected an address and a port such as {default}"))
}
