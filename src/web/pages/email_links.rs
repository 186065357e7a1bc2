//! The pages around emails: `/check-inbox`, `/add-email`, and those that an email's link leads to.

use super::{
    name_of,
    page_request::{PageRejection, PageRequest, PageResult},
};
use crate::{
    account::{asked_in_this_browser, finished_elsewhere},
    accounts::LinkKind,
    codes::{done::Done, percent::with_return_to},
    relying_party::ReturnTo,
    store::{self, UndoStep},
    ui::{
        page::Page,
        view::{AddEmailView, CheckInboxView, EmailLink, EmailLinkPageView, EmailLinkView, InvitationView, Undoing},
    },
};

/// GET `/add-email`.
pub async fn add_email(request: PageRequest) -> PageResult {
    let signed_in = request.anybody_signed_in()?;
    let user = &signed_in.user;
    let return_to = request.return_to().unwrap_or_default();
    if user.verified_email.is_some() || request.app.mail.is_none() {
        return Err(PageRejection::Redirect(return_to.as_str().to_owned()));
    }
    let claimed = user.claimed_email.as_ref().map(|email| email.email().to_string());
    let view = AddEmailView {
        provider: request.label(signed_in.session.provider.as_deref().unwrap_or_default()),
        email: request.typed().or(claimed),
        required: request.context.email_requirement.keeps_out(user),
        return_to: String::from(return_to),
        form_error: request.form_error(),
    };
    request.draw(Page::AddEmail, view)
}

/// GET `/check-inbox`. The same whether the account exists or not.
pub async fn check_inbox(request: PageRequest) -> PageResult {
    let message = match request.query.one("for") {
        Some("sign_up") => EmailLinkPageView::SignUp,
        Some("email_change") => EmailLinkPageView::EmailChange,
        _ => EmailLinkPageView::Reset,
    };
    let email = request.typed();
    if let Some(onward) = onward(&request, message, email.as_deref()).await? {
        return Err(PageRejection::Redirect(onward));
    }
    let now = request.context.clock.now();
    let pending = request.context.jar.pending_sign_up(&request.context.headers, now);
    let view = CheckInboxView {
        message,
        again_at: request.context.jar.resend_at.find(&request.context.headers, now),
        keeps_sign_up: pending.is_some_and(|pending| Some(pending.email.as_str()) == email.as_deref()),
        email,
        return_to: request.return_to().map(String::from),
        inbox: request.app.sandbox.as_ref().map(|sandbox| sandbox.inbox.clone()),
        limited: request.query.one("limited").is_some(),
        delayed: request.app.mail.as_ref().is_some_and(|mail| mail.transport.is_delayed()),
    };
    request.draw(Page::CheckInbox, view)
}

/// Where this page leads by itself, once the link was used on another device. Only for the browser that asked, and never for a
/// reset, which strangers can request: it would say whose address has an account.
async fn onward(
    request: &PageRequest,
    message: EmailLinkPageView,
    email: Option<&str>,
) -> Result<Option<String>, PageRejection> {
    let (Some(email), context) = (email, &request.context) else { return Ok(None) };
    let return_to = request.return_to();
    let verified = context.signed_in.as_ref().map(|signed_in| signed_in.user.verified_email.as_ref());
    Ok(match (message, verified) {
        (EmailLinkPageView::SignUp, None) if finished_elsewhere(context, email).await? => {
            Some(Done::SignedUpElsewhere.path(&with_return_to("/login", return_to.as_ref().map(ReturnTo::as_str))))
        }
        // The change ended this session.
        (EmailLinkPageView::EmailChange, None) => return Err(PageRejection::SignInFirst("/settings".to_owned())),
        (EmailLinkPageView::EmailChange, Some(Some(verified))) if verified.email().as_str() == email => {
            Some(return_to.map_or_else(|| Done::EmailChanged.path("/settings"), String::from))
        }
        _ => None,
    })
}

/// GET `/verify-email`.
pub async fn verify_email(request: PageRequest) -> PageResult {
    let link = opened_link(&request, &[LinkKind::SignUp]).await?;
    draw(Page::VerifyEmail, request, link).await
}

/// GET `/invitation`.
pub async fn invitation(request: PageRequest) -> PageResult {
    let context = &request.context;
    let link = match context.opened_link() {
        Some(token) => context.database.email_link(&token, context.clock.date()).await?,
        None => None,
    };
    let view = InvitationView {
        email: link.filter(|link| link.kind == LinkKind::Invitation).map(|link| link.email.to_string()),
        providers: request.buttons(),
        password: request.app.mail.is_some(),
        form_error: request.form_error(),
    };
    request.draw(Page::Invitation, view)
}

/// GET `/reset-password`. Also for a sign-up link, if the person does not know the chosen password.
pub async fn reset_password(request: PageRequest) -> PageResult {
    let link = opened_link(&request, &[LinkKind::Reset, LinkKind::SignUp]).await?;
    draw(Page::ResetPassword, request, link).await
}

/// GET `/confirm-email`.
pub async fn confirm_email(request: PageRequest) -> PageResult {
    let link = opened_link(&request, &[LinkKind::ChangeEmail]).await?;
    draw(Page::ConfirmEmail, request, link).await
}

/// GET `/undo`.
pub async fn undo(request: PageRequest) -> PageResult {
    let link = opened_link(&request, &[LinkKind::Undo]).await?;
    draw(Page::Undo, request, link).await
}

/// GET `/not-me`.
pub async fn not_me(request: PageRequest) -> PageResult {
    let link = opened_link(&request, &[LinkKind::NotMe]).await?;
    draw(Page::NotMe, request, link).await
}

async fn draw(page: Page, request: PageRequest, link: Option<EmailLink>) -> PageResult {
    let form_error = request.form_error();
    let undone = request.query.one("done").is_some();
    let signed_in = request.context.signed_in.as_ref().map(|signed_in| name_of(&signed_in.user));
    request.draw(page, EmailLinkView { link, form_error, undone, signed_in })
}

/// The email link that this browser opened, if it is of one of these kinds.
async fn opened_link(request: &PageRequest, kinds: &[LinkKind]) -> Result<Option<EmailLink>, PageRejection> {
    let context = &request.context;
    let Some(token) = context.jar.email_link.find(&context.headers, context.clock.now()) else { return Ok(None) };
    let link = context.database.email_link(&token, context.clock.date()).await?;
    Ok(link.filter(|link| kinds.contains(&link.kind)).and_then(|link| link_view(request, link)))
}

fn link_view(request: &PageRequest, link: store::EmailLink) -> Option<EmailLink> {
    let asked_here = asked_in_this_browser(&request.context, &link);
    let email = link.email.to_string();
    Some(match link.kind {
        LinkKind::SignUp => EmailLink::SignUp { email, asked_here, asked_at: link.created_at.unix_timestamp() },
        LinkKind::Invitation => return None,
        LinkKind::Reset => EmailLink::Reset { email },
        LinkKind::ChangeEmail => {
            let here = request.context.signed_in.as_ref().map(|signed_in| signed_in.user.id);
            EmailLink::EmailChange { email, asked_here: here.is_some() && here == link.user }
        }
        LinkKind::NotMe => {
            let at = link.created_at.unix_timestamp();
            let sign_in = link.data.sign_in?;
            EmailLink::NotMe { email, device: sign_in.device, ip: sign_in.ip.map(|ip| ip.to_string()), at }
        }
        LinkKind::Undo => EmailLink::Undo {
            what: match link.data.undo? {
                UndoStep::MethodAdded { provider, .. } => Undoing::MethodAdded(request.label(&provider)),
                UndoStep::PasskeyAdded => Undoing::PasskeyAdded,
                UndoStep::SecondFactorChanged => Undoing::SecondFactorChanged,
                UndoStep::PasswordChanged => Undoing::PasswordChanged,
                UndoStep::EmailChanged { .. } => Undoing::EmailChanged,
            },
            email,
        },
    })
}
