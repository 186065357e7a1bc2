//! The list of pages.

use super::markup::Markup;
use super::pages::{
    add_email::AddEmailPage,
    admin::{AdminPage, user::AdminUserPage},
    calendar::CalendarPage,
    check_inbox::CheckInboxPage,
    confirm::ConfirmPage,
    confirm_email::ConfirmEmailPage,
    dashboard::DashboardPage,
    data_deletion::DataDeletionPage,
    drive::DrivePage,
    forgot::ForgotPage,
    invitation::InvitationPage,
    link_prompt::LinkPromptPage,
    login::LoginPage,
    not_me::NotMePage,
    recovery::RecoveryPage,
    reset_password::ResetPasswordPage,
    second_factor::SecondFactorPage,
    settings::{
        account::AccountPage, activity::ActivityPage, authenticator::AuthenticatorPage, change_email::ChangeEmailPage,
        connections::ConnectionsPage, delete::DeletePage, link::LinkPage, recovery_codes::RecoveryCodesPage,
        remove_authenticator::RemoveAuthenticatorPage, remove_passkey::RemovePasskeyPage, security::SecurityPage,
        set_password::SetPasswordPage, unlink::UnlinkPage,
    },
    sign_in_code::SignInCodePage,
    sign_up::SignUpPage,
    undo::UndoPage,
    unsent::UnsentPage,
    verify_email::VerifyEmailPage,
};

macro_rules! pages {
    ($($name:ident = $path:literal, $component:ident;)+) => {
        /// A page with a URL. `web::pages` has a handler for each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Page { $($name,)+ }

        impl Page {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            pub const fn path(self) -> &'static str {
                match self { $(Self::$name => $path,)+ }
            }

            /// The page, drawn from the view model of the context.
            pub fn view(self) -> Markup {
                match self { $(Self::$name => $component(),)+ }
            }
        }
    };
}

pages! {
    Login = "/login", LoginPage;
    SignInCode = "/login/code", SignInCodePage;
    SignUp = "/signup", SignUpPage;
    Forgot = "/forgot", ForgotPage;
    AddEmail = "/add-email", AddEmailPage;
    CheckInbox = "/check-inbox", CheckInboxPage;
    VerifyEmail = "/verify-email", VerifyEmailPage;
    Invitation = "/invitation", InvitationPage;
    ResetPassword = "/reset-password", ResetPasswordPage;
    ConfirmEmail = "/confirm-email", ConfirmEmailPage;
    Undo = "/undo", UndoPage;
    NotMe = "/not-me", NotMePage;
    Recovery = "/recovery", RecoveryPage;
    DataDeletion = "/data-deletion", DataDeletionPage;
    SecondFactor = "/second-factor", SecondFactorPage;
    LinkPrompt = "/link", LinkPromptPage;
    Confirm = "/confirm", ConfirmPage;
    Unsent = "/unsent", UnsentPage;
    Dashboard = "/dashboard", DashboardPage;
    Drive = "/drive", DrivePage;
    Calendar = "/calendar", CalendarPage;
    Account = "/settings", AccountPage;
    Security = "/settings/security", SecurityPage;
    Connections = "/settings/connections", ConnectionsPage;
    Activity = "/settings/activity", ActivityPage;
    SetPassword = "/settings/password", SetPasswordPage;
    ChangeEmail = "/settings/email", ChangeEmailPage;
    Link = "/settings/link", LinkPage;
    Unlink = "/settings/unlink", UnlinkPage;
    RemovePasskey = "/settings/passkey", RemovePasskeyPage;
    Authenticator = "/settings/authenticator", AuthenticatorPage;
    RemoveAuthenticator = "/settings/authenticator/remove", RemoveAuthenticatorPage;
    RecoveryCodes = "/settings/recovery-codes", RecoveryCodesPage;
    Delete = "/settings/delete", DeletePage;
    Admin = "/admin", AdminPage;
    AdminUser = "/admin/user", AdminUserPage;
}

impl Page {
    /// Whether it belongs to a sign-in, for which nothing is loaded that only other pages need.
    pub const fn is_for_visitors(self) -> bool {
        use Page::*;
        matches!(
            self,
            Login
                | SignUp
                | Forgot
                | AddEmail
                | CheckInbox
                | VerifyEmail
                | Invitation
                | ResetPassword
                | ConfirmEmail
                | Undo
                | Recovery
                | SecondFactor
                | LinkPrompt
                | Confirm
                | Unsent
        )
    }

    /// Whether it says what a sign-in did.
    pub const fn says_what_was_done(self) -> bool {
        matches!(self, Self::Dashboard | Self::Account | Self::Security | Self::Connections | Self::Activity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::settings_page::SettingsPage;

    #[test]
    fn the_settings_are_pages() {
        for settings in SettingsPage::ALL {
            assert!(Page::ALL.iter().any(|page| page.path() == settings.path()), "{settings:?}");
        }
    }
}
