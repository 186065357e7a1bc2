//! Asking for a page of ours.

use leptos::{
    prelude::window,
    wasm_bindgen::{JsCast, JsValue},
    web_sys::{
        AbortController, DocumentFragment, HtmlTemplateElement, RequestInit, Response,
        js_sys::{Object, Reflect},
    },
};

use super::list::FILES;

/// What came of it.
pub enum Answer {
    /// A page with a list in it.
    Page(DocumentFragment),
    /// Another page, which is to be opened: its address.
    Elsewhere(String),
    /// None, and why.
    FormError(String),
}

/// Asks for the page at this address of ours, until somebody takes the way out.
pub async fn ask(address: &str, way_out: Option<&AbortController>) -> Answer {
    match fetch(address, way_out).await {
        Ok(answer) => answer,
        Err(_) => Answer::FormError("We could not reach Latchkey. What you see is from before.".into()),
    }
}

async fn fetch(address: &str, way_out: Option<&AbortController>) -> Result<Answer, JsValue> {
    let headers = Object::new();
    Reflect::set(&headers, &"accept".into(), &"text/html".into())?;
    let init = RequestInit::new();
    init.set_headers(&headers);
    init.set_signal(way_out.map(AbortController::signal).as_ref());
    let response: Response = window().fetch_with_str_and_init(address, &init).await?.unchecked_into();
    // Followed already: who is not signed in (any more) was sent to a page that we are not to draw in here.
    let origin = window().location().origin()?;
    if !response.url().strip_prefix(&origin).is_some_and(|path| path.starts_with("/drive")) {
        return Ok(Answer::Elsewhere(response.url()));
    }
    let page = parsed(&response.text()?.await?.as_string().unwrap_or_default())?;
    let has_files = matches!(page.query_selector(FILES), Ok(Some(_)));
    Ok(match (response.ok(), has_files) {
        (true, true) => Answer::Page(page),
        // Disconnected meanwhile, say.
        (true, false) => Answer::Elsewhere(address.to_owned()),
        (false, _) => Answer::FormError(heading(&page)),
    })
}

/// What stands in a template is dead: no script of it runs, no picture of it loads, now or when it is moved.
fn parsed(html: &str) -> Result<DocumentFragment, JsValue> {
    let document = window().document().ok_or(JsValue::NULL)?;
    let template: HtmlTemplateElement = document.create_element("template")?.unchecked_into();
    template.set_inner_html(html);
    Ok(template.content())
}

/// What a page of ours says that went wrong.
fn heading(page: &DocumentFragment) -> String {
    let heading = page.query_selector("h1").ok().flatten().and_then(|heading| heading.text_content());
    heading.unwrap_or_else(|| "Something went wrong. What you see is from before.".into())
}
