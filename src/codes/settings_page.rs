//! The four pages of the settings: forms and callbacks return to the one that shows their outcome.

/// A page of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsPage {
    /// Name, picture and email address.
    Account,
    /// Sign-in methods and sessions.
    Security,
    /// Access to providers' APIs.
    Connections,
    /// Recent activity, the data download and the deletion.
    Activity,
}

impl SettingsPage {
    /// In the order of their navigation.
    pub const ALL: [Self; 4] = [Self::Account, Self::Security, Self::Connections, Self::Activity];

    pub const fn path(self) -> &'static str {
        match self {
            Self::Account => "/settings",
            Self::Security => "/settings/security",
            Self::Connections => "/settings/connections",
            Self::Activity => "/settings/activity",
        }
    }

    /// The page that leads to a page below the settings.
    pub fn above(path: &str) -> Self {
        let path = path.split('?').next().unwrap_or_default();
        match path {
            "/settings/password"
            | "/settings/link"
            | "/settings/unlink"
            | "/settings/passkey"
            | "/settings/authenticator"
            | "/settings/authenticator/remove"
            | "/settings/recovery-codes" => Self::Security,
            "/settings/delete" => Self::Activity,
            path => Self::ALL.into_iter().find(|page| page.path() == path).unwrap_or(Self::Account),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/settings", SettingsPage::Account)]
    #[case("/settings/email", SettingsPage::Account)]
    #[case("/settings/password", SettingsPage::Security)]
    #[case("/settings/security", SettingsPage::Security)]
    #[case("/settings/unlink?identity=1", SettingsPage::Security)]
    #[case("/settings/delete", SettingsPage::Activity)]
    #[case("/drive", SettingsPage::Account)]
    fn each_page_below_the_settings_has_one_above(#[case] path: &str, #[case] above: SettingsPage) {
        assert_eq!(SettingsPage::above(path), above);
    }
}
