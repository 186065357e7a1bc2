//! `/login`: the ways in. Each is a link or a form that works by itself; the islands add the pending state.

use leptos::prelude::*;

use super::drawn;
use crate::{
    codes::outcome::FormError,
    ui::{
        components::{
            card_page::{CardPage, Or},
            field::{EmailField, PasswordField, of_email, of_password},
            form::{PostForm, Submit},
            notice::NoticeBox,
            sign_in_methods::SignInMethods,
        },
        links,
        view::{LoginView, Notice, SandboxView},
        wording,
    },
};

/// The login page, drawn from the [`LoginView`] in the context.
#[component]
pub fn LoginPage() -> impl IntoView {
    drawn(draw)
}

fn draw(login: LoginView) -> AnyView {
    let lead = match (login.providers.is_empty(), login.password) {
        (true, false) => None,
        (true, true) => Some("With your e-mail address and your password."),
        (false, false) => Some("Use an account that you already have. No new password."),
        (false, true) => Some("Use an account that you already have, or a password."),
    };
    let failed = login.notice.as_ref().is_some_and(wording::is_alarming);
    let of_the_form = form_error_of(&login).is_some();
    let notice = login.notice.as_ref().filter(|_| !of_the_form).map(|notice| {
        let telling = wording::notice(notice, &login);
        view! { <NoticeBox telling alert=wording::is_alarming(notice) /> }
    });
    let below = login.sandbox.clone().map(sandbox);
    view! {
        <CardPage title="Sign in" heading="Sign in to Latchkey" failed below>
            {lead.map(|lead| view! { <p class="lead">{lead}</p> })}
            {notice}
            {methods(login)}
        </CardPage>
    }
    .into_any()
}

/// What was wrong with the password form: told in it, and not above the providers that have nothing to do with it. What is
/// about anything else does not stand there.
fn form_error_of(login: &LoginView) -> Option<FormError> {
    match login.notice {
        Some(Notice::FormError(form_error)) if login.password && wording::is_about_a_password(form_error) => {
            Some(form_error)
        }
        _ => None,
    }
}

fn methods(login: LoginView) -> AnyView {
    let form_error = form_error_of(&login);
    let LoginView { providers, return_to, password, password_last_used, email, .. } = login;
    if providers.is_empty() && !password {
        return nothing_configured();
    }
    let concern = form_error.map(wording::concern);
    let several = !providers.is_empty() && password;
    let to = return_to.clone();
    let buttons = (!providers.is_empty()).then(|| view! { <SignInMethods providers return_to=to /> }.into_any());
    let or = several.then(|| view! { <Or /> });
    let form = if password {
        view! {
            <PostForm action="/auth/password/sign-in" return_to=return_to.clone() form_error>
                <EmailField value=email troubled=of_email(concern) />
                <PasswordField troubled=of_password(concern) />
                <Submit text="Sign in" busy="Signing in…" note=password_last_used.then_some("Last used") />
            </PostForm>
            <p class="turns">
                <a href=links::forgot(return_to.as_deref())>"Forgot your password?"</a>
                <a href=links::sign_up(return_to.as_deref())>"Create an account"</a>
            </p>
        }
        .into_any()
    } else {
        view! { <p class="fine-print">"New here? Your account is made when you first sign in."</p> }.into_any()
    };
    // Whoever tried a password tries it again: the providers do not stand in the way.
    let (first, last) = if form_error.is_some() { (Some(form), buttons) } else { (buttons, Some(form)) };
    view! { {first} {or} {last} }.into_any()
}

/// What a newcomer can try.
fn sandbox(sandbox: SandboxView) -> AnyView {
    let SandboxView { origin, inbox, accounts } = sandbox;
    view! {
        <aside class="sandbox" aria-label="Sandbox">
            <p>
                <strong>"You are in the sandbox."</strong>
                " Pick any person; nothing leaves this machine. "
                <span class="sandbox-doors">
                    <a href=origin>"Look inside"</a>
                    " "
                    <a href=inbox>"Inbox"</a>
                </span>
            </p>
            {(!accounts.is_empty()).then(|| demo_accounts(accounts))}
        </aside>
    }
    .into_any()
}

fn demo_accounts(accounts: Vec<(String, String)>) -> AnyView {
    let rows: Vec<_> = accounts
        .into_iter()
        .map(|(address, password)| {
            view! {
                <tr>
                    <td>
                        <code class="copyable">{address}</code>
                    </td>
                    <td>
                        <code class="copyable">{password}</code>
                    </td>
                </tr>
            }
        })
        .collect();
    view! {
        <table class="demo">
            <caption>"Accounts with a password, to try"</caption>
            <thead>
                <tr>
                    <th scope="col">"E-mail address"</th>
                    <th scope="col">"Password"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// What a developer sees who switched the sandbox off and configured nothing.
fn nothing_configured() -> AnyView {
    view! {
        <div class="empty">
            <h2 class="empty-title">"No way in yet"</h2>
            <p>
                "Put " <code>"GOOGLE_CLIENT_ID"</code> " and " <code>"GOOGLE_CLIENT_SECRET"</code> " into "
                <code>".env"</code>
                " and start again; or leave all credentials out, and a development build brings its own sandbox."
            </p>
        </div>
    }
    .into_any()
}
