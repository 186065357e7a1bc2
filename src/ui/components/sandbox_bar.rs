//! A slim bar on every page of a development server whose providers the sandbox stands in for. A production build does not
//! contain it.

use leptos::prelude::*;

use crate::ui::{
    markup::{IntoMarkup, Markup},
    view::SandboxView,
};

pub fn sandbox_bar() -> Option<Markup> {
    // A release build has no sandbox, and the compiler leaves out what is never drawn.
    if cfg!(debug_assertions) { use_context::<SandboxView>().map(bar) } else { None }
}

fn bar(sandbox: SandboxView) -> Markup {
    let SandboxView { origin, inbox, emails, .. } = sandbox;
    let inbox_text = format!("Inbox ({})", emails.get());
    view! {
        <aside class="sandbox-bar" aria-label="Sandbox">
            <strong>"Sandbox"</strong>
            <a href=inbox>{inbox_text}</a>
            <a href=format!("{origin}/authenticator")>"Authenticator"</a>
            <a href=format!("{origin}/control")>"Control"</a>
            <a href="/inspect">"Flows"</a>
            <details>
                <summary>"Try this"</summary>
                <ol>
                    <li>"Sign in with Google as Ada, and look at the dashboard."</li>
                    <li>"Sign out: the login page continues as Ada."</li>
                    <li>"Sign up with an email address; its link is in the inbox."</li>
                    <li>"Turn on two-step verification in the settings; the authenticator app is in this bar."</li>
                    <li>"Connect Google Drive, then revoke it in the control page."</li>
                    <li>"Let a provider misbehave in the control page, and sign in again."</li>
                </ol>
            </details>
        </aside>
    }
    .into_markup()
}
