//! One request of one browser, with all that is needed to answer it.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use super::{
    carrier::Carried, client::ClientInfo, cookies::Cookies, jar::Jar, not_carried::NotCarried, signed_in::SignedIn,
};
use crate::{
    accounts::{AddressWish, IdentityId, User},
    grants::Grants,
    passwords::{Attempts, PasswordPool},
    relying_party::{Clock, RelyingParty},
    store::{Database, Occasion},
};

/// A request as an intention sees it. The edge gathers it. Cheap to clone.
#[derive(Clone)]
pub struct Visit {
    /// The request's headers: our cookies are among them.
    pub headers: HeaderMap,
    /// What carries the browser's session.
    pub session: Carried,
    /// Who is signed in in it.
    pub signed_in: Option<SignedIn>,
    /// Where the request comes from.
    pub client: ClientInfo,
    /// The database.
    pub database: Arc<Database>,
    /// Us at the providers.
    pub relying_party: RelyingParty,
    /// What people let us see there.
    pub grants: Grants,
    /// The cookies beside the session's.
    pub jar: Jar,
    /// How cookies are written.
    pub cookies: Cookies,
    /// Hashes and compares passwords.
    pub passwords: PasswordPool,
    /// How often one account may be tried.
    pub attempts: Attempts,
    /// Wakes whoever delivers letters; `None` where letters go nowhere, and the password way in is off.
    pub bell: Option<Arc<Notify>>,
    /// Whether people need an e-mail address; nobody is asked where no letter could prove one.
    pub address_wish: AddressWish,
    /// The time.
    pub clock: Clock,
    /// Where work goes that outlives the request.
    pub tasks: TaskTracker,
}

impl Visit {
    /// When this is, and where the request came from.
    pub fn occasion(&self) -> Occasion {
        Occasion { origin: self.client.origin(), now: self.clock.date() }
    }

    /// Letters were queued.
    pub fn ring(&self) {
        if let Some(bell) = &self.bell {
            bell.notify_one();
        }
    }

    /// Opens a session for a user who came by `way` (a provider's slug, or `password`), under a new id, and ends the one
    /// that the browser had. Gives the `Set-Cookie` values: the session's, and what this browser used last.
    ///
    /// # Errors
    /// When the session cannot be kept; the earlier one counts still then.
    pub async fn sign_in(
        &self,
        user: &User,
        way: &str,
        identity: Option<IdentityId>,
    ) -> Result<Vec<HeaderValue>, NotCarried> {
        let session = self.session.open(self, user, way, identity).await?;
        Ok(session.into_iter().chain(self.jar.remember_way(way)).collect())
    }

    /// Gives the browser's session a new id, because its person proved who they are just now (`proven`) or changed a way
    /// in. Gives the `Set-Cookie` values; `None` when the session has ended meanwhile.
    ///
    /// # Errors
    /// When the database does not answer; the earlier id counts still then.
    pub async fn renew_session(&self, proven: bool) -> Result<Option<Vec<HeaderValue>>, NotCarried> {
        self.session.renew(self, proven).await
    }

    /// Ends the browser's session, if there is one, and gives the `Set-Cookie` values that this takes.
    ///
    /// # Errors
    /// When the database does not answer: the session still counts then.
    pub async fn end_session(&self) -> Result<Vec<HeaderValue>, NotCarried> {
        self.session.end(self).await
    }
}
