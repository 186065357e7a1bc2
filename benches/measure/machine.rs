//! The machine of the measurement, in one line.

use std::{fs, process::Command};

/// Cores, processor, memory, system, compiler; unknown values are left out.
pub fn description() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let parts = [
        Some(format!("{cores} cores")),
        line_of("/proc/cpuinfo", "model name").map(|model| format!("{model} {}", std::env::consts::ARCH)),
        line_of("/proc/meminfo", "MemTotal").as_deref().and_then(gibibytes),
        line_of("/etc/os-release", "PRETTY_NAME").map(|name| name.trim_matches('"').to_owned()),
        fs::read_to_string("/proc/sys/kernel/osrelease").ok().map(|release| format!("Linux {}", release.trim())),
        compiler(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn line_of(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start().trim_start_matches([':', '=']).trim().to_owned())
}

fn gibibytes(kibibytes: &str) -> Option<String> {
    let number: f64 = kibibytes.trim_end_matches("kB").trim().parse().ok()?;
    Some(format!("{:.0} GiB", number / 1024.0 / 1024.0))
}

fn compiler() -> Option<String> {
    let output = Command::new("rustc").arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.split(" (").next()?.trim().to_owned())
}
