//! Settles a profile: facts gathered, policy asked, answer carried out, event written, in one transaction.

use time::OffsetDateTime;
use uuid::Uuid;

use super::audit_context::AuditContext;
use super::carry_out::{NewIds, carry_out};
use super::database::Database;
use super::error::StoreError;
use super::events::{AuditClient, NewEvent, record};
use super::grants::{GrantPlace, NewGrant, put_grant};
use super::identities::identities_of;
use super::ids;
use super::linking_context::gather;
use super::write::Write;
use crate::accounts::{
    Answer, Decision, Facts, IdentityId, IdentityKey, Purpose, Reason, SignUp, User, UserId, UserSummary, decide,
    time_ordered_id,
};
use crate::codes::access::Access;
use crate::providers::Profile;

/// A question to be settled.
#[derive(Clone, Copy, Debug)]
pub struct SettleRequest<'a> {
    /// What the flow was started for.
    pub purpose: &'a Purpose,
    /// The verified profile that it brought.
    pub profile: &'a Profile,
    /// Who is signed in in this browser, now.
    pub session_user: Option<UserId>,
    /// The session that says so: it counts only if it has not ended meanwhile. `None` where something else says so.
    pub session: Option<&'a str>,
    /// Who may sign up.
    pub sign_up: &'a SignUp,
    /// Where the request came from, for the event.
    pub client: &'a AuditClient,
    /// The time.
    pub now: OffsetDateTime,
    /// Random bytes for the ids of a user, an identity and an event.
    pub random: [u8; 30],
    /// What waits at the link prompt for the user who shows here that they are it.
    pub waiting: Option<&'a Profile>,
    /// What came with a step-up.
    pub granted: GrantUpdate<'a>,
}

/// What came with a step-up. It is kept only where the policy says that it may.
#[derive(Clone, Copy, Debug)]
pub enum GrantUpdate<'a> {
    /// It was none.
    None,
    /// What was asked for.
    Asked(Access, &'a NewGrant),
    /// Not what was asked for, which was declined; what was granted before came along, if it did.
    Declined(Access, Option<&'a NewGrant>),
}

impl GrantUpdate<'_> {
    /// What was asked for.
    const fn access(self) -> Option<Access> {
        match self {
            Self::None => None,
            Self::Asked(access, _) | Self::Declined(access, _) => Some(access),
        }
    }
}

/// What was decided and done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettleOutcome {
    /// The answer, with its reasons.
    pub decision: Decision,
    /// The user as they are now and the identity that brought them; `None` when the answer lets nobody in.
    pub signed_in: Option<SignedIn>,
    /// What was decided about the profile that waited at the link prompt.
    pub waiting: Option<Decision>,
}

/// Who came in, and by which identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The user, after all changes.
    pub user: User,
    /// The identity that brought them.
    pub identity: IdentityId,
}

impl Database {
    /// Settles what becomes of a profile, once and in one transaction: no user without an identity, no change
    /// without its event, whatever fails in between. Of many first sign-ins of one identity at once, one
    /// makes the user and the others find them.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has changed then.
    pub async fn settle(&self, settle_request: &SettleRequest<'_>) -> Result<SettleOutcome, StoreError> {
        self.retried(|| self.settle_once(settle_request)).await
    }

    async fn settle_once(&self, settle_request: &SettleRequest<'_>) -> Result<SettleOutcome, StoreError> {
        let [user, identity, event] = ids(settle_request.random);
        let now = settle_request.now;
        let ids = NewIds { user: UserId::new(now, user), identity: IdentityId::new(now, identity), now };
        let mut write = self.write().await?;
        let question = Question {
            purpose: settle_request.purpose,
            profile: settle_request.profile,
            session_user: settle_request.session_user,
            session: settle_request.session,
            event: time_ordered_id(now, event),
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
        write.commit().await?;
        Ok(SettleOutcome { decision, signed_in, waiting })
    }

    /// Links what waited at the link prompt to a user who has shown, by another way in, that the account is theirs.
    pub(super) async fn link_waiting(
        &self,
        write: &mut Write<'_>,
        settle_request: &SettleRequest<'_>,
        profile: &Profile,
        shown: &SignedIn,
    ) -> Result<(Decision, Option<SignedIn>), StoreError> {
        let now = settle_request.now;
        let ids = NewIds { user: shown.user.id, identity: IdentityId::new(now, ids::random()?), now };
        let question = Question {
            purpose: &Purpose::Link { user: shown.user.id },
            profile,
            session_user: Some(shown.user.id),
            session: None,
            event: ids::id(now)?,
        };
        self.answer(write, settle_request, &question, &ids).await
    }

    /// Facts gathered, policy asked, answer carried out, event and letter written.
    async fn answer(
        &self,
        write: &mut Write<'_>,
        settle_request: &SettleRequest<'_>,
        question: &Question<'_>,
        ids: &NewIds,
    ) -> Result<(Decision, Option<SignedIn>), StoreError> {
        let (decision, signed_in, before) = match Facts::of(question.profile) {
            Ok(facts) => {
                let gathered =
                    gather(write, &facts, question.session_user, question.session, settle_request.sign_up).await?;
                let decision = decide(question.purpose, &facts, &gathered.linking_context);
                let signed_in = carry_out(write, &decision.answer, &facts, gathered.identity, ids).await?;
                let linking_context = gathered.linking_context;
                let before = linking_context.identity_owner.map(|owner| owner.user).or(linking_context.session_user);
                (decision, signed_in, before)
            }
            Err(_) => (nobody(), None, None),
        };
        let mut reasons: Vec<_> = decision.reasons.iter().map(|reason| reason.code()).collect();
        // What a step-up was about: the person's own history says so.
        reasons.extend(settle_request.granted.access().map(Access::code));
        let event = NewEvent {
            id: question.event,
            at: settle_request.now,
            kind: question.purpose.code(),
            user: concerned(question.purpose, &decision.answer, signed_in.as_ref()),
            provider: Some(&question.profile.provider),
            outcome: outcome(&decision.answer, settle_request.granted),
            reasons: &reasons,
            client: settle_request.client,
        };
        record(write.connection(), &event).await?;
        if let (Answer::Grant { user, .. }, Some(signed_in)) = (&decision.answer, &signed_in) {
            let identity = (*user, signed_in.identity);
            keep_granted(write, identity, question.profile, settle_request.granted, settle_request.now).await?;
        }
        if let (Answer::Link { .. } | Answer::LinkWithoutAsking { .. }, Some(signed_in)) =
            (&decision.answer, &signed_in)
        {
            let audit = AuditContext { client: settle_request.client.clone(), now: settle_request.now };
            self.method_added(write, signed_in, &audit).await?;
        }
        if let (Some(before), Some(signed_in)) = (before, &signed_in) {
            let audit = AuditContext { client: settle_request.client.clone(), now: settle_request.now };
            self.address_followed(write, &before, &signed_in.user, &audit).await?;
        }
        Ok((decision, signed_in))
    }

    /// The address changed at the provider and here with it: the old mailbox learns of it, as of any change.
    async fn address_followed(
        &self,
        write: &mut Write<'_>,
        before: &UserSummary,
        after: &User,
        audit: &AuditContext,
    ) -> Result<(), StoreError> {
        let (Some(old), Some(new)) = (&before.verified_email, &after.verified_email) else { return Ok(()) };
        if before.id != after.id || old.address() == new.address() {
            return Ok(());
        }
        self.announce_address_changed(write, after, old.address(), new.address(), audit).await
    }

    /// A way in was added: whoever reads the user's mailbox learns of it and can take it back.
    async fn method_added(
        &self,
        write: &mut Write<'_>,
        signed_in: &SignedIn,
        audit: &AuditContext,
    ) -> Result<(), StoreError> {
        let identities = identities_of(write.connection(), signed_in.user.id).await?;
        match identities.iter().find(|identity| identity.id == signed_in.identity) {
            Some(identity) => self.announce_way_added(write, &signed_in.user, identity, audit).await,
            None => Ok(()),
        }
    }
}

/// One profile and what is asked of it.
struct Question<'a> {
    purpose: &'a Purpose,
    profile: &'a Profile,
    session_user: Option<UserId>,
    session: Option<&'a str>,
    event: Uuid,
}

fn ids(random: [u8; 30]) -> [[u8; 10]; 3] {
    std::array::from_fn(|id| std::array::from_fn(|byte| random[id * 10 + byte]))
}

fn nobody() -> Decision {
    Decision { answer: Answer::Refuse(Reason::IdentityMalformed), reasons: vec![Reason::IdentityMalformed] }
}

/// How it ended, in one word. Who let us in and declined what we asked for granted nothing.
fn outcome(answer: &Answer, granted: GrantUpdate<'_>) -> &'static str {
    match (answer, granted) {
        (Answer::Grant { .. }, GrantUpdate::Declined(..)) => "scope_declined",
        (answer, _) => answer.code(),
    }
}

/// Keeps the tokens of a step-up, where there is anything to keep.
async fn keep_granted(
    write: &mut Write<'_>,
    (user, identity): (UserId, IdentityId),
    profile: &Profile,
    granted: GrantUpdate<'_>,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let (GrantUpdate::Asked(_, grant) | GrantUpdate::Declined(_, Some(grant))) = granted else { return Ok(()) };
    let key = IdentityKey::new(&profile.issuer, &profile.subject)?;
    put_grant(write, GrantPlace { user, provider: &profile.provider, identity }, &key, grant, now).await
}

/// Whose audit trail it belongs to.
fn concerned(purpose: &Purpose, answer: &Answer, signed_in: Option<&SignedIn>) -> Option<UserId> {
    match (purpose, answer) {
        (_, Answer::Prompt { user, .. }) => Some(*user),
        // What somebody tried at an account is of interest to its owner, above all where it failed.
        (purpose, _) => purpose.user().or_else(|| signed_in.map(|signed_in| signed_in.user.id)),
    }
}
