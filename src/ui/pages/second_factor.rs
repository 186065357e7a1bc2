//! `/second-factor`: the second step of a sign-in.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        card_page::{CardPage, Divider},
        field::{AppCodeField, OneTimeCodeField, of_code},
        form::{PostForm, Submit, hidden},
        notice::NoticeBox,
        qr_code::Enrolment,
    },
    markup::{IntoMarkup, Markup},
    passkeys::PasskeyButton,
    view::{EnrolmentView, Notice, SecondFactorView},
    wording,
};

#[component]
pub fn SecondFactorPage() -> Markup {
    drawn(draw)
}

fn draw(second: SecondFactorView) -> Markup {
    let SecondFactorView { step, who, app, passkey, enrolment, authenticator, notice } = second;
    let invalid = match notice {
        Some(Notice::FormError(form_error)) => of_code(Some(wording::concern(form_error))),
        _ => false,
    };
    let failed = notice.as_ref().is_some_and(wording::is_alarming);
    let notice = notice.map(|notice| {
        let message = wording::notice_inside(&notice);
        view! { <NoticeBox message alert=wording::is_alarming(&notice) /> }
    });
    let body = match enrolment {
        Some(enrolment) => enrol(step, enrolment, invalid),
        None => ask(step, app, passkey, invalid, authenticator),
    };
    view! {
        <CardPage title="Two-step verification" heading="Two-step verification" failed>
            <p class="lead">"You're signing in as " <strong>{who}</strong> "."</p>
            {notice}
            {body}
            <p class="turns">
                <a href="/recovery">"Lost your phone?"</a>
                " "
                <a href="/login">"Sign in another way"</a>
            </p>
        </CardPage>
    }
    .into_markup()
}

fn ask(step: String, app: bool, passkey: bool, invalid: bool, authenticator: Option<String>) -> Markup {
    let code = app.then(|| {
        view! {
            <PostForm action="/auth/second-factor">
                {hidden("step", step)}
                <OneTimeCodeField
                    hint="Six digits from your authenticator app, or one of your recovery codes."
                    invalid
                />
                <label class="choice" for="trust">
                    <input id="trust" type="checkbox" name="trust" value="1" />
                    <span>"Don't ask again in this browser for 30 days"</span>
                </label>
                <Submit text="Continue" busy="Checking…" />
            </PostForm>
        }
    });
    view! {
        {passkey.then(|| view! { <PasskeyButton step="second_factor" text="Use a passkey" /> })}
        {(passkey && app).then(|| view! { <Divider /> })}
        {code}
        {authenticator
            .filter(|_| app)
            .map(|href| {
                view! {
                    <a class="button is-quiet" href=href target="_blank" rel="noopener">
                        "Open the sandbox's authenticator app"
                    </a>
                }
            })}
    }
    .into_markup()
}

fn enrol(step: String, enrolment: EnrolmentView, invalid: bool) -> Markup {
    view! {
        <p>"This site requires two-step verification. Set it up once to finish signing in."</p>
        <Enrolment enrolment />
        <PostForm action="/auth/second-factor/enrol">
            {hidden("step", step)} <AppCodeField invalid />
            <Submit text="Turn on and sign in" busy="Checking…" />
        </PostForm>
    }
    .into_markup()
}
