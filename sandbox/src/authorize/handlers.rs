//! From the authorization request via chooser and consent screen to the response.

use axum::response::{IntoResponse, Response};

use super::context::AuthorizeContext;
use super::grant::{allow, deny, granted_before, has_consented, unanswered_scopes};
use super::pages;
use crate::fields::Fields;
use crate::token_store::{Decision, Scopes};

/// `GET` the authorization endpoint: shows the chooser, or applies auto consent.
pub async fn authorize(context: AuthorizeContext) -> Response {
    auto_consent_response(&context).unwrap_or_else(|| pages::chooser(&context).into_response())
}

/// `POST …/person`: the user picked an account or entered a new one. Shows the consent screen if there are new scopes.
pub async fn choose_account(context: AuthorizeContext, body: String) -> Response {
    let person = context.shared.lock().persons.pick(&Fields::parse(&body));
    match person {
        None => context.restart(),
        Some(person) if has_consented(&context, &person) && unanswered_scopes(&context, &person).is_empty() => {
            allow(&context, &person, granted_before(&context, &person))
        }
        Some(person) => context.redirect(&format!("/consent?{}&person={}", context.request.query, person.id)),
    }
}

/// `GET …/consent`: the consent screen for the person in the query.
pub async fn consent(context: AuthorizeContext) -> Response {
    let query = Fields::parse(&context.query);
    let person = query.get("person").and_then(|id| context.shared.lock().persons.by_id(id).cloned());
    match person {
        Some(person) => pages::consent(&context, &person, &granted_before(&context, &person)).into_response(),
        None => context.restart(),
    }
}

/// `POST …/consent`: Continue or Cancel.
pub async fn decide(context: AuthorizeContext, body: String) -> Response {
    let form = Fields::parse(&body);
    if form.get("decision") != Some("allow") {
        return deny(&context, form.get("person"));
    }
    let person = form.get("person").and_then(|id| context.shared.lock().persons.by_id(id).cloned());
    match person {
        Some(person) => allow(&context, &person, granted(&context, &form)),
        None => context.restart(),
    }
}

/// All requested scopes except declinable ones whose box was unchecked. The page sends the other scopes in hidden
/// fields; a form without any `scope` comes from a test and grants everything.
fn granted(context: &AuthorizeContext, form: &Fields) -> Scopes {
    let named: Vec<_> = form.all("scope").collect();
    let takes = |scope: &&String| {
        let scope = scope.as_str();
        named.is_empty() || named.contains(&scope) || !context.page.declinable.contains(&scope)
    };
    context.request.scopes.iter().filter(takes).cloned().collect()
}

/// The response configured by `auto_consent`, if any.
fn auto_consent_response(context: &AuthorizeContext) -> Option<Response> {
    let auto = context.shared.lock().provider(context.page.provider).tokens.take_auto()?;
    let person = context.shared.lock().persons.by_id(&auto.person).cloned()?;
    if auto.decision == Decision::Deny {
        return Some(deny(context, Some(&person.id)));
    }
    let requested = context.request.scopes.iter();
    let takes = |scope: &&String| auto.scopes.as_ref().is_none_or(|scopes| scopes.contains(scope));
    Some(allow(context, &person, requested.filter(takes).cloned().collect()))
}
