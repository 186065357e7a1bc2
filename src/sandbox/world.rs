//! The sandbox's whole state: one value behind one mutex, never locked across an await.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::clients::Clients;
use super::desk::IssRules;
use super::faults::Faults;
use super::id_token::Patches;
use super::keys::{KeyRing, SigningKey};
use super::ledger::Ledger;
use super::log::RequestLog;
use super::mail::Mailbox;
use super::persons::Persons;
use super::{facebook, github, x};

/// The providers that the sandbox plays.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// The sandbox Apple.
    Apple,
    /// The sandbox Microsoft.
    Microsoft,
    /// The sandbox Google.
    Google,
    /// The sandbox GitHub.
    Github,
    /// The sandbox Facebook.
    Facebook,
    /// The sandbox X.
    X,
}

impl Provider {
    /// All of them, in the order of the pages.
    pub const ALL: &[Self] = &[Self::Google, Self::Github, Self::Facebook, Self::X, Self::Apple, Self::Microsoft];

    /// The first segment of its paths.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Apple => "apple",
            Self::Microsoft => "microsoft",
            Self::Google => "google",
            Self::Github => "github",
            Self::Facebook => "facebook",
            Self::X => "x",
        }
    }

    /// What a person calls it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Apple => "Apple",
            Self::Microsoft => "Microsoft",
            Self::Google => "Google",
            Self::Github => "GitHub",
            Self::Facebook => "Facebook",
            Self::X => "X",
        }
    }

    /// The path of its `iss`, below the sandbox's origin.
    pub fn issuer(self) -> &'static str {
        match self {
            Self::Apple => "/apple",
            // Of `common`, literally so.
            Self::Microsoft => "/microsoft/{tenantid}/v2.0",
            Self::Google => "/google",
            Self::Github => github::DESK.issuer,
            Self::Facebook => facebook::DESK.issuer,
            Self::X => x::DESK.issuer,
        }
    }

    /// Whether an `iss` order makes sense: the provider has not always sent one.
    pub fn may_begin_to_send_iss(self) -> bool {
        matches!(self, Self::Github | Self::Facebook | Self::X)
    }
}

/// A handle on everything; cheap to clone.
#[derive(Clone)]
pub struct World(Arc<Inner>);

struct Inner {
    origin: String,
    smtp_url: String,
    clients: Clients,
    first_key: Arc<SigningKey>,
    closing: CancellationToken,
    state: Mutex<State>,
}

/// What changes.
pub struct State {
    /// Everybody who has an account.
    pub persons: Persons,
    /// The sandbox Apple.
    pub apple: House,
    /// The sandbox Microsoft.
    pub microsoft: House,
    /// The sandbox Google.
    pub google: House,
    /// The sandbox GitHub.
    pub github: House,
    /// The sandbox Facebook.
    pub facebook: House,
    /// The sandbox X.
    pub x: House,
    /// The letters that have arrived.
    pub mail: Mailbox,
    /// Every request to a provider.
    pub log: RequestLog,
    /// Seconds that the sandbox's clock is ahead of the machine's.
    pub clock_offset: i64,
}

/// One provider's part of the state.
pub struct House {
    /// Signing keys.
    pub keys: KeyRing,
    /// Codes, tokens, consent.
    pub ledger: Ledger,
    /// Armed changes of id_tokens.
    pub patches: Patches,
    /// Armed faults of endpoints.
    pub faults: Faults,
    /// Armed `iss` of authorization responses.
    pub iss: IssRules,
}

impl House {
    fn new(first_key: &Arc<SigningKey>) -> Self {
        Self {
            keys: KeyRing::new(first_key.clone()),
            ledger: Ledger::default(),
            patches: Patches::default(),
            faults: Faults::default(),
            iss: IssRules::default(),
        }
    }
}

impl State {
    fn new(first_key: &Arc<SigningKey>) -> Self {
        Self {
            persons: Persons::default(),
            apple: House::new(first_key),
            microsoft: House::new(first_key),
            google: House::new(first_key),
            github: House::new(first_key),
            facebook: House::new(first_key),
            x: House::new(first_key),
            mail: Mailbox::default(),
            log: RequestLog::default(),
            clock_offset: 0,
        }
    }

    /// A provider's part.
    pub fn house(&mut self, provider: Provider) -> &mut House {
        match provider {
            Provider::Apple => &mut self.apple,
            Provider::Microsoft => &mut self.microsoft,
            Provider::Google => &mut self.google,
            Provider::Github => &mut self.github,
            Provider::Facebook => &mut self.facebook,
            Provider::X => &mut self.x,
        }
    }

    /// The sandbox's time, unix seconds.
    pub fn now(&self) -> i64 {
        let machine = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        i64::try_from(machine).unwrap_or(i64::MAX).saturating_add(self.clock_offset)
    }
}

impl World {
    /// A fresh one.
    pub fn new(origin: String, smtp_url: String, clients: Clients, first_key: Arc<SigningKey>) -> Self {
        let state = Mutex::new(State::new(&first_key));
        Self(Arc::new(Inner { origin, smtp_url, clients, first_key, closing: CancellationToken::new(), state }))
    }

    /// `http://localhost:PORT`.
    pub fn origin(&self) -> &str {
        &self.0.origin
    }

    /// `smtp://127.0.0.1:PORT`.
    pub fn smtp_url(&self) -> &str {
        &self.0.smtp_url
    }

    /// Who is registered.
    pub fn clients(&self) -> &Clients {
        &self.0.clients
    }

    /// Cancelled when the sandbox ends.
    pub fn closing(&self) -> &CancellationToken {
        &self.0.closing
    }

    /// The state, locked. A handler that panicked has left it whole enough for a sandbox.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything as at the start.
    pub fn reset(&self) {
        *self.state() = State::new(&self.0.first_key);
    }
}
