//! `/admin` and `/admin/user`. For anybody but an administrator, signed in or not, these pages do not exist.

use uuid::Uuid;

use super::{
    activity::admin_activity_view,
    dashboard::email as email_of,
    page_request::{PageRejection, PageRequest, PageResult},
};
use crate::{
    account::DELETION_WORD,
    accounts::{EmailAddress, User, UserId, describe_device},
    codes::percent::{with_query, with_return_to},
    sessions::SignedIn,
    store::{Grant, GrantStatus},
    ui::{
        page::Page,
        view::{AdminUserView, AdminView, UserRowView},
    },
};

/// Users of one page.
const USERS: u32 = 50;
/// Events of one page.
const EVENTS: u32 = 50;

/// GET `/admin?q=…&after=…`: the users, the newest first, or those with an address.
pub async fn admin(request: PageRequest) -> PageResult {
    administrator(&request)?;
    let search = request.query.one("q").map(str::trim).filter(|search| !search.is_empty()).map(str::to_owned);
    if let Some(id) = search.as_deref().and_then(|search| UserId::parse(search).ok()) {
        return Err(PageRejection::Redirect(with_query("/admin/user", &[("id", &id.to_string())])));
    }
    let database = &request.app.database;
    let after = request.query.one("after").and_then(|id| UserId::parse(id).ok());
    let mut users = match search.as_deref().map(EmailAddress::parse) {
        Some(Ok(email)) => database.users_with_email(&email).await?,
        Some(Err(_)) => Vec::new(),
        None => database.users_page(after, false, USERS + 1).await?,
    };
    let has_next = users.len() > USERS as usize;
    users.truncate(USERS as usize);
    let view = AdminView {
        notice: request.notice().filter(|_| request.form_error().is_none()),
        search,
        next: users.last().filter(|_| has_next).map(|user| user.id.to_string()),
        users: users.iter().map(user_row).collect(),
        form_error: request.form_error(),
    };
    request.draw(Page::Admin, view)
}

/// GET `/admin/user?id=…&after=…`: one user; `after` continues the activity.
pub async fn user(request: PageRequest) -> PageResult {
    let admin = administrator(&request)?.user.id;
    let id = request.query.one("id").and_then(|id| UserId::parse(id).ok()).ok_or(PageRejection::NotFound)?;
    let database = &request.app.database;
    let user = database.user(id).await?.ok_or(PageRejection::NotFound)?;
    let password = database.password_of(id).await?.map(|_| "Password".to_owned());
    let identities = database.identities(id).await?;
    let sessions = database.user_sessions(id, request.context.clock.date()).await?;
    let grants = database.grants(id).await?;
    let after = request.query.one("after").and_then(|id| Uuid::try_parse(id).ok());
    let mut events = database.events_page(Some(id), after, EVENTS + 1).await?;
    let has_next = events.len() > EVENTS as usize;
    events.truncate(EVENTS as usize);
    let methods = identities.iter().map(|identity| {
        let account = identity.email.as_ref().map(ToString::to_string).or_else(|| identity.name.clone());
        let label = request.label(&identity.provider);
        account.map_or(label.clone(), |account| format!("{label}: {account}"))
    });
    let view = AdminUserView {
        notice: request.notice().filter(|_| request.form_error().is_none()),
        user: user_row(&user),
        is_self: id == admin,
        methods: methods.chain(password).collect(),
        sessions: sessions
            .iter()
            .map(|session| {
                let device = describe_device(session.user_agent.as_deref());
                let ip = session.ip.as_deref().unwrap_or("unknown");
                (format!("{device}, {ip}"), session.last_seen_at.unix_timestamp())
            })
            .collect(),
        grants: grants.iter().map(|grant| format!("{}: {}", request.label(&grant.provider), state(grant))).collect(),
        next: events.last().filter(|_| has_next).map(|event| event.id.to_string()),
        activity: events.iter().filter_map(|event| admin_activity_view(event, |slug| request.label(slug))).collect(),
        word: DELETION_WORD.to_owned(),
        form_error: request.form_error(),
    };
    request.draw(Page::AdminUser, view)
}

/// The administrator who asks, recently authenticated.
fn administrator(request: &PageRequest) -> Result<&SignedIn, PageRejection> {
    let signed_in = request.context.administrator().ok_or(PageRejection::NotFound)?;
    match signed_in.is_recently_authenticated(request.context.clock.date()) {
        true => Ok(signed_in),
        false => Err(PageRejection::Redirect(with_return_to("/confirm", Some(request.path_and_query())))),
    }
}

fn user_row(user: &User) -> UserRowView {
    UserRowView {
        id: user.id.to_string(),
        name: user.name.clone(),
        email: email_of(user),
        created_at: user.created_at.unix_timestamp(),
        disabled: user.disabled_at.is_some(),
    }
}

const fn state(grant: &Grant) -> &'static str {
    match grant.state {
        GrantStatus::Live => "connected",
        GrantStatus::Lost(_) => "has to be connected again",
        GrantStatus::Disconnected { .. } => "disconnected",
    }
}
