//! Signing up with an address and a password. Nobody is a user before they have followed the letter's link, so that an
//! address registered by somebody else is worth nothing (the classic-federated merge of "Pre-hijacked accounts").

use super::audit_context::AuditContext;
use super::carry_out::invalidated;
use super::database::Database;
use super::email_tokens::{LinkData, NewLink, find_link, invalidate_sign_ups, make_link, take_link};
use super::emails::to_address;
use super::error::StoreError;
use super::events::note;
use super::ids;
use super::linking_context::standing_of_address;
use super::passwords::put_password;
use super::queued_emails::queue;
use super::users::{create_user_by_email, user};
use crate::accounts::{
    Answer, Decision, EmailAddress, EmailKind, EmailToken, LinkKind, NewEmail, PasswordHash, User, UserId,
    VerificationMethod, VerifiedEmail, decide_by_email_link,
};

/// A sign-up that was asked for.
#[derive(Clone, Debug)]
pub struct NewSignUp<'a> {
    /// With this address.
    pub address: &'a EmailAddress,
    /// The password that was chosen.
    pub password: &'a PasswordHash,
    /// Where the person was going, and which browser it was.
    pub data: &'a LinkData,
}

/// What became of a sign-up whose link was followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignedUp {
    /// A new user, and where they were going.
    User(Box<User>, LinkData),
    /// The address got an owner meanwhile: they sign in.
    EmailOwned,
    /// The link was used, ran out, or never was.
    NoLink,
}

impl Database {
    /// Queues the letter of a sign-up: to finish it, or, to who has an account already, that they have. The rows that are
    /// written are as many for the one as for the other.
    ///
    /// # Errors
    /// As every query: [`StoreError`]; nothing has changed then, and no letter goes out.
    pub async fn begin_sign_up(&self, sign_up: &NewSignUp<'_>, audit: &AuditContext) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let linking_context = standing_of_address(&mut write, sign_up.address).await?;
        let owner = linking_context.email_owner;
        let link = NewLink {
            kind: owner.is_none().then_some(LinkKind::SignUp),
            user: owner.as_ref().map(|owner| owner.user.id),
            address: sign_up.address,
            password: owner.is_none().then_some(sign_up.password),
            data: sign_up.data,
        };
        let token = make_link(write.connection(), &link, audit.now).await?;
        let (user, matter) = match owner {
            Some(owner) => (Some(owner.user.id), EmailKind::AlreadyRegistered { methods: owner.methods }),
            None => (None, EmailKind::ConfirmSignUp { token }),
        };
        let message = to_address(sign_up.address, matter, audit);
        queue(write.connection(), &self.sealer, user, &message, audit.now).await?;
        note(write.connection(), audit, "sign_up", user, Some(PASSWORD), "email_sent", &[]).await?;
        write.commit().await
    }

    /// Finishes a sign-up: the user is made, with the password that was chosen or the one that replaces it, and whatever
    /// else was begun with the address is void.
    ///
    /// # Errors
    /// As every query: [`StoreError`]; nothing has changed then, and the link still works.
    pub async fn finish_sign_up(
        &self,
        token: &EmailToken,
        instead: Option<&PasswordHash>,
        audit: &AuditContext,
    ) -> Result<SignedUp, StoreError> {
        self.retried(|| self.finish_sign_up_once(token, instead, audit)).await
    }

    async fn finish_sign_up_once(
        &self,
        token: &EmailToken,
        instead: Option<&PasswordHash>,
        audit: &AuditContext,
    ) -> Result<SignedUp, StoreError> {
        let mut write = self.write().await?;
        let Some(found) = find_link(write.connection(), token, audit.now).await? else {
            return Ok(SignedUp::NoLink);
        };
        write.lock(&[format!("email {}", found.address)]).await?;
        let Some(link) = take_link(write.connection(), token, LinkKind::SignUp, audit.now).await? else {
            return Ok(SignedUp::NoLink);
        };
        let Some(password) = instead.or(link.password.as_ref()) else {
            return Err(StoreError::Corrupt("a sign-up without a password".into()));
        };
        let email = VerifiedEmail::on_record(link.address.clone(), VerificationMethod::EmailLink);
        let linking_context = standing_of_address(&mut write, &link.address).await?;
        let decision = decide_by_email_link(&email, &linking_context);
        invalidate_sign_ups(write.connection(), &link.address).await?;
        let signed_up = match &decision.answer {
            Answer::Create { email: NewEmail::Verified(email) } => Some((email, &[][..])),
            Answer::ClaimFromUnverified { email, squatted_accounts } => Some((email, squatted_accounts.as_slice())),
            _ => None,
        };
        let Some((email, squatted_accounts)) = signed_up else {
            note_decision(&mut write, audit, None, &decision).await?;
            write.commit().await?;
            return Ok(SignedUp::EmailOwned);
        };
        invalidated(&mut write, squatted_accounts, audit.now).await?;
        let id = UserId::new(audit.now, ids::random()?);
        create_user_by_email(write.connection(), id, email, audit.now).await?;
        put_password(write.connection(), id, password, audit.now).await?;
        note_decision(&mut write, audit, Some(id), &decision).await?;
        let user = user(write.connection(), id).await?;
        let user = user.ok_or_else(|| StoreError::Corrupt("a user who was just made".into()))?;
        write.commit().await?;
        Ok(SignedUp::User(Box::new(user), link.data))
    }
}

/// What sessions, events and pages call the way in by a password, where a provider's slug stands otherwise.
pub const PASSWORD: &str = "password";

async fn note_decision(
    write: &mut super::write::Write<'_>,
    audit: &AuditContext,
    user: Option<UserId>,
    decision: &Decision,
) -> Result<(), StoreError> {
    let reasons: Vec<&str> = decision.reasons.iter().map(|reason| reason.code()).collect();
    note(write.connection(), audit, "sign_up", user, Some(PASSWORD), decision.answer.code(), &reasons).await
}
