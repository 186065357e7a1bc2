//! A grant's tokens, sealed for their row and column.

use secrecy::{ExposeSecret, SecretString};

use crate::accounts::{Identity, IdentityId, UserId};
use crate::sealing::Sealer;
use crate::store::error::StoreError;

/// The row that a token is sealed for. It does not open in another row or column: write access to the database without
/// the key cannot move one user's tokens to another.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct GrantPlace<'a> {
    pub(in crate::store) user: UserId,
    pub(in crate::store) provider: &'a str,
    pub(in crate::store) identity: IdentityId,
}

impl<'a> GrantPlace<'a> {
    pub(in crate::store) fn of(identity: &'a Identity) -> Self {
        Self { user: identity.user, provider: &identity.provider, identity: identity.id }
    }

    fn column(self, column: &str) -> String {
        let Self { user, provider, identity } = self;
        format!("grants {user} {provider} {identity} {column}")
    }
}

const ACCESS_TOKEN: &str = "access_token";

const REFRESH_TOKEN: &str = "refresh_token";

pub(in crate::store) struct SealedTokens {
    pub(in crate::store) access_token: String,
    pub(in crate::store) refresh_token: Option<String>,
}

impl SealedTokens {
    pub(in crate::store) fn of(
        sealer: &Sealer,
        row: GrantPlace<'_>,
        access_token: &SecretString,
        refresh_token: Option<&SecretString>,
    ) -> Result<Self, StoreError> {
        let seal = |column, token: &SecretString| {
            let sealed = sealer.seal(&row.column(column), token.expose_secret().as_bytes());
            sealed.map_err(|_| StoreError::Corrupt("cannot seal a token".into()))
        };
        Ok(Self {
            access_token: seal(ACCESS_TOKEN, access_token)?,
            refresh_token: refresh_token.map(|token| seal(REFRESH_TOKEN, token)).transpose()?,
        })
    }

    /// `None` when one was sealed with an unknown key or for another row.
    pub(in crate::store) fn open(
        &self,
        sealer: &Sealer,
        row: GrantPlace<'_>,
    ) -> Option<(SecretString, Option<SecretString>)> {
        let open = |column, sealed: &str| {
            let plain = sealer.open(&row.column(column), sealed).ok()?;
            String::from_utf8(plain).ok().map(SecretString::from)
        };
        let access = open(ACCESS_TOKEN, &self.access_token)?;
        match &self.refresh_token {
            Some(sealed) => Some((access, Some(open(REFRESH_TOKEN, sealed)?))),
            None => Some((access, None)),
        }
    }
}
