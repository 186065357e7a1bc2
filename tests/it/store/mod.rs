//! The store on both engines: the rows match the decisions of the pure rooms, also with fifty concurrent callers.

mod account_limits;
mod alone;
mod bad_days;
mod cancelled;
mod connection;
mod downgrade;
mod ended_sessions;
mod events;
mod flows;
mod grants;
mod linking_policy;
mod plans;
mod rate_limits;
mod session_limits;
mod sessions;
mod settling;
mod stale_sessions;

use latchkey::{
    accounts::{AuthenticationMethod, Authentications, ClientInfo, Purpose, SignUp, UserId},
    oidc::AuthenticationClaims,
    providers::{Profile, ProfileEmail},
    store::{
        Admission, Database, GrantUpdate, NewSession, OpeningCondition, Session, SessionOpening, SettleOutcome,
        SettleRequest, StoreError,
    },
};
use time::{Duration, OffsetDateTime};

const ADA: &str = "ada@gmail.com";

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap()
}

fn google(subject: &str, address: &str) -> Profile {
    Profile {
        issuer: "https://accounts.google.com".into(),
        subject: subject.into(),
        provider: "google".into(),
        email: Some(ProfileEmail {
            unverified_email: address.into(),
            verified_by_provider: true,
            provider_is_authoritative: true,
        }),
        name: Some(format!("{subject} of Google")),
        picture: Some("https://pictures.example/1".into()),
        authentication: AuthenticationClaims::default(),
    }
}

/// A provider that is no authority for any mailbox.
fn eve(subject: &str, address: &str, verified: bool) -> Profile {
    Profile {
        issuer: "https://eve.example".into(),
        subject: subject.into(),
        provider: "eve".into(),
        email: Some(ProfileEmail {
            unverified_email: address.into(),
            verified_by_provider: verified,
            provider_is_authoritative: false,
        }),
        name: None,
        picture: None,
        authentication: AuthenticationClaims::default(),
    }
}

async fn settle(
    database: &Database,
    purpose: Purpose,
    profile: &Profile,
    session_user: Option<UserId>,
) -> Result<SettleOutcome, StoreError> {
    settle_opening(database, purpose, profile, session_user, None).await
}

/// The same, with a session for a sign-in to open.
async fn settle_opening(
    database: &Database,
    purpose: Purpose,
    profile: &Profile,
    session_user: Option<UserId>,
    opening: Option<&SessionOpening<'_>>,
) -> Result<SettleOutcome, StoreError> {
    let settle_request = SettleRequest {
        purpose: &purpose,
        profile,
        session_user,
        session: None,
        admission: Admission { sign_up: &SignUp::Open, opened: None, now: now() },
        second_factor: latchkey::accounts::SecondFactorPolicy::Optional,
        client: &ClientInfo {
            ip: Some([192, 0, 2, 1].into()),
            user_agent: Some("Browser".into()),
            request_id: Some("r1".into()),
            ..ClientInfo::default()
        },
        now: now(),
        waiting: None,
        granted: GrantUpdate::None,
    };
    match opening {
        Some(opening) => database.settle_and_open(&settle_request, opening).await,
        None => database.settle(&settle_request).await,
    }
}

async fn sign_in(database: &Database, profile: &Profile) -> SettleOutcome {
    settle(database, Purpose::SignIn, profile, None).await.expect("settles")
}

fn user_of(settled: &SettleOutcome) -> UserId {
    settled.signed_in.as_ref().expect("a signed-in user").user.id
}

fn email_of(settled: &SettleOutcome) -> Option<String> {
    let user = &settled.signed_in.as_ref()?.user;
    user.verified_email.as_ref().map(|email| email.email().to_string())
}

/// Opens a cookie session with this hash.
async fn open_session(database: &Database, id_hash: &str, user: UserId) -> Session {
    assert!(database.create_session(id_hash, &session(user)).await.unwrap());
    database.load_session(id_hash, now()).await.unwrap().expect("a session").session
}

fn session(user: UserId) -> NewSession {
    NewSession {
        condition: OpeningCondition::None,
        browser: None,
        user,
        identity: None,
        authentications: Authentications::by(AuthenticationMethod::provider("google"), now()),
        client: ClientInfo::new([192, 0, 2, 1].into(), Some("Browser"), Some("r1")),
        data: r#"{"a":1}"#.into(),
        created_at: now(),
        expires_at: now() + Duration::days(14),
        absolute_expires_at: now() + Duration::days(90),
    }
}
