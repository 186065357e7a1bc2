//! The second factor over HTTP, with an authenticator app of another hand as the witness.

mod changing;
mod codes;
mod doors;
mod enrolling;
mod phone;
mod required;
mod trusted;

use phone::Phone;

use crate::http::{
    account::PASSWORD,
    app::{App, AppBuilder},
    browser::{Browser, Page},
};

const ADA: &str = "ada@example.com";
/// More than ten minutes: the authentication is no longer recent.
const LATER: i64 = 11 * 60;

impl Browser {
    /// Sets up an authenticator app in the settings. Must succeed; returns the app and its recovery codes.
    pub async fn enrol(&self, app: &App) -> (Phone, Vec<String>) {
        let phone = Phone::scan(&self.get("/settings/authenticator").await);
        let done = self.submit("/settings/authenticator", &[("code", &phone.code(app))]).await;
        assert_eq!(done.location(), "/settings/recovery-codes?done=second_factor_added", "{done:?}");
        let codes = recovery_codes(&self.get(done.location()).await);
        assert_eq!(codes.len(), 10);
        // The code that set it up is used.
        app.advance(30).await;
        (phone, codes)
    }

    /// The form of the second step.
    pub async fn second_step(&self, code: &str) -> Page {
        self.submit("/auth/second-factor", &[("code", code)]).await
    }

    /// Sends the password, which must lead to the second step.
    pub async fn first_step(&self, email: &str, password: &str) {
        let page = self.try_password(email, password).await;
        assert_eq!((page.status, page.location()), (303, "/second-factor"), "{page:?}");
        assert!(self.session().is_none(), "{:?}", self.cookies());
    }
}

/// The codes that a page shows.
fn recovery_codes(page: &Page) -> Vec<String> {
    let items = page.body.split("<li><code>").skip(1);
    items.map(|item| item.split('<').next().unwrap_or_default().to_owned()).collect()
}

/// Ada, signed in with a password, and her phone and recovery codes.
async fn with_app(builder: AppBuilder) -> (App, Browser, Phone, Vec<String>) {
    let app = builder.start().await;
    let browser = app.browser();
    app.sign_up(&browser, ADA, PASSWORD).await;
    let (phone, codes) = browser.enrol(&app).await;
    app.emails().await;
    (app, browser, phone, codes)
}
