//! The API access that would be revoked with a sign-in method or with the account.

use super::Grants;
use crate::{
    accounts::{IdentityId, RevokedAccess, UserId},
    codes::access::Access,
    providers::Provider,
    store::{Grant, GrantStatus, StoreError},
};

impl Grants {
    /// What is revoked with one of the user's identities, or with all of them where none is named; each provider once.
    pub async fn affected_access(
        &self,
        user: UserId,
        identity: Option<IdentityId>,
    ) -> Result<Vec<RevokedAccess>, StoreError> {
        let grants = self.database.grants(user).await?;
        Ok(affected_access(&grants, |slug| self.relying_party.provider(slug), identity))
    }
}

/// The same for grants that were looked up.
pub fn affected_access<'a>(
    grants: &[Grant],
    provider: impl Fn(&str) -> Option<&'a Provider>,
    identity: Option<IdentityId>,
) -> Vec<RevokedAccess> {
    let mut revoked: Vec<RevokedAccess> = Vec::new();
    for grant in grants {
        let is_affected = identity.is_none_or(|identity| identity == grant.identity);
        let Some(provider) = provider(&grant.provider) else { continue };
        if grant.state != GrantStatus::Live || !is_affected {
            continue;
        }
        for access in Access::ALL.iter().copied().filter(|access| provider.allows(*access, &grant.scopes)) {
            match revoked.iter_mut().find(|known| known.provider == grant.provider) {
                Some(known) if known.sees.contains(&access) => {}
                Some(known) => known.sees.push(access),
                None => revoked.push(RevokedAccess { provider: grant.provider.clone(), sees: vec![access] }),
            }
        }
    }
    revoked
}
