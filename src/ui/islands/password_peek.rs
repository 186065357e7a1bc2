//! Shows the password while it is typed.

use leptos::{ev::MouseEvent, html::Span, prelude::*, wasm_bindgen::JsCast, web_sys::Element};

/// Wraps a password field and its hidden button. Hydrated, the button appears and toggles the text. The text is hidden
/// again on submit: browsers remember what was typed into plain text fields.
#[island]
pub fn PasswordPeek(children: Children) -> impl IntoView {
    let here = NodeRef::<Span>::new();
    let shown = RwSignal::new(false);

    Effect::new(move |_| {
        let shown = shown.get();
        if let Some(button) = part(here, "button") {
            _ = button.remove_attribute("hidden");
            _ = button.set_attribute("aria-pressed", if shown { "true" } else { "false" });
        }
        if let Some(field) = part(here, "input") {
            _ = field.set_attribute("type", if shown { "text" } else { "password" });
        }
    });
    Effect::new(move |_| {
        window_event_listener_untyped("submit", move |_| shown.set(false));
    });

    let peek = move |click: MouseEvent| {
        let target = click.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| matches!(target.closest("button"), Ok(Some(_)))) {
            shown.update(|shown| *shown = !*shown);
        }
    };
    view! {
        <span class="peek" node_ref=here on:click=peek>
            {children()}
        </span>
    }
}

fn part(here: NodeRef<Span>, selector: &str) -> Option<Element> {
    here.get().and_then(|here| here.query_selector(selector).ok().flatten())
}
