//! An authorization response arrives, and a session begins or a refusal says why not.

use aws_lc_rs::rand;
use http::HeaderValue;
use time::OffsetDateTime;

use super::{
    flow_cookies::{Found, KEPT, flow_id},
    landing::{Arrived, Landing},
    pending_link::PendingLink,
    refused_arrival::RefusedArrival,
    step_up::StepUp,
    visit::Visit,
};
use crate::{
    accounts::{Answer, Purpose, Reason, SignUp, UserId, time_ordered_id},
    oauth::AuthorizationResponse,
    providers::Profile,
    relying_party::{FlowEvent, Journal, PendingFlow, ReturnTo},
    store::{self, FlowStatus, Granting, NewEvent, Settled, Settlement, StoreError},
};

/// The arrival of a response, gathered by the edge from the request.
#[derive(Clone)]
pub struct Arrival {
    /// The provider's slug, from the path of the redirect URI.
    pub provider: String,
    /// The request.
    pub visit: Visit,
}

impl Arrival {
    /// Takes the response to its end: finds the flow in this browser, uses it up before anything is sent anywhere,
    /// completes it, settles who it is, and does what the flow was for.
    pub async fn complete(self, response: AuthorizationResponse) -> Landing {
        let mut journal = Journal::new(&self.provider);
        let visit = &self.visit;
        let Some(state) = response.unverified_state().map(str::to_owned) else {
            let outcome = Err(self.refuse(RefusedArrival::UnknownFlow, None, &mut journal).await);
            return Landing::of_nothing(outcome);
        };
        let mut cookies: Vec<HeaderValue> = visit.jar.flows.clear(&state).into_iter().collect();
        let (outcome, flow) = match visit.jar.flows.find(&visit.headers, &state, visit.clock.now()) {
            Found::Unknown => (self.without_flow(&state).await, None),
            Found::Expired(flow) => (self.with_late_flow(&flow).await, Some(flow)),
            Found::Pending(flow) => {
                let name = visit.jar.name.find(&visit.headers, &state, &flow.provider);
                let outcome = self.with_flow(&flow, &response, name.as_deref(), &mut journal, &mut cookies).await;
                cookies.extend(match (&outcome, &name) {
                    (Ok(_), _) => visit.jar.name.clear(&visit.headers),
                    // Only a name that came with a flow of this browser may outlast it.
                    (Err(_), Some(name)) => visit.jar.name.carry(&flow.provider, name),
                    (Err(_), None) => None,
                });
                (outcome, Some(flow))
            }
        };
        let purpose = flow.as_ref().map(|flow| flow.purpose.clone());
        let outcome = match outcome {
            Ok(arrived) => Ok(arrived),
            Err(refused) => Err(self.refuse(refused, purpose.as_ref(), &mut journal).await),
        };
        let access = flow.as_ref().and_then(|flow| flow.access);
        Landing { outcome, purpose, access, return_to: flow.map(|flow| flow.return_to), cookies }
    }

    /// The flow's cookie is gone: the back button after a sign-in, a link that was sent to somebody else, or an
    /// attacker's response in a victim's browser (login CSRF). Nothing is sent anywhere.
    async fn without_flow(&self, state: &str) -> Result<Arrived, RefusedArrival> {
        match self.visit.database.flow_status(&flow_id(state)).await? {
            FlowStatus::Unused => Err(RefusedArrival::UnknownFlow),
            FlowStatus::Completed { user } if self.signed_in() == Some(user) => Ok(Arrived::There(ReturnTo::default())),
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
    ) -> Result<Arrived, RefusedArrival> {
        let id = flow_id(flow.state.expose());
        if !self.mark_used(&id, flow).await? {
            return self.replayed(&id, flow).await;
        }
        if flow.provider != self.provider {
            return Err(RefusedArrival::OtherProvider);
        }
        let waiting = self.waiting_for(&flow.purpose).await?;
        let completed = self.visit.relying_party.complete(flow, response, unverified_name, journal).await?;
        let step_up = StepUp::of(&self.visit, flow, &completed);
        let errand = Errand {
            purpose: &flow.purpose,
            profile: &completed.profile,
            return_to: &flow.return_to,
            step_up: step_up.as_ref(),
        };
        let landed = self.settle_and_carry_on(&errand, waiting, journal, cookies).await?;
        // For replays only. The person is in: nothing that fails from here on may tell them otherwise.
        if let Some(user) = landed.user
            && let Err(error) = self.visit.database.complete_flow(&id, user).await
        {
            tracing::warn!(%error, "a flow could not be marked completed");
        }
        Ok(landed.arrived)
    }

    /// What waits at the link prompt of this browser, for a flow that is to resolve it.
    async fn waiting_for(&self, purpose: &Purpose) -> Result<Option<PendingLink>, RefusedArrival> {
        let Purpose::ResolveLink { user, link: asked } = purpose else { return Ok(None) };
        let visit = &self.visit;
        let waiting = visit.jar.link.find(&visit.headers, visit.clock.now());
        let waiting =
            waiting.filter(|link| link.user == *user && link.id == *asked).ok_or(RefusedArrival::NothingWaits)?;
        if waiting.is_unused(visit).await? { Ok(Some(waiting)) } else { Err(RefusedArrival::NothingWaits) }
    }

    /// Too late, and counted once as well: a cookie that somebody keeps must not fill the audit trail.
    async fn with_late_flow(&self, flow: &PendingFlow) -> Result<Arrived, RefusedArrival> {
        match self.mark_used(&flow_id(flow.state.expose()), flow).await? {
            true => Err(RefusedArrival::ExpiredFlow),
            false => Err(RefusedArrival::UsedFlow),
        }
    }

    /// Whether this is the first response to the flow. Remembered for as long as its cookie could be shown again.
    async fn mark_used(&self, id: &str, flow: &PendingFlow) -> Result<bool, StoreError> {
        let until = flow.started_at.saturating_add(KEPT + 60);
        let until = OffsetDateTime::from_unix_timestamp(until).unwrap_or_else(|_| self.visit.clock.date());
        self.visit.database.mark_flow_used(id, until).await
    }

    /// The same response once more, in the browser that has the flow: whoever is signed in by it goes on quietly.
    async fn replayed(&self, id: &str, flow: &PendingFlow) -> Result<Arrived, RefusedArrival> {
        match self.visit.database.flow_status(id).await? {
            FlowStatus::Completed { user } if self.signed_in() == Some(user) => {
                Ok(Arrived::There(flow.return_to.clone()))
            }
            _ => Err(RefusedArrival::UsedFlow),
        }
    }

    /// Decides what becomes of it, writes that down, and does it for the browser.
    pub(super) async fn settle_and_carry_on(
        &self,
        errand: &Errand<'_>,
        waiting: Option<PendingLink>,
        journal: &mut Journal,
        cookies: &mut Vec<HeaderValue>,
    ) -> Result<Landed, RefusedArrival> {
        let settled = self.settle(errand, waiting.as_ref(), journal).await?;
        self.carry_on(errand, settled, waiting, journal, cookies).await
    }

    async fn settle(
        &self,
        errand: &Errand<'_>,
        waiting: Option<&PendingLink>,
        journal: &mut Journal,
    ) -> Result<Settled, RefusedArrival> {
        let settled = self
            .visit
            .database
            .settle(&Settlement {
                purpose: errand.purpose,
                profile: errand.profile,
                session_user: self.signed_in(),
                session: self.visit.signed_in.as_ref().map(|signed_in| signed_in.session.id_hash.as_str()),
                sign_up: &SignUp::Open,
                origin: &self.visit.client.origin(),
                now: self.visit.clock.date(),
                random: random().ok_or(RefusedArrival::NoRandomness)?,
                waiting: waiting.map(|link| &link.profile),
                granted: errand.step_up.map_or(Granting::None, StepUp::granting),
            })
            .await?;
        for decision in [Some(&settled.decision), settled.waiting.as_ref()].into_iter().flatten() {
            let reasons: Vec<&str> = decision.reasons.iter().map(|reason| reason.code()).collect();
            journal.record(FlowEvent::Decided { decision: decision.answer.code(), reasons: reasons.join(" ") });
        }
        self.visit.ring();
        Ok(settled)
    }

    /// Does for the browser what was decided for the user.
    async fn carry_on(
        &self,
        errand: &Errand<'_>,
        settled: Settled,
        waiting: Option<PendingLink>,
        journal: &mut Journal,
        cookies: &mut Vec<HeaderValue>,
    ) -> Result<Landed, RefusedArrival> {
        let landed = |user, arrived| Ok(Landed { user: Some(user), arrived });
        match (settled.decision.answer, settled.signed_in) {
            (Answer::Prompt { user, .. }, _) => {
                let waits = PendingLink::keep(&self.visit, user, errand.profile.clone(), errand.return_to.clone());
                cookies.push(waits.map_err(|_| RefusedArrival::NoRandomness)?);
                Ok(Landed { user: None, arrived: Arrived::Prompted })
            }
            (Answer::Refuse(reason), _) => Err(RefusedArrival::Policy(reason)),
            (Answer::Link { user, .. }, Some(signed_in)) => {
                cookies.extend(self.visit.renew_session(false).await?.into_iter().flatten());
                let (identity, return_to) = (signed_in.identity, errand.return_to.clone());
                landed(user, Arrived::Linked { already: false, identity, return_to })
            }
            (Answer::AlreadyLinked { user, .. }, Some(signed_in)) => {
                let (identity, return_to) = (signed_in.identity, errand.return_to.clone());
                landed(user, Arrived::Linked { already: true, identity, return_to })
            }
            (Answer::Proven { user, .. }, Some(_)) => {
                cookies.extend(self.visit.renew_session(true).await?.into_iter().flatten());
                landed(user, Arrived::There(errand.return_to.clone()))
            }
            // Nobody signs in by it: the session, and what it was proven with, stay as they are.
            (Answer::Grant { user, .. }, Some(_)) => {
                let there = || Arrived::There(errand.return_to.clone());
                landed(user, errand.step_up.map_or_else(there, |step_up| step_up.arrived(errand.return_to)))
            }
            (_, Some(signed_in)) => {
                let store::SignedIn { user, identity } = signed_in;
                cookies.extend(self.visit.sign_in(&user, &self.provider, Some(identity)).await?);
                journal.record(FlowEvent::SessionCreated);
                let Some(link) = waiting else { return landed(user.id, Arrived::There(errand.return_to.clone())) };
                cookies.extend(link.used_up(&self.visit).await);
                let linked = settled.waiting.is_some_and(|decision| {
                    matches!(decision.answer, Answer::Link { .. } | Answer::AlreadyLinked { .. })
                });
                landed(user.id, if linked { Arrived::There(link.return_to) } else { Arrived::NotLinked })
            }
            (_, None) => Err(RefusedArrival::Policy(Reason::IdentityOwnedByAnother)),
        }
    }

    fn signed_in(&self) -> Option<UserId> {
        self.visit.signed_in.as_ref().map(|signed_in| signed_in.user.id)
    }

    /// Writes the refusal down and ends the flow in the browser. A response to no flow of this browser costs no row:
    /// anyone can send those.
    pub(super) async fn refuse(
        &self,
        refused: RefusedArrival,
        purpose: Option<&Purpose>,
        journal: &mut Journal,
    ) -> RefusedArrival {
        journal.record(FlowEvent::Refused { because: refused.to_string() });
        if refused.is_worth_a_row() {
            self.record(&refused, purpose).await;
        }
        refused
    }

    async fn record(&self, refused: &RefusedArrival, purpose: Option<&Purpose>) {
        let Some(bytes) = random::<10>() else { return };
        let event = NewEvent {
            id: time_ordered_id(self.visit.clock.date(), bytes),
            at: self.visit.clock.date(),
            kind: purpose.map_or("sign_in", Purpose::code),
            user: purpose.and_then(Purpose::user),
            provider: Some(&self.provider),
            outcome: "refused",
            reasons: &[refused.code()],
            origin: &self.visit.client.origin(),
        };
        if let Err(error) = self.visit.database.record_event(&event).await {
            tracing::warn!(%error, "a refusal could not be written down");
        }
    }
}

/// What somebody came for, and who a provider says that they are: the same by whichever door they came.
pub(super) struct Errand<'a> {
    pub(super) purpose: &'a Purpose,
    pub(super) profile: &'a Profile,
    pub(super) return_to: &'a ReturnTo,
    pub(super) step_up: Option<&'a StepUp>,
}

/// What became of it, and who is signed in by it.
pub(super) struct Landed {
    pub(super) user: Option<UserId>,
    pub(super) arrived: Arrived,
}

/// Random bytes; `None` when the system gives none.
pub fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).ok()?;
    Some(bytes)
}
