//! The signed-in user of a request.

use time::{Duration, OffsetDateTime};
use tower_sessions::{Expiry, Session as Cookie};

use super::{
    client::ClientInfo,
    session_store::{ABSOLUTE, IDLE, OPENING, Opening, id_hash},
};
use crate::{
    accounts::{IdentityId, User},
    relying_party::Clock,
    store::{Database, Session, StoreError},
};

/// "Last seen" and the idle end are moved at most so often: a read should not cost a write.
const TOUCH_AFTER: Duration = Duration::minutes(1);

/// Who is signed in in this browser, and the session that says so.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The person.
    pub user: User,
    /// Their session here.
    pub session: Session,
}

/// The signed-in user of this request's session cookie, from one query; `None` when there is no cookie or no such
/// session any more.
///
/// # Errors
/// When the database does not answer. That is no reason to call anybody signed out.
pub async fn current(cookie: &Cookie, database: &Database, clock: &Clock) -> Result<Option<SignedIn>, StoreError> {
    let Some(id) = cookie.id() else { return Ok(None) };
    let now = clock.date();
    let Some(mut active) = database.load_session(&id_hash(&id), now).await? else { return Ok(None) };
    if now - active.session.last_seen_at >= TOUCH_AFTER {
        let session = &mut active.session;
        database.save_session(&session.id_hash, &session.data, now + IDLE, now).await?;
        session.last_seen_at = now;
        session.expires_at = (now + IDLE).min(session.absolute_expires_at);
    }
    Ok(Some(SignedIn { user: active.user, session: active.session }))
}

/// Opens a session under a new id and ends the one that the browser had: an id that somebody planted before the
/// sign-in is worth nothing after it (session fixation; ASVS 5.0 7.2.4).
pub(super) async fn open(
    cookie: &Cookie,
    user: &User,
    identity: IdentityId,
    provider: &str,
    client: &ClientInfo,
) -> Result<(), tower_sessions::session::Error> {
    cookie.clear().await;
    cookie.cycle_id().await?;
    let opening = Opening {
        user: user.id.to_string(),
        identity: identity.to_string(),
        provider: provider.to_owned(),
        user_agent: client.user_agent.clone(),
        address: client.address.to_string(),
    };
    cookie.insert(OPENING, opening).await?;
    // The browser's clock decides how long it keeps the cookie; the table decides how long it counts.
    cookie.set_expiry(Some(Expiry::AtDateTime(OffsetDateTime::now_utc() + ABSOLUTE)));
    cookie.save().await
}

/// Ends the browser's session and takes its cookie away.
///
/// # Errors
/// When the database does not answer: the session still counts then, and the person has to know.
pub async fn sign_out(cookie: &Cookie) -> Result<(), tower_sessions::session::Error> {
    if cookie.id().is_none() {
        return Ok(());
    }
    cookie.flush().await
}
