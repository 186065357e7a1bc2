//! What people do to let Latchkey see something at Google.

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

/// A Latchkey where Ada is signed in, and lets it see her files.
pub async fn with_drive(engine: Engine) -> (App, Browser, Identity) {
    let app = App::start(engine).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    let identity = app.google_identity(&browser).await;
    let page = browser.connects(&identity, "ada", "drive", &[DRIVE]).await;
    assert_eq!((page.status, page.location()), (303, "/drive"), "{page:?}");
    (app, browser, identity)
}

impl Browser {
    /// Presses "connect" and gives the address of the authorization request.
    pub async fn starts_to_connect(&self, identity: &Identity, access: &str) -> String {
        let fields = [("access", access), ("identity", &identity.id.to_string())];
        let page = self.submit("/grants/connect", &fields).await;
        // Not a redirect: `form-action` would hold one that ends at the provider.
        assert_eq!((page.status, page.header("location")), (200, ""), "{page:?}");
        page.location().to_owned()
    }

    /// The whole way of a step-up, agreeing to these scopes.
    pub async fn connects(&self, identity: &Identity, person: &str, access: &str, agreed: &[&str]) -> Page {
        let authorize = self.starts_to_connect(identity, access).await;
        let callback = self.agrees(&authorize, person, agreed).await;
        self.get(&callback).await
    }

    /// Agrees to these scopes at the sandbox, and gives the path and query that it sends the browser back to.
    pub async fn agrees(&self, authorize: &str, person: &str, agreed: &[&str]) -> String {
        let form = Serializer::new(String::new()).extend_pairs(agreed.iter().map(|scope| ("scope", *scope))).finish();
        self.consent(authorize, person, &format!("allow&{form}")).await
    }

    /// Presses "disconnect" in the settings.
    pub async fn disconnects(&self, identity: &Identity) -> Page {
        self.submit("/grants/disconnect", &[("identity", &identity.id.to_string())]).await
    }
}

impl App {
    /// The one identity at Google of who is signed in.
    pub async fn google_identity(&self, browser: &Browser) -> Identity {
        let user = UserId::parse(&self.user_of(browser).await.expect("a user")).expect("an id");
        let identities = self.store.identities(user).await.expect("identities");
        identities.into_iter().find(|identity| identity.provider == "google").expect("an identity at Google")
    }

    /// The grant of an identity, if there is one.
    pub async fn grant_of(&self, identity: &Identity) -> Option<Grant> {
        let grants = self.store.grants(identity.user).await.expect("grants");
        grants.into_iter().find(|grant| grant.identity == identity.id)
    }

    /// How the grant of an identity stands.
    pub async fn standing_of(&self, identity: &Identity) -> GrantStatus {
        self.grant_of(identity).await.expect("a grant").state
    }

    /// The tokens of an identity.
    pub async fn tokens_of(&self, identity: &Identity) -> OpenGrant {
        match self.store.open_grant(identity).await.expect("a grant") {
            FoundGrant::Live(open) => *open,
            other => panic!("{other:?}"),
        }
    }

    /// Their texts: what must not be found anywhere.
    pub async fn token_texts(&self, identity: &Identity) -> Vec<String> {
        let open = self.tokens_of(identity).await;
        let refresh = open.refresh_token.as_ref().map(|token| token.expose_secret().to_owned());
        refresh.into_iter().chain([open.access_token.expose_secret().to_owned()]).collect()
    }

    /// Revokes what is queued.
    pub async fn revoke_due(&self) {
        self.grants.revoke_due(&CancellationToken::new()).await.expect("a queue");
    }

    /// Rows that wait to be revoked.
    pub async fn waiting_revocations(&self) -> i64 {
        self.database.number("SELECT count(*) FROM outbox WHERE kind = 'revocation'").await
    }

    /// How many tokens of grants the database holds.
    pub async fn kept_tokens(&self) -> i64 {
        self.database.number("SELECT count(access_token) + count(refresh_token) FROM grants").await
    }

    /// The requests to one endpoint of the sandbox so far.
    pub async fn requests_to(&self, endpoint: &str) -> Vec<Value> {
        let requests = self.requests(self.sandbox.origin()).await;
        requests.into_iter().filter(|request| request["endpoint"] == endpoint).collect()
    }

    /// How often tokens were renewed, or were tried to be.
    pub async fn renewals(&self) -> usize {
        let requests = self.requests_to("token").await;
        requests.iter().filter(|request| request["form"]["grant_type"] == "refresh_token").count()
    }
}
