//! An authorization response arrives, and a session begins or a refusal says why not.

use std::sync::Arc;

use aws_lc_rs::rand;
use http::{HeaderMap, HeaderValue};
use time::OffsetDateTime;
use tokio_util::task::TaskTracker;
use tower_sessions::Session;

use super::{
    client::ClientInfo,
    cookies::Cookies,
    flow_cookies::{FlowCookies, Found, KEPT, flow_id},
    name_cookie::NameCookie,
    signed_in,
};
use crate::{
    accounts::{Answer, Reason, SignUp, UserId, time_ordered_id},
    oauth::AuthorizationResponse,
    relying_party::{Clock, CompleteError, Completed, FlowEvent, Journal, PendingFlow, RelyingParty, ReturnTo},
    store::{self, Database, FlowStatus, NewEvent, Settlement, StoreError},
};

/// Everything that the arrival of a response needs, gathered by the edge from the request.
#[derive(Clone)]
pub struct Arrival {
    /// The provider's slug, from the path of the redirect URI.
    pub provider: String,
    /// The request's headers: the flow cookies are among them.
    pub headers: HeaderMap,
    /// The browser's session.
    pub session: Session,
    /// Who is signed in in it now.
    pub signed_in: Option<UserId>,
    /// Where the request comes from.
    pub client: ClientInfo,
    /// The database.
    pub database: Arc<Database>,
    /// Us.
    pub relying_party: RelyingParty,
    /// The pending flows' cookies.
    pub flow_cookies: FlowCookies,
    /// The cookie of a name that came beside the response.
    pub name_cookie: NameCookie,
    /// How cookies are written.
    pub cookies: Cookies,
    /// The time.
    pub clock: Clock,
    /// Where work goes that outlives the request.
    pub tasks: TaskTracker,
}

/// Where the browser goes from here.
#[derive(Debug)]
pub struct Landing {
    /// The destination of a sign-in that worked, or why there is none.
    pub outcome: Result<ReturnTo, RefusedArrival>,
    /// Where the person was going, for another try.
    pub return_to: Option<ReturnTo>,
    /// `Set-Cookie` values: the flow ends in the browser, a session may begin, a name may wait for the next flow.
    pub cookies: Vec<HeaderValue>,
}

/// Why a response opened no session.
#[derive(Debug, thiserror::Error)]
pub enum RefusedArrival {
    /// This browser holds no flow with the response's state.
    #[error("the browser holds no such flow")]
    UnknownFlow,
    /// The flow is too old.
    #[error("the flow is expired")]
    ExpiredFlow,
    /// The flow came back before.
    #[error("the flow was used before")]
    UsedFlow,
    /// The response came back on another provider's redirect URI (mix-up, RFC 9700 §4.4).
    #[error("the response came back on another provider's redirect URI")]
    OtherProvider,
    /// The flow failed on its way to a profile.
    #[error(transparent)]
    Flow(#[from] CompleteError),
    /// A user has the address; they have to show that they are it.
    #[error("the address belongs to a user with other ways in")]
    LinkRequired,
    /// The policy said no.
    #[error("the linking policy refused: {}", .0.sentence())]
    Policy(Reason),
    /// The database did not answer, or not sensibly.
    #[error("the database: {0}")]
    Store(#[from] StoreError),
    /// The session could not be opened.
    #[error("the session: {0}")]
    Session(#[from] tower_sessions::session::Error),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

impl Arrival {
    /// Takes the response to its end: finds the flow in this browser, uses it up before anything is sent anywhere,
    /// completes it, settles who it is, opens the session.
    pub async fn complete(self, response: AuthorizationResponse) -> Landing {
        let mut journal = Journal::new(&self.provider);
        let Some(state) = response.unverified_state().map(str::to_owned) else {
            let outcome = Err(self.refuse(RefusedArrival::UnknownFlow, &mut journal).await);
            return Landing { outcome, return_to: None, cookies: Vec::new() };
        };
        let mut cookies: Vec<HeaderValue> = self.flow_cookies.clear(&state).into_iter().collect();
        let (outcome, return_to) = match self.flow_cookies.find(&self.headers, &state, self.clock.now()) {
            Found::Unknown => (self.without_flow(&state).await, None),
            Found::Expired(flow) => (self.with_late_flow(&flow).await, Some(flow.return_to)),
            Found::Pending(flow) => {
                let name = self.name_cookie.find(&self.headers, &state, &flow.provider);
                let outcome = self.with_flow(&flow, &response, name.as_deref(), &mut journal, &mut cookies).await;
                cookies.extend(match (&outcome, &name) {
                    (Ok(_), _) => self.name_cookie.clear(&self.headers),
                    // Only a name that came with a flow of this browser may outlast it.
                    (Err(_), Some(name)) => self.name_cookie.carry(&flow.provider, name),
                    (Err(_), None) => None,
                });
                (outcome, Some(flow.return_to))
            }
        };
        let outcome = match outcome {
            Ok(return_to) => Ok(return_to),
            Err(refused) => Err(self.refuse(refused, &mut journal).await),
        };
        Landing { outcome, return_to, cookies }
    }

    /// The flow's cookie is gone: the back button after a sign-in, a link that was sent to somebody else, or an
    /// attacker's response in a victim's browser (login CSRF). Nothing is sent anywhere.
    async fn without_flow(&self, state: &str) -> Result<ReturnTo, RefusedArrival> {
        match self.database.flow_status(&flow_id(state)).await? {
            FlowStatus::Unused => Err(RefusedArrival::UnknownFlow),
            FlowStatus::Completed { user } if self.signed_in == Some(user) => Ok(ReturnTo::default()),
            FlowStatus::Used | FlowStatus::Completed { .. } => Err(RefusedArrival::UsedFlow),
        }
    }

    async fn with_flow(
        &self,
        flow: &PendingFlow,
        response: &AuthorizationResponse,
        unverified_name: Option<&str>,
        journal: &mut Journal,
        cookies: &mut Vec<HeaderValue>,
    ) -> Result<ReturnTo, RefusedArrival> {
        let id = flow_id(flow.state.expose());
        if !self.mark_used(&id, flow).await? {
            return self.replayed(&id, flow).await;
        }
        if flow.provider != self.provider {
            return Err(RefusedArrival::OtherProvider);
        }
        let completed = self.relying_party.complete(flow, response, unverified_name, journal).await?;
        let signed_in = self.settle(flow, &completed, journal).await?;
        cookies.extend(signed_in::open(self, &signed_in.user, signed_in.identity).await?);
        journal.record(FlowEvent::SessionCreated);
        // For replays only. The person is in: nothing that fails from here on may tell them otherwise.
        if let Err(error) = self.database.complete_flow(&id, signed_in.user.id).await {
            tracing::warn!(%error, "a flow could not be marked completed");
        }
        Ok(flow.return_to.clone())
    }

    /// Too late, and counted once as well: a cookie that somebody keeps must not fill the audit trail.
    async fn with_late_flow(&self, flow: &PendingFlow) -> Result<ReturnTo, RefusedArrival> {
        match self.mark_used(&flow_id(flow.state.expose()), flow).await? {
            true => Err(RefusedArrival::ExpiredFlow),
            false => Err(RefusedArrival::UsedFlow),
        }
    }

    /// Whether this is the first response to the flow. Remembered for as long as its cookie could be shown again.
    async fn mark_used(&self, id: &str, flow: &PendingFlow) -> Result<bool, StoreError> {
        let until = flow.started_at.saturating_add(KEPT + 60);
        let until = OffsetDateTime::from_unix_timestamp(until).unwrap_or_else(|_| self.clock.date());
        self.database.mark_flow_used(id, until).await
    }

    /// The same response once more, in the browser that has the flow: whoever is signed in by it goes on quietly.
    async fn replayed(&self, id: &str, flow: &PendingFlow) -> Result<ReturnTo, RefusedArrival> {
        match self.database.flow_status(id).await? {
            FlowStatus::Completed { user } if self.signed_in == Some(user) => Ok(flow.return_to.clone()),
            _ => Err(RefusedArrival::UsedFlow),
        }
    }

    async fn settle(
        &self,
        flow: &PendingFlow,
        completed: &Completed,
        journal: &mut Journal,
    ) -> Result<store::SignedIn, RefusedArrival> {
        let settled = self
            .database
            .settle(&Settlement {
                purpose: &flow.purpose,
                profile: &completed.profile,
                session_user: self.signed_in,
                sign_up: &SignUp::Open,
                origin: &self.client.origin(),
                now: self.clock.date(),
                random: random()?,
            })
            .await?;
        let reasons: Vec<&str> = settled.decision.reasons.iter().map(|reason| reason.code()).collect();
        journal.record(FlowEvent::Decided { decision: settled.decision.answer.code(), reasons: reasons.join(" ") });
        match (settled.signed_in, settled.decision.answer) {
            (Some(signed_in), _) => Ok(signed_in),
            (None, Answer::Prompt { .. }) => Err(RefusedArrival::LinkRequired),
            (None, Answer::Refuse(reason)) => Err(RefusedArrival::Policy(reason)),
            (None, _) => Err(RefusedArrival::Policy(Reason::IdentityOwnedByAnother)),
        }
    }

    /// Writes the refusal down and ends the flow in the browser. A response to no flow of this browser costs no row:
    /// anyone can send those.
    async fn refuse(&self, refused: RefusedArrival, journal: &mut Journal) -> RefusedArrival {
        journal.record(FlowEvent::Refused { because: refused.to_string() });
        if refused.is_worth_a_row() {
            self.record(&refused).await;
        }
        refused
    }

    async fn record(&self, refused: &RefusedArrival) {
        let Ok(bytes) = random::<10>() else { return };
        let event = NewEvent {
            id: time_ordered_id(self.clock.date(), bytes),
            at: self.clock.date(),
            kind: "sign_in",
            user: None,
            provider: Some(&self.provider),
            outcome: "refused",
            reasons: &[refused.code()],
            origin: &self.client.origin(),
        };
        if let Err(error) = self.database.record_event(&event).await {
            tracing::warn!(%error, "a refusal could not be written down");
        }
    }
}

impl RefusedArrival {
    /// Whether the database was away: the person is told to try again later, by a status that says so.
    pub fn is_our_database(&self) -> bool {
        match self {
            Self::Store(error) => error.is_temporary(),
            Self::Session(_) => true,
            _ => false,
        }
    }

    /// The refusal in one word, for the audit trail.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownFlow => "flow_unknown",
            Self::ExpiredFlow => "flow_expired",
            Self::UsedFlow => "flow_used",
            Self::OtherProvider => "other_provider",
            Self::LinkRequired => "link_required",
            Self::Policy(reason) => reason.code(),
            Self::Store(_) => "database",
            Self::Session(_) => "session",
            Self::NoRandomness => "no_randomness",
            Self::Flow(error) => match error {
                CompleteError::ProviderChanged => "provider_changed",
                CompleteError::Response(_) => "authorization_response",
                CompleteError::Metadata(_) => "metadata",
                CompleteError::BreakerOpen => "breaker_open",
                CompleteError::NoClientAuthentication => "client_authentication",
                CompleteError::Http(_) => "provider_silent",
                CompleteError::Token(_) => "token_response",
                CompleteError::Keys(_) => "keys",
                CompleteError::IdToken(_) => "id_token",
                CompleteError::Userinfo(_) => "userinfo",
                CompleteError::ClientSecret(_) => "client_secret",
                CompleteError::Api(_) => "api",
                CompleteError::NoProfile => "no_profile",
                CompleteError::NotAdmitted => "not_admitted",
            },
        }
    }

    /// The decision's own event is written in its transaction; an unknown flow is nobody's.
    const fn is_worth_a_row(&self) -> bool {
        !matches!(
            self,
            Self::UnknownFlow
                | Self::UsedFlow
                | Self::LinkRequired
                | Self::Policy(_)
                | Self::Store(_)
                | Self::Session(_)
        )
    }
}

fn random<const N: usize>() -> Result<[u8; N], RefusedArrival> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| RefusedArrival::NoRandomness)?;
    Ok(bytes)
}
