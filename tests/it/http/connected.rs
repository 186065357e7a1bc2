//! A user who has connected Google Drive or Calendar, and what Google itself returns for them.

use secrecy::ExposeSecret;
use serde_json::Value;

use super::{
    app::App,
    browser::{Browser, Page},
    granting::DRIVE,
};

impl App {
    /// A browser that is signed in with Google Drive connected.
    pub async fn with_drive(&self, person: &str) -> Browser {
        let browser = self.browser();
        browser.sign_in(person).await;
        let page = browser.step_up(self, person, "drive", "/drive", &[DRIVE]).await;
        assert_eq!(page.status, 303, "{page:?}");
        assert_eq!(page.location().split('?').next(), Some("/drive"), "{page:?}");
        browser
    }

    /// How often an endpoint of Google's was called so far.
    pub async fn count(&self, endpoint: &str) -> usize {
        self.requested_endpoints().await.iter().filter(|asked| *asked == endpoint).count()
    }

    /// All files that Google itself lists for a query, over all pages.
    pub async fn every_file(&self, browser: &Browser, query: &[(&str, &str)]) -> Vec<Value> {
        let tokens = self.tokens_of(&self.google_identity(browser).await).await;
        let (mut files, mut next) = (Vec::new(), None::<String>);
        loop {
            let mut query = query.to_vec();
            query.extend([("pageSize", "1000"), ("fields", "nextPageToken,files(id,name,mimeType,parents,driveId)")]);
            query.extend(next.as_deref().map(|token| ("pageToken", token)));
            let query: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
            let request = browser.client.get(format!("{}/drive/v3/files?{query}", self.sandbox.google_api_url()));
            let answer = request.bearer_auth(tokens.access_token.expose_secret()).send().await.expect("an answer");
            let mut page: Value = serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON");
            files.append(page["files"].as_array_mut().unwrap_or_else(|| panic!("{query}: no files")));
            next = page["nextPageToken"].as_str().map(str::to_owned);
            if next.is_none() {
                return files;
            }
        }
    }
}

impl Browser {
    /// Submits "Connect …" and consents to `scopes`; returns the response of the callback.
    pub async fn step_up(&self, app: &App, person: &str, access: &str, return_to: &str, scopes: &[&str]) -> Page {
        let identity = app.google_identity(self).await.id.to_string();
        let fields = [("access", access), ("identity", identity.as_str()), ("return_to", return_to)];
        let started = self.submit("/grants/connect", &fields).await;
        assert_eq!(started.status, 200, "{started:?}");
        let callback = self.consent_to(started.location(), person, scopes).await;
        self.get(&callback).await
    }
}

impl Page {
    /// The targets of all links, decoded.
    pub fn links(&self) -> Vec<String> {
        let values = self.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        values.map(decoded).collect()
    }

    /// The ids of the listed files, in order, from their links to Google.
    pub fn files(&self) -> Vec<String> {
        let opened = self.links().into_iter().filter_map(|link| {
            let (_, file) = link.split_once("/google/drive/")?;
            file.split_once("/d/").map(|(_, id)| id.to_owned())
        });
        let mut files: Vec<String> = opened.collect();
        files.dedup();
        files
    }

    /// The link to the next page of the list.
    pub fn next(&self) -> Option<String> {
        self.links().into_iter().find(|link| link.starts_with("/drive?") && link.contains("page_token="))
    }

    /// Whether the page contains this text, with character references decoded.
    pub fn shows(&self, text: &str) -> bool {
        decoded(&self.body).contains(text)
    }

    /// Whether it is the page that offers to connect Google Drive or Calendar.
    pub fn offers_to_connect(&self) -> bool {
        self.status == 200 && self.body.contains("action=\"/grants/connect\"") && self.files().is_empty()
    }
}

fn decoded(html: &str) -> String {
    let references = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    references.iter().fold(html.to_owned(), |text, (reference, character)| text.replace(reference, character))
}
