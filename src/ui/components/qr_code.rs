//! The QR code of a new authenticator app, and the steps around it.

use leptos::prelude::*;

use crate::ui::{markup::IntoMarkup, view::EnrolmentView};

/// Scan, or type: what the form below it then asks a code for.
#[component]
pub fn Enrolment(enrolment: EnrolmentView) -> impl IntoView {
    let EnrolmentView { qr_size, qr_path, secret, uri, authenticator } = enrolment;
    let view_box = format!("0 0 {qr_size} {qr_size}");
    view! {
        <ol class="enrolment">
            <li>
                <p>"Scan this code with an authenticator app on your phone."</p>
                <svg class="qr-code" viewBox=view_box role="img" aria-label="QR code for an authenticator app">
                    <rect width="100%" height="100%" fill="#fff" />
                    <path fill="#000" d=qr_path />
                </svg>
                <p>
                    <a href=uri>"On this phone? Open your authenticator app"</a>
                </p>
                <details>
                    <summary>"Can't scan it? Type this key instead."</summary>
                    <p>
                        <code class="secret">{secret}</code>
                    </p>
                </details>
                {authenticator
                    .map(|href| {
                        view! {
                            <p>
                                <a href=href target="_blank" rel="noopener">
                                    "Open it in the sandbox's authenticator app"
                                </a>
                            </p>
                        }
                    })}
            </li>
            <li>"Type the six digits that the app shows."</li>
        </ol>
    }
    .into_markup()
}
