//! Connections are open files, of which the system allows a process a number: often 1024, and many more to one that asks.

/// For what is no connection of a client: the database, providers, the mail server, the log.
const OTHERS: u64 = 512;

/// Raises this process's limit of open files as far as it may. Without that, the connections of a few networks could leave none for
/// the database.
///
/// Logs a warning if fewer than `wanted` connections fit even so.
pub fn raise_limit(wanted: usize) {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};

        let mut limit = getrlimit(Resource::Nofile);
        limit.current = limit.maximum;
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::warn!(%error, "the limit of open files stays what it was");
        }
    }
    let fitting = connections(wanted);
    if fitting < wanted {
        tracing::warn!(
            "open files are limited: at most {fitting} connections at a time; raise the hard limit (LimitNOFILE)"
        );
    }
}

/// How many connections fit into the limit, at most `wanted`.
pub(super) fn connections(wanted: usize) -> usize {
    fitting(limit(), wanted)
}

/// `None`: there is none.
fn limit() -> Option<u64> {
    #[cfg(unix)]
    return rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    #[cfg(not(unix))]
    None
}

/// Half of a small limit goes to connections.
fn fitting(limit: Option<u64>, wanted: usize) -> usize {
    let Some(limit) = limit else { return wanted };
    let fitting = limit.saturating_sub(OTHERS).max(limit / 2);
    usize::try_from(fitting).map_or(wanted, |fitting| fitting.min(wanted))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::a_usual_soft_limit(Some(1024), 512)]
    #[case::a_small_one(Some(256), 128)]
    #[case::enough(Some(524_288), 10_240)]
    #[case::just_enough(Some(10_752), 10_240)]
    #[case::one_less(Some(10_751), 10_239)]
    #[case::none(None, 10_240)]
    fn connections_leave_files_for_the_rest(#[case] limit: Option<u64>, #[case] connections: usize) {
        assert_eq!(fitting(limit, 10_240), connections);
    }

    #[cfg(unix)]
    #[test]
    fn the_limit_is_raised_as_far_as_it_may() {
        raise_limit(1);
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
        assert_eq!(limit.current, limit.maximum);
        assert_eq!(connections(1), 1);
    }
}
