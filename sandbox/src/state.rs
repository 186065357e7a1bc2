//! The sandbox's whole state: one value behind one mutex, never locked across an await.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::clients::Clients;
use super::keys::SigningKey;
use super::log::RequestLog;
use super::mail::Mailbox;
use super::mock_provider::{Facts, MockProvider, MockProviders};
use super::persons::Persons;

macro_rules! providers {
    ($($name:ident => $folder:ident),+ $(,)?) => {
        /// The providers that the sandbox plays.
        #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs)] // each is the sandbox's provider of that name
        pub enum Provider {
            $($name),+
        }

        impl Provider {
            /// All of them, in the order of the pages.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// What there is to know of it.
            pub fn facts(self) -> &'static Facts {
                match self {
                    $(Self::$name => &super::$folder::FACTS),+
                }
            }
        }
    };
}

// Each with the folder that plays it.
providers! {
    Google => google,
    Github => github,
    Facebook => facebook,
    X => x,
    Apple => apple,
    Microsoft => microsoft,
    Discord => discord,
    Gitlab => gitlab,
}

impl Provider {
    /// The first segment of its paths.
    pub fn slug(self) -> &'static str {
        self.facts().slug
    }

    /// What a person calls it.
    pub fn label(self) -> &'static str {
        self.facts().label
    }
}

/// A handle on everything; cheap to clone.
#[derive(Clone)]
pub struct SharedState(Arc<Inner>);

struct Inner {
    origin: String,
    smtp_url: String,
    clients: Clients,
    first_key: Arc<SigningKey>,
    closing: CancellationToken,
    state: Mutex<SandboxState>,
}

/// What changes.
pub struct SandboxState {
    /// Everybody who has an account.
    pub persons: Persons,
    /// Each provider's part.
    pub providers: MockProviders,
    /// The letters that have arrived.
    pub mail: Mailbox,
    /// Every request to a provider.
    pub log: RequestLog,
    /// Seconds that the sandbox's clock is ahead of the machine's.
    pub clock_offset: i64,
}

impl SandboxState {
    fn new(first_key: &Arc<SigningKey>) -> Self {
        Self {
            persons: Persons::default(),
            providers: MockProviders::new(first_key),
            mail: Mailbox::default(),
            log: RequestLog::default(),
            clock_offset: 0,
        }
    }

    /// A provider's part.
    pub fn provider(&mut self, provider: Provider) -> &mut MockProvider {
        &mut self.providers[provider]
    }

    /// The sandbox's time, unix seconds.
    pub fn now(&self) -> i64 {
        let machine = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        i64::try_from(machine).unwrap_or(i64::MAX).saturating_add(self.clock_offset)
    }
}

impl SharedState {
    /// A fresh one.
    pub fn new(origin: String, smtp_url: String, clients: Clients, first_key: Arc<SigningKey>) -> Self {
        let state = Mutex::new(SandboxState::new(&first_key));
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
    pub fn lock(&self) -> MutexGuard<'_, SandboxState> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// SandboxState as at the start.
    pub fn reset(&self) {
        *self.lock() = SandboxState::new(&self.0.first_key);
    }
}
