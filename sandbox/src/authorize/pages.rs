//! The chooser, the consent screen and the error page.

use axum::http::StatusCode;

use super::AuthorizePage;
use super::context::AuthorizeContext;
use crate::chooser::{AccountPages, Row, boxes, error_page};
use crate::page::{Page, escape};
use crate::persons::Person;
use crate::token_store::Scopes;

pub fn chooser(context: &AuthorizeContext) -> Page {
    let persons = context.shared.lock().persons.all().to_vec();
    let rows: Vec<_> = persons.into_iter().map(|person| Row { person, tag: None }).collect();
    account_pages(context).chooser(&rows, "")
}

/// Lists the scopes granted together (hidden fields), with a checkbox for each declinable one.
pub fn consent(context: &AuthorizeContext, person: &Person, before: &Scopes) -> Page {
    let AuthorizeContext { page, request, .. } = context;
    let (declinable, always): (Vec<_>, Vec<_>) =
        request.scopes.iter().partition(|scope| page.declinable.contains(&scope.as_str()));
    let mut grants = vec!["Know who you are".to_owned()];
    grants.extend(always.iter().map(|scope| (page.describe)(scope)));
    let hidden = |scope: &&String| format!(r#"<input type="hidden" name="scope" value="{}">"#, escape(scope));
    let hidden: String = always.iter().map(hidden).collect();
    let choices = declinable.iter().map(|scope| (scope.as_str(), (page.describe)(scope), before.contains(*scope)));
    let boxes = boxes(choices);
    account_pages(context).consent(person, &grants, &format!("{hidden}{boxes}"))
}

/// Shown for an unknown client or redirect URI: we must not redirect there.
pub fn invalid_request(page: &AuthorizePage, why: &str) -> Page {
    let details = format!("<p>{}</p>", escape(why));
    error_page(page.provider, StatusCode::BAD_REQUEST, "This request is invalid", &details)
}

fn account_pages(context: &AuthorizeContext) -> AccountPages<'_> {
    AccountPages {
        provider: context.page.provider,
        path: &context.path,
        query: &context.request.query,
        redirect_uri: &context.request.redirect_uri,
        sign_out: None,
    }
}
