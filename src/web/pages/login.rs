//! `/login`, `/signup`, `/forgot`: for people who are not signed in.

use super::page_request::{PageRejection, PageRequest, PageResult};
use crate::{
    accounts::{EmailCode, PASSKEY, PASSWORD, SessionEnd, SignUp},
    codes::sign_in_error::SignInError,
    relying_party::ReturnTo,
    store::StoreError,
    ui::{
        page::Page,
        view::{AdmitsView, ForgotView, LoginView, Notice, SignInCodeView, SignUpView},
    },
};

/// Domains that the sign-up page lists.
const SHOWN_DOMAINS: usize = 10;

/// GET `/login`.
pub async fn login(request: PageRequest) -> PageResult {
    let return_to = request.return_to();
    let sign_in_error = request.query.one("error").and_then(SignInError::from_code);
    // Signed-in people only stay to read an error. A double click, or the back button after a successful sign-in, is none.
    let has_error = sign_in_error.is_some_and(|sign_in_error| sign_in_error != SignInError::FlowUsed);
    if request.context.signed_in.is_some() && !has_error {
        return Err(PageRejection::Redirect(return_to.unwrap_or_default().as_str().to_owned()));
    }
    let notice = match request.notice() {
        Some(notice) => Some(notice),
        None if request.query.one("signed_out").is_some() => Some(Notice::SignedOut),
        None => why_sign_in(&request, return_to.as_ref()).await?,
    };
    let view = LoginView {
        providers: request.buttons(),
        return_to: return_to.map(String::from),
        notice,
        password: request.app.mail.is_some(),
        last_account: request.context.jar.last_account(&request.context.headers, request.context.clock.now()),
        email_codes: request.context.email_codes,
        password_last_used: request.last_used().as_deref() == Some(PASSWORD),
        passkeys: request.context.passkey_rp.is_some(),
        passkey_last_used: request.last_used().as_deref() == Some(PASSKEY),
        email: request.typed(),
        sandbox: request.app.sandbox.clone(),
        is_recorded: request.app.on_loopback && request.app.recorder.is_some(),
        demo: request.query.one("demo").and_then(|number| number.parse().ok()),
    };
    if view.is_everyones() && request.context.signed_in.is_none() {
        let app = request.app.clone();
        return request.draw_shared(Page::Login, view, &app.login_page);
    }
    request.draw(Page::Login, view)
}

/// Why one has to sign in: the session of this browser ended, or the page in `return_to` needs a sign-in.
async fn why_sign_in(request: &PageRequest, return_to: Option<&ReturnTo>) -> Result<Option<Notice>, StoreError> {
    let context = &request.context;
    let ended = context.session_end().await?;
    let is_unsent = return_to.is_some_and(|page| page.as_str() == Page::Unsent.path());
    let unsent = is_unsent && context.jar.unsent.find(&context.headers, context.clock.now()).is_some();
    let says_so = return_to.is_some() || ended.is_some_and(|end| end != SessionEnd::SignedOutHere);
    Ok(says_so.then_some(Notice::SignInFirst { ended, unsent }))
}

/// GET `/login/code`. The same whether the account exists or not.
pub async fn sign_in_code(request: PageRequest) -> PageResult {
    redirect_if_signed_in(&request)?;
    if !request.context.email_codes {
        return Err(PageRejection::NotFound);
    }
    let context = &request.context;
    let pending = context.jar.sign_in_code.find(&context.headers, context.clock.now());
    let view = SignInCodeView {
        return_to: pending.as_ref().map(|pending| pending.return_to.as_str().to_owned()),
        email: pending.map(|pending| pending.email),
        code: request.query.one("code").and_then(EmailCode::parse).map(|code| code.grouped()),
        inbox: request.app.sandbox.as_ref().map(|sandbox| sandbox.inbox.clone()),
        limited: request.query.one("limited").is_some(),
        form_error: request.form_error(),
    };
    request.draw(Page::SignInCode, view)
}

/// GET `/signup`.
pub async fn sign_up(request: PageRequest) -> PageResult {
    redirect_if_signed_in(&request)?;
    let view = SignUpView {
        providers: request.buttons(),
        password: request.app.mail.is_some(),
        return_to: request.return_to().map(String::from),
        email: request.typed(),
        form_error: request.form_error(),
        admits: match &request.context.sign_up {
            SignUp::Open => AdmitsView::Everyone,
            SignUp::Invited => AdmitsView::Invited,
            SignUp::Domains(domains) => AdmitsView::Domains(domains.iter().take(SHOWN_DOMAINS).cloned().collect()),
            SignUp::Closed => AdmitsView::NoOne,
        },
    };
    request.draw(Page::SignUp, view)
}

/// GET `/forgot`.
pub async fn forgot(request: PageRequest) -> PageResult {
    let view = ForgotView {
        return_to: request.return_to().map(String::from),
        email: request.typed(),
        form_error: request.form_error(),
    };
    request.draw(Page::Forgot, view)
}

fn redirect_if_signed_in(request: &PageRequest) -> Result<(), PageRejection> {
    match &request.context.signed_in {
        Some(_) => Err(PageRejection::Redirect(request.return_to().unwrap_or_default().as_str().to_owned())),
        None => Ok(()),
    }
}
