//! Who caused a change.

use super::ids::UserId;

/// Who caused a change of an account, for the audit trail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Actor {
    /// The user, or a request that acts for nobody.
    #[default]
    User,
    /// A command on the server.
    Operator,
    /// A user with the role of an administrator.
    Admin(UserId),
}

impl Actor {
    /// The value in the table `events`; `None` for the user.
    pub fn code(self) -> Option<String> {
        match self {
            Self::User => None,
            Self::Operator => Some("operator".to_owned()),
            Self::Admin(id) => Some(id.to_string()),
        }
    }

    /// The reverse. A value that this version does not know counts as the operator's: not as the user's.
    pub fn from_code(code: Option<&str>) -> Self {
        match code {
            None => Self::User,
            Some(code) => UserId::parse(code).map_or(Self::Operator, Self::Admin),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;

    #[test]
    fn actors_round_trip_by_their_codes() {
        for actor in [Actor::User, Actor::Operator, Actor::Admin(UserId::new(OffsetDateTime::UNIX_EPOCH, [1; 10]))] {
            assert_eq!(Actor::from_code(actor.code().as_deref()), actor);
        }
        assert_eq!(Actor::from_code(Some("somebody")), Actor::Operator);
    }
}
