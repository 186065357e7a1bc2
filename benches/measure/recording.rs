//! What the walkthrough of flows costs: sign-ins with and without a recording, and one step that nobody records.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use latchkey::inspect::{Change, Step, record};

use crate::{Failure, load::Outcome, sign_ins, world::World};

const ROUNDS: usize = 3;
const STEPS: u32 = 10_000_000;

pub struct Recording {
    /// Sign-ins without a recording and with one, round by round: the two worlds take turns.
    pub rounds: Vec<(Outcome, Outcome)>,
    /// A step that is not recorded.
    pub step: Duration,
}

pub fn measure() -> Result<Recording, Failure> {
    let (off, on) = (World::start()?, World::start_recording()?);
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push((sign_ins::measure(&off)?, sign_ins::measure(&on)?));
    }
    Ok(Recording { rounds, step: step_that_is_not_recorded()? })
}

/// In a task, as in the server.
fn step_that_is_not_recorded() -> Result<Duration, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(runtime.block_on(async {
        let begun = Instant::now();
        for _ in 0..STEPS {
            record(black_box(|_: &_| Step::row("users", Change::Inserted)));
        }
        begun.elapsed() / STEPS
    }))
}
