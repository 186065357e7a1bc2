//! The table of the README.

use std::time::Duration;

use crate::{
    api::{self, Pairs},
    dashboard::Rounds,
    drive::Drive,
    load::Outcome,
    passkeys::Passkeys,
    passwords::Passwords,
    production::Production,
    recording::Recording,
    tokens::Found,
    verify,
};

/// The server's and the database's threads, by prefix.
const LATCHKEY: [&str; 2] = ["latchkey", "sqlx-sqlite"];
const BARE: [&str; 2] = ["bare", "sqlx-sqlite"];

/// Prints the measurements and the targets.
pub struct Table;

impl Table {
    pub fn begin() -> Self {
        println!("| Measured | Result | Wanted |\n|---|---|---|");
        Self
    }

    fn row(&self, what: &str, result: &str, wanted: &str) {
        println!("| {what} | {result} | {wanted} |");
    }

    pub fn dashboard(&self, rounds: &Rounds) {
        let ratio = |ours: &[Outcome]| {
            let ratios: Vec<f64> =
                ours.iter().zip(&rounds.bare).map(|(ours, bare)| ours.rate() / bare.rate()).collect();
            let (least, most) =
                ratios.iter().fold((f64::MAX, f64::MIN), |(low, high), &ratio| (low.min(ratio), high.max(ratio)));
            format!("**{:.2}** (median of {}, {least:.2} to {most:.2})", median(ratios.clone()), ratios.len())
        };
        let rate = |outcomes: &[Outcome]| median(outcomes.iter().map(Outcome::rate).collect());
        let cost = |outcomes: &[Outcome], threads: &[&str]| {
            median(outcomes.iter().map(|outcome| outcome.microseconds(threads)).collect())
        };
        let failed: u64 =
            [&rounds.dashboard, &rounds.quiet, &rounds.bare].into_iter().flatten().map(Outcome::failed).sum();
        let what = format!(
            "Signed-in dashboard ({:.1} kB), relative to a bare Axum handler with one query and the same bytes",
            rounds.page as f64 / 1000.0
        );
        self.row(&what, &ratio(&rounds.dashboard), "at least 0.5");
        self.row("The same, with `RUST_LOG=warn`", &ratio(&rounds.quiet), "");
        self.row(
            "Dashboards per second",
            &format!(
                "{:.0} ({:.0} with `RUST_LOG=warn`, bare handler {:.0}); {failed} errors",
                rate(&rounds.dashboard),
                rate(&rounds.quiet),
                rate(&rounds.bare)
            ),
            "",
        );
        self.row(
            "Processor time per dashboard",
            &format!(
                "{:.0} µs ({:.0} µs with `RUST_LOG=warn`, bare handler {:.0} µs)",
                cost(&rounds.dashboard, &LATCHKEY),
                cost(&rounds.quiet, &LATCHKEY),
                cost(&rounds.bare, &BARE)
            ),
            "",
        );
    }

    /// The sign-ins and where their time goes.
    pub fn sign_ins(&self, outcome: &Outcome) {
        let errors = match outcome.errors.iter().max_by_key(|(_, count)| **count) {
            Some((error, _)) => format!("{} errors, most often: {error}", outcome.failed()),
            None => "0 errors".to_owned(),
        };
        let result = format!(
            "**{:.0} per second** ({} in {:.0} s, {errors})",
            outcome.rate(),
            outcome.done,
            outcome.took.as_secs_f64()
        );
        self.row("Complete sign-ins at the sandbox", &result, "");
        let all = outcome.times.all().as_secs_f64();
        if all > 0.0 {
            let share = |threads: &[&str]| 100.0 * outcome.times.of(threads).as_secs_f64() / all;
            self.row(
                "Their processor time by thread",
                &format!(
                    "Latchkey {:.0} %, SQLite {:.0} %, sandbox {:.0} %, clients {:.0} %; {:.1} cores busy",
                    share(&["latchkey"]),
                    share(&["sqlx-sqlite"]),
                    share(&["sandbox"]),
                    share(&["load"]),
                    all / outcome.took.as_secs_f64()
                ),
                "",
            );
        }
    }

    /// The sign-ins with a recording, and a step without one.
    pub fn recording(&self, recording: &Recording) {
        let Recording { rounds, step } = recording;
        let ratios: Vec<f64> = rounds.iter().map(|(off, on)| on.rate() / off.rate()).collect();
        let (least, most) =
            ratios.iter().fold((f64::MAX, f64::MIN), |(low, high), &ratio| (low.min(ratio), high.max(ratio)));
        let failed: u64 = rounds.iter().map(|(off, on)| off.failed() + on.failed()).sum();
        self.row(
            "Complete sign-ins that `/inspect` records, relative to sign-ins that it does not",
            &format!(
                "**{:.2}** (median of {}, {least:.2} to {most:.2}; {failed} errors)",
                median(ratios.clone()),
                rounds.len()
            ),
            "at least 0.9",
        );
        self.row("A step that is not recorded", &format!("{} ns", step.as_nanos()), "");
    }

    /// The password sign-ins, and the dashboard meanwhile.
    pub fn passwords(&self, passwords: &Passwords) {
        let Passwords { sign_ins, idle, meanwhile } = passwords;
        let errors = match sign_ins.errors.iter().max_by_key(|(_, count)| **count) {
            Some((error, _)) => format!("{} errors, most often: {error}", sign_ins.failed()),
            None => "0 errors".to_owned(),
        };
        let result = format!(
            "**{:.0} per second** ({} in {:.0} s, {errors})",
            sign_ins.rate(),
            sign_ins.done,
            sign_ins.took.as_secs_f64()
        );
        self.row("Sign-ins with a password (argon2id), 200 people at once", &result, "");
        let milliseconds = |wait: &Duration| wait.as_secs_f64() * 1000.0;
        self.row(
            "The dashboard's p99 meanwhile, relative to its p99 when idle",
            &format!(
                "**{:.1}** ({:.1} ms to {:.1} ms)",
                milliseconds(meanwhile) / milliseconds(idle),
                milliseconds(meanwhile),
                milliseconds(idle)
            ),
            "at most 3",
        );
    }

    /// The passkey sign-ins, and the share of the verification.
    pub fn passkeys(&self, passkeys: &Passkeys) {
        let Passkeys { sign_ins, verification } = passkeys;
        let verification = median(verification.iter().map(|round| round.as_secs_f64() * 1e6).collect());
        let errors = match sign_ins.errors.iter().max_by_key(|(_, count)| **count) {
            Some((error, _)) => format!("{} errors, most often: {error}", sign_ins.failed()),
            None => "0 errors".to_owned(),
        };
        let whole = sign_ins.microseconds(&LATCHKEY);
        self.row(
            "Sign-ins with a passkey",
            &format!(
                "**{:.0} per second** ({} in {:.0} s, {errors})",
                sign_ins.rate(),
                sign_ins.done,
                sign_ins.took.as_secs_f64()
            ),
            "",
        );
        self.row(
            "Their processor time, and that of one verification alone",
            &format!("{whole:.0} µs and {verification:.0} µs ({:.0} %)", 100.0 * verification / whole),
            "",
        );
    }

    /// The lists of files, and what 200 readers with an expired token cost.
    pub fn drive(&self, drive: &Drive) {
        let ratios: Vec<f64> =
            drive.lists.iter().zip(&drive.straight).map(|(ours, straight)| ours.rate() / straight.rate()).collect();
        let (least, most) =
            ratios.iter().fold((f64::MAX, f64::MIN), |(low, high), &ratio| (low.min(ratio), high.max(ratio)));
        self.row(
            "Lists of 50 files with a warm grant, relative to the same requests sent straight to the sandbox",
            &format!("**{:.2}** (median of {}, {least:.2} to {most:.2})", median(ratios.clone()), ratios.len()),
            "at least 0.6",
        );
        let rate = |outcomes: &[Outcome]| median(outcomes.iter().map(Outcome::rate).collect());
        let failed: u64 =
            [&drive.lists, &drive.straight, &drive.pages].into_iter().flatten().map(Outcome::failed).sum();
        self.row(
            "Lists per second",
            &format!(
                "{:.0} (straight {:.0}, as whole pages of {:.1} kB {:.0}); {failed} errors",
                rate(&drive.lists),
                rate(&drive.straight),
                drive.page as f64 / 1000.0,
                rate(&drive.pages)
            ),
            "",
        );
        self.row(
            &format!("Refreshes for {} concurrent readers with an expired token", drive.at_once),
            &format!("**{}** ({} errors)", drive.renewals, drive.refused),
            "1",
        );
    }

    pub fn decision(&self, rounds: &[Duration]) {
        let nanoseconds = median(rounds.iter().map(|each| each.as_secs_f64() * 1e9).collect());
        let result = format!("**{nanoseconds:.0} ns** (median of {})", rounds.len());
        self.row("One linking decision", &result, "below 1 µs");
    }

    pub fn tokens(&self, found: &[Found]) {
        for Found { engine, cold, cached, refreshes } in found {
            let microseconds = |time: &Duration| time.as_secs_f64() * 1e6;
            let result = format!("**{:.1} µs**, again **{:.2} µs**", microseconds(cold), microseconds(cached));
            self.row(&format!("Verifying an access token (keys in {engine})"), &result, "");
            self.row(&format!("Refresh token exchanges, {engine}"), &format!("**{refreshes:.0} per second**"), "");
        }
    }

    pub fn api(&self, found: &api::Found) {
        let rows = [
            ("`/api/me` by cookie", &found.me_by_cookie, "at least 0.5"),
            ("`/api/me` by access token", &found.me_by_bearer, ""),
            ("`/api/auth/refresh`", &found.refreshes, ""),
        ];
        for (what, pairs, wanted) in rows {
            self.pairs(&format!("{what}, to a bare Axum handler, {}", found.engine), pairs, wanted);
        }
    }

    pub fn verify(&self, found: &verify::Found) {
        self.pairs(
            "`/auth/verify` by cookie, to a bare Axum handler with the same query",
            &found.by_cookie,
            "at least 0.5",
        );
        let what = "`/auth/verify` by access token, to a bare Axum handler without a database";
        self.pairs(what, &found.by_bearer, "at least 0.7");
    }

    fn pairs(&self, what: &str, Pairs { ours, bare }: &Pairs, wanted: &str) {
        let ratios: Vec<f64> = ours.iter().zip(bare).map(|(ours, bare)| ours.rate() / bare.rate()).collect();
        let rate = |outcomes: &[Outcome]| median(outcomes.iter().map(Outcome::rate).collect());
        let failed: u64 = ours.iter().chain(bare).map(Outcome::failed).sum();
        let result = format!(
            "**{:.2}** ({:.0} per second, bare handler {:.0}; {failed} errors)",
            median(ratios),
            rate(ours),
            rate(bare)
        );
        self.row(what, &result, wanted);
    }

    pub fn production(&self, production: &Production) {
        let client = &production.client;
        self.row(
            "Client code of the login page, after brotli",
            &format!(
                "**{:.1} kB** (WASM {} bytes, JavaScript {} bytes)",
                (client.wasm + client.js) as f64 / 1000.0,
                client.wasm,
                client.js
            ),
            "at most 45 kB",
        );
        self.row(
            "References to scripts on an error page",
            &format!("**{}**", production.scripts_on_error_page),
            "none",
        );
        let megabytes = |bytes: Option<u64>| {
            bytes.map_or_else(|| "not known here".to_owned(), |bytes| format!("{:.1} MB", bytes as f64 / 1e6))
        };
        self.row(
            "Memory when idle",
            &format!(
                "**{}** ({} after {} pages)",
                megabytes(production.memory),
                megabytes(production.memory_after),
                production.pages
            ),
            "at most 20 MB, 30 MB",
        );
        let kilobytes = production.memory_of_connection.map(|bytes| format!("{:.1} kB", bytes as f64 / 1e3));
        self.row(
            "Memory of an idle connection that has had a page",
            &format!("**{}**", kilobytes.unwrap_or_else(|| "not known here".to_owned())),
            "at most 6 kB",
        );
        let starts: Vec<f64> = production.starts.iter().map(|took| took.as_secs_f64() * 1000.0).collect();
        let slowest = starts.iter().copied().fold(0.0, f64::max);
        self.row(
            "From start to first response, on an empty database",
            &format!("**{:.0} ms** (median of {}, slowest {slowest:.0} ms)", median(starts.clone()), starts.len()),
            "at most 200 ms",
        );
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    match numbers.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => numbers[middle],
        _ => (numbers[middle - 1] + numbers[middle]) / 2.0,
    }
}
