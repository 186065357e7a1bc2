//! The measurements of the README, in one run on one machine. No time is asserted: the table has the targets, and the
//! exit status reports errors only.
//!
//! `make bench` builds the production binary and passes its path; without it, that part is skipped.

mod api;
mod dashboard;
mod decision;
mod drive;
mod http;
mod load;
mod log;
mod machine;
mod passkeys;
mod passwords;
mod processor;
mod production;
mod recording;
mod report;
mod sign_ins;
mod tokens;
mod verify;
mod world;

use std::{path::PathBuf, process::ExitCode};

use report::Table;
use world::World;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// An error that prevents a measurement.
pub type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    // Cargo itself adds `--bench`.
    let binary = std::env::args_os().skip(1).find(|argument| argument != "--bench").map(PathBuf::from);
    let log = log::Log::start()?;
    println!("{}\n", machine::description());
    let table = Table::begin();

    let world = World::start()?;
    table.dashboard(&dashboard::measure(&world, &log)?);
    table.sign_ins(&sign_ins::measure(&world)?);
    table.passwords(&passwords::measure(&world)?);
    table.passkeys(&passkeys::measure(&world)?);
    table.drive(&drive::measure(&world)?);
    table.api(&api::measure(&world)?);
    table.verify(&verify::measure(&world)?);
    drop(world);
    if let Some(url) = tokens::postgres_of_its_own("api")? {
        table.api(&api::measure(&World::start_on_postgres(url)?)?);
    }
    table.recording(&recording::measure()?);
    table.decision(&decision::measure()?);
    table.tokens(&tokens::measure()?);

    match binary {
        Some(binary) => table.production(&production::measure(&binary)?),
        None => eprintln!("bench: the production binary is measured by `make bench` only"),
    }
    Ok(())
}
