//! Taking a change back, and leaving for good.

use super::{confirming::proven, fault::Fault, inbox::letter_of, reply::Reply};
use crate::{
    accounts::LinkKind,
    codes::outcome::{Done, Trouble},
    sessions::{Departure, Visit},
    store::Undone,
};

/// The word that has to be typed before an account goes.
pub const DELETION_WORD: &str = "delete";

/// Takes back what a letter announced: "this was not me". Every session ends, and a new password is asked for.
///
/// # Errors
/// [`Fault`].
pub async fn undo(visit: &Visit, shown: Option<&str>) -> Result<Reply, Fault> {
    let (token, _) = letter_of(visit, LinkKind::Undo, shown).await?;
    let Undone::Done { reset } = visit.database.undo(&token, &visit.occasion()).await? else {
        return Err(Trouble::LetterInvalid.into());
    };
    visit.ring();
    visit.grants.ring();
    Ok(match reset {
        Some(reset) => {
            Reply::to("/reset-password?done=undone").with([visit.jar.letter.keep(&reset, visit.clock.now())?])
        }
        None => Reply::done("/login", Done::Undone).with(visit.jar.letter.clear(&visit.headers)),
    })
}

/// Deletes the account with everything that is in it.
///
/// # Errors
/// [`Fault`].
pub async fn delete_account(visit: &Visit, word: &str) -> Result<Reply, Fault> {
    let user = proven(visit)?.user.id;
    if !word.trim().eq_ignore_ascii_case(DELETION_WORD) {
        return Err(Trouble::WordMissing.into());
    }
    let given_back = visit.grants.at_stake(user, None).await?;
    visit.database.delete_user(user, given_back, &visit.occasion()).await?;
    visit.ring();
    visit.grants.ring();
    let left = Visit { signed_in: None, ..visit.clone() };
    Ok(Reply::done("/login", Done::Deleted).with(Departure(left).complete().await?))
}
