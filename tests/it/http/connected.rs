//! Somebody whose files or calendar we may see, and what Google itself would tell of them.

use secrecy::ExposeSecret;
use serde_json::Value;

use super::{
    app::App,
    browser::{Browser, Page},
    granting::DRIVE,
};

impl App {
    /// A browser in which a person is signed in who has let us see their files.
    pub async fn connected(&self, person: &str) -> Browser {
        let browser = self.browser();
        browser.signs_in_as(person).await;
        let landed = browser.step_up(self, person, "drive", "/drive", &[DRIVE]).await;
        assert_eq!(landed.status, 303, "{landed:?}");
        assert_eq!(landed.location().split('?').next(), Some("/drive"), "{landed:?}");
        browser
    }

    /// How often an endpoint of Google's was asked so far.
    pub async fn count(&self, endpoint: &str) -> usize {
        self.asked().await.iter().filter(|asked| *asked == endpoint).count()
    }

    /// What Google itself tells of the files of who is signed in there: every one of a list, over all its pages.
    pub async fn every_file(&self, browser: &Browser, query: &[(&str, &str)]) -> Vec<Value> {
        let tokens = self.tokens_of(&self.google_identity(browser).await).await;
        let (mut files, mut next) = (Vec::new(), None::<String>);
        loop {
            let mut query = query.to_vec();
            query.extend([("pageSize", "1000"), ("fields", "nextPageToken,files(id,name,mimeType,parents)")]);
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
    /// The form "Connect …", the consent screen with these scopes allowed, and back. Gives the callback's answer.
    pub async fn step_up(&self, app: &App, person: &str, access: &str, return_to: &str, scopes: &[&str]) -> Page {
        let identity = app.google_identity(self).await.id.to_string();
        let fields = [("access", access), ("identity", identity.as_str()), ("return_to", return_to)];
        let started = self.submit("/grants/connect", &fields).await;
        assert_eq!(started.status, 200, "{started:?}");
        let callback = self.agrees(started.location(), person, scopes).await;
        self.get(&callback).await
    }
}

impl Page {
    /// Where the page leads, as a browser reads it.
    pub fn links(&self) -> Vec<String> {
        let values = self.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        values.map(text).collect()
    }

    /// The ids of the files that the page lists, in their order: each has a link that opens it at Google.
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

    /// Whether it says this, be it written as a reference or not.
    pub fn says(&self, words: &str) -> bool {
        self::text(&self.body).contains(words)
    }

    /// Whether it is the step-up.
    pub fn asks_to_connect(&self) -> bool {
        self.status == 200 && self.body.contains("action=\"/grants/connect\"") && self.files().is_empty()
    }
}

fn text(html: &str) -> String {
    let references = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    references.iter().fold(html.to_owned(), |text, (reference, message)| text.replace(reference, message))
}
