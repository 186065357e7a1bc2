//! What we would see no more without a way in, or without the account.

use super::Grants;
use crate::{
    accounts::{GivenBack, IdentityId, UserId},
    codes::access::Access,
    store::{GrantStanding, StoreError},
};

impl Grants {
    /// What a person lets us see and what is given back with one of their identities, or with all of them where none is
    /// named; each provider once.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn at_stake(&self, user: UserId, identity: Option<IdentityId>) -> Result<Vec<GivenBack>, StoreError> {
        let mut at_stake: Vec<GivenBack> = Vec::new();
        for grant in self.database.grants(user).await? {
            let goes = identity.is_none_or(|identity| identity == grant.identity);
            let Some(provider) = self.relying_party.provider(&grant.provider) else { continue };
            if grant.state != GrantStanding::Live || !goes {
                continue;
            }
            for access in Access::ALL.iter().copied().filter(|access| provider.allows(*access, &grant.scopes)) {
                match at_stake.iter_mut().find(|known| known.provider == grant.provider) {
                    Some(known) if known.sees.contains(&access) => {}
                    Some(known) => known.sees.push(access),
                    None => at_stake.push(GivenBack { provider: grant.provider.clone(), sees: vec![access] }),
                }
            }
        }
        Ok(at_stake)
    }
}
