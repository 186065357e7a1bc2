//! What the person sees.

use axum::http::StatusCode;

use super::AuthorizePage;
use super::context::AuthorizeContext;
use crate::chooser::{AccountPages, Row, boxes};
use crate::page::{Page, escape};
use crate::persons::Person;
use crate::token_store::Scopes;

/// The account chooser.
pub fn chooser(context: &AuthorizeContext) -> Page {
    let persons = context.shared.lock().persons.all().to_vec();
    let rows: Vec<_> = persons.into_iter().map(|person| Row { person, tag: None }).collect();
    account_pages(context).chooser(&rows, "")
}

/// The consent screen: what is granted together, in hidden fields, and a box for each scope that can be declined.
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

/// The page for a request whose client or redirect URI is wrong: nothing may be sent there.
pub fn invalid_request(page: &AuthorizePage, why: &str) -> Page {
    let main = format!(
        "<h1>This request is invalid</h1><p>{}</p><p class=\"quiet\">The sandbox answers to loopback addresses whose path begins with <code>{}</code>.</p>",
        escape(why),
        crate::REDIRECT_PATH,
    );
    Page { status: StatusCode::BAD_REQUEST, ..Page::new(page.provider.label(), "This request is invalid", main) }
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
