//! The first path segment: which accounts may sign in, and which issuer discovery names.

use uuid::Uuid;

use super::account::MICROSOFT_PERSONAL_TENANT;

#[derive(Clone, Debug, PartialEq)]
pub enum Tenant {
    Common,
    /// Work and school accounts.
    Organizations,
    Consumers,
    /// A tenant's UUID.
    One(String),
}

impl Tenant {
    /// Domain names are not supported.
    pub fn read(segment: &str) -> Option<Self> {
        match segment {
            "common" => Some(Self::Common),
            "organizations" => Some(Self::Organizations),
            "consumers" => Some(Self::Consumers),
            _ => (segment.len() == 36)
                .then(|| Uuid::try_parse(segment).ok())
                .flatten()
                .map(|id| Self::One(id.to_string())),
        }
    }

    pub fn issuer(&self, base: &str) -> String {
        let tid = match self {
            // A literal placeholder: the client replaces it with the id_token's `tid`.
            Self::Common | Self::Organizations => "{tenantid}",
            Self::Consumers => MICROSOFT_PERSONAL_TENANT,
            Self::One(tid) => tid,
        };
        format!("{base}/{tid}/v2.0")
    }

    /// Whether accounts of tenant `tid` may sign in here.
    pub fn admits(&self, tid: &str) -> bool {
        match self {
            Self::Common => true,
            Self::Organizations => tid != MICROSOFT_PERSONAL_TENANT,
            Self::Consumers => tid == MICROSOFT_PERSONAL_TENANT,
            Self::One(own) => own == tid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_words_and_uuids_are_tenants() {
        for text in ["common", "organizations", "consumers", MICROSOFT_PERSONAL_TENANT] {
            assert!(Tenant::read(text).is_some(), "{text}");
        }
        for text in ["Common", "evil.example", "9188040d6c674c5bb11236a304b66dad", "{tenantid}", ""] {
            assert!(Tenant::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn personal_accounts_are_not_organizations() {
        let admits = |text: &str, tid: &str| Tenant::read(text).unwrap().admits(tid);
        let work = "72f988bf-86f1-41af-91ab-2d7cd011db47";
        assert!(admits("organizations", work) && !admits("organizations", MICROSOFT_PERSONAL_TENANT));
        assert!(!admits("consumers", work) && admits("consumers", MICROSOFT_PERSONAL_TENANT));
        assert!(admits(work, work) && !admits(work, MICROSOFT_PERSONAL_TENANT));
    }
}
