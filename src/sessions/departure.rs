//! A person leaves: the session ends, and what the browser still holds of ours goes.

use std::sync::Arc;

use aws_lc_rs::rand;
use http::{HeaderMap, HeaderValue};
use tower_sessions::Session;

use super::{client::ClientInfo, flow_cookies::FlowCookies, signed_in::SignedIn};
use crate::{
    accounts::time_ordered_id,
    relying_party::Clock,
    store::{Database, NewEvent},
};

/// Everything that a sign-out needs, gathered by the edge from the request.
#[derive(Clone)]
pub struct Departure {
    /// The request's headers: the flow cookies are among them.
    pub headers: HeaderMap,
    /// The browser's session.
    pub session: Session,
    /// Who is signed in in it.
    pub signed_in: Option<SignedIn>,
    /// Where the request comes from.
    pub client: ClientInfo,
    /// The database.
    pub database: Arc<Database>,
    /// The pending flows' cookies.
    pub flow_cookies: FlowCookies,
    /// The time.
    pub clock: Clock,
}

impl Departure {
    /// Ends the session and gives the `Set-Cookie` values that end the pending flows; the session's own cookie is taken
    /// away by the session layer. Signing out twice is no error.
    ///
    /// # Errors
    /// When the database does not answer: the session still counts then, and the person has to know.
    pub async fn complete(self) -> Result<Vec<HeaderValue>, tower_sessions::session::Error> {
        if self.session.id().is_some() {
            self.session.flush().await?;
            self.record().await;
        }
        Ok(self.flow_cookies.clear_all(&self.headers))
    }

    async fn record(&self) {
        let Some(signed_in) = &self.signed_in else { return };
        let mut random = [0; 10];
        if rand::fill(&mut random).is_err() {
            return;
        }
        let event = NewEvent {
            id: time_ordered_id(self.clock.date(), random),
            at: self.clock.date(),
            kind: "sign_out",
            user: Some(signed_in.user.id),
            provider: signed_in.session.provider.as_deref(),
            outcome: "signed_out",
            reasons: &[],
            origin: &self.client.origin(),
        };
        if let Err(error) = self.database.record_event(&event).await {
            tracing::warn!(%error, "a sign-out could not be written down");
        }
    }
}
