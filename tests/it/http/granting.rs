//! Connecting Google Drive and Calendar, and the grants that come of it.

use latchkey::{
    accounts::{Identity, UserId},
    store::{FoundGrant, Grant, GrantStatus, OpenGrant},
};
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use url::form_urlencoded::Serializer;

use super::{
    app::App,
    browser::{Browser, Page},
};
use crate::support::database::Engine;

pub const DRIVE: &str = "https://www.googleapis.com/auth/drive.metadata.readonly";
pub const CALENDAR: &str = "https://www.googleapis.com/auth/calendar.events.readonly";

/// A server where Ada is signed in with Google Drive connected.
pub async fn with_drive(engine: Engine) -> (App, Browser, Identity) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let identity = app.google_identity(&browser).await;
    let page = browser.connect(&identity, "ada", "drive", &[DRIVE]).await;
    assert_eq!((page.status, page.location()), (303, "/drive"), "{page:?}");
    (app, browser, identity)
}

impl Browser {
    /// Submits "Connect …" and returns the authorization URL.
    pub async fn start_connect(&self, identity: &Identity, access: &str) -> String {
        let fields = [("access", access), ("identity", &identity.id.to_string())];
        let page = self.submit("/grants/connect", &fields).await;
        // A page with a meta refresh: `form-action` would block a redirect to the provider.
        assert_eq!((page.status, page.header("location")), (200, ""), "{page:?}");
        page.location().to_owned()
    }

    /// Connects, consenting to these scopes; returns the response of the callback.
    pub async fn connect(&self, identity: &Identity, person: &str, access: &str, scopes: &[&str]) -> Page {
        let authorize = self.start_connect(identity, access).await;
        let callback = self.consent_to(&authorize, person, scopes).await;
        self.get(&callback).await
    }

    /// Consents to these scopes at the sandbox; returns the path and query of the callback.
    pub async fn consent_to(&self, authorize: &str, person: &str, scopes: &[&str]) -> String {
        let form = Serializer::new(String::new()).extend_pairs(scopes.iter().map(|scope| ("scope", *scope))).finish();
        self.consent(authorize, person, &format!("allow&{form}")).await
    }

    pub async fn disconnect(&self, identity: &Identity) -> Page {
        self.submit("/grants/disconnect", &[("identity", &identity.id.to_string())]).await
    }
}

impl App {
    /// The signed-in user's identity at Google.
    pub async fn google_identity(&self, browser: &Browser) -> Identity {
        let user = UserId::parse(&self.user_of(browser).await.expect("a user")).expect("an id");
        let identities = self.store.identities(user).await.expect("identities");
        identities.into_iter().find(|identity| identity.provider == "google").expect("an identity at Google")
    }

    pub async fn grant_of(&self, identity: &Identity) -> Option<Grant> {
        let grants = self.store.grants(identity.user).await.expect("grants");
        grants.into_iter().find(|grant| grant.identity == identity.id)
    }

    pub async fn grant_status(&self, identity: &Identity) -> GrantStatus {
        self.grant_of(identity).await.expect("a grant").state
    }

    /// The tokens of a live grant.
    pub async fn tokens_of(&self, identity: &Identity) -> OpenGrant {
        match self.store.open_grant(identity).await.expect("a grant") {
            FoundGrant::Live(open) => *open,
            other => panic!("{other:?}"),
        }
    }

    /// The tokens as text, to search for leaks: refresh token, access token.
    pub async fn token_texts(&self, identity: &Identity) -> Vec<String> {
        let open = self.tokens_of(identity).await;
        let refresh = open.refresh_token.as_ref().map(|token| token.expose_secret().to_owned());
        refresh.into_iter().chain([open.access_token.expose_secret().to_owned()]).collect()
    }

    /// Runs the queued revocations that are due.
    pub async fn revoke_due(&self) {
        self.grants.revoke_due(&CancellationToken::new()).await.expect("a queue");
    }

    pub async fn queued_revocations(&self) -> i64 {
        self.database.number("SELECT count(*) FROM outbox WHERE kind = 'revocation'").await
    }

    pub async fn stored_tokens(&self) -> i64 {
        self.database.number("SELECT count(access_token) + count(refresh_token) FROM grants").await
    }

    /// The requests to one endpoint of the sandbox so far.
    pub async fn requests_to(&self, endpoint: &str) -> Vec<Value> {
        let requests = self.requests(self.sandbox.origin()).await;
        requests.into_iter().filter(|request| request["endpoint"] == endpoint).collect()
    }

    /// The number of refresh requests so far.
    pub async fn renewals(&self) -> usize {
        let requests = self.requests_to("token").await;
        requests.iter().filter(|request| request["form"]["grant_type"] == "refresh_token").count()
    }
}
