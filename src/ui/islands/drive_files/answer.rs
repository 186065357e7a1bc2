//! Fetches a page of this site.

use leptos::{
    prelude::window,
    wasm_bindgen::{JsCast, JsValue},
    web_sys::{
        AbortController, DocumentFragment, HtmlTemplateElement, RequestInit, Response,
        js_sys::{Object, Reflect},
    },
};

use super::list::FILES;

pub enum Answer {
    /// A page with a list.
    Page(DocumentFragment),
    /// Another page, to be opened at this URL.
    Redirect(String),
    /// A sentence about the error.
    Failed(String),
}

/// Can be aborted.
pub async fn ask(url: &str, abort: Option<&AbortController>) -> Answer {
    match fetch(url, abort).await {
        Ok(answer) => answer,
        Err(_) => Answer::Failed("Couldn't reach Latchkey. The list may be out of date.".into()),
    }
}

async fn fetch(url: &str, abort: Option<&AbortController>) -> Result<Answer, JsValue> {
    let headers = Object::new();
    Reflect::set(&headers, &"accept".into(), &"text/html".into())?;
    let init = RequestInit::new();
    init.set_headers(&headers);
    init.set_signal(abort.map(AbortController::signal).as_ref());
    let response: Response = window().fetch_with_str_and_init(url, &init).await?.unchecked_into();
    // Redirects were followed: if the session has ended, this is the login page, which does not belong into the list.
    let origin = window().location().origin()?;
    if !response.url().strip_prefix(&origin).is_some_and(|path| path.starts_with("/drive")) {
        return Ok(Answer::Redirect(response.url()));
    }
    let page = parsed(&response.text()?.await?.as_string().unwrap_or_default())?;
    let has_files = matches!(page.query_selector(FILES), Ok(Some(_)));
    Ok(match (response.ok(), has_files) {
        (true, true) => Answer::Page(page),
        // Disconnected meanwhile, for example.
        (true, false) => Answer::Redirect(url.to_owned()),
        (false, _) => Answer::Failed(heading(&page)),
    })
}

/// Content of a template is inert: its scripts do not run and its images do not load, now or when it is moved.
fn parsed(html: &str) -> Result<DocumentFragment, JsValue> {
    let document = window().document().ok_or(JsValue::NULL)?;
    let template: HtmlTemplateElement = document.create_element("template")?.unchecked_into();
    template.set_inner_html(html);
    Ok(template.content())
}

/// The error page's heading.
fn heading(page: &DocumentFragment) -> String {
    let heading = page.query_selector("h1").ok().flatten().and_then(|heading| heading.text_content());
    heading.unwrap_or_else(|| "Something went wrong. The list may be out of date.".into())
}
