//! `/login/code`: the code from an email. The same whether the address has an account or not.

use leptos::prelude::*;

use super::drawn;
use crate::{
    codes::form_error::FormError,
    ui::{
        components::{
            card_page::CardPage,
            emailed_code::{AnotherCode, EmailedCode},
            field::of_code,
            notice::NoticeBox,
        },
        links,
        markup::{IntoMarkup, Markup},
        view::SignInCodeView,
        wording,
    },
};

#[component]
pub fn SignInCodePage() -> Markup {
    drawn(draw)
}

fn draw(view: SignInCodeView) -> Markup {
    let SignInCodeView { email, code, return_to, inbox, limited, form_error } = view;
    let back = links::login(return_to.as_deref());
    let body = match email {
        Some(email) => asked_here(email, code, return_to, inbox, limited, form_error),
        None => asked_elsewhere(form_error),
    };
    view! {
        <CardPage title="Enter your code" heading="Enter your code" failed=form_error.is_some()>
            {body}
            <p class="turns">
                <a href=back>"Back to sign in"</a>
            </p>
        </CardPage>
    }
    .into_markup()
}

fn asked_here(
    email: String,
    code: Option<String>,
    return_to: Option<String>,
    inbox: Option<String>,
    limited: bool,
    form_error: Option<FormError>,
) -> Markup {
    let what = match limited {
        true => "We've sent enough emails to this address for now. An earlier one is in the inbox of ",
        false => "We've sent an email to ",
    };
    let invalid = of_code(form_error.map(wording::concern));
    let another = AnotherCode { action: "/auth/email-code", return_to, email: Some(email.clone()) };
    view! {
        <div class="prose">
            <p>{what} <strong>{email}</strong> ". It has a code, or says how else you can sign in."</p>
        </div>
        <EmailedCode
            action="/auth/email-code/sign-in"
            text="Sign in"
            busy="Signing in…"
            code
            invalid
            form_error
            inbox
            another
        />
        <p class="fine-print">"The code works for ten minutes, in this browser. Check your spam folder, too."</p>
    }
    .into_markup()
}

/// Where the email's link was opened in another browser, or too late. The code still works where it was asked for.
fn asked_elsewhere(form_error: Option<FormError>) -> Markup {
    view! {
        {form_error
            .map(|form_error| view! { <NoticeBox message=wording::form_error(form_error, None) alert=true /> })}
        <div class="prose">
            <p>
                "A code works only in the browser that asked for it. Go back there, and type the code from the email; it still works."
            </p>
            <p>"To sign in here, ask for a new code in this browser."</p>
        </div>
        <a class="button" href="/login">
            "Ask for a new code"
        </a>
    }
    .into_markup()
}
