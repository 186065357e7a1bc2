//! `/link`, where a new identity can be linked to an existing account, and `/confirm`, the re-authentication.

use super::page_request::{PageRejection, PageRequest, PageResult};
use crate::{
    account::{AccountError, pending_link},
    accounts::{EmailCode, SecondFactorPolicy, UserId},
    store::PendingEmailCode,
    ui::{
        page::Page,
        view::{ConfirmView, EmailCodeView, LinkPromptView, ProviderButton},
    },
};

/// GET `/link`.
pub async fn prompt(request: PageRequest) -> PageResult {
    let link = match pending_link(&request.context).await {
        Ok(link) => link,
        Err(AccountError::Store(error)) => return Err(error.into()),
        // The back button, or an expired prompt.
        Err(_) => return Err(PageRejection::Redirect(link_expired(&request))),
    };
    let (methods, methods_off) = methods_of(&request, link.user).await?;
    let signed_in = request.context.signed_in.as_ref();
    let view = LinkPromptView {
        id: link.id,
        provider: request.label(&link.profile.provider),
        slug: link.profile.provider,
        email: link.profile.email.map(|email| email.unverified_email).unwrap_or_default(),
        methods,
        methods_off,
        password: request.app.database.password_of(link.user).await?.is_some(),
        passkey: has_passkey(&request, link.user).await?,
        signed_in: signed_in
            .is_some_and(|it| it.user.id == link.user && it.is_recently_authenticated(request.context.clock.date())),
        notice: request.notice(),
    };
    request.draw(Page::LinkPrompt, view)
}

fn link_expired(request: &PageRequest) -> String {
    match &request.context.signed_in {
        Some(_) => "/settings/security?error=link_expired#error".to_owned(),
        None => "/login?error=link_expired#error".to_owned(),
    }
}

/// GET `/confirm`.
pub async fn confirm(request: PageRequest) -> PageResult {
    let signed_in = request.anybody_signed_in()?;
    let user = &signed_in.user;
    let return_to = request.query.one("return_to").and_then(crate::relying_party::ReturnTo::parse);
    let return_to = return_to.map_or_else(|| "/settings".to_owned(), String::from);
    let now = request.context.clock.date();
    let pending = request.app.database.pending_email_code(&signed_in.session.id, now).await?;
    // After a reload or the back button.
    if signed_in.is_recently_authenticated(now) && request.notice().is_none() && pending.is_none() {
        return Err(PageRejection::Redirect(return_to));
    }
    let email = user.verified_email.as_ref().map(|email| email.email().to_string());
    let (methods, _) = methods_of(&request, user.id).await?;
    let has = request.context.second_factors(user.id).await?;
    let asks = request.context.second_factor != SecondFactorPolicy::Off && has.app;
    let is_required = request.context.second_factor == SecondFactorPolicy::Required && (has.app || has.passkey);
    // What would show one factor of two is not offered.
    let methods = if is_required || (asks && has.after_providers) { Vec::new() } else { methods };
    // The link in the email does not name the page to continue on.
    let return_to = match (&pending, request.query.one("return_to")) {
        (Some(pending), None) => pending.return_to.clone(),
        _ => return_to,
    };
    let view = ConfirmView {
        email_code: if asks { EmailCodeView::Unavailable } else { email_code(&request, user.id, pending).await? },
        who: email.or_else(|| user.name.clone()).unwrap_or_else(|| "your account".to_owned()),
        methods,
        password: !is_required && request.app.database.password_of(user.id).await?.is_some(),
        passkey: has.passkey,
        app: asks,
        return_to,
        notice: request.notice(),
    };
    request.draw(Page::Confirm, view)
}

/// Whether a code can be sent, or was. Without a mail server there is none.
async fn email_code(
    request: &PageRequest,
    user: UserId,
    pending: Option<PendingEmailCode>,
) -> Result<EmailCodeView, PageRejection> {
    if let Some(PendingEmailCode { email, .. }) = pending {
        let code = request.query.one("code").and_then(EmailCode::parse).map(|code| code.grouped());
        let inbox = request.app.sandbox.as_ref().map(|sandbox| sandbox.inbox.clone());
        return Ok(EmailCodeView::Sent { email, code, inbox });
    }
    let facts = request.app.database.email_code_facts(user, request.context.clock.date()).await?;
    Ok(match facts.recipient().filter(|_| request.context.mail_wake.is_some()) {
        Some(email) => EmailCodeView::Offered { email: email.to_string() },
        None => EmailCodeView::Unavailable,
    })
}

/// Whether the user has a passkey that can be used here.
async fn has_passkey(request: &PageRequest, user: UserId) -> Result<bool, PageRejection> {
    Ok(request.context.passkey_rp.is_some() && !request.app.database.passkeys(user).await?.is_empty())
}

/// A user's providers, each once; and the slugs of those that are disabled here.
async fn methods_of(request: &PageRequest, user: UserId) -> Result<(Vec<ProviderButton>, Vec<String>), PageRejection> {
    let identities = request.app.database.identities(user).await?;
    let (mut on, mut off) = (Vec::<ProviderButton>::new(), Vec::new());
    for slug in identities.into_iter().map(|identity| identity.provider) {
        match request.app.relying_party.provider(&slug) {
            Some(_) if on.iter().any(|known| known.slug == slug) => {}
            Some(provider) => on.push(request.button(provider)),
            None if off.contains(&slug) => {}
            None => off.push(slug),
        }
    }
    Ok((on, off))
}
