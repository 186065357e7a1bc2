//! Every form that changes something. The router, the check of its owner and the tests are built from this one list.

use leptos::server_fn::ServerFn;

use super::{
    accept_invitation::AcceptInvitation,
    administer::{AdminDelete, AdminDisable, AdminEnable, AdminInvite, AdminSignOut},
    change_email::{CancelEmailChange, ChangeEmail, ConfirmEmail},
    connect::{Connect, Disconnect},
    delete::DeleteAccount,
    devices::{EndOtherSessions, EndSession},
    email_code::{CheckEmailCode, RequestEmailCode},
    forget_sign_in::ForgetSignIn,
    forgot_password::ForgotPassword,
    link::LinkProvider,
    link_prompt::{CancelLink, ConfirmLink, ResolveLinkByPassword, ResolveLinkByProvider},
    not_me::NotMe,
    passkeys::{RemovePasskey, RenamePasskey},
    profile::ChooseName,
    reauthenticate::{ReauthenticateWithPassword, ReauthenticateWithProvider},
    reset_password::ResetPassword,
    second_factor::{
        AskAfterProviders, EnrolSecondFactor, FinishSecondFactor, ForgetTrustedBrowser, ReauthenticateWithCode,
        RemoveAuthenticator, RenewRecoveryCodes, SetUpAuthenticator,
    },
    set_password::SetPassword,
    sign_in_with_email_code::{RequestSignInCode, SignInWithEmailCode},
    sign_in_with_password::SignInWithPassword,
    sign_up::{ResendSignUp, SignUp},
    undo::Undo,
    unlink::Unlink,
    verify_email::VerifyEmail,
};

/// A form, by its server function.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// The path of the server function.
    pub path: &'static str,
    pub sender: Sender,
    /// Leads to an email, or to a password whose owner could not be reached without one: refused while no mail server is
    /// configured.
    pub needs_mail: bool,
    /// Its fields that are kept if the session has ended (`sessions::UnsentForm`): typed, and no secrets. Of a form without such
    /// fields nothing is kept, and its page is as quickly opened again.
    pub keeps: &'static [&'static str],
}

/// Who may send a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Everyone: the form signs in, or acts on what an email or the link prompt left in the browser.
    Anyone,
    /// The user for whom the page was rendered, if a user is signed in (`sessions::FormOwners`).
    Owner,
    /// The same, and an administrator. For anybody else the form does not exist.
    Administrator,
}

impl Form {
    const fn of<F: ServerFn>(sender: Sender, mail: Mail) -> Self {
        Self { path: F::PATH, sender, needs_mail: matches!(mail, Mail::Needed), keeps: &[] }
    }

    const fn keeping(self, keeps: &'static [&'static str]) -> Self {
        Self { keeps, ..self }
    }
}

enum Mail {
    Needed,
    Unneeded,
}

use Mail::{Needed, Unneeded};
use Sender::{Administrator, Anyone, Owner};

/// Signing out is not among them: it ends this browser's session, whichever user's it is. Signing out of the wrong account
/// harms nobody, and a user who leaves a shared computer must not meet a button that does nothing.
pub const FORMS: [Form; 47] = [
    Form::of::<SignUp>(Anyone, Needed),
    Form::of::<ResendSignUp>(Anyone, Needed),
    Form::of::<SignInWithPassword>(Anyone, Needed),
    Form::of::<RequestSignInCode>(Anyone, Needed),
    Form::of::<SignInWithEmailCode>(Anyone, Needed),
    Form::of::<FinishSecondFactor>(Anyone, Unneeded),
    Form::of::<EnrolSecondFactor>(Anyone, Unneeded),
    Form::of::<ForgotPassword>(Anyone, Needed),
    Form::of::<ForgetSignIn>(Anyone, Unneeded),
    Form::of::<ResetPassword>(Anyone, Unneeded),
    Form::of::<VerifyEmail>(Anyone, Unneeded),
    Form::of::<AcceptInvitation>(Anyone, Needed),
    Form::of::<ChangeEmail>(Owner, Needed).keeping(&["email", "return_to"]),
    Form::of::<CancelEmailChange>(Owner, Unneeded),
    Form::of::<ConfirmEmail>(Owner, Unneeded),
    Form::of::<ReauthenticateWithPassword>(Owner, Unneeded),
    Form::of::<ReauthenticateWithProvider>(Owner, Unneeded),
    Form::of::<ReauthenticateWithCode>(Owner, Unneeded),
    Form::of::<RequestEmailCode>(Owner, Needed),
    Form::of::<CheckEmailCode>(Owner, Unneeded),
    Form::of::<LinkProvider>(Owner, Unneeded),
    Form::of::<Unlink>(Owner, Unneeded),
    Form::of::<ResolveLinkByPassword>(Anyone, Unneeded),
    Form::of::<ResolveLinkByProvider>(Anyone, Unneeded),
    Form::of::<ConfirmLink>(Owner, Unneeded),
    Form::of::<CancelLink>(Anyone, Unneeded),
    Form::of::<SetPassword>(Owner, Needed),
    Form::of::<RenamePasskey>(Owner, Unneeded).keeping(&["passkey", "name"]),
    Form::of::<RemovePasskey>(Owner, Unneeded),
    Form::of::<SetUpAuthenticator>(Owner, Unneeded),
    Form::of::<RemoveAuthenticator>(Owner, Unneeded),
    Form::of::<RenewRecoveryCodes>(Owner, Unneeded),
    Form::of::<AskAfterProviders>(Owner, Unneeded),
    Form::of::<ForgetTrustedBrowser>(Owner, Unneeded),
    Form::of::<ChooseName>(Owner, Unneeded).keeping(&["name"]),
    Form::of::<Undo>(Anyone, Unneeded),
    Form::of::<NotMe>(Anyone, Unneeded),
    Form::of::<DeleteAccount>(Owner, Unneeded),
    Form::of::<EndSession>(Owner, Unneeded),
    Form::of::<EndOtherSessions>(Owner, Unneeded),
    Form::of::<Connect>(Owner, Unneeded),
    Form::of::<Disconnect>(Owner, Unneeded),
    Form::of::<AdminDisable>(Administrator, Unneeded),
    Form::of::<AdminEnable>(Administrator, Unneeded),
    Form::of::<AdminSignOut>(Administrator, Unneeded),
    Form::of::<AdminDelete>(Administrator, Unneeded),
    Form::of::<AdminInvite>(Administrator, Unneeded),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::account::{callback::Callback, sign_out::SignOut};

    #[test]
    fn only_forms_of_an_owner_are_kept_and_no_secrets() {
        for form in FORMS.iter().filter(|form| !form.keeps.is_empty()) {
            assert_eq!(form.sender, Owner, "{form:?}");
            let secrets = ["password", "code", "word", "token"];
            assert!(form.keeps.iter().all(|field| !secrets.contains(field)), "{form:?}");
        }
    }

    #[test]
    fn every_server_function_is_a_form_but_the_callback_and_sign_out() {
        let forms: BTreeSet<&str> = FORMS.iter().map(|form| form.path).collect();
        assert_eq!(forms.len(), FORMS.len());
        let others = [<Callback as ServerFn>::PATH, <SignOut as ServerFn>::PATH];
        let listed: BTreeSet<&str> = forms.into_iter().chain(others).collect();
        let registered: BTreeSet<&str> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
        assert_eq!(listed, registered);
    }
}
