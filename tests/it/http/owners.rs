//! The hidden owner field of forms: which account a form was rendered for.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey::{accounts::UserId, sessions::FormOwners, ui::view::FORM_OWNER};
use serde_json::Value;
use url::form_urlencoded::Serializer;

use super::browser::{Jar, SESSIONS};
use crate::support::database::TestDatabase;

/// Finds the user of a cookie jar in the database, without a request that would renew the session.
#[derive(Clone)]
pub struct Owners {
    pub database: Arc<TestDatabase>,
    pub owners: FormOwners,
}

impl Owners {
    /// Adds the owner field, unless the form has one or the browser is signed out.
    pub async fn added_to(&self, form: &str, jar: &Jar) -> String {
        let fields = url::form_urlencoded::parse(form.as_bytes());
        if fields.clone().any(|(name, _)| name == FORM_OWNER) {
            return form.to_owned();
        }
        let Some(user) = self.signed_in(jar).await else { return form.to_owned() };
        let owner = self.owners.seal(user).expect("randomness");
        Serializer::new(String::new()).extend_pairs(fields).append_pair(FORM_OWNER, &owner).finish()
    }

    async fn signed_in(&self, jar: &Jar) -> Option<UserId> {
        let cookie = |name: &str| jar.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        let user = match SESSIONS.iter().find_map(|name| cookie(name)) {
            Some(session) => self.user_of(session).await,
            None => subject_of(cookie("access_token")?)?,
        };
        UserId::parse(&user).ok()
    }

    async fn user_of(&self, cookie: &str) -> String {
        let hash = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(digest(&SHA256, bytes));
        let session = match cookie.starts_with("lkr_") {
            true => {
                let token = hash(cookie.as_bytes());
                format!("id = (SELECT session FROM refresh_tokens WHERE '{token}' IN (token_hash, previous_hash))")
            }
            false => format!("id_hash = '{}'", hash(&URL_SAFE_NO_PAD.decode(cookie).unwrap_or_default())),
        };
        let user = format!("SELECT COALESCE((SELECT user_id FROM sessions WHERE {session}), '')");
        self.database.text(&user).await
    }
}

fn subject_of(token: &str) -> Option<String> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&payload).ok()?;
    claims["sub"].as_str().map(str::to_owned)
}
