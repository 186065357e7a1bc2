//! An authorization response arrives, and a session begins or a refusal says why not.

use aws_lc_rs::rand;
use http::HeaderValue;
use time::OffsetDateTime;

use super::{
    callback_error::CallbackError,
    callback_redirect::{CallbackOutcome, CallbackRedirect},
    flow_cookies::{Found, KEPT, flow_id},
    pending_link::PendingLink,
    request_context::RequestContext,
    step_up::StepUp,
};
use crate::{
    accounts::{Answer, AuditEvent, FlowFailure, Purpose, PurposeKind, Reason, SignUp, UserId, time_ordered_id},
    oauth::AuthorizationResponse,
    providers::Profile,
    relying_party::{FlowEvent, Journal, PendingFlow, ReturnTo},
    store::{self, FlowStatus, GrantUpdate, NewEvent, SettleOutcome, SettleRequest, StoreError},
};

/// The arrival of a response, gathered by the edge from the request.
#[derive(Clone)]
pub struct AuthorizationCallback {
    /// The provider's slug, from the path of the redirect URI.
    pub provider: String,
    /// The request.
    pub context: RequestContext,
}

impl AuthorizationCallback {
    /// Takes the response to its end: finds the flow in this browser, uses it up before anything is sent anywhere,
    /// completes it, settles who it is, and does what the flow was for.
    pub async fn complete(self, response: AuthorizationResponse) -> CallbackRedirect {
        let mut journal = Journal::new(&self.provider);
        let context = &self.context;
        let Some(state) = response.unverified_state().map(str::to_owned) else {
            let outcome = Err(self.refuse(CallbackError::UnknownFlow, None, &mut journal).await);
            return CallbackRedirect::of_nothing(outcome);
        };
        let mut cookies: Vec<HeaderValue> = context.jar.flows.clear(&state).into_iter().collect();
        let (outcome, flow) = match context.jar.flows.find(&context.headers, &state, context.clock.now()) {
            Found::Unknown => (self.without_flow(&state).await, None),
            Found::Expired(flow) => (self.with_late_flow(&flow).await, Some(flow)),
            Found::Pending(flow) => {
                let name = context.jar.name.find(&context.headers, &state, &flow.provider);
                let outcome = self.with_flow(&flow, &response, name.as_deref(), &mut journal, &mut cookies).await;
                cookies.extend(match (&outcome, &name) {
                    (Ok(_), _) => context.jar.name.clear(&context.headers),
                    // Only a name that came with a flow of this browser may outlast it.
                    (Err(_), Some(name)) => context.jar.name.carry(&flow.provider, name),
                    (Err(_), None) => None,
                });
                (outcome, Some(flow))
            }
        };
        let purpose = flow.as_ref().map(|flow| flow.purpose.clone());
        let outcome = match outcome {
            Ok(outcome) => Ok(outcome),
            Err(refused) => Err(self.refuse(refused, purpose.as_ref(), &mut journal).await),
        };
        let access = flow.as_ref().and_then(|flow| flow.access);
        CallbackRedirect { outcome, purpose, access, return_to: flow.map(|flow| flow.return_to), cookies }
    }

    /// The flow's cookie is gone: the back button after a sign-in, a link that was sent to somebody else, or an
    /// attacker's response in a victim's browser (login CSRF). Nothing is sent anywhere.
    async fn without_flow(&self, state: &str) -> Result<CallbackOutcome, CallbackError> {
        match self.context.database.flow_status(&flow_id(state)).await? {
            FlowStatus::Unused => Err(CallbackError::UnknownFlow),
            FlowStatus::Completed { user } if self.signed_in() == Some(user) => {
                Ok(CallbackOutcome::There(ReturnTo::default()))
            }
            FlowStatus::Used | FlowStatus::Completed { .. } => Err(CallbackError::UsedFlow),
        }
    }

    async fn with_flow(
        &self,
        flow: &PendingFlow,
        response: &AuthorizationResponse,
        unverified_name: Option<&str>,
        journal: &mut Journal,
        cookies: &mut Vec<HeaderValue>,
    ) -> Result<CallbackOutcome, CallbackError> {
        let id = flow_id(flow.state.expose());
        if !self.mark_used(&id, flow).await? {
            return self.replayed(&id, flow).await;
        }
        if flow.provider != self.provider {
            return Err(CallbackError::OtherProvider);
        }
        let waiting = self.waiting_for(&flow.purpose).await?;
        let completed = self.context.relying_party.complete(flow, response, unverified_name, journal).await?;
        let step_up = StepUp::of(&self.context, flow, &completed);
        let attempt = SignInAttempt {
            purpose: &flow.purpose,
            profile: &completed.profile,
            return_to: &flow.return_to,
            step_up: step_up.as_ref(),
        };
        let signed_in_result = self.settle_and_carry_on(&attempt, waiting, journal, cookies).await?;
        // For replays only. The person is in: nothing that fails from here on may tell them otherwise.
        if let Some(user) = signed_in_result.user
            && let Err(error) = self.context.database.complete_flow(&id, user).await
        {
            tracing::warn!(%error, "a flow could not be marked completed");
        }
        Ok(signed_in_result.outcome)
    }

    /// What waits at the link prompt of this browser, for a flow that is to resolve it.
    async fn waiting_for(&self, purpose: &Purpose) -> Result<Option<PendingLink>, CallbackError> {
        let Purpose::ResolveLink { user, link: asked } = purpose else { return Ok(None) };
        let context = &self.context;
        let waiting = context.jar.link.find(&context.headers, context.clock.now());
        let waiting =
            waiting.filter(|link| link.user == *user && link.id == *asked).ok_or(CallbackError::NothingWaits)?;
        if waiting.is_unused(context).await? { Ok(Some(waiting)) } else { Err(CallbackError::NothingWaits) }
    }

    /// Too late, and counted once as well: a cookie that somebody keeps must not fill the audit trail.
    async fn with_late_flow(&self, flow: &PendingFlow) -> Result<CallbackOutcome, CallbackError> {
        match self.mark_used(&flow_id(flow.state.expose()), flow).await? {
            true => Err(CallbackError::ExpiredFlow),
            false => Err(CallbackError::UsedFlow),
        }
    }

    /// Whether this is the first response to the flow. Remembered for as long as its cookie could be shown again.
    async fn mark_used(&self, id: &str, flow: &PendingFlow) -> Result<bool, StoreError> {
        let until = flow.started_at.saturating_add(KEPT + 60);
        let until = OffsetDateTime::from_unix_timestamp(until).unwrap_or_else(|_| self.context.clock.date());
        self.context.database.mark_flow_used(id, until).await
    }

    /// The same response once more, in the browser that has the flow: whoever is signed in by it goes on quietly.
    async fn replayed(&self, id: &str, flow: &PendingFlow) -> Result<CallbackOutcome, CallbackError> {
        match self.context.database.flow_status(id).await? {
            FlowStatus::Completed { user } if self.signed_in() == Some(user) => {
                Ok(CallbackOutcome::There(flow.return_to.clone()))
            }
            _ => Err(CallbackError::UsedFlow),
        }
    }

    /// Decides what becomes of it, writes that down, and does it for the browser.
    pub(super) async fn settle_and_carry_on(
        &self,
        attempt: &SignInAttempt<'_>,
        waiting: Option<PendingLink>,
        journal: &mut Journal,
        cookies: &mut Vec<HeaderValue>,
    ) -> Result<SignInResult, CallbackError> {
        let settled = self.settle(attempt, waiting.as_ref(), journal).await?;
        self.carry_on(attempt, settled, waiting, journal, cookies).await
    }

    async fn settle(
        &self,
        attempt: &SignInAttempt<'_>,
        waiting: Option<&PendingLink>,
        journal: &mut Journal,
    ) -> Result<SettleOutcome, CallbackError> {
        let settled = self
            .context
            .database
            .settle(&SettleRequest {
                purpose: attempt.purpose,
                profile: attempt.profile,
                session_user: self.signed_in(),
                session: self.context.signed_in.as_ref().map(|signed_in| signed_in.session.id_hash.as_str()),
                sign_up: &SignUp::Open,
                client: &self.context.client,
                now: self.context.clock.date(),
                random: random().ok_or(CallbackError::NoRandomness)?,
                waiting: waiting.map(|link| &link.profile),
                granted: attempt.step_up.map_or(GrantUpdate::None, StepUp::granting),
            })
            .await?;
        for decision in [Some(&settled.decision), settled.waiting.as_ref()].into_iter().flatten() {
            let reasons: Vec<&str> = decision.reasons.iter().map(|reason| reason.code()).collect();
            journal
                .record(FlowEvent::Decided { decision: decision.answer.outcome().code(), reasons: reasons.join(" ") });
        }
        self.context.wake_mail();
        Ok(settled)
    }

    /// Does for the browser what was decided for the user.
    async fn carry_on(
        &self,
        attempt: &SignInAttempt<'_>,
        settled: SettleOutcome,
        waiting: Option<PendingLink>,
        journal: &mut Journal,
        cookies: &mut Vec<HeaderValue>,
    ) -> Result<SignInResult, CallbackError> {
        let signed_in_result = |user, outcome| Ok(SignInResult { user: Some(user), outcome });
        match (settled.decision.answer, settled.signed_in) {
            (Answer::Prompt { user, .. }, _) => {
                let waits = PendingLink::keep(&self.context, user, attempt.profile.clone(), attempt.return_to.clone());
                cookies.push(waits.map_err(|_| CallbackError::NoRandomness)?);
                Ok(SignInResult { user: None, outcome: CallbackOutcome::Prompted })
            }
            (Answer::Refuse(reason), _) => Err(CallbackError::Policy(reason)),
            (Answer::Link { user, .. }, Some(signed_in)) => {
                cookies.extend(self.context.renew_session(false).await?.into_iter().flatten());
                let (identity, return_to) = (signed_in.identity, attempt.return_to.clone());
                signed_in_result(user, CallbackOutcome::Linked { already: false, identity, return_to })
            }
            (Answer::AlreadyLinked { user, .. }, Some(signed_in)) => {
                let (identity, return_to) = (signed_in.identity, attempt.return_to.clone());
                signed_in_result(user, CallbackOutcome::Linked { already: true, identity, return_to })
            }
            (Answer::Reauthenticated { user, .. }, Some(_)) => {
                cookies.extend(self.context.renew_session(true).await?.into_iter().flatten());
                signed_in_result(user, CallbackOutcome::There(attempt.return_to.clone()))
            }
            // Nobody signs in by it: the session, and what it was proven with, stay as they are.
            (Answer::Grant { user, .. }, Some(_)) => {
                let there = || CallbackOutcome::There(attempt.return_to.clone());
                signed_in_result(user, attempt.step_up.map_or_else(there, |step_up| step_up.outcome(attempt.return_to)))
            }
            (_, Some(signed_in)) => {
                let store::SignedIn { user, identity } = signed_in;
                cookies.extend(self.context.sign_in(&user, &self.provider, Some(identity)).await?);
                journal.record(FlowEvent::SessionCreated);
                let Some(link) = waiting else {
                    return signed_in_result(user.id, CallbackOutcome::There(attempt.return_to.clone()));
                };
                cookies.extend(link.used_up(&self.context).await);
                let linked = settled.waiting.is_some_and(|decision| {
                    matches!(decision.answer, Answer::Link { .. } | Answer::AlreadyLinked { .. })
                });
                signed_in_result(
                    user.id,
                    if linked { CallbackOutcome::There(link.return_to) } else { CallbackOutcome::NotLinked },
                )
            }
            (_, None) => Err(CallbackError::Policy(Reason::IdentityOwnedByAnother)),
        }
    }

    fn signed_in(&self) -> Option<UserId> {
        self.context.signed_in.as_ref().map(|signed_in| signed_in.user.id)
    }

    /// Writes the refusal down and ends the flow in the browser. A response to no flow of this browser costs no row:
    /// anyone can send those.
    pub(super) async fn refuse(
        &self,
        refused: CallbackError,
        purpose: Option<&Purpose>,
        journal: &mut Journal,
    ) -> CallbackError {
        journal.record(FlowEvent::Refused { because: refused.to_string() });
        if let Some(failure) = refused.failure() {
            self.record(failure, purpose).await;
        }
        refused
    }

    async fn record(&self, failure: FlowFailure, purpose: Option<&Purpose>) {
        let Some(bytes) = random::<10>() else { return };
        let purpose_kind = purpose.map_or(PurposeKind::SignIn, Purpose::kind);
        let event = AuditEvent::FlowFailed { purpose: purpose_kind, provider: self.provider.clone(), failure };
        let event = NewEvent {
            id: time_ordered_id(self.context.clock.date(), bytes),
            at: self.context.clock.date(),
            event: &event,
            user: purpose.and_then(Purpose::user),
            client: &self.context.client,
        };
        if let Err(error) = self.context.database.record_event(&event).await {
            tracing::warn!(%error, "could not record the failed sign-in");
        }
    }
}

/// What somebody came for, and who a provider says that they are: the same by whichever door they came.
pub(super) struct SignInAttempt<'a> {
    pub(super) purpose: &'a Purpose,
    pub(super) profile: &'a Profile,
    pub(super) return_to: &'a ReturnTo,
    pub(super) step_up: Option<&'a StepUp>,
}

/// What became of it, and who is signed in by it.
pub(super) struct SignInResult {
    pub(super) user: Option<UserId>,
    pub(super) outcome: CallbackOutcome,
}

/// Random bytes; `None` when the system gives none.
pub fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).ok()?;
    Some(bytes)
}
