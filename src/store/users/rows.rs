//! Rows of `users`.

use sqlx::FromRow;
use time::OffsetDateTime;

use crate::accounts::{ClaimedEmail, EmailAddress, User, UserId, UserSummary, VerificationMethod, VerifiedEmail};
use crate::store::engine::read::Columns;
use crate::store::error::StoreError;

/// The columns of [`UserRow`]. `users` must be in the `FROM`.
macro_rules! user_columns {
    () => {
        "users.id AS user_id, users.name AS user_name, users.picture AS user_picture, users.verified_email, \
         users.verified_email_method, users.claimed_email, users.created_at AS user_created_at, users.disabled_at, \
         users.name_from, users.picture_from"
    };
}
pub(in crate::store) use user_columns;

/// As [`user_columns`] names the columns.
#[derive(FromRow)]
pub(in crate::store) struct UserRow {
    user_id: String,
    user_name: Option<String>,
    user_picture: Option<String>,
    verified_email: Option<String>,
    verified_email_method: Option<String>,
    claimed_email: Option<String>,
    user_created_at: i64,
    disabled_at: Option<i64>,
    name_from: Option<String>,
    picture_from: Option<String>,
}

impl UserRow {
    /// In the order of [`user_columns`].
    pub(in crate::store) fn read(columns: &mut Columns<'_>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            user_id: columns.next()?,
            user_name: columns.next()?,
            user_picture: columns.next()?,
            verified_email: columns.next()?,
            verified_email_method: columns.next()?,
            claimed_email: columns.next()?,
            user_created_at: columns.next()?,
            disabled_at: columns.next()?,
            name_from: columns.next()?,
            picture_from: columns.next()?,
        })
    }
}

impl TryFrom<UserRow> for User {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        let claimed = row.claimed_email.as_deref().map(EmailAddress::parse).transpose()?;
        Ok(Self {
            id: UserId::parse(&row.user_id)?,
            name: row.user_name,
            picture: row.user_picture,
            verified_email: verified(row.verified_email.as_deref(), row.verified_email_method.as_deref())?,
            claimed_email: claimed.map(ClaimedEmail::new),
            created_at: time(row.user_created_at)?,
            disabled_at: row.disabled_at.map(time).transpose()?,
            name_from: row.name_from,
            picture_from: row.picture_from,
        })
    }
}

impl From<User> for UserSummary {
    fn from(user: User) -> Self {
        Self { id: user.id, disabled: user.disabled_at.is_some(), verified_email: user.verified_email }
    }
}

/// From Unix seconds.
pub(in crate::store) fn time(seconds: i64) -> Result<OffsetDateTime, StoreError> {
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|error| StoreError::Corrupt(error.to_string()))
}

fn verified(email: Option<&str>, method: Option<&str>) -> Result<Option<VerifiedEmail>, StoreError> {
    let (Some(email), Some(method)) = (email, method) else {
        return Ok(None);
    };
    let method = VerificationMethod::from_code(method)
        .ok_or_else(|| StoreError::Corrupt("users.verified_email_method".into()))?;
    Ok(Some(VerifiedEmail::on_record(EmailAddress::parse(email)?, method)))
}
