//! Views with every field filled.

use crate::{
    codes::access::Access,
    ui::view::{
        AccountSettingsView, ActivitySettingsView, ActivityView, CalendarView, CheckInboxView, ConfirmView,
        ConnectionSettingsView, DashboardView, DeviceView, EmailCodeView, EmailLink, EmailLinkPageView, EmailLinkView,
        GrantView, IdentityView, InboxCount, LinkPromptView, LoginView, NextStep, PasskeyView, PasskeysView,
        ProfileView, ProviderButton, SandboxView, SecondFactorSettingsView, SecuritySettingsView, SessionView,
        StepState,
    },
};

/// 1 January 2026, 00:00 UTC.
pub const NEW_YEAR: i64 = 1_767_225_600;

pub fn google() -> ProviderButton {
    ProviderButton {
        slug: "google".into(),
        label: "Google".into(),
        last_used: true,
        available: true,
        lets_choose: true,
    }
}

pub fn example() -> ProviderButton {
    ProviderButton {
        slug: "example".into(),
        label: "Example".into(),
        last_used: false,
        available: false,
        lets_choose: false,
    }
}

/// Every provider with its own mark.
pub fn six() -> Vec<ProviderButton> {
    let named = [
        ("google", "Google"),
        ("apple", "Apple"),
        ("facebook", "Facebook"),
        ("github", "GitHub"),
        ("microsoft", "Microsoft"),
        ("x", "X"),
    ];
    let button = |(slug, label): (&str, &str)| ProviderButton {
        slug: slug.into(),
        label: label.into(),
        last_used: false,
        available: true,
        lets_choose: true,
    };
    named.into_iter().map(button).collect()
}

pub fn login() -> LoginView {
    LoginView { providers: vec![google(), example()], ..LoginView::default() }
}

/// The login page with password sign-in.
pub fn login_with_password() -> LoginView {
    LoginView { password: true, ..login() }
}

pub fn sandbox() -> SandboxView {
    SandboxView {
        origin: "http://localhost:3100".into(),
        emails: InboxCount::new(|| 3),
        inbox: "http://localhost:3100/inbox".into(),
        accounts: vec![("ada@example.com".into(), "a sentence is good".into())],
    }
}

pub fn dashboard() -> DashboardView {
    DashboardView {
        notice: None,
        name: Some("Ada Lovelace".into()),
        email: Some(("ada@example.com".into(), true)),
        picture: Some("https://pictures.example/ada.png".into()),
        member_since: 1_767_225_600,
        next_steps: vec![(NextStep::AddEmail, StepState::Done), (NextStep::AddMethod, StepState::Open)],
        upgrades_to_passkey: false,
        calendar: CalendarView::Off,
        identities: vec![
            IdentityView {
                id: "1".into(),
                name: None,
                slug: "google".into(),
                label: "Google".into(),
                email: Some("ada@example.com".into()),
                linked_at: 1_767_225_600,
                last_used_at: 1_767_312_000,
            },
            IdentityView {
                id: "2".into(),
                name: None,
                slug: "example".into(),
                label: "Example".into(),
                email: None,
                linked_at: 1_767_225_900,
                last_used_at: 1_767_225_900,
            },
        ],
        session: SessionView {
            provider: "Google".into(),
            provider_slug: "google".into(),
            device: "Firefox on Linux".into(),
            ip: "127.0.0.1".into(),
            signed_in_at: 1_767_312_000,
            idle_until: 1_768_521_600,
            absolute_until: 1_775_088_000,
        },
        sandbox: None,
    }
}

pub fn identity() -> IdentityView {
    IdentityView {
        id: "identity-1".into(),
        name: Some("Ada Lovelace".into()),
        slug: "google".into(),
        label: "Google".into(),
        email: Some("ada@example.com".into()),
        linked_at: NEW_YEAR,
        last_used_at: NEW_YEAR + 86_400,
    }
}

pub fn check_inbox(message: EmailLinkPageView) -> CheckInboxView {
    CheckInboxView {
        message,
        email: Some("ada@example.com".into()),
        return_to: Some("/drive?a=1".into()),
        inbox: None,
        again_at: Some(NEW_YEAR + 60),
        keeps_sign_up: true,
        limited: false,
        delayed: false,
    }
}

pub fn message(link: EmailLink) -> EmailLinkView {
    EmailLinkView { link: Some(link), form_error: None, undone: false, signed_in: None }
}

pub fn email_of_sign_up(asked_here: bool) -> EmailLinkView {
    message(EmailLink::SignUp { email: "ada@example.com".into(), asked_here, asked_at: NEW_YEAR })
}

pub fn link_prompt() -> LinkPromptView {
    LinkPromptView {
        passkey: false,
        id: "waiting".into(),
        provider: "Google".into(),
        slug: "google".into(),
        email: "ada@example.com".into(),
        methods: vec![example()],
        methods_off: vec!["GitHub".into()],
        password: true,
        signed_in: false,
        notice: None,
    }
}

pub fn confirm() -> ConfirmView {
    ConfirmView {
        passkey: true,
        app: false,
        who: "ada@example.com".into(),
        methods: vec![google()],
        password: true,
        email_code: EmailCodeView::Unavailable,
        return_to: "/settings/password".into(),
        notice: None,
    }
}

/// `/settings`.
pub fn account_settings() -> AccountSettingsView {
    AccountSettingsView {
        pending_email: None,
        notice: None,
        profile: ProfileView {
            name: Some("Ada Lovelace".into()),
            name_from: Some("Google".into()),
            picture: Some("https://pictures.example/ada.png".into()),
            picture_from: Some("Google".into()),
            member_since: NEW_YEAR,
        },
        email: Some(("ada@example.com".into(), true)),
    }
}

pub fn security_settings() -> SecuritySettingsView {
    SecuritySettingsView {
        notice: None,
        password_on: true,
        password_set_at: Some(NEW_YEAR),
        identities: vec![
            identity(),
            IdentityView {
                id: "identity-2".into(),
                email: None,
                name: None,
                slug: "x".into(),
                label: "X".into(),
                ..identity()
            },
        ],
        linkable: six(),
        may_unlink: true,
        passkeys: Some(passkeys()),
        second_factor: Some(SecondFactorSettingsView::default()),
        reauthenticated: false,
        devices: vec![
            DeviceView {
                id: "device-1".into(),
                device: "Firefox on Linux".into(),
                ip: "127.0.0.1".into(),
                method: "Google".into(),
                method_slug: "google".into(),
                first_seen: NEW_YEAR,
                last_seen: NEW_YEAR + 86_400,
                here: true,
            },
            DeviceView {
                id: "device-2".into(),
                device: "Safari on an iPhone".into(),
                ip: "2001:db8:85a3:8d3:1319:8a2e:370:7348".into(),
                method: "Password".into(),
                method_slug: "password".into(),
                first_seen: NEW_YEAR - 864_000,
                last_seen: NEW_YEAR - 86_400,
                here: false,
            },
        ],
    }
}

pub fn connection_settings(grants: Vec<GrantView>) -> ConnectionSettingsView {
    ConnectionSettingsView { notice: None, grants, offered: Access::ALL.to_vec() }
}

pub fn activity_settings() -> ActivitySettingsView {
    ActivitySettingsView {
        notice: None,
        older: Some("/settings/activity?before=1".into()),
        activity: vec![
            ActivityView {
                what: "Signed in with Google".into(),
                alarming: false,
                provider_says: Some("Google reports: password, hardware key".into()),
                at: NEW_YEAR + 86_400,
                last_at: None,
                device: "Firefox on Linux".into(),
                ip: "127.0.0.1".into(),
            },
            ActivityView {
                what: "Wrong password".into(),
                alarming: true,
                provider_says: None,
                at: NEW_YEAR,
                last_at: Some(NEW_YEAR + 3_600),
                device: "Chrome on Windows".into(),
                ip: "203.0.113.7".into(),
            },
        ],
    }
}

pub fn passkeys() -> PasskeysView {
    let passkey = PasskeyView {
        id: "passkey-1".into(),
        name: "iCloud Keychain".into(),
        synced: true,
        added_at: NEW_YEAR,
        last_used_at: Some(NEW_YEAR + 86_400),
    };
    PasskeysView {
        passkeys: vec![passkey.clone(), PasskeyView { id: "passkey-2".into(), last_used_at: None, ..passkey }],
        may_remove: true,
        ..PasskeysView::default()
    }
}
