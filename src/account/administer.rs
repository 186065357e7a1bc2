//! What administrators do to users on the pages below `/admin`. For anybody else these forms do not exist.

use leptos::prelude::*;

use super::{
    delete::DELETION_WORD,
    error::AccountError,
    reply::{Reply, send},
};
use crate::{
    accounts::{Actor, EmailAddress, SignUp, UserId},
    codes::{done::Done, form_error::FormError, percent::with_query},
    sessions::{RequestContext, SignedIn},
    store::{AuditContext, Authority, Invited},
};

/// POST `/admin/users/disable`
#[server(name = AdminDisable, prefix = "/admin", endpoint = "users/disable")]
pub async fn admin_disable(user: Option<String>) -> Result<(), ServerFnError> {
    answer(user, Change::Disable).await
}

/// POST `/admin/users/enable`
#[server(name = AdminEnable, prefix = "/admin", endpoint = "users/enable")]
pub async fn admin_enable(user: Option<String>) -> Result<(), ServerFnError> {
    answer(user, Change::Enable).await
}

/// POST `/admin/users/sign-out`
#[server(name = AdminSignOut, prefix = "/admin", endpoint = "users/sign-out")]
pub async fn admin_sign_out(user: Option<String>) -> Result<(), ServerFnError> {
    answer(user, Change::SignOut).await
}

/// POST `/admin/users/delete`: `word` confirms it.
#[server(name = AdminDelete, prefix = "/admin", endpoint = "users/delete")]
pub async fn admin_delete(user: Option<String>, word: Option<String>) -> Result<(), ServerFnError> {
    let is_confirmed = word.unwrap_or_default().trim().eq_ignore_ascii_case(DELETION_WORD);
    answer(user, Change::Delete { is_confirmed }).await
}

/// POST `/admin/invite`
#[server(name = AdminInvite, prefix = "/admin", endpoint = "invite")]
pub async fn admin_invite(email: Option<String>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(invite(&context, &email.unwrap_or_default()).await, "/admin");
    Ok(())
}

/// What a form does to one user.
#[derive(Clone, Copy)]
enum Change {
    Disable,
    Enable,
    SignOut,
    Delete { is_confirmed: bool },
}

async fn answer(user: Option<String>, change: Change) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    let user = user.unwrap_or_default();
    let page = with_query("/admin/user", &[("id", &user)]);
    send(carry_out(&context, &user, change, &page).await, &page);
    Ok(())
}

async fn carry_out(context: &RequestContext, user: &str, change: Change, page: &str) -> Result<Reply, AccountError> {
    let admin = administrator(context)?;
    let id = UserId::parse(user).map_err(|_| FormError::NotFound)?;
    // An administrator who locks themselves out needs another one, or the server's commands.
    if id == admin.user.id {
        return Err(FormError::OwnAccount.into());
    }
    let (authority, audit) = (Authority::Admin(admin.user.id, admin.session.at_version()), audit(context, admin));
    let database = &context.database;
    // What was so before is done as well.
    let (_, done) = match change {
        Change::Disable => (database.disable_user(id, authority, &audit).await?, Done::UserDisabled),
        Change::Enable => (database.enable_user(id, authority, &audit).await?, Done::UserEnabled),
        Change::SignOut => (database.sign_user_out(id, authority, &audit).await?, Done::UserSignedOut),
        Change::Delete { is_confirmed: false } => return Err(FormError::ConfirmationMissing.into()),
        Change::Delete { is_confirmed: true } => {
            let revoked_access = context.grants.affected_access(id, None).await?;
            (database.remove_user(id, authority, revoked_access, &audit).await?, Done::UserDeleted)
        }
    };
    context.wake_mail();
    context.grants.wake_revocation_worker();
    Ok(Reply::done(if done == Done::UserDeleted { "/admin" } else { page }, done))
}

async fn invite(context: &RequestContext, email: &str) -> Result<Reply, AccountError> {
    let admin = administrator(context)?;
    let email = EmailAddress::parse(email.trim()).map_err(|_| FormError::EmailInvalid)?;
    if context.sign_up == SignUp::Closed {
        return Err(FormError::SignUpNotPermitted.into());
    }
    let sends = context.mail_wake.is_some();
    match context.database.invite(&email, sends, &audit(context, admin)).await? {
        Invited::Already(user) => Ok(Reply::to(with_query("/admin/user", &[("id", &user.to_string())]))),
        Invited::Until(_) => {
            context.wake_mail();
            Ok(Reply::done("/admin", Done::Invited))
        }
    }
}

/// The administrator who sends the form, recently authenticated.
fn administrator(context: &RequestContext) -> Result<&SignedIn, AccountError> {
    let signed_in = context.administrator().ok_or(AccountError::NoPage)?;
    match signed_in.is_recently_authenticated(context.clock.date()) {
        true => Ok(signed_in),
        false => Err(AccountError::ReauthenticationRequired),
    }
}

fn audit(context: &RequestContext, admin: &SignedIn) -> AuditContext {
    AuditContext { client: context.client.acting_as(Actor::Admin(admin.user.id)), now: context.clock.date() }
}
