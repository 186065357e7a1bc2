//! `/drive`.

mod drive_url;
mod files;
mod load;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};

use super::{
    accounts::{AccessError, Account, Accounts, ConnectionStatus},
    page_request::{PageRejection, PageRequest, PageResult},
};
use crate::{
    codes::access::Access,
    drive::DriveError,
    grants::GrantError,
    relying_party::ReturnTo,
    ui::{
        page::Page,
        view::{DriveState, DriveView, Lost, ProviderApiError},
    },
};
use drive_url::{DriveUrl, QueryError};
use files::files_view;
use load::load;

/// `Retry-After` in seconds, if Google does not give one.
const RETRY_AFTER: u64 = 20;

/// GET `/drive`.
pub async fn drive(request: PageRequest) -> PageResult {
    let user = request.signed_in()?.user.id;
    let accounts = Accounts::of(&request, user, Access::Drive).await?;
    let account_id = request.query.one("account").map(str::to_owned);
    let Some(account) = accounts.chosen(account_id.as_deref())? else {
        let url = DriveUrl::parse(&request.query).unwrap_or_default();
        return connect(request, &accounts, None, None, &url).await;
    };
    // The URL names the account unless it is the default one.
    let is_default = accounts.default_account().is_some_and(|default| default.identity.id == account.identity.id);
    let named = account_id.filter(|_| !is_default);
    let mut url = match DriveUrl::parse(&request.query) {
        Err(error) if account.status == ConnectionStatus::Connected => {
            return failed(request, account, no_such(error), DriveUrl::my_drive(named).path()).await;
        }
        url => url.unwrap_or_default(),
    };
    url.account = named;
    match account.status {
        ConnectionStatus::Connected => {}
        ConnectionStatus::Lost(lost) => return connect(request, &accounts, Some(account), Some(lost), &url).await,
        ConnectionStatus::NotConnected => return connect(request, &accounts, Some(account), None, &url).await,
    }
    match load(&request.app.grants, &account.identity, url.query()).await {
        Ok((page, folders)) => {
            let state = DriveState::Files(Box::new(files_view(&accounts, account, &url, page, folders)));
            let view = DriveView { notice: request.notice(), state };
            request.draw(Page::Drive, view)
        }
        Err(error) => explain(request, account, &url, error).await,
    }
}

async fn explain(request: PageRequest, account: &Account, url: &DriveUrl, error: DriveError) -> PageResult {
    if matches!(error, DriveError::Grant(GrantError::Unavailable) | DriveError::Malformed { .. }) {
        tracing::warn!(%error, "cannot load files from Google Drive");
    }
    let why = match error {
        DriveError::NoSuchFolder => ProviderApiError::NoSuchFolder,
        DriveError::NoSuchPage => ProviderApiError::NoSuchPage,
        DriveError::Malformed { .. } => ProviderApiError::Unavailable,
        DriveError::Grant(error) => match AccessError::from(error) {
            AccessError::NotConnected(lost) => {
                // The grant just ended, perhaps for other services too: reload, and ask to reconnect.
                let accounts = Accounts::of(&request, account.identity.user, Access::Drive).await?;
                let account = accounts.chosen(Some(&account.view.identity))?;
                return connect(request, &accounts, account, lost, url).await;
            }
            AccessError::Store(error) => return Err(PageRejection::Store(error)),
            AccessError::Api(failure) => failure,
        },
    };
    let again = match why {
        ProviderApiError::NoSuchPage => url.first_page(),
        ProviderApiError::NoSuchFolder => DriveUrl::my_drive(url.account.clone()).path(),
        _ => url.path(),
    };
    failed(request, account, why, again).await
}

/// Asks for the permission. Unless the URL names an account, the person may choose one.
async fn connect(
    request: PageRequest,
    accounts: &Accounts,
    account: Option<&Account>,
    lost: Option<Lost>,
    url: &DriveUrl,
) -> PageResult {
    let only = account.filter(|_| url.account.is_some());
    let return_to = ReturnTo::parse(&url.path()).map_or_else(|| "/drive".to_owned(), String::from);
    let connect = accounts.connect(&request, only, lost, return_to);
    let view = DriveView { notice: request.notice(), state: DriveState::Connect(connect) };
    request.draw(Page::Drive, view)
}

async fn failed(request: PageRequest, account: &Account, failure: ProviderApiError, again: String) -> PageResult {
    let state = DriveState::Failed { account: account.view.clone(), failure, again };
    let view = DriveView { notice: request.notice(), state };
    let mut response = request.draw(Page::Drive, view)?;
    set_status(&mut response, failure);
    Ok(response)
}

fn no_such(error: QueryError) -> ProviderApiError {
    match error {
        QueryError::Folder => ProviderApiError::NoSuchFolder,
        QueryError::Page => ProviderApiError::NoSuchPage,
    }
}

/// For clients that do not read the page.
fn set_status(response: &mut Response, failure: ProviderApiError) {
    let (status, again) = match failure {
        ProviderApiError::RateLimited { seconds } => (StatusCode::SERVICE_UNAVAILABLE, Some(seconds.max(1))),
        ProviderApiError::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, Some(RETRY_AFTER)),
        ProviderApiError::Unreadable => (StatusCode::SERVICE_UNAVAILABLE, None),
        ProviderApiError::Refused => (StatusCode::FORBIDDEN, None),
        ProviderApiError::NoSuchFolder | ProviderApiError::NoSuchPage => (StatusCode::NOT_FOUND, None),
    };
    *response.status_mut() = status;
    if let Some(seconds) = again {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}
