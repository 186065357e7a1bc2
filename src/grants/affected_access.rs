//! The API access that would be revoked with a sign-in method or with the account.

use super::Grants;
use crate::{
    accounts::{IdentityId, RevokedAccess, UserId},
    codes::access::Access,
    store::{GrantStatus, StoreError},
};

impl Grants {
    /// What is revoked with one of the user's identities, or with all of them where none is named; each provider once.
    pub async fn affected_access(
        &self,
        user: UserId,
        identity: Option<IdentityId>,
    ) -> Result<Vec<RevokedAccess>, StoreError> {
        let mut revoked: Vec<RevokedAccess> = Vec::new();
        for grant in self.database.grants(user).await? {
            let is_affected = identity.is_none_or(|identity| identity == grant.identity);
            let Some(provider) = self.relying_party.provider(&grant.provider) else { continue };
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
        Ok(revoked)
    }
}
