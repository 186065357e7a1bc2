//! What people do with an address, a password and letters.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey::accounts::{EmailKind, EmailMessage, EmailToken};
use url::form_urlencoded::Serializer;

use super::{
    app::App,
    browser::{Browser, Page},
};

/// Passwords that anybody may choose, none like another.
pub const PASSWORD: &str = "correct horse battery staple";
pub const NEW_PASSWORD: &str = "wombats parade at noon in May";
pub const WRONG_PASSWORD: &str = "tangerine submarines hum softly";

/// Every table in which something about a person may stand.
pub const TABLES: [&str; 9] =
    ["users", "identities", "passwords", "email_tokens", "sessions", "events", "outbox", "used_flows", "grants"];

impl Browser {
    /// One of our forms, filled in and sent.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form = Serializer::new(String::new()).extend_pairs(fields).finish();
        self.post(path, &form).await
    }

    /// Asks for an account.
    pub async fn asks_to_sign_up(&self, email: &str, password: &str) -> Page {
        self.submit("/auth/password/sign-up", &[("email", email), ("password", password)]).await
    }

    /// Tries to sign in with a password.
    pub async fn tries_password(&self, email: &str, password: &str) -> Page {
        self.submit("/auth/password/sign-in", &[("email", email), ("password", password)]).await
    }

    /// Signs in with a password, which must work.
    pub async fn signs_in_with(&self, email: &str, password: &str) {
        let page = self.tries_password(email, password).await;
        assert_eq!((page.status, page.location()), (303, "/dashboard"), "{page:?}");
    }

    /// Says that the password is forgotten.
    pub async fn forgets(&self, email: &str) -> Page {
        self.submit("/auth/password/forgot", &[("email", email)]).await
    }

    /// Follows the link of a letter.
    pub async fn follows(&self, token: &EmailToken) -> Page {
        self.get(&format!("/auth/email-link?token={}", token.expose())).await
    }

    /// Follows the link of a letter and presses the button there.
    pub async fn finishes(&self, token: &EmailToken) -> Page {
        match self.follows(token).await.location() {
            "/verify-email" => self.submit("/auth/email/verify", &[]).await,
            "/confirm-email" => self.submit("/auth/email/change/confirm", &[]).await,
            "/undo" => self.submit("/auth/undo", &[]).await,
            elsewhere => panic!("no button: {elsewhere}"),
        }
    }

    /// Follows the link of a letter and chooses a password there.
    pub async fn resets(&self, token: &EmailToken, password: &str) -> Page {
        assert!(matches!(self.follows(token).await.location(), "/reset-password" | "/verify-email"));
        self.submit("/auth/password/reset", &[("password", password)]).await
    }

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies().into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

impl App {
    /// Signs somebody up by letter, from the first form to the end; they are signed in in the browser.
    pub async fn signs_up(&self, browser: &Browser, email: &str, password: &str) {
        self.emails().await;
        browser.asks_to_sign_up(email, password).await;
        let page = browser.finishes(&token_of(&self.message().await)).await;
        assert_eq!((page.status, page.location()), (303, "/dashboard"), "{page:?}");
    }

    /// The id of who is signed in in this browser.
    pub async fn user_of(&self, browser: &Browser) -> Option<String> {
        self.user_of_session(&browser.session()?).await
    }

    /// The id of who is signed in by a session cookie.
    pub async fn user_of_session(&self, cookie: &str) -> Option<String> {
        let hash = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(digest(&SHA256, bytes));
        let session = match cookie.starts_with("lkr_") {
            true => format!(
                "(SELECT session FROM refresh_tokens WHERE token_hash = '{}' AND used_at IS NULL)",
                hash(cookie.as_bytes())
            ),
            false => format!("'{}'", hash(&URL_SAFE_NO_PAD.decode(cookie).ok()?)),
        };
        let user = format!("SELECT COALESCE((SELECT user_id FROM sessions WHERE id_hash = {session}), '')");
        Some(self.database.text(&user).await).filter(|user| !user.is_empty())
    }

    /// The id of the user who owns an address.
    pub async fn owner_of(&self, email: &str) -> Option<String> {
        let owner = format!("SELECT COALESCE((SELECT id FROM users WHERE verified_email = '{email}'), '')");
        Some(self.database.text(&owner).await).filter(|user| !user.is_empty())
    }

    /// The id of the one identity that a provider has of a user.
    pub async fn identity_of(&self, user: &str, provider: &str) -> String {
        let sql = format!("SELECT id FROM identities WHERE user_id = '{user}' AND provider = '{provider}'");
        self.database.text(&sql).await
    }

    /// How many rows each table has.
    pub async fn all_rows(&self) -> Vec<(&'static str, i64)> {
        let mut rows = Vec::new();
        for table in TABLES {
            rows.push((table, self.database.count(table).await));
        }
        rows
    }

    /// What the rows say that a change of a way in would change.
    pub async fn methods(&self) -> String {
        let mut methods = String::new();
        for sql in [
            "SELECT COALESCE(string_agg(id || COALESCE(verified_email, '-') || COALESCE(name, '-'), ' '), '') FROM users",
            "SELECT COALESCE(string_agg(id || user_id || subject, ' '), '') FROM identities",
            "SELECT COALESCE(string_agg(user_id || hash, ' '), '') FROM passwords",
            "SELECT COALESCE(string_agg(kind || COALESCE(user_id, '-') || address, ' '), '') FROM email_tokens",
        ] {
            methods += &self.database.text(sql).await;
            methods.push('\n');
        }
        methods
    }

    /// Starts a link as somebody signed in, lets the person consent, and delivers the response.
    pub async fn links(&self, browser: &Browser, provider: &str, person: &str) -> Page {
        let start = browser.submit("/settings/link", &[("provider", provider)]).await;
        assert!(start.location().contains("code_challenge="), "{start:?}");
        let callback = browser.consent(start.location(), person, "allow").await;
        browser.get(&callback).await
    }

    /// Goes through a provider to the end.
    pub async fn goes_through(&self, browser: &Browser, provider: &str, person: &str) -> Page {
        let callback = browser.callback_url(person, &format!("/auth/{provider}")).await;
        browser.get(&callback).await
    }
}

/// The token in a letter's link.
pub fn token_of(message: &EmailMessage) -> EmailToken {
    token_in(message).unwrap_or_else(|| panic!("no link: {message:?}"))
}

/// The token in a letter's link, if there is one.
pub fn token_in(message: &EmailMessage) -> Option<EmailToken> {
    match &message.matter {
        EmailKind::ConfirmSignUp { token }
        | EmailKind::ResetPassword { token }
        | EmailKind::ConfirmEmailChange { token }
        | EmailKind::EmailChanged { undo: token, .. }
        | EmailKind::MethodAdded { undo: token, .. }
        | EmailKind::PasswordChanged { undo: token, .. } => Some(token.clone()),
        _ => None,
    }
}

/// The names of the cookies that an answer sets, with their attributes and the length of their values: all of them that
/// is not random.
pub fn kinds_of_cookies(page: &Page) -> Vec<String> {
    let kind = |cookie: String| {
        let (pair, attributes) = cookie.split_once(';').unwrap_or((&cookie, ""));
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        format!("{name}={};{attributes}", value.len())
    };
    page.set_cookies().into_iter().map(kind).collect()
}
