//! A person's accounts at the provider that lets us see something, and what we may see there.

use super::call::{Call, PageError};
use crate::{
    accounts::{Identity, UserId},
    codes::access::Access,
    grants::GrantError,
    oauth::Scopes,
    store::{Grant, GrantEndReason, GrantStatus, StoreError},
    ui::view::{AccountView, ApiFailure, ConnectView, Lost},
};

/// The accounts of one person through which something could be seen, the oldest first.
pub struct Accounts {
    access: Access,
    all: Vec<Account>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Account {
    /// Who the person is there.
    pub identity: Identity,
    /// What was granted, now or once.
    pub grant: Option<Grant>,
    /// Whether we may see what it is about.
    pub standing: Standing,
    /// As pages are told of it.
    pub view: AccountView,
}

/// Whether an account lets us see something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Connected,
    /// It did.
    Lost(Lost),
    /// It does not.
    Unconnected,
}

impl Accounts {
    /// Those of a person.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(call: &Call, user: UserId, access: Access) -> Result<Self, StoreError> {
        let identities = call.app.database.identities(user).await?;
        Self::among(call, user, access, &identities).await
    }

    /// The same, where the person's identities are known already. Without one at a provider that has something to see,
    /// the database is not asked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn among(call: &Call, user: UserId, access: Access, identities: &[Identity]) -> Result<Self, StoreError> {
        let provider = |identity: &Identity| call.app.relying_party.provider(&identity.provider);
        let offering = identities.iter().filter(|identity| provider(identity).is_some_and(|it| it.offers(access)));
        let offering: Vec<&Identity> = offering.collect();
        let grants = if offering.is_empty() { Vec::new() } else { call.app.database.grants(user).await? };
        let account = |identity: &Identity| {
            let grant = grants.iter().find(|grant| grant.identity == identity.id);
            let stands = |access: Access| standing(call, grant, access);
            let sees = Access::ALL.iter().copied().filter(|access| stands(*access) == Standing::Connected);
            Account {
                view: AccountView {
                    identity: identity.id.to_string(),
                    label: label(call, identity),
                    sees: sees.collect(),
                },
                standing: stands(access),
                grant: grant.cloned(),
                identity: identity.clone(),
            }
        };
        Ok(Self { access, all: offering.into_iter().map(account).collect() })
    }

    /// The account that was asked for by its identity's id; nobody else's is there. Without one, the account that is
    /// shown by itself, if there is any.
    ///
    /// # Errors
    /// [`PageError::NotFound`].
    pub fn chosen(&self, asked_for: Option<&str>) -> Result<Option<&Account>, PageError> {
        match asked_for {
            None => Ok(self.usual()),
            Some(id) => {
                self.all.iter().find(|account| account.view.identity == id).map(Some).ok_or(PageError::NotFound)
            }
        }
    }

    /// The account that is shown where none is named: the one that is connected, else one that was, else the first.
    pub fn usual(&self) -> Option<&Account> {
        let with = |fits: fn(Standing) -> bool| self.all.iter().find(|account| fits(account.standing));
        with(|standing| standing == Standing::Connected)
            .or_else(|| with(|standing| matches!(standing, Standing::Lost(_))))
            .or_else(|| self.all.first())
    }

    /// All but this one.
    pub fn others<'a>(&'a self, account: &'a Account) -> impl Iterator<Item = &'a Account> {
        self.all.iter().filter(|other| other.identity.id != account.identity.id)
    }

    /// The step-up: for one account, or for whichever the person chooses.
    pub fn connect(&self, call: &Call, only: Option<&Account>, lost: Option<Lost>, return_to: String) -> ConnectView {
        let shown = self.all.iter().filter(|account| only.is_none_or(|only| only.identity.id == account.identity.id));
        let provider = call.app.relying_party.providers().find(|provider| provider.offers(self.access));
        ConnectView {
            access: self.access,
            accounts: shown.map(|account| account.view.clone()).collect(),
            provider: provider.map(|provider| call.button(provider)),
            lost,
            return_to,
        }
    }
}

/// An account at a provider, for people: its address, or its name.
pub fn label(call: &Call, identity: &Identity) -> String {
    let address = identity.email.as_ref().map(ToString::to_string);
    address
        .or_else(|| identity.name.clone())
        .unwrap_or_else(|| format!("your {} account", call.label(&identity.provider)))
}

/// How a grant stands towards something that may be seen.
pub fn standing(call: &Call, grant: Option<&Grant>, access: Access) -> Standing {
    let Some(grant) = grant else { return Standing::Unconnected };
    let provider = call.app.relying_party.provider(&grant.provider);
    let allow = |scopes: &Scopes| provider.is_some_and(|provider| provider.allows(access, scopes));
    match (grant.state, allow(&grant.scopes), allow(&grant.agreed)) {
        (GrantStatus::Live, true, _) => Standing::Connected,
        (GrantStatus::Live, false, true) => Standing::Lost(Lost::Withdrawn),
        (GrantStatus::Lost(because), true, _) => Standing::Lost(lost(because)),
        (GrantStatus::Lost(_), false, true) => Standing::Lost(Lost::Withdrawn),
        _ => Standing::Unconnected,
    }
}

/// What a page does about a grant that gave nothing.
#[derive(Debug)]
pub enum Fallen {
    /// The person is asked for it, for the first time or anew.
    Connect(Option<Lost>),
    /// It says what the trouble is.
    FormError(ApiFailure),
    /// Our own database is what fails.
    Store(StoreError),
}

impl From<GrantError> for Fallen {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::NotGranted => Self::Connect(None),
            GrantError::Lost(because) => Self::Connect(Some(lost(because))),
            GrantError::Withdrawn => Self::Connect(Some(Lost::Withdrawn)),
            GrantError::Store(error) => Self::Store(error),
            GrantError::Busy { seconds } => Self::FormError(ApiFailure::Busy { seconds }),
            GrantError::Unreadable => Self::FormError(ApiFailure::Unreadable),
            GrantError::Refused => Self::FormError(ApiFailure::Refused),
            GrantError::Away => Self::FormError(ApiFailure::Away),
        }
    }
}

/// Why a grant ended, for pages.
pub fn lost(because: GrantEndReason) -> Lost {
    match because {
        GrantEndReason::Revoked => Lost::Revoked,
        GrantEndReason::Expired => Lost::Expired,
    }
}
