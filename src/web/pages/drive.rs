//! `/drive`.

mod asked;
mod files;
mod look;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};

use super::{
    accounts::{Account, Accounts, Fallen, Standing},
    call::{Call, PageError, PageResult},
};
use crate::{
    codes::access::Access,
    drive::DriveError,
    grants::GrantError,
    relying_party::ReturnTo,
    ui::view::{ApiFailure, DriveState, DriveView, Lost},
};
use asked::{Asked, QueryError};
use files::files_view;
use look::look;

/// When to try again, in seconds, where Google says nothing about it.
const AGAIN: u64 = 20;

/// GET `/drive`.
pub async fn drive(call: Call) -> PageResult {
    let user = call.signed_in()?.user.id;
    let accounts = Accounts::of(&call, user, Access::Drive).await?;
    let asked_for = call.query.one("account").map(str::to_owned);
    let Some(account) = accounts.chosen(asked_for.as_deref())? else {
        let asked = Asked::read(&call.query).unwrap_or_default();
        return connect(call, &accounts, None, None, &asked).await;
    };
    // An address names an account only where it has to.
    let is_usual = accounts.usual().is_some_and(|usual| usual.identity.id == account.identity.id);
    let named = asked_for.filter(|_| !is_usual);
    let mut asked = match Asked::read(&call.query) {
        Err(unanswerable) if account.standing == Standing::Connected => {
            return form_error(call, account, none_such(unanswerable), Asked::top_of(named).address()).await;
        }
        read => read.unwrap_or_default(),
    };
    asked.account = named;
    match account.standing {
        Standing::Connected => {}
        Standing::Lost(lost) => return connect(call, &accounts, Some(account), Some(lost), &asked).await,
        Standing::Unconnected => return connect(call, &accounts, Some(account), None, &asked).await,
    }
    match look(&call.app.grants, &account.identity, asked.question()).await {
        Ok((page, method)) => {
            let state = DriveState::Files(Box::new(files_view(&accounts, account, &asked, page, method)));
            let view = DriveView { notice: call.notice(), state };
            call.draw(view).await
        }
        Err(error) => explain(call, account, &asked, error).await,
    }
}

/// What a failure means for the person.
async fn explain(call: Call, account: &Account, asked: &Asked, error: DriveError) -> PageResult {
    if matches!(error, DriveError::Grant(GrantError::Away) | DriveError::Malformed { .. }) {
        tracing::warn!(%error, "Google Drive gives no files");
    }
    let why = match error {
        DriveError::NoSuchFolder => ApiFailure::NoSuchFolder,
        DriveError::NoSuchPage => ApiFailure::NoSuchPage,
        DriveError::Malformed { .. } => ApiFailure::Away,
        DriveError::Grant(error) => match Fallen::from(error) {
            Fallen::Connect(lost) => {
                // It went while we looked, and more may have gone with it: the page is the one that comes up from now on.
                let accounts = Accounts::of(&call, account.identity.user, Access::Drive).await?;
                let account = accounts.chosen(Some(&account.view.identity))?;
                return connect(call, &accounts, account, lost, asked).await;
            }
            Fallen::Store(error) => return Err(PageError::Store(error)),
            Fallen::FormError(form_error) => form_error,
        },
    };
    let again = match why {
        ApiFailure::NoSuchPage => asked.first(),
        ApiFailure::NoSuchFolder => Asked::top_of(asked.account.clone()).address(),
        _ => asked.address(),
    };
    form_error(call, account, why, again).await
}

/// The step-up. Who named no account may choose among all of them.
async fn connect(
    call: Call,
    accounts: &Accounts,
    account: Option<&Account>,
    lost: Option<Lost>,
    asked: &Asked,
) -> PageResult {
    let only = account.filter(|_| asked.account.is_some());
    let return_to = ReturnTo::parse(&asked.address()).map_or_else(|| "/drive".to_owned(), String::from);
    let connect = accounts.connect(&call, only, lost, return_to);
    let view = DriveView { notice: call.notice(), state: DriveState::Connect(connect) };
    call.draw(view).await
}

async fn form_error(call: Call, account: &Account, form_error: ApiFailure, again: String) -> PageResult {
    let state = DriveState::FormError { account: account.view.clone(), form_error, again };
    let view = DriveView { notice: call.notice(), state };
    let mut response = call.draw(view).await?;
    mark(&mut response, form_error);
    Ok(response)
}

fn none_such(unanswerable: QueryError) -> ApiFailure {
    match unanswerable {
        QueryError::Folder => ApiFailure::NoSuchFolder,
        QueryError::Page => ApiFailure::NoSuchPage,
    }
}

/// The status for whoever reads no pages.
fn mark(response: &mut Response, form_error: ApiFailure) {
    let (status, again) = match form_error {
        ApiFailure::Busy { seconds } => (StatusCode::SERVICE_UNAVAILABLE, Some(seconds.max(1))),
        ApiFailure::Away => (StatusCode::SERVICE_UNAVAILABLE, Some(AGAIN)),
        ApiFailure::Unreadable => (StatusCode::SERVICE_UNAVAILABLE, None),
        ApiFailure::Refused => (StatusCode::FORBIDDEN, None),
        ApiFailure::NoSuchFolder | ApiFailure::NoSuchPage => (StatusCode::NOT_FOUND, None),
    };
    *response.status_mut() = status;
    if let Some(seconds) = again {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}
