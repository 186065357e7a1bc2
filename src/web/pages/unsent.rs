//! `/unsent`: offers to send a form that was submitted after its session ended.

use super::page_request::{PageRequest, PageResult};
use crate::{
    account::FORMS,
    ui::{
        page::Page,
        view::{UnsentFormView, UnsentView},
    },
    web::{redirect::see_other, unsent_forms::clearing},
};

/// GET `/unsent`. To another user than the form's, it does not exist, and it is removed from their browser.
pub async fn unsent(request: PageRequest) -> PageResult {
    let user = request.anybody_signed_in()?.user.id;
    let context = &request.context;
    let kept = context.jar.unsent.find(&context.headers, context.clock.now());
    if kept.as_ref().is_some_and(|kept| !kept.belongs_to(user)) {
        return Ok(clearing(context, see_other("/dashboard")));
    }
    let view = kept.and_then(|kept| {
        let form = FORMS.iter().find(|form| form.path == kept.path)?;
        Some(UnsentFormView { id: kept.id, path: form.path, fields: kept.fields })
    });
    request.draw(Page::Unsent, UnsentView(view))
}
