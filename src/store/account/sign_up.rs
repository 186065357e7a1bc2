//! Sign-up with email and password. The user is created when the link is opened, so registering somebody else's email
//! address achieves nothing (the classic-federated merge attack of "Pre-hijacked accounts").

use crate::accounts::{
    Answer, AuditEvent, Decision, EmailAddress, EmailKind, EmailToken, LinkKind, NewEmail, PasswordHash, Reason, User,
    UserId, VerificationMethod, VerifiedEmail, admits_email, decide_by_email_link,
};
use crate::sealing::random_bytes;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::invitations::use_up_invitation;
use crate::store::email::links::{LinkData, NewLink, find_link, invalidate_sign_ups, make_link, take_link};
use crate::store::email::message::to_address;
use crate::store::email::queue::queue;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::linking::carry_out::invalidate_squatted;
use crate::store::linking::gather::linking_context_of_sign_up;
use crate::store::linking::request::Admission;
use crate::store::users::passwords::put_password;
use crate::store::users::queries::{create_user_by_email, user};

#[derive(Clone, Debug)]
pub struct NewSignUp<'a> {
    pub email: &'a EmailAddress,
    pub password: &'a PasswordHash,
    pub data: &'a LinkData,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignedUp {
    User {
        user: Box<User>,
        /// Where the sign-up was to lead.
        return_to: Option<String>,
    },
    /// The email address has got an owner meanwhile, who can sign in.
    EmailOwned,
    /// `SIGN_UP` does not admit the email address.
    Refused,
    /// The link is unknown, used or expired.
    NoLink,
}

impl Database {
    /// Queues the email that confirms a sign-up or, to the owner of an account, says that it exists or, where the policy
    /// does not admit the address, says that. All cases write the same number of rows, so that the time reveals nothing.
    ///
    /// # Errors
    /// [`StoreError`]: nothing has changed then, and no email is sent.
    pub async fn begin_sign_up(
        &self,
        sign_up: &NewSignUp<'_>,
        admission: &Admission<'_>,
        audit: &AuditContext,
    ) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let linking_context = linking_context_of_sign_up(&mut write, sign_up.email, admission).await?;
        let begins = linking_context.email_owner.is_none() && admits_email(sign_up.email, &linking_context);
        let owner = linking_context.email_owner;
        let link = NewLink {
            kind: begins.then_some(LinkKind::SignUp),
            user: owner.as_ref().map(|owner| owner.user.id),
            email: sign_up.email,
            password: begins.then_some(sign_up.password),
            data: sign_up.data,
        };
        let token = make_link(write.connection(), &link, audit.now).await?;
        let (user, kind) = match owner {
            Some(owner) => (Some(owner.user.id), EmailKind::AlreadyRegistered { methods: owner.methods }),
            None if begins => (None, EmailKind::ConfirmSignUp { token }),
            None => (None, EmailKind::SignUpRefused),
        };
        let message = to_address(sign_up.email, kind, audit);
        queue(write.connection(), &self.sealer, user, &message, audit.now).await?;
        note(write.connection(), audit, user, &AuditEvent::SignUpRequested).await?;
        write.commit().await
    }

    /// Creates the user by the link of a sign-up or an invitation, with the password from the sign-up or `instead`, and
    /// invalidates other sign-ups with the email address.
    ///
    /// # Errors
    /// [`StoreError`]: nothing has changed then, and the link still works.
    pub async fn finish_sign_up(
        &self,
        token: &EmailToken,
        instead: Option<&PasswordHash>,
        admission: &Admission<'_>,
        audit: &AuditContext,
    ) -> Result<SignedUp, StoreError> {
        self.retried(|| self.finish_sign_up_once(token, instead, admission, audit)).await
    }

    async fn finish_sign_up_once(
        &self,
        token: &EmailToken,
        instead: Option<&PasswordHash>,
        admission: &Admission<'_>,
        audit: &AuditContext,
    ) -> Result<SignedUp, StoreError> {
        let mut write = self.write().await?;
        let Some(found) = find_link(write.connection(), token, audit.now).await? else {
            return Ok(SignedUp::NoLink);
        };
        // Before the link is taken: it may be the invitation.
        let linking_context = linking_context_of_sign_up(&mut write, &found.email, admission).await?;
        let kind = if found.kind == LinkKind::Invitation { LinkKind::Invitation } else { LinkKind::SignUp };
        let Some(link) = take_link(write.connection(), token, kind, audit.now).await? else {
            return Ok(SignedUp::NoLink);
        };
        let Some(password) = instead.or(link.password.as_ref()) else {
            return Err(StoreError::Corrupt("a sign-up without a password".into()));
        };
        let email = VerifiedEmail::on_record(link.email.clone(), VerificationMethod::EmailLink);
        let decision = decide_by_email_link(&email, &linking_context);
        invalidate_sign_ups(write.connection(), &link.email).await?;
        if !matches!(decision.answer, Answer::Refuse(_)) {
            use_up_invitation(write.connection(), &link.email).await?;
        }
        let signed_up = match &decision.answer {
            Answer::Create { email: NewEmail::Verified(email) } => Some((email, &[][..])),
            Answer::ClaimFromUnverified { email, squatted_accounts } => Some((email, squatted_accounts.as_slice())),
            _ => None,
        };
        let Some((email, squatted_accounts)) = signed_up else {
            record_decision(&mut write, audit, None, &decision).await?;
            write.commit().await?;
            return Ok(match decision.answer {
                Answer::Refuse(Reason::EmailOwned) => SignedUp::EmailOwned,
                _ => SignedUp::Refused,
            });
        };
        invalidate_squatted(&mut write, squatted_accounts, audit.now).await?;
        let id = UserId::new(audit.now, random_bytes()?);
        create_user_by_email(write.connection(), id, email, audit.now).await?;
        put_password(write.connection(), id, password, audit.now).await?;
        record_decision(&mut write, audit, Some(id), &decision).await?;
        let user = user(write.connection(), id).await?;
        let user = user.ok_or_else(|| StoreError::Corrupt("a user who was just made".into()))?;
        write.commit().await?;
        Ok(SignedUp::User { user: Box::new(user), return_to: link.data.return_to })
    }
}

async fn record_decision(
    write: &mut Write<'_>,
    audit: &AuditContext,
    user: Option<UserId>,
    decision: &Decision,
) -> Result<(), StoreError> {
    let event = AuditEvent::SignUp { outcome: decision.answer.outcome(), reasons: decision.reasons.clone() };
    note(write.connection(), audit, user, &event).await
}
