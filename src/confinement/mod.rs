//! A server gives up what it does not need of the file system (Landlock, Linux 5.13). An attacker who makes it run their code can
//! neither read other files, nor write outside the database's folder, nor start a program, whatever its user may do. Connections are not
//! restricted. See the tour in `lib.rs`.

#[cfg(not(target_os = "linux"))]
#[path = "elsewhere.rs"]
mod kernel;
#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod kernel;
#[cfg(all(test, target_os = "linux"))]
mod tests;

use std::path::PathBuf;

/// What a server needs of the file system after its start, beside what every program does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// Files and folders that are only read.
    pub readable: Vec<PathBuf>,
    /// Folders whose files are read, written, created and removed.
    pub writable: Vec<PathBuf>,
}

/// What the kernel made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confinement {
    Complete,
    /// The kernel is older than some of the rights.
    Partial,
    /// The kernel has no Landlock, or it is off.
    Unsupported,
}

#[derive(Debug, thiserror::Error)]
#[error("Landlock: {0}")]
pub struct ConfinementError(String);

/// The variables by which libraries find files: certificate authorities, and PostgreSQL's certificates and passwords.
pub const PATH_VARIABLES: [&str; 6] =
    ["SSL_CERT_FILE", "SSL_CERT_DIR", "PGPASSFILE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY"];

/// PostgreSQL's password file, below the user's home.
pub const PASSWORD_FILE: (&str, &str) = ("HOME", ".pgpass");

/// Name resolution, certificates, time zones, and the libraries that glibc loads for them; random numbers; and how many
/// processors a container may use. Folders and not files, since most of these are replaced, not rewritten: a rule for the file would
/// keep the old one.
const SYSTEM: [&str; 15] = [
    "/etc",
    "/usr",
    "/lib",
    "/lib64",
    "/nix/store",
    "/var/lib/ca-certificates",
    "/run/systemd/resolve",
    "/run/resolvconf",
    "/run/NetworkManager",
    "/dev/null",
    "/dev/random",
    "/dev/urandom",
    "/proc/self",
    "/sys/fs/cgroup",
    "/sys/devices/system/cpu",
];

/// Confines this thread and those that it starts from now on, for good; call it before there are others. Writable folders that are
/// missing are created, since a rule needs them.
///
/// # Errors
/// When the kernel has Landlock and refuses the rules.
pub fn confine(files: &Files) -> Result<Confinement, ConfinementError> {
    for folder in &files.writable {
        // A failure is reported by the connection to the database.
        drop(std::fs::create_dir_all(folder));
    }
    kernel::confine(files)
}

/// Whether the kernel has Landlock, and it is on.
pub fn is_supported() -> bool {
    kernel::is_supported()
}
