//! What we would see no more without a way in, or without the account.

use super::Grants;
use crate::{
    accounts::{IdentityId, RevokedAccess, UserId},
    codes::access::Access,
    store::{GrantStatus, StoreError},
};

impl Grants {
    /// What a person lets us see and what is given back with one of their identities, or with all of them where none is
    /// named; each provider once.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn affected_access(
        &self,
        user: UserId,
        identity: Option<IdentityId>,
    ) -> Result<Vec<RevokedAccess>, StoreError> {
        let mut affected_access: Vec<RevokedAccess> = Vec::new();
        for grant in self.database.grants(user).await? {
            let goes = identity.is_none_or(|identity| identity == grant.identity);
            let Some(provider) = self.relying_party.provider(&grant.provider) else { continue };
            if grant.state != GrantStatus::Live || !goes {
                continue;
            }
            for access in Access::ALL.iter().copied().filter(|access| provider.allows(*access, &grant.scopes)) {
                match affected_access.iter_mut().find(|known| known.provider == grant.provider) {
                    Some(known) if known.sees.contains(&access) => {}
                    Some(known) => known.sees.push(access),
                    None => {
                        affected_access.push(RevokedAccess { provider: grant.provider.clone(), sees: vec![access] })
                    }
                }
            }
        }
        Ok(affected_access)
    }
}
