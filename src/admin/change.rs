//! The commands that change a user.

use serde_json::json;

use super::{error::AdminError, find::find, report::Report};
use crate::{
    accounts::{EmailAddress, IdentityId, PASSWORD, RevokedAccess, UserId},
    grants::affected_access,
    providers::Provider,
    store::{Administered, AuditContext, Authority, ChangeError, Database, RemovedMethod},
};

/// In the place of a sign-in method.
const SECOND_FACTOR: &str = "second_factor";

/// A change by an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Disable,
    Enable,
    SignOut,
    Delete,
    /// To this verified email address.
    Email(EmailAddress),
    RemoveMethod(RemovedMethod),
}

impl Change {
    const fn done(&self) -> &'static str {
        match self {
            Self::Disable => "disabled, and signed out everywhere",
            Self::Enable => "enabled",
            Self::SignOut => "signed out everywhere",
            Self::Delete => "deleted",
            Self::Email(_) => "given this email address, and signed out everywhere",
            Self::RemoveMethod(_) => "signed out everywhere, and the sign-in method is removed",
        }
    }

    const fn unchanged(&self) -> &'static str {
        match self {
            Self::Disable => "disabled already",
            Self::Enable => "enabled already",
            Self::SignOut => "signed in nowhere",
            Self::Email(_) => "has this email address already",
            Self::Delete | Self::RemoveMethod(_) => "unchanged",
        }
    }
}

/// Changes a user, named by id or verified email address. `providers` tell what a deletion revokes.
///
/// # Errors
/// [`AdminError`]; nothing has changed then.
pub async fn change(
    database: &Database,
    providers: &[Provider],
    user: &str,
    change: &Change,
    audit: &AuditContext,
) -> Result<Report, AdminError> {
    let id = find(database, user).await?.id;
    let revoked_access = match change {
        Change::Delete => revoked(database, providers, id).await?,
        _ => Vec::new(),
    };
    let changed = match carry_out(database, id, change, revoked_access, audit).await {
        Ok(administered) => administered == Administered::Done,
        Err(ChangeError::Store(error)) => return Err(error.into()),
        Err(ChangeError::NotFound) => match change {
            Change::RemoveMethod(_) => return Err(AdminError::NoMethod(id.to_string())),
            _ => return Err(AdminError::NoUser),
        },
        Err(ChangeError::EmailTaken) => return Err(AdminError::EmailTaken),
        Err(ChangeError::LastSignInMethod) => {
            return Err(AdminError::Refused(format!("it is the only sign-in method of {id}; delete the user instead")));
        }
        Err(error) => return Err(AdminError::Refused(error.to_string())),
    };
    let said = if changed { change.done() } else { change.unchanged() };
    Ok(Report::new(format!("{id}: {said}\n"), json!({ "user": id.to_string(), "changed": changed })))
}

async fn carry_out(
    database: &Database,
    id: UserId,
    change: &Change,
    revoked_access: Vec<RevokedAccess>,
    audit: &AuditContext,
) -> Result<Administered, ChangeError> {
    let by = Authority::Operator;
    match change {
        Change::Disable => database.disable_user(id, by, audit).await,
        Change::Enable => database.enable_user(id, by, audit).await,
        Change::SignOut => database.sign_user_out(id, by, audit).await,
        Change::Delete => database.remove_user(id, by, revoked_access, audit).await,
        Change::Email(email) => database.set_email(id, email, by, audit).await,
        Change::RemoveMethod(method) => database.remove_sign_in_method(id, *method, by, audit).await,
    }
}

async fn revoked(database: &Database, providers: &[Provider], id: UserId) -> Result<Vec<RevokedAccess>, AdminError> {
    let provider = |slug: &str| providers.iter().find(|provider| provider.slug.as_str() == slug);
    Ok(affected_access(&database.grants(id).await?, provider, None))
}

/// A sign-in method, by the id of its identity, or `password`, or `second_factor`.
///
/// # Errors
/// [`AdminError::Refused`] for anything else.
pub fn parse_method(text: &str) -> Result<RemovedMethod, AdminError> {
    match text {
        PASSWORD => Ok(RemovedMethod::Password),
        SECOND_FACTOR => Ok(RemovedMethod::SecondFactor),
        id => IdentityId::parse(id).map(RemovedMethod::Identity).map_err(|_| {
            AdminError::Refused("--remove takes `password`, `second_factor` or the id of an identity".to_owned())
        }),
    }
}
