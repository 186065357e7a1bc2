//! Settles a profile: facts gathered, policy asked, answer carried out, event written, in one transaction.

use time::OffsetDateTime;

use super::carry_out::{Fresh, carry_out};
use super::database::Database;
use super::error::StoreError;
use super::events::{NewEvent, Origin, record};
use super::standing::gather;
use crate::accounts::{
    Answer, Decision, Facts, IdentityId, Purpose, Reason, SignUp, User, UserId, decide, time_ordered_id,
};
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
    /// Who may sign up.
    pub sign_up: &'a SignUp,
    /// Where the request came from, for the event.
    pub origin: &'a Origin,
    /// The time.
    pub now: OffsetDateTime,
    /// Random bytes for the ids of a user, an identity and an event.
    pub random: [u8; 30],
}

/// What was decided and done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The answer, with its reasons.
    pub decision: Decision,
    /// The user as they are now and the identity that brought them; `None` when the answer lets nobody in.
    pub signed_in: Option<SignedIn>,
}

/// Who came in, and by which identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The user, after all changes.
    pub user: User,
    /// The identity that brought them.
    pub identity: IdentityId,
}

/// How often a transaction is begun anew when another one was in the way. The second time finds what the
/// first one stumbled over; more are for storms.
const ATTEMPTS: usize = 5;

impl Database {
    /// Settles what becomes of a profile, once and in one transaction: no user without an identity, no change
    /// without its event, whatever fails in between. Of many first sign-ins of one identity at once, one
    /// makes the user and the others find them.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has changed then.
    pub async fn settle(&self, settlement: &Settlement<'_>) -> Result<Settled, StoreError> {
        let mut attempt = 1;
        loop {
            match self.settle_once(settlement).await {
                Err(error) if error.is_race() && attempt < ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    async fn settle_once(&self, settlement: &Settlement<'_>) -> Result<Settled, StoreError> {
        let [user, identity, event] = ids(settlement.random);
        let now = settlement.now;
        let fresh = Fresh { user: UserId::new(now, user), identity: IdentityId::new(now, identity), now };
        let mut write = self.write().await?;
        let (decision, signed_in) = match Facts::of(settlement.profile) {
            Ok(facts) => {
                let gathered = gather(&mut write, &facts, settlement.session_user, settlement.sign_up).await?;
                let decision = decide(settlement.purpose, &facts, &gathered.standing);
                let signed_in = carry_out(&mut write, &decision.answer, &facts, gathered.identity, &fresh).await?;
                (decision, signed_in)
            }
            Err(_) => (nobody(), None),
        };
        let event = NewEvent {
            id: time_ordered_id(now, event),
            at: now,
            kind: settlement.purpose.code(),
            user: concerned(&decision.answer, signed_in.as_ref()),
            provider: Some(&settlement.profile.provider),
            outcome: decision.answer.code(),
            reasons: &decision.reasons.iter().map(|reason| reason.code()).collect::<Vec<_>>(),
            origin: settlement.origin,
        };
        record(write.connection(), &event).await?;
        write.commit().await?;
        Ok(Settled { decision, signed_in })
    }
}

fn ids(random: [u8; 30]) -> [[u8; 10]; 3] {
    std::array::from_fn(|id| std::array::from_fn(|byte| random[id * 10 + byte]))
}

fn nobody() -> Decision {
    Decision { answer: Answer::Refuse(Reason::IdentityMalformed), reasons: vec![Reason::IdentityMalformed] }
}

/// Whose audit trail it belongs to.
fn concerned(answer: &Answer, signed_in: Option<&SignedIn>) -> Option<UserId> {
    match answer {
        Answer::Prompt { user, .. } => Some(*user),
        _ => signed_in.map(|signed_in| signed_in.user.id),
    }
}
