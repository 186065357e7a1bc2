//! Settles a profile: facts gathered, policy asked, answer carried out, event written, in one transaction.

use time::OffsetDateTime;
use uuid::Uuid;

use super::carry_out::{Fresh, carry_out};
use super::database::Database;
use super::error::StoreError;
use super::events::{NewEvent, Origin, record};
use super::fresh;
use super::grants::{GrantPlace, NewGrant, put_grant};
use super::identities::identities_of;
use super::occasion::Occasion;
use super::standing::gather;
use super::write::Write;
use crate::accounts::{
    Answer, Decision, Facts, IdentityId, IdentityKey, Purpose, Reason, SignUp, User, UserId, UserStanding, decide,
    time_ordered_id,
};
use crate::codes::access::Access;
use crate::providers::Profile;

/// A question to be settled.
#[derive(Clone, Copy, Debug)]
pub struct Settlement<'a> {
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
    pub origin: &'a Origin,
    /// The time.
    pub now: OffsetDateTime,
    /// Random bytes for the ids of a user, an identity and an event.
    pub random: [u8; 30],
    /// What waits at the link prompt for the user who shows here that they are it.
    pub waiting: Option<&'a Profile>,
    /// What came with a step-up.
    pub granted: Granting<'a>,
}

/// What came with a step-up. It is kept only where the policy says that it may.
#[derive(Clone, Copy, Debug)]
pub enum Granting<'a> {
    /// It was none.
    None,
    /// What was asked for.
    Asked(Access, &'a NewGrant),
    /// Not what was asked for, which was declined; what was granted before came along, if it did.
    Declined(Access, Option<&'a NewGrant>),
}

impl Granting<'_> {
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
pub struct Settled {
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
    pub async fn settle(&self, settlement: &Settlement<'_>) -> Result<Settled, StoreError> {
        self.retried(|| self.settle_once(settlement)).await
    }

    async fn settle_once(&self, settlement: &Settlement<'_>) -> Result<Settled, StoreError> {
        let [user, identity, event] = ids(settlement.random);
        let now = settlement.now;
        let fresh = Fresh { user: UserId::new(now, user), identity: IdentityId::new(now, identity), now };
        let mut write = self.write().await?;
        let question = Question {
            purpose: settlement.purpose,
            profile: settlement.profile,
            session_user: settlement.session_user,
            session: settlement.session,
            event: time_ordered_id(now, event),
        };
        let (decision, signed_in) = self.answer(&mut write, settlement, &question, &fresh).await?;
        let (waiting, signed_in) = match (settlement.waiting, signed_in) {
            (Some(profile), Some(signed_in)) => {
                let (decision, linked) = self.link_waiting(&mut write, settlement, profile, &signed_in).await?;
                (
                    Some(decision),
                    Some(linked.map_or(signed_in.clone(), |linked| SignedIn { user: linked.user, ..signed_in })),
                )
            }
            (_, signed_in) => (None, signed_in),
        };
        write.commit().await?;
        Ok(Settled { decision, signed_in, waiting })
    }

    /// Links what waited at the link prompt to a user who has shown, by another way in, that the account is theirs.
    pub(super) async fn link_waiting(
        &self,
        write: &mut Write<'_>,
        settlement: &Settlement<'_>,
        profile: &Profile,
        shown: &SignedIn,
    ) -> Result<(Decision, Option<SignedIn>), StoreError> {
        let now = settlement.now;
        let fresh = Fresh { user: shown.user.id, identity: IdentityId::new(now, fresh::random()?), now };
        let question = Question {
            purpose: &Purpose::Link { user: shown.user.id },
            profile,
            session_user: Some(shown.user.id),
            session: None,
            event: fresh::id(now)?,
        };
        self.answer(write, settlement, &question, &fresh).await
    }

    /// Facts gathered, policy asked, answer carried out, event and letter written.
    async fn answer(
        &self,
        write: &mut Write<'_>,
        settlement: &Settlement<'_>,
        question: &Question<'_>,
        fresh: &Fresh,
    ) -> Result<(Decision, Option<SignedIn>), StoreError> {
        let (decision, signed_in, before) = match Facts::of(question.profile) {
            Ok(facts) => {
                let gathered =
                    gather(write, &facts, question.session_user, question.session, settlement.sign_up).await?;
                let decision = decide(question.purpose, &facts, &gathered.standing);
                let signed_in = carry_out(write, &decision.answer, &facts, gathered.identity, fresh).await?;
                let standing = gathered.standing;
                let before = standing.identity_owner.map(|owner| owner.user).or(standing.session_user);
                (decision, signed_in, before)
            }
            Err(_) => (nobody(), None, None),
        };
        let mut reasons: Vec<_> = decision.reasons.iter().map(|reason| reason.code()).collect();
        // What a step-up was about: the person's own history says so.
        reasons.extend(settlement.granted.access().map(Access::code));
        let event = NewEvent {
            id: question.event,
            at: settlement.now,
            kind: question.purpose.code(),
            user: concerned(question.purpose, &decision.answer, signed_in.as_ref()),
            provider: Some(&question.profile.provider),
            outcome: outcome(&decision.answer, settlement.granted),
            reasons: &reasons,
            origin: settlement.origin,
        };
        record(write.connection(), &event).await?;
        if let (Answer::Grant { user, .. }, Some(signed_in)) = (&decision.answer, &signed_in) {
            let identity = (*user, signed_in.identity);
            keep_granted(write, identity, question.profile, settlement.granted, settlement.now).await?;
        }
        if let (Answer::Link { .. } | Answer::LinkWithoutAsking { .. }, Some(signed_in)) =
            (&decision.answer, &signed_in)
        {
            let occasion = Occasion { origin: settlement.origin.clone(), now: settlement.now };
            self.way_added(write, signed_in, &occasion).await?;
        }
        if let (Some(before), Some(signed_in)) = (before, &signed_in) {
            let occasion = Occasion { origin: settlement.origin.clone(), now: settlement.now };
            self.address_followed(write, &before, &signed_in.user, &occasion).await?;
        }
        Ok((decision, signed_in))
    }

    /// The address changed at the provider and here with it: the old mailbox learns of it, as of any change.
    async fn address_followed(
        &self,
        write: &mut Write<'_>,
        before: &UserStanding,
        after: &User,
        occasion: &Occasion,
    ) -> Result<(), StoreError> {
        let (Some(old), Some(new)) = (&before.verified_email, &after.verified_email) else { return Ok(()) };
        if before.id != after.id || old.address() == new.address() {
            return Ok(());
        }
        self.announce_address_changed(write, after, old.address(), new.address(), occasion).await
    }

    /// A way in was added: whoever reads the user's mailbox learns of it and can take it back.
    async fn way_added(
        &self,
        write: &mut Write<'_>,
        signed_in: &SignedIn,
        occasion: &Occasion,
    ) -> Result<(), StoreError> {
        let identities = identities_of(write.connection(), signed_in.user.id).await?;
        match identities.iter().find(|identity| identity.id == signed_in.identity) {
            Some(identity) => self.announce_way_added(write, &signed_in.user, identity, occasion).await,
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
fn outcome(answer: &Answer, granted: Granting<'_>) -> &'static str {
    match (answer, granted) {
        (Answer::Grant { .. }, Granting::Declined(..)) => "scope_declined",
        (answer, _) => answer.code(),
    }
}

/// Keeps the tokens of a step-up, where there is anything to keep.
async fn keep_granted(
    write: &mut Write<'_>,
    (user, identity): (UserId, IdentityId),
    profile: &Profile,
    granted: Granting<'_>,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let (Granting::Asked(_, grant) | Granting::Declined(_, Some(grant))) = granted else { return Ok(()) };
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
