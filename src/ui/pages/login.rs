//! `/login`: links and forms that work without script; the islands add the pending state.

use leptos::prelude::*;

use super::drawn;
use crate::{
    codes::form_error::FormError,
    ui::{
        components::{
            card_page::{CardPage, Divider},
            field::{EmailField, PasswordField, of_email, of_password, username},
            form::{PostForm, Submit},
            notice::NoticeBox,
            sign_in_methods::{FewMethods, SignInMethods},
        },
        links,
        markup::{IntoMarkup, Markup},
        passkeys::PasskeyButton,
        view::{LoginView, Notice, ProviderButton, SandboxView},
        wording,
    },
};

#[component]
pub fn LoginPage() -> Markup {
    drawn(draw)
}

fn draw(login: LoginView) -> Markup {
    let failed = login.notice.as_ref().is_some_and(wording::is_alarming);
    let of_the_form = form_error_of(&login).is_some();
    let notice = login.notice.as_ref().filter(|_| !of_the_form).map(|notice| {
        let message = wording::notice(notice, &login);
        view! { <NoticeBox message alert=wording::is_alarming(notice) /> }
    });
    let record = (failed && login.is_recorded).then(|| {
        view! {
            <p class="turns">
                <a href="/inspect/last" rel="nofollow">
                    "What happened, step by step"
                </a>
            </p>
        }
    });
    let below = login.sandbox.clone().map(sandbox);
    view! {
        <CardPage title="Sign in" heading="Sign in to Latchkey" failed below>
            {notice}
            {methods(login)}
            {record}
        </CardPage>
    }
    .into_markup()
}

/// Errors of the password form are shown in the form, all others above the providers.
fn form_error_of(login: &LoginView) -> Option<FormError> {
    match login.notice {
        Some(Notice::FormError(form_error)) if login.password && wording::is_about_a_password(form_error) => {
            Some(form_error)
        }
        _ => None,
    }
}

/// Ordered by the person: what this browser used last, then email and password, then a few providers, and the others
/// behind "More options". After a failed password the form comes first.
fn methods(login: LoginView) -> Markup {
    if login.providers.is_empty() && !login.password {
        return nothing_configured();
    }
    let form_error = form_error_of(&login);
    let demo = login.demo_account().cloned();
    let LoginView {
        providers,
        return_to,
        password,
        password_last_used,
        email_codes,
        passkeys,
        passkey_last_used,
        email,
        last_account,
        ..
    } = login;
    let (email, typed) = match demo {
        Some((email, password)) => (Some(email), Some(password)),
        None => (email, None),
    };
    let concern = form_error.map(wording::concern);
    let with_passkey = passkeys.then(|| {
        let return_to = return_to.clone();
        view! {
            <PasskeyButton step="sign_in" text="Use a passkey" return_to last_used=passkey_last_used />
        }
    });
    let (last, others): (Vec<_>, Vec<_>) = providers.into_iter().partition(|provider| provider.last_used);
    let last = (!last.is_empty()).then(|| last_used(last, last_account, return_to.clone()));
    let form = password.then(|| {
        view! {
            <PostForm action="/auth/password/sign-in" return_to=return_to.clone() form_error>
                <EmailField value=email autocomplete=username(passkeys) invalid=of_email(concern) />
                <PasswordField value=typed invalid=of_password(concern) />
                <Submit text="Sign in" busy="Signing in…" note=password_last_used.then_some("Last used") />
                {email_codes
                    .then(|| {
                        view! {
                            <button
                                class="button is-quiet"
                                type="submit"
                                formaction="/auth/email-code"
                                formnovalidate
                            >
                                "Email me a code"
                            </button>
                        }
                    })}
            </PostForm>
            <p class="turns">
                <a href=links::forgot(return_to.as_deref())>"Forgot your password?"</a>
                <a href=links::sign_up(return_to.as_deref())>"Create an account"</a>
            </p>
        }
        .into_markup()
    });
    let others = (!others.is_empty()).then(|| view! { <FewMethods providers=others return_to /> }.into_markup());
    let new = (!password).then(|| {
        view! { <p class="fine-print">"New here? We'll create your account when you first sign in."</p> }.into_markup()
    });
    let order = if form_error.is_some() { [form, last, others] } else { [last, form, others] };
    (divided(order), with_passkey, new).into_markup()
}

/// What is there, with "or" between.
fn divided(parts: [Option<Markup>; 3]) -> Vec<Markup> {
    let mut shown = Vec::new();
    for part in parts.into_iter().flatten() {
        if !shown.is_empty() {
            shown.push(view! { <Divider /> }.into_markup());
        }
        shown.push(part);
    }
    shown
}

/// "Continue as Ada · Google", and a button that makes this browser forget it.
fn last_used(last: Vec<ProviderButton>, account: Option<String>, return_to: Option<String>) -> Markup {
    let Some(account) = account else {
        return view! { <SignInMethods providers=last return_to /> }.into_markup();
    };
    let to = return_to.clone();
    view! {
        <div class="last-account">
            <SignInMethods providers=last return_to account />
            <PostForm action="/auth/forget" class="form-of-a-button" return_to=to>
                <button class="button is-plain is-small" type="submit">
                    "Not you? Forget this account"
                </button>
            </PostForm>
        </div>
    }
    .into_markup()
}

/// Demo accounts that fill the form with one click.
fn sandbox(sandbox: SandboxView) -> Markup {
    let accounts: Vec<_> = sandbox.accounts.into_iter().enumerate().map(demo_account).collect();
    view! {
        <aside class="sandbox" aria-label="Test accounts">
            <p>
                <strong>"You're in the sandbox."</strong>
                " Sign in as anyone; nothing leaves this machine. "
                <span class="sandbox-doors">
                    <a href=sandbox.origin>"Open the sandbox"</a>
                    " "
                    <a href=sandbox.inbox>"Inbox"</a>
                    " "
                    <a href="/api/docs">"API reference"</a>
                </span>
            </p>
            {(!accounts.is_empty()).then(|| view! { <ul class="demo" role="list">{accounts}</ul> })}
        </aside>
    }
    .into_markup()
}

fn demo_account((number, (email, password)): (usize, (String, String))) -> Markup {
    view! {
        <li>
            <a class="button is-quiet is-small" href=format!("/login?demo={number}")>
                "Use " {email}
            </a>
            " "
            <code class="copyable">{password}</code>
        </li>
    }
    .into_markup()
}

/// For a developer who disabled the sandbox and configured nothing.
fn nothing_configured() -> Markup {
    view! {
        <div class="empty">
            <h2 class="empty-title">"No sign-in method yet"</h2>
            <p>
                "Set " <code>"GOOGLE_CLIENT_ID"</code> " and " <code>"GOOGLE_CLIENT_SECRET"</code> " in "
                <code>".env"</code>
                " and restart. Without any credentials, a development build starts its own sandbox."
            </p>
        </div>
    }
    .into_markup()
}
