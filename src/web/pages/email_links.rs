//! The pages around letters: one says that a letter is under way, the others are where its link leads.

use super::call::{Call, PageError, PageResult};
use crate::{
    account::asked_in_this_browser,
    accounts::LinkKind,
    store::{self, UndoStep},
    ui::view::{AddEmailView, CheckInboxView, EmailLink, EmailLinkPageView, EmailLinkView, Undoing},
};

/// GET `/add-email`.
pub async fn add_email(call: Call) -> PageResult {
    let signed_in = call.anybody_signed_in()?;
    let user = &signed_in.user;
    let return_to = call.return_to().unwrap_or_default();
    if user.verified_email.is_some() || call.app.mail.is_none() {
        return Err(PageError::To(return_to.as_str().to_owned()));
    }
    let claimed = user.claimed_email.as_ref().map(|email| email.email().to_string());
    let view = AddEmailView {
        provider: call.label(signed_in.session.provider.as_deref().unwrap_or_default()),
        email: call.typed().or(claimed),
        required: call.context.email_requirement.keeps_out(user),
        return_to: String::from(return_to),
        form_error: call.form_error(),
    };
    call.draw(view).await
}

/// GET `/check-inbox`. The same for everybody, whoever has an account.
pub async fn check_inbox(call: Call) -> PageResult {
    let message = match call.query.one("for") {
        Some("sign_up") => EmailLinkPageView::SignUp,
        Some("email_change") => EmailLinkPageView::EmailChange,
        _ => EmailLinkPageView::Reset,
    };
    let view = CheckInboxView {
        message,
        email: call.typed(),
        return_to: call.return_to().map(String::from),
        inbox: call.app.sandbox.as_ref().map(|sandbox| sandbox.inbox.clone()),
        delayed: call.app.mail.as_ref().is_some_and(|mail| mail.post.is_delayed()),
    };
    call.draw(view).await
}

/// GET `/verify-email`.
pub async fn verify_email(call: Call) -> PageResult {
    let link = link_of(&call, &[LinkKind::SignUp]).await?;
    draw(call, link).await
}

/// GET `/reset-password`. Who follows the letter of a sign-up and does not know its password chooses one here.
pub async fn reset_password(call: Call) -> PageResult {
    let link = link_of(&call, &[LinkKind::Reset, LinkKind::SignUp]).await?;
    draw(call, link).await
}

/// GET `/confirm-email`.
pub async fn confirm_email(call: Call) -> PageResult {
    let link = link_of(&call, &[LinkKind::ChangeEmail]).await?;
    draw(call, link).await
}

/// GET `/undo`.
pub async fn undo(call: Call) -> PageResult {
    let link = link_of(&call, &[LinkKind::Undo]).await?;
    draw(call, link).await
}

async fn draw(call: Call, link: Option<EmailLink>) -> PageResult {
    let form_error = call.form_error();
    let undone = call.query.one("done").is_some();
    call.draw(EmailLinkView { link, form_error, undone }).await
}

/// What the link does that this browser follows, if it is of one of these kinds.
async fn link_of(call: &Call, kinds: &[LinkKind]) -> Result<Option<EmailLink>, PageError> {
    let context = &call.context;
    let Some(token) = context.jar.email_link.find(&context.headers, context.clock.now()) else { return Ok(None) };
    let link = context.database.email_link(&token, context.clock.date()).await?;
    Ok(link.filter(|link| kinds.contains(&link.kind)).and_then(|link| shown(call, link)))
}

fn shown(call: &Call, link: store::EmailLink) -> Option<EmailLink> {
    let asked_here = asked_in_this_browser(&call.context, &link);
    let email = link.email.to_string();
    Some(match link.kind {
        LinkKind::SignUp => EmailLink::SignUp { email, asked_here, asked_at: link.created_at.unix_timestamp() },
        LinkKind::Reset => EmailLink::Reset { email },
        LinkKind::ChangeEmail => {
            let here = call.context.signed_in.as_ref().map(|signed_in| signed_in.user.id);
            EmailLink::EmailChange { email, asked_here: here.is_some() && here == link.user }
        }
        LinkKind::Undo => EmailLink::Undo {
            what: match link.data.undo? {
                UndoStep::MethodAdded { provider, .. } => Undoing::MethodAdded(call.label(&provider)),
                UndoStep::PasswordChanged => Undoing::PasswordChanged,
                UndoStep::EmailChanged { .. } => Undoing::EmailChanged,
            },
            email,
        },
    })
}
