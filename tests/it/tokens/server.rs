//! A server that issues tokens: a database, more servers on it, and users who are signed in.

use std::sync::Arc;

use latchkey::{
    accounts::{Actor, AuthenticationMethod, Authentications, ClientInfo, Purpose, SignUp, User, UserId},
    oidc::AuthenticationClaims,
    providers::{Profile, ProfileEmail},
    relying_party::Clock,
    sealing::Sealer,
    store::{Admission, Database, GrantUpdate, OpeningCondition, SettleRequest, TokenHolder},
    tokens::{AccessClaims, AccessTokenError, NewTokenSession, RefreshTokenError, TokenPair, TokenPolicy, Tokens},
};
use secrecy::ExposeSecret;
use time::OffsetDateTime;

use crate::support::database::{Engine, TestDatabase};

pub const ORIGIN: &str = "https://app.example";

/// The database and the clock are shared by all servers.
pub struct Server {
    pub test: TestDatabase,
    pub clock: Clock,
    pub database: Arc<Database>,
    pub tokens: Tokens,
}

impl Server {
    pub async fn on(engine: Engine) -> Self {
        Self::with_policy(engine, TokenPolicy::default()).await
    }

    pub async fn with_policy(engine: Engine, policy: TokenPolicy) -> Self {
        let test = TestDatabase::empty(engine).await;
        let (database, clock) = (Arc::new(test.open().await), Clock::default());
        let tokens = Tokens::with_policy(policy, database.clone(), ORIGIN, None, clock.clone());
        Self { test, clock, database, tokens }
    }

    /// A second server on the same database.
    pub async fn other_server(&self) -> Tokens {
        Tokens::new(Arc::new(self.test.open().await), ORIGIN, None, self.clock.clone())
    }

    /// A second server with other secret keys.
    pub async fn server_with_keys(&self, secrets: &[[u8; 32]]) -> Tokens {
        Tokens::new(Arc::new(self.database_with_keys(secrets).await), ORIGIN, None, self.clock.clone())
    }

    /// The same database, opened with other secret keys.
    pub async fn database_with_keys(&self, secrets: &[[u8; 32]]) -> Database {
        let sealer = Sealer::new(secrets.iter().map(<[u8; 32]>::as_slice), "database").expect("keys");
        Database::connect(&self.test.url, sealer).await.expect("connects")
    }

    /// A user with a verified email at Gmail.
    pub async fn user(&self, name: &str) -> User {
        self.settle(name, Some(format!("{name}@gmail.com"))).await
    }

    pub async fn user_without_email(&self, name: &str) -> User {
        self.settle(name, None).await
    }

    /// The first pair of a new session.
    pub async fn sign_in(&self, user: UserId) -> TokenPair {
        self.tokens.issue_pair(&opening(user, None)).await.expect("a pair")
    }

    pub async fn refresh(&self, pair: &TokenPair) -> Result<TokenPair, RefreshTokenError> {
        refresh(&self.tokens, pair).await
    }

    pub async fn verify(&self, pair: &TokenPair) -> Result<Arc<AccessClaims>, AccessTokenError> {
        self.tokens.verify(pair.access_token.expose_secret()).await
    }

    /// Whether the session of an access token is open.
    pub async fn is_open(&self, pair: &TokenPair) -> bool {
        let session = &pair.session.session;
        let active = self.database.load_session_version(&session.id, session.version, self.clock.date()).await;
        active.expect("answers").is_some()
    }

    async fn settle(&self, name: &str, address: Option<String>) -> User {
        let profile = Profile {
            issuer: "https://accounts.google.com".into(),
            subject: name.into(),
            provider: "google".into(),
            email: address.map(|unverified_email| ProfileEmail {
                unverified_email,
                verified_by_provider: true,
                provider_is_authoritative: true,
            }),
            name: Some(name.into()),
            picture: None,
            authentication: AuthenticationClaims::default(),
        };
        let settle_request = SettleRequest {
            purpose: &Purpose::SignIn,
            profile: &profile,
            session_user: None,
            session: None,
            admission: Admission { sign_up: &SignUp::Open, opened: None, now: self.clock.date() },
            second_factor: latchkey::accounts::SecondFactorPolicy::Optional,
            client: &ClientInfo::default(),
            now: self.clock.date(),
            waiting: None,
            granted: GrantUpdate::None,
        };
        let settled = self.database.settle(&settle_request).await.expect("settles");
        settled.signed_in.expect("a signed-in user").user
    }
}

/// A sign-in with Google that replaces an earlier session.
pub fn opening(user: UserId, earlier: Option<&str>) -> NewTokenSession<'_> {
    static ORIGIN: ClientInfo =
        ClientInfo { ip: None, user_agent: None, request_id: None, actor: Actor::User, zone: None };
    let authentications = Authentications::by(AuthenticationMethod::provider("google"), OffsetDateTime::UNIX_EPOCH);
    NewTokenSession {
        user,
        identity: None,
        authentications,
        condition: OpeningCondition::None,
        browser: None,
        client: &ORIGIN,
        holder: TokenHolder::Program,
        earlier,
    }
}

/// Presents a refresh token to one server.
pub async fn refresh(tokens: &Tokens, pair: &TokenPair) -> Result<TokenPair, RefreshTokenError> {
    let client = ClientInfo {
        ip: Some([192, 0, 2, 9].into()),
        user_agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into()),
        request_id: Some("r9".into()),
        ..ClientInfo::default()
    };
    tokens.refresh(pair.refresh_token.expose(), &client).await
}

pub fn text(pair: &TokenPair) -> &str {
    pair.refresh_token.expose()
}

pub fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_800_000_000 + seconds).unwrap()
}
