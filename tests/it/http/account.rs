//! Sign-up, password sign-in, and the links in emails.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey::accounts::{EmailKind, EmailMessage, EmailToken};
use url::form_urlencoded::Serializer;

use super::{
    app::App,
    browser::{Browser, Page},
};

pub const PASSWORD: &str = "correct horse battery staple";
pub const NEW_PASSWORD: &str = "wombats parade at noon in May";
pub const WRONG_PASSWORD: &str = "tangerine submarines hum softly";

/// Every table with data about a user.
pub const TABLES: [&str; 8] =
    ["users", "identities", "passwords", "email_tokens", "sessions", "events", "outbox", "grants"];

impl Browser {
    /// Posts one of our forms.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form = Serializer::new(String::new()).extend_pairs(fields).finish();
        self.post(path, &form).await
    }

    pub async fn request_sign_up(&self, email: &str, password: &str) -> Page {
        self.submit("/auth/password/sign-up", &[("email", email), ("password", password)]).await
    }

    pub async fn try_password(&self, email: &str, password: &str) -> Page {
        self.submit("/auth/password/sign-in", &[("email", email), ("password", password)]).await
    }

    /// Must succeed.
    pub async fn sign_in_with_password(&self, email: &str, password: &str) {
        let page = self.try_password(email, password).await;
        assert_eq!((page.status, page.location()), (303, "/dashboard"), "{page:?}");
    }

    pub async fn request_reset(&self, email: &str) -> Page {
        self.submit("/auth/password/forgot", &[("email", email)]).await
    }

    pub async fn open_email_link(&self, token: &EmailToken) -> Page {
        self.get(&format!("/auth/email-link?token={}", token.expose())).await
    }

    /// Opens the link of an email and presses the button there.
    pub async fn confirm_email_link(&self, token: &EmailToken) -> Page {
        match self.open_email_link(token).await.location() {
            "/verify-email" => self.submit("/auth/email/verify", &[]).await,
            "/confirm-email" => self.submit("/auth/email/change/confirm", &[]).await,
            "/undo" => self.submit("/auth/undo", &[]).await,
            "/not-me" => self.submit("/auth/not-me", &[]).await,
            elsewhere => panic!("no button: {elsewhere}"),
        }
    }

    /// Opens the link of an email and sets a password there.
    pub async fn reset_password(&self, token: &EmailToken, password: &str) -> Page {
        assert!(matches!(self.open_email_link(token).await.location(), "/reset-password" | "/verify-email"));
        self.submit("/auth/password/reset", &[("password", password)]).await
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies().into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

impl App {
    /// Signs up with email and password; `browser` is signed in afterwards.
    pub async fn sign_up(&self, browser: &Browser, email: &str, password: &str) {
        self.emails().await;
        browser.request_sign_up(email, password).await;
        let page = browser.confirm_email_link(&token_of(&self.one_email().await)).await;
        assert_eq!((page.status, page.location()), (303, "/dashboard"), "{page:?}");
    }

    /// The id of the user who is signed in in this browser.
    pub async fn user_of(&self, browser: &Browser) -> Option<String> {
        self.user_of_session(&browser.session()?).await
    }

    pub async fn user_of_session(&self, cookie: &str) -> Option<String> {
        let hash = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(digest(&SHA256, bytes));
        let session = match cookie.starts_with("lkr_") {
            true => {
                format!("id = (SELECT session FROM refresh_tokens WHERE token_hash = '{}')", hash(cookie.as_bytes()))
            }
            false => format!("id_hash = '{}'", hash(&URL_SAFE_NO_PAD.decode(cookie).ok()?)),
        };
        let user = format!("SELECT COALESCE((SELECT user_id FROM sessions WHERE {session}), '')");
        Some(self.database.text(&user).await).filter(|user| !user.is_empty())
    }

    /// The id of the user with this verified email.
    pub async fn owner_of(&self, email: &str) -> Option<String> {
        let owner = format!("SELECT COALESCE((SELECT id FROM users WHERE verified_email = '{email}'), '')");
        Some(self.database.text(&owner).await).filter(|user| !user.is_empty())
    }

    /// The id of the user's only identity at a provider.
    pub async fn identity_of(&self, user: &str, provider: &str) -> String {
        let sql = format!("SELECT id FROM identities WHERE user_id = '{user}' AND provider = '{provider}'");
        self.database.text(&sql).await
    }

    /// The number of rows per table.
    pub async fn all_rows(&self) -> Vec<(&'static str, i64)> {
        let mut rows = Vec::new();
        for table in TABLES.into_iter().chain(["used_flows"]) {
            rows.push((table, self.database.count(table).await));
        }
        rows
    }

    /// The rows that change when a sign-in method does.
    pub async fn methods(&self) -> String {
        let mut methods = String::new();
        for sql in [
            "SELECT COALESCE(string_agg(id || COALESCE(verified_email, '-') || COALESCE(name, '-'), ' '), '') FROM users",
            "SELECT COALESCE(string_agg(id || user_id || subject, ' '), '') FROM identities",
            "SELECT COALESCE(string_agg(user_id || hash, ' '), '') FROM passwords",
            "SELECT COALESCE(string_agg(kind || COALESCE(user_id, '-') || email, ' '), '') FROM email_tokens",
        ] {
            methods += &self.database.text(sql).await;
            methods.push('\n');
        }
        methods
    }

    /// Links an account at a provider in the settings; returns the response of the callback.
    pub async fn link_provider(&self, browser: &Browser, provider: &str, person: &str) -> Page {
        let start = browser.submit("/settings/link", &[("provider", provider)]).await;
        assert!(start.location().contains("code_challenge="), "{start:?}");
        let callback = browser.consent(start.location(), person, "allow").await;
        browser.get(&callback).await
    }

    /// Returns the response of the callback.
    pub async fn sign_in_with_provider(&self, browser: &Browser, provider: &str, person: &str) -> Page {
        let callback = browser.callback_url(person, &format!("/auth/{provider}")).await;
        browser.get(&callback).await
    }
}

pub fn token_of(message: &EmailMessage) -> EmailToken {
    token_in(message).unwrap_or_else(|| panic!("no link: {message:?}"))
}

pub fn token_in(message: &EmailMessage) -> Option<EmailToken> {
    match &message.kind {
        EmailKind::ConfirmSignUp { token }
        | EmailKind::Invitation { token }
        | EmailKind::ResetPassword { token }
        | EmailKind::ConfirmEmailChange { token }
        | EmailKind::EmailChanged { undo: token, .. }
        | EmailKind::MethodAdded { undo: token, .. }
        | EmailKind::PasskeyAdded { undo: token, .. }
        | EmailKind::NewDevice { not_me: token, .. }
        | EmailKind::SecondFactorAdded { undo: token }
        | EmailKind::SecondFactorReplaced { undo: token }
        | EmailKind::SecondFactorRemoved { undo: token }
        | EmailKind::PasswordChanged { undo: token, .. } => Some(token.clone()),
        _ => None,
    }
}

/// The names and attributes of the cookies that a response sets, and the lengths of their values: all that is not random.
pub fn cookie_shapes(page: &Page) -> Vec<String> {
    let kind = |cookie: String| {
        let (pair, attributes) = cookie.split_once(';').unwrap_or((&cookie, ""));
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        format!("{name}={};{attributes}", value.len())
    };
    page.set_cookies().into_iter().map(kind).collect()
}
