//! The second step of a sign-in.

use leptos::prelude::*;

use super::{
    super::{
        error::AccountError,
        link_prompt::{link_identity, pending_link_with},
        reply::{Reply, send},
        walkthrough,
    },
    attempt::{pending_second_factor, verify_code},
};
use crate::{
    accounts::{AuthenticationMethod, Strength, User},
    codes::form_error::FormError,
    inspect::FlowKind,
    relying_party::ReturnTo,
    sessions::{Opening, PendingSecondFactor, RequestContext, SignIn},
};

/// The page of the second step.
pub(super) const SECOND_FACTOR_PAGE: &str = "/second-factor";

/// POST `/auth/second-factor`. `step` is the id of the sign-in that the page showed.
#[server(name = FinishSecondFactor, prefix = "/auth", endpoint = "second-factor")]
pub async fn finish_second_factor(
    step: Option<String>,
    code: Option<String>,
    trust: Option<String>,
) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    let outcome = finish(&context, step.as_deref(), &code.unwrap_or_default(), trust.is_some()).await;
    let page = match &outcome {
        Err(AccountError::Form(FormError::SecondFactorExpired)) => "/login",
        _ => SECOND_FACTOR_PAGE,
    };
    send(outcome, page);
    Ok(())
}

async fn finish(
    context: &RequestContext,
    shown: Option<&str>,
    typed: &str,
    trusts: bool,
) -> Result<Reply, AccountError> {
    walkthrough::began(FlowKind::SecondStep);
    let pending = pending_second_factor(context, shown).await?;
    let method = verify_code(context, &pending, typed).await?;
    if !context.database.finish_second_step(pending.user, &pending.id_hash(), false, &context.audit()).await? {
        return Err(FormError::SecondFactorExpired.into());
    }
    let user = pending.user;
    let reply = finish_in_browser(context, pending, method).await?;
    if !trusts {
        return Ok(reply);
    }
    let token = context.database.trust_browser(user, &context.audit()).await?;
    Ok(reply.with(context.jar.trusted.add(&context.headers, token, context.clock.now())))
}

/// The answer to a first step: to its destination, or to the second step.
pub(in crate::account) fn after_sign_in(
    context: &RequestContext,
    sign_in: SignIn,
    return_to: &ReturnTo,
) -> Result<Reply, AccountError> {
    match sign_in {
        SignIn::Complete(session) => Ok(Reply::back(return_to).with(session)),
        SignIn::SecondFactor(pending) => to_second_factor(context, &pending.back_to(return_to)),
    }
}

/// To the page of the second step, which is due.
pub(in crate::account) fn to_second_factor(
    context: &RequestContext,
    pending: &PendingSecondFactor,
) -> Result<Reply, AccountError> {
    Ok(Reply::to(SECOND_FACTOR_PAGE).with([context.jar.second_factor.keep(pending, context.clock.now())?]))
}

/// The user of a sign-in whose steps are all done, and what their session is opened with.
#[derive(Debug)]
pub(in crate::account) struct Finished {
    pub(in crate::account) user: User,
    pub(in crate::account) opening: Opening,
}

/// Adds the second step, of a sign-in that was taken from its row. The user may have been disabled since the first, and the
/// identity unlinked.
pub(in crate::account) async fn finish_sign_in(
    context: &RequestContext,
    pending: &PendingSecondFactor,
    method: AuthenticationMethod,
) -> Result<Finished, AccountError> {
    let opening = pending.opening(method, context.clock.date());
    let user = context.database.user(pending.user).await?.filter(|user| user.disabled_at.is_none());
    let user = user.ok_or(FormError::SecondFactorExpired)?;
    let is_linked = match pending.identity {
        Some(id) => context.database.identities(user.id).await?.iter().any(|identity| identity.id == id),
        None => true,
    };
    match is_linked && opening.steps.strength() == Strength::TwoFactors {
        true => Ok(Finished { user, opening }),
        false => Err(FormError::SecondFactorExpired.into()),
    }
}

/// Signs the browser in, and links the identity that has waited for it.
pub(in crate::account) async fn finish_in_browser(
    context: &RequestContext,
    pending: PendingSecondFactor,
    method: AuthenticationMethod,
) -> Result<Reply, AccountError> {
    let Finished { user, opening } = finish_sign_in(context, &pending, method).await?;
    let reply = match &pending.link {
        Some(id) => match pending_link_with(context, id, user.id).await? {
            Some(link) => link_identity(context, link, &user, None).await?,
            None => Reply::back(&pending.return_to),
        },
        None => Reply::back(&pending.return_to),
    };
    let session = context.open(&user, opening).await?;
    let cleared = context.jar.second_factor.clear(&context.headers);
    Ok(reply.with(session).with(cleared))
}
