//! What the person sees.

use axum::http::StatusCode;

use super::Desk;
use super::visit::Visit;
use crate::chooser::{Counter, Row, boxes};
use crate::ledger::Scopes;
use crate::page::{Page, escape};
use crate::persons::Person;

/// The account chooser.
pub fn chooser(visit: &Visit) -> Page {
    let persons = visit.world.state().persons.all().to_vec();
    let rows: Vec<_> = persons.into_iter().map(|person| Row { person, tag: None }).collect();
    counter(visit).chooser(&rows, "")
}

/// The consent screen: what is granted together, in hidden fields, and a box for each scope that can be declined.
pub fn consent(visit: &Visit, person: &Person, before: &Scopes) -> Page {
    let Visit { desk, request, .. } = visit;
    let (declinable, always): (Vec<_>, Vec<_>) =
        request.scopes.iter().partition(|scope| desk.declinable.contains(&scope.as_str()));
    let mut learns = vec!["Know who you are".to_owned()];
    learns.extend(always.iter().map(|scope| (desk.describe)(scope)));
    let hidden = |scope: &&String| format!(r#"<input type="hidden" name="scope" value="{}">"#, escape(scope));
    let hidden: String = always.iter().map(hidden).collect();
    let choices = declinable.iter().map(|scope| (scope.as_str(), (desk.describe)(scope), before.contains(*scope)));
    let boxes = boxes(choices);
    counter(visit).consent(person, &learns, &format!("{hidden}{boxes}"))
}

/// The page for a request whose client or redirect URI is wrong: nothing may be sent there.
pub fn unfit(desk: &Desk, why: &str) -> Page {
    let main = format!(
        "<h1>This request is invalid</h1><p>{}</p><p class=\"quiet\">The sandbox answers to loopback addresses whose path begins with <code>{}</code>.</p>",
        escape(why),
        crate::REDIRECT_PATH,
    );
    Page { status: StatusCode::BAD_REQUEST, ..Page::new(desk.provider.label(), "This request is invalid", main) }
}

fn counter(visit: &Visit) -> Counter<'_> {
    Counter {
        provider: visit.desk.provider,
        path: &visit.path,
        query: &visit.request.query,
        redirect_uri: &visit.request.redirect_uri,
        sign_out: None,
    }
}
