//! One try at a code.

use super::super::{error::AccountError, walkthrough};
use crate::{
    accounts::{AuthenticationMethod, SecondFactorCode, UserId},
    codes::form_error::FormError,
    passwords::{CODE_ATTEMPTS, CODE_INTERVAL},
    sessions::{PendingSecondFactor, RequestContext},
    store::{SecondFactorOutcome, SharedLimit},
};

/// The sign-in of this browser that waits for its second step. `shown` is the id that its page showed: another tab may have
/// begun another sign-in.
///
/// # Errors
/// [`FormError::SecondFactorExpired`] if there is none, or it is over; or the database is down.
pub async fn pending_second_factor(
    context: &RequestContext,
    shown: Option<&str>,
) -> Result<PendingSecondFactor, AccountError> {
    let pending = context.jar.second_factor.find(&context.headers, context.clock.now());
    let pending = pending.filter(|pending| shown.is_none_or(|shown| shown == pending.id));
    let pending = pending.ok_or(FormError::SecondFactorExpired)?;
    let (user, now) = (pending.user, context.clock.date());
    match context.database.is_pending_sign_in(user, &pending.id_hash(), now).await? {
        true => Ok(pending),
        false => Err(FormError::SecondFactorExpired.into()),
    }
}

/// Verifies what the user typed at the second step of a sign-in.
pub(in crate::account) async fn verify_code(
    context: &RequestContext,
    pending: &PendingSecondFactor,
    typed: &str,
) -> Result<AuthenticationMethod, AccountError> {
    count_code(context, pending.user).await?;
    let code = SecondFactorCode::parse(typed);
    let outcome =
        context.database.verify_second_step(pending.user, &pending.id_hash(), code.as_ref(), &context.audit()).await?;
    accepted(context, outcome)
}

/// The method, or why there is none.
pub(super) fn accepted(
    context: &RequestContext,
    outcome: SecondFactorOutcome,
) -> Result<AuthenticationMethod, AccountError> {
    match &outcome {
        SecondFactorOutcome::Accepted(_) => walkthrough::second_factor(true),
        SecondFactorOutcome::Wrong => walkthrough::second_factor(false),
        SecondFactorOutcome::Expired => {}
    }
    match outcome {
        SecondFactorOutcome::Accepted(method) => {
            // A recovery code is announced.
            context.wake_mail();
            Ok(method)
        }
        SecondFactorOutcome::Wrong => Err(FormError::SecondFactorWrong.into()),
        SecondFactorOutcome::Expired => Err(FormError::SecondFactorExpired.into()),
    }
}

/// Counts one code of an account: in this process, and then in all of them. Networks are counted with all forms.
pub(super) async fn count_code(context: &RequestContext, user: UserId) -> Result<(), AccountError> {
    context.attempts.count_code(user).map_err(|_| FormError::TooManyCodes)?;
    let limit = SharedLimit { name: "second factor", burst: CODE_ATTEMPTS.get(), interval: CODE_INTERVAL };
    let is_limited = context.attempts.are_limited();
    if is_limited && !context.database.count_shared(limit, &user.to_string(), context.clock.date()).await? {
        return Err(FormError::TooManyCodes.into());
    }
    Ok(())
}
