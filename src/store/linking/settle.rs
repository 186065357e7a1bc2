//! Settles a profile in one transaction: gathers the facts, asks the policy, carries the answer out, records the event.

use time::OffsetDateTime;

use crate::accounts::{
    Answer, AuditEvent, Decision, DecisionOutcome, Facts, IdentityId, IdentityKey, Purpose, Reason, SecondFactorPolicy,
    SecondFactors, SecondStep, User, UserId, UserSummary, decide,
};
use crate::inspect::{self, Step};
use crate::providers::Profile;
use crate::sealing::random_bytes;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::{NewEvent, record};
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::grants::rows::put_grant;
use crate::store::grants::sealed::GrantPlace;
use crate::store::ids;
use crate::store::linking::carry_out::{NewIds, carry_out};
use crate::store::linking::gather::gather;
use crate::store::linking::request::{GrantUpdate, SessionOpening, SettleOutcome, SettleRequest, SignedIn};
use crate::store::second_factor::app::second_factors_of;
use crate::store::sessions::queries::replace;
use crate::store::sessions::rows::{NewSession, SessionVersion};
use crate::store::sessions::used_flows::complete_flow;
use crate::store::users::identities::identities_of;

impl Database {
    /// Atomic: there is never a user without an identity, or a change without its event. Of concurrent first sign-ins
    /// with one identity, one creates the user and the others find it.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has changed then.
    pub async fn settle(&self, settle_request: &SettleRequest<'_>) -> Result<SettleOutcome, StoreError> {
        self.retried(|| self.settle_once(settle_request, None)).await
    }

    /// The same, and what it signs in to has its session by the same transaction.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has changed then.
    pub async fn settle_and_open(
        &self,
        settle_request: &SettleRequest<'_>,
        opening: &SessionOpening<'_>,
    ) -> Result<SettleOutcome, StoreError> {
        self.retried(|| self.settle_once(settle_request, Some(opening))).await
    }

    async fn settle_once(
        &self,
        settle_request: &SettleRequest<'_>,
        opening: Option<&SessionOpening<'_>>,
    ) -> Result<SettleOutcome, StoreError> {
        let now = settle_request.now;
        let (user, identity) = (UserId::new(now, random_bytes()?), IdentityId::new(now, random_bytes()?));
        let ids = NewIds { user, identity, now };
        let mut write = self.write().await?;
        let question = Question {
            purpose: settle_request.purpose,
            profile: settle_request.profile,
            session_user: settle_request.session_user,
            session: settle_request.session,
        };
        let (decision, signed_in) = self.answer(&mut write, settle_request, &question, &ids).await?;
        let (waiting, signed_in) = match (settle_request.waiting, signed_in) {
            (Some(profile), Some(signed_in)) => {
                let (decision, linked) = self.link_waiting(&mut write, settle_request, profile, &signed_in).await?;
                (
                    Some(decision),
                    Some(linked.map_or(signed_in.clone(), |linked| SignedIn { user: linked.user, ..signed_in })),
                )
            }
            (_, signed_in) => (None, signed_in),
        };
        let has_session = match (opening, &signed_in) {
            (Some(opening), Some(signed_in))
                if decision.answer.begins_session() && !is_second_step_due(&mut write, opening, signed_in).await? =>
            {
                open(&mut write, opening, signed_in, settle_request).await?;
                true
            }
            _ => false,
        };
        write.commit().await?;
        Ok(SettleOutcome { decision, signed_in, waiting, has_session })
    }

    /// Links the profile at the link prompt to the user, who has signed in by another method.
    pub(in crate::store) async fn link_waiting(
        &self,
        write: &mut Write<'_>,
        settle_request: &SettleRequest<'_>,
        profile: &Profile,
        shown: &SignedIn,
    ) -> Result<(Decision, Option<SignedIn>), StoreError> {
        let now = settle_request.now;
        let ids = NewIds { user: shown.user.id, identity: IdentityId::new(now, random_bytes()?), now };
        let question = Question {
            purpose: &Purpose::Link { user: shown.user.id },
            profile,
            session_user: Some(shown.user.id),
            session: None,
        };
        self.answer(write, settle_request, &question, &ids).await
    }

    async fn answer(
        &self,
        write: &mut Write<'_>,
        settle_request: &SettleRequest<'_>,
        question: &Question<'_>,
        ids: &NewIds,
    ) -> Result<(Decision, Option<SignedIn>), StoreError> {
        let (decision, signed_in, before) = match Facts::of(question.profile) {
            Ok(facts) => {
                let SettleRequest { admission, second_factor, .. } = settle_request;
                let Question { session_user, session, .. } = *question;
                let gathered = gather(write, &facts, session_user, session, admission, *second_factor).await?;
                let decision = decide(question.purpose, &facts, &gathered.linking_context);
                inspect::record(|_| decided(&decision));
                let linking_context = gathered.linking_context;
                let before = linking_context.identity_owner.map(|owner| owner.user).or(linking_context.session_user);
                let (answer, known) = (&decision.answer, gathered.known);
                let signed_in = carry_out(write, answer, &facts, known, before.as_ref(), ids).await?;
                (decision, signed_in, before)
            }
            Err(_) => (malformed(), None, None),
        };
        let event = AuditEvent::Decision {
            purpose: question.purpose.kind(),
            provider: question.profile.provider.clone(),
            outcome: outcome(&decision.answer, settle_request.granted),
            reasons: decision.reasons.clone(),
            access: settle_request.granted.access(),
        };
        let event = NewEvent {
            id: ids::id(settle_request.now)?,
            at: settle_request.now,
            event: &event,
            user: concerned(question.purpose, &decision.answer, signed_in.as_ref()),
            client: settle_request.client,
            authentication: Some(&question.profile.authentication).filter(|claims| !claims.is_empty()),
        };
        record(write.connection(), &event).await?;
        if let (Answer::Grant { user, .. }, Some(signed_in)) = (&decision.answer, &signed_in) {
            let identity = (*user, signed_in.identity);
            store_grant(write, identity, question.profile, settle_request.granted, settle_request.now).await?;
        }
        if let (Answer::Link { .. } | Answer::LinkWithoutAsking { .. }, Some(signed_in)) =
            (&decision.answer, &signed_in)
        {
            let audit = AuditContext { client: settle_request.client.clone(), now: settle_request.now };
            self.announce_linked(write, signed_in, &audit).await?;
        }
        if let (Some(before), Some(signed_in)) = (before, &signed_in) {
            let audit = AuditContext { client: settle_request.client.clone(), now: settle_request.now };
            self.announce_followed_email(write, &before, &signed_in.user, &audit).await?;
        }
        Ok((decision, signed_in))
    }

    /// The email address followed the provider's: notifies the old one.
    async fn announce_followed_email(
        &self,
        write: &mut Write<'_>,
        before: &UserSummary,
        after: &User,
        audit: &AuditContext,
    ) -> Result<(), StoreError> {
        let (Some(old), Some(new)) = (&before.verified_email, &after.verified_email) else { return Ok(()) };
        if before.id != after.id || old.email() == new.email() {
            return Ok(());
        }
        self.announce_email_changed(write, after, old.email(), new.email(), audit).await
    }

    /// Notifies the user, who can undo it.
    async fn announce_linked(
        &self,
        write: &mut Write<'_>,
        signed_in: &SignedIn,
        audit: &AuditContext,
    ) -> Result<(), StoreError> {
        let identities = identities_of(write.connection(), signed_in.user.id).await?;
        match identities.iter().find(|identity| identity.id == signed_in.identity) {
            Some(identity) => self.announce_method_added(write, &signed_in.user, identity, audit).await,
            None => Ok(()),
        }
    }
}

/// Opens the session, and marks the flow completed for replays.
async fn open(
    write: &mut Write<'_>,
    opening: &SessionOpening<'_>,
    signed_in: &SignedIn,
    settle_request: &SettleRequest<'_>,
) -> Result<(), StoreError> {
    let (user, identity) = (signed_in.user.id, Some(signed_in.identity));
    let authentications = opening.authentications.clone();
    let session = NewSession {
        browser: opening.browser.cloned(),
        ..NewSession::beginning(user, identity, authentications, settle_request.client, settle_request.now)
    };
    if !replace(write, opening.earlier, opening.id_hash, &session).await? {
        return Err(StoreError::Conflict(sqlx::Error::RowNotFound));
    }
    if let Some(flow) = opening.flow {
        complete_flow(write.connection(), flow, user).await?;
    }
    Ok(())
}

/// Whether more than this sign-in is needed before a session.
async fn is_second_step_due(
    write: &mut Write<'_>,
    opening: &SessionOpening<'_>,
    signed_in: &SignedIn,
) -> Result<bool, StoreError> {
    if opening.second_factor == SecondFactorPolicy::Off {
        return Ok(false);
    }
    let has_passkeys = write.has_passkeys();
    let has = second_factors_of(write.connection(), signed_in.user.id).await?;
    let has = SecondFactors { passkey: has.passkey && has_passkeys, ..has };
    Ok(opening.second_factor.second_step(has, opening.authentications) != SecondStep::Nothing)
}

/// One profile and its purpose.
struct Question<'a> {
    purpose: &'a Purpose,
    profile: &'a Profile,
    session_user: Option<UserId>,
    session: Option<SessionVersion<'a>>,
}

fn malformed() -> Decision {
    Decision { answer: Answer::Refuse(Reason::IdentityMalformed), reasons: vec![Reason::IdentityMalformed] }
}

fn decided(decision: &Decision) -> Step {
    let reasons = decision.reasons.iter().map(|reason| reason.sentence()).collect();
    Step::Decided { outcome: decision.answer.outcome().code(), reasons }
}

fn outcome(answer: &Answer, granted: GrantUpdate<'_>) -> DecisionOutcome {
    match (answer, granted) {
        (Answer::Grant { .. }, GrantUpdate::Declined(..)) => DecisionOutcome::ScopeDeclined,
        (answer, _) => answer.outcome(),
    }
}

async fn store_grant(
    write: &mut Write<'_>,
    (user, identity): (UserId, IdentityId),
    profile: &Profile,
    granted: GrantUpdate<'_>,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let (GrantUpdate::Granted(_, grant) | GrantUpdate::Declined(_, Some(grant))) = granted else { return Ok(()) };
    let key = IdentityKey::new(&profile.issuer, &profile.subject)?;
    put_grant(write, GrantPlace { user, provider: &profile.provider, identity }, &key, grant, now).await
}

/// The user whose audit trail gets the event.
fn concerned(purpose: &Purpose, answer: &Answer, signed_in: Option<&SignedIn>) -> Option<UserId> {
    match (purpose, answer) {
        (_, Answer::Prompt { user, .. }) => Some(*user),
        // The owner of an account sees what was tried with it, above all where it failed.
        (purpose, _) => purpose.user().or_else(|| signed_in.map(|signed_in| signed_in.user.id)),
    }
}
