//! The authorization callback: an authorization response comes in, and a session begins or an error says why not.

use http::HeaderValue;
use time::OffsetDateTime;

use super::{
    callback_checks,
    callback_error::CallbackError,
    callback_redirect::{CallbackOutcome, CallbackRedirect},
    flow_cookies::{Found, MAX_AGE, flow_id},
    pending_link::PendingLink,
    request_context::RequestContext,
    sign_in_error,
    step_up::StepUp,
    verified::Verified,
};
use crate::{
    accounts::{AuditEvent, Purpose, PurposeKind, UserId},
    inspect,
    oauth::AuthorizationResponse,
    relying_party::{FlowEvent, Journal, Misconfiguration, PendingFlow, ReturnTo},
    store::{CompletedFlow, FlowStatus, StoreError},
};

/// One callback; `web::callback` makes it from the request.
#[derive(Clone)]
pub struct AuthorizationCallback {
    /// The slug in the path of the redirect URI.
    pub provider: String,
    pub context: RequestContext,
}

impl AuthorizationCallback {
    /// Finds the flow in this browser, marks it used before any request to the provider, completes it, settles the identity,
    /// and does what the flow was for.
    pub async fn complete(self, response: AuthorizationResponse) -> CallbackRedirect {
        let mut journal = Journal::new(&self.provider);
        let context = &self.context;
        let Some(state) = response.unverified_state().map(str::to_owned) else {
            callback_checks::no_state();
            let outcome = Err(self.refuse(CallbackError::UnknownFlow, None, &mut journal).await);
            return CallbackRedirect::without_flow(outcome);
        };
        inspect::join(&flow_id(&state));
        let mut cookies: Vec<HeaderValue> = context.jar.flows.clear(&state).into_iter().collect();
        let found = context.jar.flows.find(&context.headers, &state, context.clock.now());
        callback_checks::flow_of_this_browser(&found);
        let (outcome, flow) = match found {
            Found::Unknown => (self.without_flow(&state).await, None),
            Found::Expired(flow) => (self.with_expired_flow(&flow).await, Some(flow)),
            Found::Pending(flow) => {
                let name = context.jar.name.find(&context.headers, &state, &flow.provider);
                let outcome = self.with_flow(&flow, &response, name.as_deref(), &mut journal, &mut cookies).await;
                cookies.extend(match (&outcome, &name) {
                    (Ok(_), _) => context.jar.name.clear(&context.headers),
                    // Only a name that came with a flow of this browser is kept for the next one.
                    (Err(_), Some(name)) => context.jar.name.keep_for_next_flow(&flow.provider, name),
                    (Err(_), None) => None,
                });
                (outcome, Some(flow))
            }
        };
        let purpose = flow.as_ref().map(|flow| flow.purpose.clone());
        let outcome = match outcome {
            Ok(outcome) => Ok(outcome),
            Err(error) => Err(self.refuse(error, purpose.as_ref(), &mut journal).await),
        };
        let access = flow.as_ref().and_then(|flow| flow.access);
        CallbackRedirect { outcome, purpose, access, return_to: flow.map(|flow| flow.return_to), cookies }
    }

    /// The flow's cookie is gone: the back button after a sign-in, a link that was shared, or an attacker's response in a
    /// victim's browser (login CSRF). No request goes to the provider.
    async fn without_flow(&self, state: &str) -> Result<CallbackOutcome, CallbackError> {
        let status = self.context.database.flow_status(&flow_id(state)).await?;
        if status != FlowStatus::Unused {
            callback_checks::first_response(false);
        }
        match status {
            FlowStatus::Unused => Err(CallbackError::UnknownFlow),
            FlowStatus::Completed(flow) if self.has_signed_in(&flow) => {
                Ok(CallbackOutcome::SignedIn(ReturnTo::default()))
            }
            FlowStatus::Used | FlowStatus::Completed(_) => Err(CallbackError::UsedFlow),
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
        let is_first = self.mark_used(&id, flow).await?;
        callback_checks::first_response(is_first);
        if !is_first {
            return self.replay(&id, flow).await;
        }
        callback_checks::provider_of_path(flow, &self.provider, |slug| {
            self.context.relying_party.provider(slug).map_or(slug, |known| &known.label)
        });
        if flow.provider != self.provider {
            return Err(CallbackError::OtherProvider);
        }
        let pending = self.pending_link(&flow.purpose).await?;
        let completed = self.context.relying_party.complete(flow, response, unverified_name, journal).await?;
        let step_up = StepUp::of(&self.context, flow, &completed);
        let verified = Verified {
            purpose: &flow.purpose,
            profile: &completed.profile,
            return_to: &flow.return_to,
            step_up: step_up.as_ref(),
            flow: Some(&id),
        };
        let applied = self.settle_and_apply(&verified, pending, journal, cookies).await?;
        // For replays only. The user is signed in: from here on, an error must not say otherwise.
        if let Some(user) = applied.user.filter(|_| !applied.is_flow_completed)
            && let Err(error) = self.context.database.complete_flow(&id, user).await
        {
            tracing::warn!(%error, "cannot mark a flow completed");
        }
        Ok(applied.outcome)
    }

    /// The pending link of this browser that the flow is to resolve.
    async fn pending_link(&self, purpose: &Purpose) -> Result<Option<PendingLink>, CallbackError> {
        let Purpose::ResolveLink { user, link: id } = purpose else { return Ok(None) };
        let context = &self.context;
        let link = context.jar.link.find(&context.headers, context.clock.now());
        let link = link.filter(|link| link.user == *user && link.id == *id).ok_or(CallbackError::NoPendingLink)?;
        if link.is_unused(context).await? { Ok(Some(link)) } else { Err(CallbackError::NoPendingLink) }
    }

    /// An expired flow is marked used as well: a cookie that a client keeps must not fill the audit trail.
    async fn with_expired_flow(&self, flow: &PendingFlow) -> Result<CallbackOutcome, CallbackError> {
        match self.mark_used(&flow_id(flow.state.expose()), flow).await? {
            true => Err(CallbackError::ExpiredFlow),
            false => Err(CallbackError::UsedFlow),
        }
    }

    /// Returns whether this is the first response to the flow. The mark outlives the cookie.
    async fn mark_used(&self, id: &str, flow: &PendingFlow) -> Result<bool, StoreError> {
        let until = flow.started_at.saturating_add(MAX_AGE + 60);
        let until = OffsetDateTime::from_unix_timestamp(until).unwrap_or_else(|_| self.context.clock.date());
        self.context.database.mark_flow_used(id, until).await
    }

    /// The same response again, in the browser of the flow: a user whom it signed in goes on to the destination.
    async fn replay(&self, id: &str, flow: &PendingFlow) -> Result<CallbackOutcome, CallbackError> {
        match self.context.database.flow_status(id).await? {
            FlowStatus::Completed(completed) if self.has_signed_in(&completed) => {
                Ok(CallbackOutcome::SignedIn(flow.return_to.clone()))
            }
            _ => Err(CallbackError::UsedFlow),
        }
    }

    /// Whether the flow signed in the user who is signed in now.
    fn has_signed_in(&self, flow: &CompletedFlow) -> bool {
        self.signed_in().is_some_and(|user| flow.is_of(user))
    }

    pub(super) fn signed_in(&self) -> Option<UserId> {
        self.context.signed_in.as_ref().map(|signed_in| signed_in.user.id)
    }

    /// Logs the error with the provider's words and records both in the audit trail. An error that only the operator can
    /// fix is a warning with the next step.
    pub(super) async fn refuse(
        &self,
        error: CallbackError,
        purpose: Option<&Purpose>,
        journal: &mut Journal,
    ) -> CallbackError {
        let said = journal.said().map(ToString::to_string);
        let misconfiguration = match &error {
            CallbackError::Flow(error) => Misconfiguration::of(error, journal.said()),
            _ => None,
        };
        let error = match error {
            CallbackError::Flow(error) if misconfiguration.is_some() => CallbackError::Misconfigured(error),
            error => error,
        };
        let because =
            said.as_ref().map_or_else(|| error.to_string(), |said| format!("{error}; the provider says: {said}"));
        if purpose.is_none_or(|purpose| matches!(purpose, Purpose::SignIn | Purpose::ResolveLink { .. })) {
            self.context.metrics.count_sign_in(&self.provider, sign_in_error::of(&error).code());
        }
        let next_step = misconfiguration.and_then(|it| self.next_step(it));
        callback_checks::refused(&error, &because, next_step.as_deref());
        journal.record(FlowEvent::Refused { because, next_step });
        if let Some(failure) = error.failure() {
            let event = AuditEvent::FlowFailed {
                purpose: purpose.map_or(PurposeKind::SignIn, Purpose::kind),
                provider: self.provider.clone(),
                failure,
                said,
            };
            self.context.record(purpose.and_then(Purpose::user), &event).await;
        }
        error
    }

    fn next_step(&self, misconfiguration: Misconfiguration) -> Option<String> {
        let relying_party = &self.context.relying_party;
        let provider = relying_party.provider(&self.provider)?;
        Some(misconfiguration.next_step(provider, &relying_party.redirect_uri(&self.provider)))
    }
}
