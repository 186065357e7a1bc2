//! The sandbox's state behind one mutex, never locked across an await.

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
        #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Provider {
            $($name),+
        }

        impl Provider {
            pub const ALL: &[Self] = &[$(Self::$name),+];

            pub fn facts(self) -> &'static Facts {
                match self {
                    $(Self::$name => &super::$folder::FACTS),+
                }
            }
        }
    };
}

// Variant => folder.
providers! {
    Google => google,
    Github => github,
    Facebook => facebook,
    X => x,
    Apple => apple,
    Microsoft => microsoft,
    Discord => discord,
    Gitlab => gitlab,
    Linkedin => linkedin,
    Oidc => oidc,
}

impl Provider {
    pub fn slug(self) -> &'static str {
        self.facts().slug
    }

    pub fn label(self) -> &'static str {
        self.facts().label
    }
}

/// The handle that every handler gets; cheap to clone.
#[derive(Clone)]
pub struct SharedState(Arc<Inner>);

struct Inner {
    origin: String,
    smtp_url: String,
    clients: Clients,
    links: Vec<(String, String)>,
    first_key: Arc<SigningKey>,
    closing: CancellationToken,
    state: Mutex<SandboxState>,
}

pub struct SandboxState {
    pub persons: Persons,
    pub providers: MockProviders,
    pub mail: Mailbox,
    /// The generic provider's behaviour.
    pub oidc: super::oidc::Configuration,
    pub log: RequestLog,
    /// Of the authenticator app, the newest first.
    pub accounts: Vec<super::authenticator::Account>,
    /// Seconds that the sandbox's clock is ahead of the system's.
    pub clock_offset: i64,
}

impl SandboxState {
    fn new(first_key: &Arc<SigningKey>) -> Self {
        Self {
            persons: Persons::default(),
            providers: MockProviders::new(first_key),
            mail: Mailbox::default(),
            oidc: super::oidc::Configuration::default(),
            log: RequestLog::default(),
            accounts: Vec::new(),
            clock_offset: 0,
        }
    }

    pub fn provider(&mut self, provider: Provider) -> &mut MockProvider {
        &mut self.providers[provider]
    }

    /// Unix seconds of the sandbox's clock.
    pub fn now(&self) -> i64 {
        let system = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        i64::try_from(system).unwrap_or(i64::MAX).saturating_add(self.clock_offset)
    }
}

impl SharedState {
    pub fn new(
        origin: String,
        smtp_url: String,
        clients: Clients,
        links: Vec<(String, String)>,
        first_key: Arc<SigningKey>,
    ) -> Self {
        let state = Mutex::new(SandboxState::new(&first_key));
        Self(Arc::new(Inner { origin, smtp_url, clients, links, first_key, closing: CancellationToken::new(), state }))
    }

    pub fn origin(&self) -> &str {
        &self.0.origin
    }

    pub fn smtp_url(&self) -> &str {
        &self.0.smtp_url
    }

    pub fn clients(&self) -> &Clients {
        &self.0.clients
    }

    pub fn links(&self) -> &[(String, String)] {
        &self.0.links
    }

    /// Cancelled at shutdown.
    pub fn closing(&self) -> &CancellationToken {
        &self.0.closing
    }

    /// Ignores poisoning: a handler that panicked leaves the state good enough for a sandbox.
    pub fn lock(&self) -> MutexGuard<'_, SandboxState> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn reset(&self) {
        *self.lock() = SandboxState::new(&self.0.first_key);
    }
}
