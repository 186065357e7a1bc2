//! What every rejected callback must have in common.

use super::{
    app::App,
    browser::{Browser, Jar, Page, parameter},
    log,
};

/// Refusals of one minute share a row with a count.
const EVENTS: &str = "SELECT CAST(COALESCE(sum(times), 0) AS BIGINT) FROM events";

/// The state before a step that must fail, with another pending sign-in in a second tab.
pub struct Attempt<'a> {
    app: &'a App,
    browser: &'a Browser,
    callback: String,
    second_tab: Option<String>,
    jar: Jar,
    rows: (i64, i64, i64),
    signed_in: bool,
    events: i64,
    asked: Vec<String>,
    log: usize,
}

/// Delivers a callback that must be rejected with `code`; `asked` are the endpoints that it may call.
pub async fn assert_rejected(app: &App, browser: &Browser, callback: &str, code: &str, asked: &[&str]) {
    let attempt = Attempt::before(app, browser, callback).await;
    let page = browser.get(callback).await;
    attempt.assert_rejected(&page, code, asked).await;
}

impl<'a> Attempt<'a> {
    /// Records everything that `callback`, which is about to be delivered, must not change.
    pub async fn before(app: &'a App, browser: &'a Browser, callback: &str) -> Self {
        // When the provider is down, there is no second tab.
        let mine = browser.flows();
        browser.get("/auth/google").await;
        let second_tab = browser.flows().into_iter().find(|flow| !mine.contains(flow)).map(|(name, _)| name);
        Self {
            second_tab,
            app,
            browser,
            callback: callback.to_owned(),
            jar: browser.cookies(),
            rows: app.rows().await,
            signed_in: browser.is_signed_in().await,
            events: app.database.number(EVENTS).await,
            asked: app.requested_endpoints().await,
            log: log::length(),
        }
    }

    /// No user was signed in or out, nothing was written but one audit event, nothing was sent after the failed step,
    /// the flow is used up and the other one is not, and no secret is visible.
    pub async fn assert_rejected(&self, page: &Page, code: &str, asked: &[&str]) {
        let Self { app, browser, .. } = self;
        let context = format!("{code}: {page:?}");
        assert_eq!(page.status, 303, "{context}");
        let location = page.location();
        assert!(location.starts_with("/login?error="), "{context}");
        assert_eq!(parameter(location, "error"), code, "{context}");

        assert_eq!(app.rows().await, self.rows, "{context}");
        assert_eq!(browser.session(), session(&self.jar), "{context}");
        assert_eq!(browser.is_signed_in().await, self.signed_in, "{context}");
        // Apple sends a name once: it is kept for the next attempt, too.
        let harmless = |cookie: &String| cookie.starts_with("flow-") || cookie.starts_with("name=");
        assert!(page.set_cookies().iter().all(harmless), "{context}");
        assert_eq!(self.asked_since().await, asked, "{context}");

        // A response to an unknown or used flow writes no row.
        let is_recorded = !matches!(code, "flow_unknown" | "flow_used");
        assert_eq!(app.database.number(EVENTS).await, self.events + i64::from(is_recorded), "{context}");
        if is_recorded {
            let id = page.header("x-request-id");
            let reasons = app.database.text(&format!("SELECT reasons FROM events WHERE request_id = '{id}'")).await;
            assert!(reasons.len() > "[\"\"]".len(), "{context}: {reasons}");
        }
        self.assert_nothing_leaked(page).await;
        let is_flow = |cookie: &&(String, String)| cookie.0.contains("flow-");
        let gone = self.jar.iter().filter(is_flow).filter(|cookie| !browser.cookies().contains(cookie)).count();
        assert!(gone <= 1, "the other flows stay; {context}");
        // A signed-in user need not see the error of a double click.
        let login = browser.get(location).await;
        assert_eq!(login.status, if self.signed_in && code == "flow_used" { 303 } else { 200 }, "{login:?}");
        if is_recorded {
            self.assert_used_up(asked).await;
        }
        if let Some(name) = &self.second_tab {
            assert!(browser.flows().iter().any(|(known, _)| known == name), "{context}");
            browser.delete_cookie(name);
        }
    }

    async fn assert_nothing_leaked(&self, page: &Page) {
        let (events, log) = (self.app.events().await, log::since(self.log));
        let answer = format!("{:?} {}", page.headers, page.body);
        for name in ["code", "state"] {
            let secret = parameter(&self.callback, name);
            if secret.len() > 8 {
                assert!(!events.contains(&secret), "the {name} is in the audit trail");
                assert!(!log.contains(&secret), "the {name} is in the log");
                assert!(!answer.contains(&secret), "the {name} is in the answer");
            }
        }
    }

    /// Delivers the same response again, with the cookies from before.
    async fn assert_used_up(&self, asked: &[&str]) {
        let after = self.browser.cookies();
        self.browser.replace_cookies(self.jar.clone());
        let again = self.browser.get(&self.callback).await;
        assert_eq!(parameter(again.location(), "error"), "flow_used", "{again:?}");
        assert_eq!(self.asked_since().await, asked, "a flow that failed is sent nowhere again");
        self.browser.replace_cookies(after);
    }

    async fn asked_since(&self) -> Vec<String> {
        let asked = self.app.requested_endpoints().await;
        let (google, other) = apart(&asked);
        let (google_before, other_before) = apart(&self.asked);
        [&google[google_before.len()..], &other[other_before.len()..]].concat()
    }
}

fn session(jar: &Jar) -> Option<String> {
    jar.iter().find(|(name, _)| name == "session").map(|(_, value)| value.clone())
}

/// The requests to Google, and those to the other provider.
fn apart(asked: &[String]) -> (Vec<String>, Vec<String>) {
    asked.iter().cloned().partition(|endpoint| !endpoint.starts_with("other "))
}
