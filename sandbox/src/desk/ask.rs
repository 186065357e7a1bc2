//! From the authorization request, by the chooser and the consent screen, to the answer.

use axum::response::{IntoResponse, Response};

use super::answer::{allow, deny, granted_before, is_acquainted, open_questions};
use super::pages;
use super::visit::Visit;
use crate::fields::Fields;
use crate::ledger::{Decision, Scopes};

/// `GET` of the authorization endpoint: the chooser, or the answer that control has given in advance.
pub async fn ask(visit: Visit) -> Response {
    answer_in_advance(&visit).unwrap_or_else(|| pages::chooser(&visit).into_response())
}

/// `POST …/person`: somebody was picked or typed in. The consent screen follows if something new is asked.
pub async fn choose(visit: Visit, body: String) -> Response {
    let person = visit.world.state().persons.pick(&Fields::parse(&body));
    match person {
        None => visit.start_again(),
        Some(person) if is_acquainted(&visit, &person) && open_questions(&visit, &person).is_empty() => {
            allow(&visit, &person, granted_before(&visit, &person))
        }
        Some(person) => visit.see(&format!("/consent?{}&person={}", visit.request.query, person.id)),
    }
}

/// `GET …/consent`: the consent screen for the person in the query.
pub async fn consent(visit: Visit) -> Response {
    let query = Fields::parse(&visit.query);
    let person = query.get("person").and_then(|id| visit.world.state().persons.by_id(id).cloned());
    match person {
        Some(person) => pages::consent(&visit, &person, &granted_before(&visit, &person)).into_response(),
        None => visit.start_again(),
    }
}

/// `POST …/consent`: Continue or Cancel.
pub async fn decide(visit: Visit, body: String) -> Response {
    let form = Fields::parse(&body);
    if form.get("decision") != Some("allow") {
        return deny(&visit, form.get("person"));
    }
    let person = form.get("person").and_then(|id| visit.world.state().persons.by_id(id).cloned());
    match person {
        Some(person) => allow(&visit, &person, granted(&visit, &form)),
        None => visit.start_again(),
    }
}

/// All that is asked, but a declinable scope only if its box was checked. The page names the others in hidden
/// fields, so that a form without any `scope` is a test's, and grants all.
fn granted(visit: &Visit, form: &Fields) -> Scopes {
    let named: Vec<_> = form.all("scope").collect();
    let takes = |scope: &&String| {
        let scope = scope.as_str();
        named.is_empty() || named.contains(&scope) || !visit.desk.declinable.contains(&scope)
    };
    visit.request.scopes.iter().filter(takes).cloned().collect()
}

/// The answer that control has given for the next requests, if it has.
fn answer_in_advance(visit: &Visit) -> Option<Response> {
    let auto = visit.world.state().house(visit.desk.provider).ledger.take_auto()?;
    let person = visit.world.state().persons.by_id(&auto.person).cloned()?;
    if auto.decision == Decision::Deny {
        return Some(deny(visit, Some(&person.id)));
    }
    let asked = visit.request.scopes.iter();
    let takes = |scope: &&String| auto.scopes.as_ref().is_none_or(|scopes| scopes.contains(scope));
    Some(allow(visit, &person, asked.filter(takes).cloned().collect()))
}
