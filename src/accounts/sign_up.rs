//! Who may create an account.

use std::collections::BTreeSet;

use super::decision::NewEmail;
use super::reason::Reason;

/// Who may create an account (`SIGN_UP`). Existing users always sign in.
///
/// A provider's word for an email address that it does not host is not enough for [`Domains`](Self::Domains) and
/// [`Invited`](Self::Invited): anybody can claim any address at some provider. It takes the mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SignUp {
    #[default]
    Open,
    /// Users who were invited by email.
    Invited,
    /// Users with an email address in one of these domains (lower-case ASCII), verified by its authority or by a link, and
    /// users who were invited. Compared whole: neither `good.example.evil.example` nor a subdomain matches `good.example`.
    Domains(BTreeSet<String>),
    Closed,
}

/// What is known about an invitation to the verified email address of a new user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Invitation {
    #[default]
    None,
    /// One is waiting.
    Pending,
    /// One is waiting, and this browser opened its link: the user reads the mailbox.
    Opened,
}

impl SignUp {
    /// Whether an invitation makes a difference.
    pub const fn admits_by_invitation(&self) -> bool {
        matches!(self, Self::Invited | Self::Domains(_))
    }

    /// Why a new user with this email address is not admitted; `None` if they are. The only place that decides it.
    pub(super) fn refusal(&self, email: &NewEmail, invitation: Invitation) -> Option<Reason> {
        let NewEmail::Verified(verified) = email else {
            return self.refusal_without_email();
        };
        let strong = verified.method().is_strong();
        let invited = match invitation {
            Invitation::None => false,
            Invitation::Pending => strong,
            Invitation::Opened => true,
        };
        match self {
            Self::Domains(domains) if strong && domains.contains(verified.email().domain()) => None,
            Self::Invited | Self::Domains(_) if invited => None,
            _ => self.refusal_without_email(),
        }
    }

    const fn refusal_without_email(&self) -> Option<Reason> {
        match self {
            Self::Open => None,
            Self::Invited => Some(Reason::NotInvited),
            Self::Domains(_) => Some(Reason::DomainNotAdmitted),
            Self::Closed => Some(Reason::SignUpClosed),
        }
    }
}
