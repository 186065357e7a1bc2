//! `latchkey explain-flow`: the flows are in the memory of the server, so the command asks it, on `LISTEN_ADDR`, with a
//! credential that the secret key makes and that works for a minute.

use std::{io::Write, net::SocketAddr, process::ExitCode, time::Duration};

use latchkey::{
    config::{Config, Environment},
    relying_party::Clock,
    web::inspect_credential,
};

use crate::Failure;

const TIMEOUT: Duration = Duration::from_secs(10);

/// Exits with 0, with 1 if the server has no such flow, with 2 if it could not be asked.
pub async fn run(id: String) -> ExitCode {
    match explain(&id).await {
        Ok(Some(text)) => {
            drop(std::io::stdout().write_all(text.as_bytes()));
            ExitCode::SUCCESS
        }
        Ok(None) => {
            eprintln!("latchkey: the server has no record of {id}: records last an hour, and need INSPECT to be on");
            ExitCode::FAILURE
        }
        Err(failure) => {
            eprintln!("latchkey: {failure}");
            ExitCode::from(2)
        }
    }
}

async fn explain(id: &str) -> Result<Option<String>, Failure> {
    let config = Config::inspect(&Environment::of_process()?)?;
    let (name, value) = inspect_credential(config.secret_keys.iter(), Clock::default().now())?;
    let address = reachable(config.listen_addr);
    let mut url = url::Url::parse(&format!("http://{address}/inspect"))?;
    url.path_segments_mut().map_err(|()| "LISTEN_ADDR is no address")?.extend([id, "text"]);
    let client = reqwest::Client::builder().no_proxy().timeout(TIMEOUT).build()?;
    let answer = client.get(url).header(name, value).send().await;
    let answer = answer.map_err(|error| format!("no server answers at LISTEN_ADDR {address}: {error}"))?;
    match answer.status().as_u16() {
        200 => Ok(Some(answer.text().await?)),
        404 => Ok(None),
        status => Err(format!("the server at {address} answered with status {status}").into()),
    }
}

/// A server that listens on every address is asked on loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        ip if ip.is_ipv4() => std::net::Ipv4Addr::LOCALHOST.into(),
        _ => std::net::Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, address.port())
}
