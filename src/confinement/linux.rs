//! The rules. The kernel gives what it knows of them: it is asked for all rights of Linux 6.10, and denies those that no rule
//! allows.

use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError,
    RulesetStatus, make_bitflags, path_beneath_rules,
};

use super::{Confinement, ConfinementError, Files, SYSTEM};

/// The rights that are denied where no rule allows them. Later ones restrict connections to Unix sockets, which PostgreSQL may
/// need.
const DENIED: ABI = ABI::V5;

/// No right to execute: nothing is started.
fn reading() -> BitFlags<AccessFs> {
    make_bitflags!(AccessFs::{ReadFile | ReadDir})
}

/// What SQLite does with a database, its log and the file beside it.
fn writing() -> BitFlags<AccessFs> {
    reading() | make_bitflags!(AccessFs::{WriteFile | Truncate | MakeReg | RemoveFile})
}

pub(super) fn confine(files: &Files) -> Result<Confinement, ConfinementError> {
    let status = restrict(files).map_err(|error| ConfinementError(error.to_string()))?;
    Ok(match status {
        RulesetStatus::FullyEnforced => Confinement::Complete,
        RulesetStatus::PartiallyEnforced => Confinement::Partial,
        RulesetStatus::NotEnforced => Confinement::Unsupported,
    })
}

/// Paths that do not exist get no rule.
fn restrict(files: &Files) -> Result<RulesetStatus, RulesetError> {
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(DENIED))?
        .create()?
        .add_rules(path_beneath_rules(SYSTEM, reading()))?
        .add_rules(path_beneath_rules(&files.readable, reading()))?
        .add_rules(path_beneath_rules(["/dev/null"], writing()))?
        .add_rules(path_beneath_rules(&files.writable, writing()))?
        .restrict_self()?;
    Ok(status.ruleset)
}

pub(super) fn is_supported() -> bool {
    let oldest = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    oldest.handle_access(AccessFs::from_all(ABI::V1)).and_then(Ruleset::create).is_ok()
}
