//! `/confirm`: re-authentication before a sensitive change. A session does not prove presence.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        card_page::{CardPage, Divider},
        emailed_code::{AnotherCode, EmailedCode},
        field::{OneTimeCodeField, PasswordField, of_code, of_password},
        form::{PostForm, Submit, UserName},
        frame::Place,
        notice::NoticeBox,
        sign_in_methods::MethodsByPost,
    },
    links,
    markup::{IntoMarkup, Markup},
    passkeys::PasskeyButton,
    view::{ConfirmView, EmailCodeView, Notice},
    wording,
};

#[component]
pub fn ConfirmPage() -> Markup {
    drawn(draw)
}

fn draw(confirm: ConfirmView) -> Markup {
    let ConfirmView { who, methods, password, passkey, app, email_code, return_to, notice } = confirm;
    let concern = match notice {
        Some(Notice::FormError(form_error)) => Some(wording::concern(form_error)),
        _ => None,
    };
    let failed = notice.as_ref().is_some_and(wording::is_alarming);
    let notice = notice.map(|notice| {
        let message = wording::notice_inside(&notice);
        view! { <NoticeBox message alert=wording::is_alarming(&notice) /> }
    });
    let (back, back_to) = links::back(&return_to);
    // Above the providers: a form, of a code or else of a password.
    let password = password && !app;
    let form = password || app;
    let both = form && !methods.is_empty();
    let on = Some(return_to);
    let with_code = with_email_code(email_code, !methods.is_empty(), of_code(concern), on.clone());
    let name = who.clone();
    let to = on.clone();
    let with_passkey =
        passkey.then(|| view! { <PasskeyButton step="reauthenticate" text="Use a passkey" return_to=to /> });
    let to = on.clone();
    let invalid = of_code(concern);
    let with_app = app.then(|| {
        view! {
            <PostForm action="/auth/reauthenticate/code" return_to=to>
                <OneTimeCodeField
                    hint="Six digits from your authenticator app, or one of your recovery codes."
                    invalid
                />
                <Submit text="Continue" busy="Checking…" />
            </PostForm>
        }
    });
    let with_password = password.then(|| {
        view! {
            <PostForm action="/auth/reauthenticate/password" return_to=on.clone()>
                <UserName value=name />
                <PasswordField invalid=of_password(concern) />
                <Submit text="Continue" busy="Checking…" />
            </PostForm>
        }
    });
    view! {
        <CardPage title="Confirm it's you" heading="Confirm it's you" failed signed_in=Some(Place::Settings)>
            <p class="lead">"You're signed in as " <strong>{who}</strong> ". Please sign in again to continue; we won't ask for the next ten minutes."</p>
            {notice}
            {with_passkey}
            {(passkey && form).then(|| view! { <Divider /> })}
            {with_app}
            {with_password}
            {both.then(|| view! { <Divider /> })}
            {(!methods.is_empty())
                .then(|| view! { <MethodsByPost providers=methods action="/auth/reauthenticate/provider" return_to=on /> })}
            {with_code}
            <p class="turns">
                <a href=back_to>{back}</a>
            </p>
        </CardPage>
    }
    .into_markup()
}

/// A code that was sent comes first: the user is about to type it.
fn with_email_code(view: EmailCodeView, divided: bool, invalid: bool, return_to: Option<String>) -> Option<Markup> {
    let body = match view {
        EmailCodeView::Unavailable => return None,
        EmailCodeView::Offered { email } => view! {
            <PostForm action="/auth/reauthenticate/email-code" return_to>
                <p class="field-hint">"We email a code to " <strong>{email}</strong> "."</p>
                <Submit text="Email me a code" busy="Sending…" look="button is-quiet" />
            </PostForm>
        }
        .into_markup(),
        EmailCodeView::Sent { email, code, inbox } => {
            let lead = view! {
                <p class="field-hint">"We've sent a code to " <strong>{email}</strong> ". It expires in ten minutes."</p>
            };
            let lead = Some(lead.into_markup());
            let another =
                AnotherCode { action: "/auth/reauthenticate/email-code", return_to: return_to.clone(), email: None };
            view! {
                <EmailedCode
                    action="/auth/reauthenticate/email-code/check"
                    text="Confirm"
                    busy="Checking…"
                    code
                    invalid
                    return_to
                    lead
                    inbox
                    another
                />
            }
            .into_markup()
        }
    };
    Some(view! { {divided.then(|| view! { <Divider /> })} {body} }.into_markup())
}
