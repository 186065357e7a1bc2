//! A person's accounts at the provider whose API is used, and the access they granted.

use super::page_request::{PageRejection, PageRequest};
use crate::{
    accounts::{Identity, UserId},
    codes::access::Access,
    grants::GrantError,
    oauth::Scopes,
    store::{Grant, GrantEndReason, GrantStatus, StoreError},
    ui::view::{AccountView, ConnectView, Lost, ProviderApiError},
};

/// One person's accounts at providers that offer this access, oldest first.
pub struct Accounts {
    access: Access,
    all: Vec<Account>,
}

#[derive(Clone, Debug)]
pub struct Account {
    pub identity: Identity,
    /// Current or past.
    pub grant: Option<Grant>,
    pub status: ConnectionStatus,
    pub view: AccountView,
}

/// Whether an account gives the access in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionStatus {
    Connected,
    Lost(Lost),
    NotConnected,
}

impl Accounts {
    pub async fn of(request: &PageRequest, user: UserId, access: Access) -> Result<Self, StoreError> {
        let identities = request.app.database.identities(user).await?;
        Self::among(request, user, access, &identities).await
    }

    /// The same, for identities that are loaded already. If none of them is at such a provider, this needs no query.
    pub async fn among(
        request: &PageRequest,
        user: UserId,
        access: Access,
        identities: &[Identity],
    ) -> Result<Self, StoreError> {
        let provider = |identity: &Identity| request.app.relying_party.provider(&identity.provider);
        let candidates = identities.iter().filter(|identity| provider(identity).is_some_and(|it| it.offers(access)));
        let candidates: Vec<&Identity> = candidates.collect();
        let grants = if candidates.is_empty() { Vec::new() } else { request.app.database.grants(user).await? };
        let account = |identity: &Identity| {
            let grant = grants.iter().find(|grant| grant.identity == identity.id);
            let status = |access: Access| connection_status(request, grant, access);
            let sees = Access::ALL.iter().copied().filter(|access| status(*access) == ConnectionStatus::Connected);
            Account {
                view: AccountView {
                    identity: identity.id.to_string(),
                    label: label(request, identity),
                    sees: sees.collect(),
                },
                status: status(access),
                grant: grant.cloned(),
                identity: identity.clone(),
            }
        };
        Ok(Self { access, all: candidates.into_iter().map(account).collect() })
    }

    /// The account with this identity, if it is the person's own; without an id, the default account.
    ///
    /// # Errors
    /// [`PageRejection::NotFound`].
    pub fn chosen(&self, asked_for: Option<&str>) -> Result<Option<&Account>, PageRejection> {
        match asked_for {
            None => Ok(self.default_account()),
            Some(id) => {
                self.all.iter().find(|account| account.view.identity == id).map(Some).ok_or(PageRejection::NotFound)
            }
        }
    }

    /// The account shown if none is named: a connected one, else one that was connected, else the first.
    pub fn default_account(&self) -> Option<&Account> {
        let with = |fits: fn(ConnectionStatus) -> bool| self.all.iter().find(|account| fits(account.status));
        with(|status| status == ConnectionStatus::Connected)
            .or_else(|| with(|status| matches!(status, ConnectionStatus::Lost(_))))
            .or_else(|| self.all.first())
    }

    pub fn others<'a>(&'a self, account: &'a Account) -> impl Iterator<Item = &'a Account> {
        self.all.iter().filter(|other| other.identity.id != account.identity.id)
    }

    /// For one account, or for the person to choose.
    pub fn connect(
        &self,
        request: &PageRequest,
        only: Option<&Account>,
        lost: Option<Lost>,
        return_to: String,
    ) -> ConnectView {
        let shown = self.all.iter().filter(|account| only.is_none_or(|only| only.identity.id == account.identity.id));
        let provider = request.app.relying_party.providers().find(|provider| provider.offers(self.access));
        ConnectView {
            access: self.access,
            accounts: shown.map(|account| account.view.clone()).collect(),
            provider: provider.map(|provider| request.button(provider)),
            lost,
            return_to,
        }
    }
}

/// What to call an account at a provider: its email address, or its name.
pub fn label(request: &PageRequest, identity: &Identity) -> String {
    let email = identity.email.as_ref().map(ToString::to_string);
    email
        .or_else(|| identity.name.clone())
        .unwrap_or_else(|| format!("your {} account", request.label(&identity.provider)))
}

pub fn connection_status(request: &PageRequest, grant: Option<&Grant>, access: Access) -> ConnectionStatus {
    let Some(grant) = grant else { return ConnectionStatus::NotConnected };
    let provider = request.app.relying_party.provider(&grant.provider);
    let allow = |scopes: &Scopes| provider.is_some_and(|provider| provider.allows(access, scopes));
    match (grant.state, allow(&grant.scopes), allow(&grant.agreed)) {
        (GrantStatus::Live, true, _) => ConnectionStatus::Connected,
        (GrantStatus::Live, false, true) => ConnectionStatus::Lost(Lost::Withdrawn),
        (GrantStatus::Lost(because), true, _) => ConnectionStatus::Lost(lost(because)),
        (GrantStatus::Lost(_), false, true) => ConnectionStatus::Lost(Lost::Withdrawn),
        _ => ConnectionStatus::NotConnected,
    }
}

/// Why a provider's API could not be used, as pages distinguish it.
#[derive(Debug)]
pub enum AccessError {
    /// The person has to connect, for the first time or again.
    NotConnected(Option<Lost>),
    Api(ProviderApiError),
    Store(StoreError),
}

impl From<GrantError> for AccessError {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::NotGranted => Self::NotConnected(None),
            GrantError::Lost(because) => Self::NotConnected(Some(lost(because))),
            GrantError::Withdrawn => Self::NotConnected(Some(Lost::Withdrawn)),
            GrantError::Store(error) => Self::Store(error),
            GrantError::RateLimited { seconds } => Self::Api(ProviderApiError::RateLimited { seconds }),
            GrantError::Unreadable => Self::Api(ProviderApiError::Unreadable),
            GrantError::Refused => Self::Api(ProviderApiError::Refused),
            GrantError::Unavailable => Self::Api(ProviderApiError::Unavailable),
        }
    }
}

pub fn lost(because: GrantEndReason) -> Lost {
    match because {
        GrantEndReason::Revoked => Lost::Revoked,
        GrantEndReason::Expired => Lost::Expired,
    }
}
