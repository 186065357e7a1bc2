//! `users list` and `events`.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    error::AdminError,
    find::find,
    report::Report,
    text::{event_json, event_line, user_json, user_line},
};
use crate::{
    accounts::{EmailAddress, UserId},
    store::Database,
};

/// Rows of one page at most.
pub const MAX_PAGE: u32 = 1000;

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// The last id of the page before.
    pub after: Option<String>,
    /// At most [`MAX_PAGE`].
    pub limit: u32,
}

impl Page {
    fn after<T>(&self, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, AdminError> {
        let wrong = || AdminError::Refused("--after takes the `next` of the page before".to_owned());
        self.after.as_deref().map(|text| parse(text).ok_or_else(wrong)).transpose()
    }

    /// One more than asked for tells whether there is a next page.
    fn rows(&self) -> u32 {
        self.limit.clamp(1, MAX_PAGE) + 1
    }

    /// The page without the surplus row, and the id for the next one.
    fn cut<T>(&self, mut rows: Vec<T>, id: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
        let limit = self.limit.clamp(1, MAX_PAGE) as usize;
        let is_last = rows.len() <= limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| !is_last).map(id);
        (rows, next)
    }
}

/// The users, the newest first; with an email address, those who have it, verified or not.
///
/// # Errors
/// [`AdminError`]
pub async fn list_users(
    database: &Database,
    email: Option<&str>,
    disabled: bool,
    page: &Page,
) -> Result<Report, AdminError> {
    let users = match email {
        Some(email) => {
            let email = EmailAddress::parse(email).map_err(|error| AdminError::Refused(error.to_string()))?;
            database.users_with_email(&email).await?
        }
        None => database.users_page(page.after(|id| UserId::parse(id).ok())?, disabled, page.rows()).await?,
    };
    let (users, next) = page.cut(users, |user| user.id.to_string());
    let text = users.iter().map(user_line).collect();
    let json = json!({ "users": users.iter().map(user_json).collect::<Vec<Value>>(), "next": next });
    Ok(Report::new(continued(text, next), json))
}

/// The audit trail, the newest event first: of one user by id or verified email address, or of all. The user may be gone.
///
/// # Errors
/// [`AdminError`]
pub async fn list_events(database: &Database, user: Option<&str>, page: &Page) -> Result<Report, AdminError> {
    let user = match user {
        Some(text) => match UserId::parse(text) {
            Ok(id) => Some(id),
            Err(_) => Some(find(database, text).await?.id),
        },
        None => None,
    };
    let after = page.after(|id| Uuid::try_parse(id).ok())?;
    let events = database.events_page(user, after, page.rows()).await?;
    let (events, next) = page.cut(events, |event| event.id.to_string());
    let text = events.iter().map(event_line).collect();
    let json = json!({ "events": events.iter().map(event_json).collect::<Vec<Value>>(), "next": next });
    Ok(Report::new(continued(text, next), json))
}

fn continued(text: String, next: Option<String>) -> String {
    match next {
        Some(next) => format!("{text}More: --after {next}\n"),
        None if text.is_empty() => "None.\n".to_owned(),
        None => text,
    }
}
