//! Begin a ceremony.

use http::HeaderValue;
use serde_json::{Value, json};

use super::super::{
    error::AccountError,
    link_prompt::pending_link,
    reauthenticate::{reauthenticated, signed_in},
    second_factor::pending_second_factor,
};
use crate::{
    accounts::{Passkey, User, UserId},
    codes::{codes, form_error::FormError},
    sessions::{PasskeyPurpose, RequestContext},
    webauthn::{Descriptor, UserEntity, creation_options, request_options},
};

/// What password managers show beside a passkey.
const RP_NAME: &str = "Latchkey";

codes! {
    /// What a page begins a ceremony for.
    PasskeyStep {
        SignIn = "sign_in",
        Reauthenticate = "reauthenticate",
        /// At the link prompt.
        Link = "link",
        /// The second step of a sign-in.
        SecondFactor = "second_factor",
        Add = "add",
        /// Add one without asking, after a sign-in with a password.
        Upgrade = "upgrade",
    }
}

impl PasskeyStep {
    /// Whether the page was rendered for a signed-in user.
    pub const fn has_owner(self) -> bool {
        matches!(self, Self::Reauthenticate | Self::Add | Self::Upgrade)
    }
}

/// For the page's script.
#[derive(Debug)]
pub struct PasskeyOptions {
    /// `ceremony`, to be sent back, and `publicKey`, for `navigator.credentials`.
    pub json: Value,
    /// `Set-Cookie`.
    pub cookie: HeaderValue,
}

/// Makes the options of a ceremony.
///
/// At the first step of a sign-in and at the link prompt they list no credentials: the list would tell a stranger whether an account has
/// passkeys.
///
/// # Errors
/// [`FormError::NotFound`] if passkeys are off, or the user has none to re-authenticate with; as
/// [`pending_link`] and for a user who is not signed in.
pub async fn begin_passkey(context: &RequestContext, step: PasskeyStep) -> Result<PasskeyOptions, AccountError> {
    let rp = context.passkey_rp.as_ref().ok_or(FormError::NotFound)?;
    let purpose = purpose(context, step).await?;
    let (ceremony, sealed, cookie) = context.jar.passkeys.begin(&context.headers, purpose, context.clock.now())?;
    let challenge = &ceremony.challenge;
    let options = match &ceremony.purpose {
        PasskeyPurpose::SignIn | PasskeyPurpose::ResolveLink { .. } => request_options(rp, challenge, &[]),
        PasskeyPurpose::Reauthenticate { user } | PasskeyPurpose::SecondFactor { user, .. } => {
            match descriptors(context, *user).await? {
                none if none.is_empty() => return Err(FormError::NotFound.into()),
                own => request_options(rp, challenge, &own),
            }
        }
        PasskeyPurpose::Add { user: id, .. } => {
            let own = descriptors(context, *id).await?;
            let (name, display_name) = names_of(&signed_in(context)?.user);
            let user = UserEntity { handle: &id.handle(), name, display_name };
            creation_options(rp, RP_NAME, challenge, user, &own)
        }
    };
    Ok(PasskeyOptions { json: json!({ "ceremony": sealed, "publicKey": options }), cookie })
}

async fn purpose(context: &RequestContext, step: PasskeyStep) -> Result<PasskeyPurpose, AccountError> {
    Ok(match step {
        PasskeyStep::SignIn => PasskeyPurpose::SignIn,
        PasskeyStep::Reauthenticate => PasskeyPurpose::Reauthenticate { user: signed_in(context)?.user.id },
        PasskeyStep::Link => {
            let link = pending_link(context).await?;
            PasskeyPurpose::ResolveLink { user: link.user, link: link.id }
        }
        PasskeyStep::SecondFactor => {
            let pending = pending_second_factor(context, None).await?;
            PasskeyPurpose::SecondFactor { user: pending.user, step: pending.id }
        }
        PasskeyStep::Add => PasskeyPurpose::Add { user: reauthenticated(context)?.user.id, conditional: false },
        PasskeyStep::Upgrade => PasskeyPurpose::Add { user: reauthenticated(context)?.user.id, conditional: true },
    })
}

async fn descriptors(context: &RequestContext, user: UserId) -> Result<Vec<Descriptor>, AccountError> {
    Ok(context.database.passkeys(user).await?.iter().map(Passkey::descriptor).collect())
}

/// The account's name, which tells it from others, and the user's.
pub fn names_of(user: &User) -> (&str, &str) {
    let email = user.verified_email.as_ref().map(|email| email.email().as_str());
    let account = email.or(user.name.as_deref()).unwrap_or("Your account");
    (account, user.name.as_deref().unwrap_or(account))
}
