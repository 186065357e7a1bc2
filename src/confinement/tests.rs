//! In threads of their own: a confined thread stays so, and others are not.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;
use std::thread;

use tempfile::{TempDir, tempdir};

use super::*;

struct Folders {
    writable: TempDir,
    readable: TempDir,
    other: TempDir,
}

impl Folders {
    fn new() -> Self {
        let folders = Self { writable: tempdir().unwrap(), readable: tempdir().unwrap(), other: tempdir().unwrap() };
        for folder in [&folders.writable, &folders.readable, &folders.other] {
            fs::write(folder.path().join("file"), "text").unwrap();
        }
        folders
    }

    fn files(&self) -> Files {
        Files { readable: vec![self.readable.path().into()], writable: vec![self.writable.path().join("new/database")] }
    }
}

/// Runs it in a confined thread, and again in a thread that this one starts.
fn confined(folders: &Folders, check: fn(&Folders)) {
    if !is_supported() {
        eprintln!("skipped: this kernel has no Landlock");
        return;
    }
    thread::scope(|scope| {
        scope.spawn(|| {
            let confinement = confine(&folders.files()).unwrap();
            assert_ne!(confinement, Confinement::Unsupported);
            check(folders);
            thread::scope(|inner| {
                inner.spawn(|| check(folders)).join().unwrap();
            });
        });
    });
}

fn denied<T>(outcome: std::io::Result<T>) -> bool {
    outcome.is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
}

fn replace(folder: &Path) -> std::io::Result<()> {
    fs::write(folder.join("next"), "text")?;
    fs::rename(folder.join("next"), folder.join("now"))?;
    OpenOptions::new().write(true).truncate(true).open(folder.join("now"))?;
    fs::remove_file(folder.join("now"))
}

#[test]
fn the_databases_folder_is_created_and_can_be_written() {
    let folders = Folders::new();
    confined(&folders, |folders| replace(&folders.writable.path().join("new/database")).unwrap());
}

#[test]
fn what_is_only_read_cannot_be_written() {
    let folders = Folders::new();
    confined(&folders, |folders| {
        assert_eq!(fs::read_to_string(folders.readable.path().join("file")).unwrap(), "text");
        assert!(denied(replace(folders.readable.path())));
        assert!(fs::read_dir("/etc").is_ok() && denied(File::create("/etc/latchkey-test")));
    });
}

#[test]
fn other_files_cannot_be_read_nor_written() {
    let folders = Folders::new();
    assert!(fs::read_to_string(folders.other.path().join("file")).is_ok());
    confined(&folders, |folders| {
        assert!(denied(fs::read_to_string(folders.other.path().join("file"))));
        assert!(denied(fs::read_dir(folders.other.path())));
        assert!(denied(replace(folders.other.path())));
        // Beside the database's folder, too.
        assert!(denied(fs::read_to_string(folders.writable.path().join("file"))));
    });
    assert!(replace(folders.other.path()).is_ok(), "this thread is not confined");
}

#[test]
fn no_program_can_be_started() {
    let folders = Folders::new();
    assert!(Command::new("/bin/true").status().is_ok());
    confined(&folders, |_| assert!(denied(Command::new("/bin/true").status())));
}
