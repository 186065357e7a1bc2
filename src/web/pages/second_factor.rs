//! `/second-factor`, and the pages of the second factor in the settings.

use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use url::form_urlencoded::byte_serialize;

use super::{
    dashboard::name_of,
    page_request::{PageRejection, PageRequest, PageResult},
};
use crate::{
    account::{AccountError, pending_second_factor},
    accounts::{SecondFactorPolicy, User, UserId, describe_device},
    codes::settings_page::SettingsPage,
    store::{StoreError, TrustedBrowser},
    totp::{QrCode, TotpSecret},
    ui::{
        page::Page,
        view::{
            AppView, AuthenticatorView, EnrolmentView, RecoveryCodesView, RecoveryView, RemoveAuthenticatorView,
            SecondFactorSettingsView, SecondFactorView, TrustedBrowserView,
        },
    },
};

/// GET `/second-factor`.
pub async fn second_factor(request: PageRequest) -> PageResult {
    let pending = match pending_second_factor(&request.context, None).await {
        Ok(pending) => pending,
        Err(AccountError::Store(error)) => return Err(error.into()),
        // The back button, or too late.
        Err(_) => return Err(PageRejection::Redirect("/login?error=second_factor_expired#error".to_owned())),
    };
    let user = request.app.database.user(pending.user).await?.ok_or(PageRejection::NotFound)?;
    let has = request.context.second_factors(user.id).await?;
    let (enrolment, cookie) = match pending.enrols {
        true => enrolment(&request, &user)?,
        false => (None, None),
    };
    let view = SecondFactorView {
        step: pending.id,
        who: account_of(&user),
        app: has.app,
        passkey: has.passkey,
        enrolment,
        authenticator: authenticator_app(&request),
        notice: request.notice(),
    };
    Ok(with_cookie(request.draw(Page::SecondFactor, view)?, cookie))
}

/// GET `/recovery`. The same for everybody: it says nothing of an account.
pub async fn recovery(request: PageRequest) -> PageResult {
    let view = RecoveryView {
        password: request.app.mail.is_some(),
        passkeys: request.context.passkey_rp.is_some(),
        second_factor: request.context.second_factor != SecondFactorPolicy::Off,
    };
    request.draw(Page::Recovery, view)
}

/// GET `/settings/authenticator`.
pub async fn authenticator(request: PageRequest) -> PageResult {
    let user = request.reauthenticated()?.user.clone();
    if request.context.second_factor == SecondFactorPolicy::Off {
        return Err(PageRejection::NotFound);
    }
    let replaces = request.app.database.authenticator_app(user.id).await?.is_some();
    let (enrolment, cookie) = enrolment(&request, &user)?;
    let enrolment = enrolment.ok_or(PageRejection::NotFound)?;
    let view = AuthenticatorView { replaces, enrolment, form_error: request.form_error() };
    Ok(with_cookie(request.draw(Page::Authenticator, view)?, cookie))
}

/// GET `/settings/authenticator/remove`.
pub async fn remove(request: PageRequest) -> PageResult {
    let user = request.reauthenticated()?.user.id;
    if request.app.database.authenticator_app(user).await?.is_none() {
        return Err(PageRejection::NotFound);
    }
    let required = request.context.second_factor == SecondFactorPolicy::Required;
    let view = RemoveAuthenticatorView { required, form_error: request.form_error() };
    request.draw(Page::RemoveAuthenticator, view)
}

/// GET `/settings/recovery-codes?return_to=…`: new codes, once.
pub async fn recovery_codes(request: PageRequest) -> PageResult {
    let user = request.reauthenticated()?.user.id;
    let app = request.app.database.authenticator_app(user).await?.ok_or(PageRejection::NotFound)?;
    let context = &request.context;
    let (codes, cleared) = context.jar.enrolment.take_codes(&context.headers, user, context.clock.now());
    let return_to = request.return_to().map(String::from);
    let view = RecoveryCodesView {
        codes: codes.map(|codes| codes.iter().map(|code| code.grouped()).collect()),
        left: app.recovery_codes,
        return_to: return_to.unwrap_or_else(|| SettingsPage::Security.path().to_owned()),
        notice: request.notice(),
    };
    Ok(with_cookie(request.draw(Page::RecoveryCodes, view)?, cleared))
}

/// In the security settings; `None` where second factors are off.
pub async fn second_factor_view(
    request: &PageRequest,
    user: UserId,
) -> Result<Option<SecondFactorSettingsView>, StoreError> {
    let policy = request.context.second_factor;
    if policy == SecondFactorPolicy::Off {
        return Ok(None);
    }
    let database = &request.app.database;
    let app = database.authenticator_app(user).await?.map(|app| AppView {
        added_at: app.added_at.unix_timestamp(),
        last_used_at: app.last_used_at.map(time::OffsetDateTime::unix_timestamp),
        recovery_codes: app.recovery_codes,
        after_providers: app.after_providers,
    });
    let trusted = database.trusted_browsers(user, request.context.clock.date()).await?;
    Ok(Some(SecondFactorSettingsView {
        app,
        required: policy == SecondFactorPolicy::Required,
        trusted: trusted.into_iter().map(trusted_view).collect(),
    }))
}

fn trusted_view(browser: TrustedBrowser) -> TrustedBrowserView {
    TrustedBrowserView {
        id: browser.id,
        device: describe_device(browser.user_agent.as_deref()),
        ip: browser.ip.unwrap_or_else(|| "unknown".to_owned()),
        last_used_at: browser.last_used_at.unix_timestamp(),
        expires_at: browser.expires_at.unix_timestamp(),
    }
}

/// A secret that this browser keeps until its user has typed a code, and the `Set-Cookie` value.
fn enrolment(
    request: &PageRequest,
    user: &User,
) -> Result<(Option<EnrolmentView>, Option<HeaderValue>), PageRejection> {
    let context = &request.context;
    let (secret, cookie) = context.jar.enrolment.begin(&context.headers, user.id, context.clock.now())?;
    Ok((enrolment_view(request, &secret, user), Some(cookie)))
}

/// `None` if the QR code cannot be drawn, which no address is long enough for.
fn enrolment_view(request: &PageRequest, secret: &TotpSecret, user: &User) -> Option<EnrolmentView> {
    let site = request.app.origin.split("://").nth(1).unwrap_or_default();
    let uri = secret.to_uri(site, &account_of(user));
    let qr_code = QrCode::of(&uri)?;
    let encoded: String = byte_serialize(uri.as_bytes()).collect();
    Some(EnrolmentView {
        qr_size: qr_code.size(),
        qr_path: qr_code.path().to_owned(),
        secret: secret.to_text(),
        authenticator: authenticator_app(request).map(|app| format!("{app}?add={encoded}")),
        uri,
    })
}

/// The sandbox's, on a development server.
fn authenticator_app(request: &PageRequest) -> Option<String> {
    request.app.sandbox.as_ref().map(|sandbox| format!("{}/authenticator", sandbox.origin))
}

fn account_of(user: &User) -> String {
    let email = user.verified_email.as_ref().map(|email| email.email().to_string());
    email.unwrap_or_else(|| name_of(user))
}

fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
