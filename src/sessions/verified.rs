//! A verified profile: the store settles it, and the decision is applied to the browser.

use http::HeaderValue;

use super::{
    authorization_callback::AuthorizationCallback,
    callback_error::CallbackError,
    callback_redirect::CallbackOutcome,
    pending_link::PendingLink,
    sign_in::{Reauthentication, SignIn},
    signed_in::PreparedSession,
    step_up::StepUp,
};
use crate::{
    accounts::{Answer, AuthenticationMethod, Authentications, Purpose, Reason, UserId},
    codes::done::Done,
    providers::Profile,
    relying_party::{FlowEvent, Journal, ReturnTo},
    store::{GrantUpdate, SettleOutcome, SettleRequest, SignedIn},
};

/// A verified profile and the purpose of its flow, from a callback or from Google's button.
pub(super) struct Verified<'a> {
    pub(super) purpose: &'a Purpose,
    pub(super) profile: &'a Profile,
    pub(super) return_to: &'a ReturnTo,
    pub(super) step_up: Option<&'a StepUp>,
    /// The id of the flow, if there is one.
    pub(super) flow: Option<&'a str>,
}

/// What was done for the browser.
pub(super) struct Applied {
    /// The user who is signed in now.
    pub(super) user: Option<UserId>,
    /// Whether the session was opened by the transaction that also marked the flow completed.
    pub(super) is_flow_completed: bool,
    pub(super) outcome: CallbackOutcome,
}

impl AuthorizationCallback {
    /// Settles the verified profile in the database, and then applies the decision to the browser.
    pub(super) async fn settle_and_apply(
        &self,
        verified: &Verified<'_>,
        pending: Option<PendingLink>,
        journal: &mut Journal,
        cookies: &mut Vec<HeaderValue>,
    ) -> Result<Applied, CallbackError> {
        let prepared = self.context.session.prepare(&self.context)?;
        let ready = match &pending {
            // Linked before the second step, the identity would be there for an attacker without it.
            Some(link) if self.context.is_second_step_due(link.user, verified.profile.into()).await? => None,
            pending => pending.as_ref(),
        };
        let settled = self.settle(verified, ready, prepared.as_ref(), journal).await?;
        let is_flow_completed = settled.has_session;
        let open = prepared.filter(|_| settled.has_session);
        let (user, outcome) = self.apply(verified, settled, open, pending, journal, cookies).await?;
        Ok(Applied { user, is_flow_completed, outcome })
    }

    async fn settle(
        &self,
        verified: &Verified<'_>,
        pending: Option<&PendingLink>,
        prepared: Option<&PreparedSession>,
        journal: &mut Journal,
    ) -> Result<SettleOutcome, CallbackError> {
        let (opened, now) = (self.context.opened_link(), self.context.clock.date());
        let settle_request = SettleRequest {
            purpose: verified.purpose,
            profile: verified.profile,
            session_user: self.signed_in(),
            session: self.context.signed_in.as_ref().map(|signed_in| signed_in.session.at_version()),
            admission: self.context.admission(opened.as_ref()),
            second_factor: self.context.second_factor,
            client: &self.context.client,
            now,
            waiting: pending.map(|link| &link.profile),
            granted: verified.step_up.map_or(GrantUpdate::None, StepUp::grant_update),
        };
        let settled = match prepared {
            Some(prepared) => {
                let authentications = Authentications::by(verified.profile.into(), now);
                let opening = prepared.opening(&authentications, self.context.second_factor, verified.flow);
                self.context.database.settle_and_open(&settle_request, &opening).await?
            }
            None => self.context.database.settle(&settle_request).await?,
        };
        for decision in [Some(&settled.decision), settled.waiting.as_ref()].into_iter().flatten() {
            journal.record(FlowEvent::decided(decision));
        }
        self.context.wake_mail();
        Ok(settled)
    }

    /// Returns the user who is signed in now. `open` is the session that settling opened.
    async fn apply(
        &self,
        verified: &Verified<'_>,
        settled: SettleOutcome,
        open: Option<PreparedSession>,
        pending: Option<PendingLink>,
        journal: &mut Journal,
        cookies: &mut Vec<HeaderValue>,
    ) -> Result<(Option<UserId>, CallbackOutcome), CallbackError> {
        let applied = |user, outcome| Ok((Some(user), outcome));
        match (settled.decision.answer, settled.signed_in) {
            (Answer::Prompt { user, .. }, _) => {
                let link = PendingLink::keep(&self.context, user, verified.profile.clone(), verified.return_to.clone());
                cookies.push(link.map_err(|_| CallbackError::NoRandomness)?);
                Ok((None, CallbackOutcome::Prompted))
            }
            (Answer::Refuse(reason), _) => Err(CallbackError::Policy(reason)),
            (Answer::Link { user, .. }, Some(signed_in)) => {
                cookies.extend(self.context.renew_session().await?.into_iter().flatten());
                let (identity, return_to) = (signed_in.identity, verified.return_to.clone());
                applied(user, CallbackOutcome::Linked { already: false, identity, return_to })
            }
            (Answer::AlreadyLinked { user, .. }, Some(signed_in)) => {
                let (identity, return_to) = (signed_in.identity, verified.return_to.clone());
                applied(user, CallbackOutcome::Linked { already: true, identity, return_to })
            }
            (Answer::Reauthenticated { user, .. }, Some(_)) => {
                match self.context.reauthenticate(verified.profile.into()).await? {
                    Reauthentication::Done(session) => cookies.extend(session),
                    Reauthentication::SignedOut => {}
                    Reauthentication::TooWeak => return Err(CallbackError::SecondFactorNeeded),
                }
                applied(user, CallbackOutcome::SignedIn(verified.return_to.clone()))
            }
            // A grant is no sign-in: the session and its authentication time stay.
            (Answer::Grant { user, .. }, Some(_)) => {
                let signed_in = || CallbackOutcome::SignedIn(verified.return_to.clone());
                applied(user, verified.step_up.map_or_else(signed_in, |step_up| step_up.outcome(verified.return_to)))
            }
            (answer, Some(signed_in)) => {
                let done = match answer {
                    Answer::Create { .. } | Answer::ClaimFromUnverified { .. } => Some(Done::Welcome),
                    Answer::LinkWithoutAsking { .. } => Some(Done::LinkedWithoutAsking),
                    _ => settled.waiting.as_ref().map(|_| Done::Linked),
                };
                cookies.extend(done.and_then(|done| self.context.say_done(done)));
                let begun = Begun { signed_in, open, link: pending.as_ref() };
                let Some(user) = self.begin_session(verified, begun, journal, cookies).await? else {
                    return Ok((None, CallbackOutcome::SecondFactor));
                };
                let Some(link) = pending else {
                    return applied(user, CallbackOutcome::SignedIn(verified.return_to.clone()));
                };
                cookies.extend(link.use_up(&self.context).await);
                let waiting = settled.waiting.map(|decision| decision.answer);
                let is_full = matches!(waiting, Some(Answer::Refuse(Reason::TooManyIdentities)));
                let linked = matches!(waiting, Some(Answer::Link { .. } | Answer::AlreadyLinked { .. }));
                let not_linked = CallbackOutcome::NotLinked { is_full };
                applied(user, if linked { CallbackOutcome::SignedIn(link.return_to) } else { not_linked })
            }
            (_, None) => Err(CallbackError::Policy(Reason::IdentityOwnedByAnother)),
        }
    }

    /// `None` if the second step is due first.
    async fn begin_session(
        &self,
        verified: &Verified<'_>,
        begun: Begun<'_>,
        journal: &mut Journal,
        cookies: &mut Vec<HeaderValue>,
    ) -> Result<Option<UserId>, CallbackError> {
        let SignedIn { user, identity } = begun.signed_in;
        let method: AuthenticationMethod = verified.profile.into();
        let sign_in = match begun.open {
            Some(open) => self.context.signed_in_by(&user, &method, open.cookies(&self.context)),
            None => self.context.sign_in(&user, method, Some(identity)).await?,
        };
        match sign_in {
            SignIn::Complete(session) => {
                cookies.extend(session);
                journal.record(FlowEvent::SessionCreated);
                Ok(Some(user.id))
            }
            SignIn::SecondFactor(pending) => {
                let pending = match begun.link {
                    Some(link) => pending.back_to(&link.return_to).with_link(&link.id),
                    None => pending.back_to(verified.return_to),
                };
                let kept = self.context.jar.second_factor.keep(&pending, self.context.clock.now());
                cookies.push(kept.map_err(|_| CallbackError::NoRandomness)?);
                Ok(None)
            }
        }
    }
}

/// What a session begins from.
struct Begun<'a> {
    signed_in: SignedIn,
    /// The session that settling opened.
    open: Option<PreparedSession>,
    /// The link that waits for it.
    link: Option<&'a PendingLink>,
}
