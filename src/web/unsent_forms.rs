//! Keeps a form that was submitted after its session ended, and takes it again when its user sends it.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use time::Duration;

use super::{query::Query, redirect::see_other, request_context::database_failed, state::AppState};
use crate::{
    account::{Form, Sender},
    codes::percent::with_return_to,
    sessions::{RequestContext, UNSENT_LIFETIME, UnsentForm},
    ui::{
        page::Page,
        view::{FORM_OWNER, UNSENT},
    },
};

/// The answer to a form of a signed-in page without a session: to the sign-in, and after it to the page that offers to send the
/// form. `None` if nothing of the form is kept: it has no such fields, no owner, or is too long for a cookie.
pub fn keep(app: &AppState, context: &RequestContext, form: &Form, fields: &Query) -> Option<Response> {
    if form.sender != Sender::Owner || form.keeps.is_empty() {
        return None;
    }
    // One that waits already: its session has ended once more.
    if fields.one(UNSENT).is_some() {
        return Some(sign_in_first());
    }
    let owner = fields.one(FORM_OWNER).and_then(|sealed| app.form_owners.open(sealed))?;
    let kept = |name: &&str| fields.one(name).map(|value| ((*name).to_owned(), value.to_owned()));
    let unsent = UnsentForm::new(owner, form.path, form.keeps.iter().filter_map(kept).collect()).ok()?;
    let cookie = context.jar.unsent.keep(&unsent, context.clock.now()).ok()?;
    let mut response = sign_in_first();
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Some(response)
}

fn sign_in_first() -> Response {
    see_other(&with_return_to("/login", Some(Page::Unsent.path())))
}

/// The fields of a kept form, which its page names by `id`, once.
///
/// # Errors
/// The answer, if there is no such form in this browser, or it is another user's, or was sent before.
pub async fn take(context: &RequestContext, form: &Form, id: &str) -> Result<String, Response> {
    let user = context.signed_in.as_ref().map(|signed_in| signed_in.user.id);
    let kept = context.jar.unsent.find(&context.headers, context.clock.now());
    let kept =
        kept.filter(|kept| kept.id == id && kept.path == form.path && user.is_some_and(|it| kept.belongs_to(it)));
    // The page says what waits instead, or that nothing does.
    let Some(kept) = kept else { return Err(see_other(Page::Unsent.path())) };
    let until = context.clock.date() + Duration::seconds(UNSENT_LIFETIME);
    match context.database.mark_flow_used(&kept.id_hash(), until).await {
        Ok(true) => Ok(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&kept.fields).finish()),
        Ok(false) => Err(clearing(context, see_other(Page::Unsent.path()))),
        Err(error) => Err(database_failed(&error).into_response()),
    }
}

/// The response, after which the browser no longer has the form.
pub fn clearing(context: &RequestContext, mut response: Response) -> Response {
    if let Some(cleared) = context.jar.unsent.clear(&context.headers) {
        response.headers_mut().append(header::SET_COOKIE, cleared);
    }
    response
}
