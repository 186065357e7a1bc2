//! `/link`, where an identity waits for somebody to show that an account is theirs, and `/confirm`, where somebody shows
//! once more who they are.

use super::call::{Call, PageError, PageResult};
use crate::{
    account::{AccountError, pending_link},
    accounts::UserId,
    ui::view::{ConfirmView, LinkPromptView, ProviderButton},
};

/// GET `/link`.
pub async fn prompt(call: Call) -> PageResult {
    let link = match pending_link(&call.context).await {
        Ok(link) => link,
        Err(AccountError::Store(error)) => return Err(error.into()),
        // The back button, or a prompt that ran out.
        Err(_) => return Err(PageError::To(nothing_waits(&call))),
    };
    let (methods, methods_off) = methods_of(&call, link.user).await?;
    let signed_in = call.context.signed_in.as_ref();
    let view = LinkPromptView {
        id: link.id,
        provider: call.label(&link.profile.provider),
        slug: link.profile.provider,
        email: link.profile.email.map(|email| email.unverified_address).unwrap_or_default(),
        methods,
        methods_off,
        password: call.app.database.password_of(link.user).await?.is_some(),
        signed_in: signed_in
            .is_some_and(|it| it.user.id == link.user && it.is_recently_authenticated(call.context.clock.date())),
        notice: call.notice(),
    };
    call.draw(view).await
}

fn nothing_waits(call: &Call) -> String {
    match &call.context.signed_in {
        Some(_) => "/settings?error=link_expired#error".to_owned(),
        None => "/login?error=link_expired#error".to_owned(),
    }
}

/// GET `/confirm`.
pub async fn confirm(call: Call) -> PageResult {
    let signed_in = call.anybody_signed_in()?;
    let user = &signed_in.user;
    let return_to = call.query.one("return_to").and_then(crate::relying_party::ReturnTo::parse);
    let return_to = return_to.map_or_else(|| "/settings".to_owned(), String::from);
    // Nothing is left to prove, after a reload or the back button.
    if signed_in.is_recently_authenticated(call.context.clock.date()) && call.notice().is_none() {
        return Err(PageError::To(return_to));
    }
    let email = user.verified_email.as_ref().map(|email| email.email().to_string());
    let (methods, _) = methods_of(&call, user.id).await?;
    let view = ConfirmView {
        who: email.or_else(|| user.name.clone()).unwrap_or_else(|| "your account".to_owned()),
        methods,
        password: call.app.database.password_of(user.id).await?.is_some(),
        return_to,
        notice: call.notice(),
    };
    call.draw(view).await
}

/// The providers through which a user signs in, each once; and the names of those that are switched off.
async fn methods_of(call: &Call, user: UserId) -> Result<(Vec<ProviderButton>, Vec<String>), PageError> {
    let identities = call.app.database.identities(user).await?;
    let (mut on, mut off) = (Vec::<ProviderButton>::new(), Vec::new());
    for slug in identities.into_iter().map(|identity| identity.provider) {
        match call.app.relying_party.provider(&slug) {
            Some(_) if on.iter().any(|known| known.slug == slug) => {}
            Some(provider) => on.push(call.button(provider)),
            None if off.contains(&slug) => {}
            None => off.push(slug),
        }
    }
    Ok((on, off))
}
