//! The Sign in with Google button in redirect mode: the chooser, and the form it posts to the site.
//!
//! Sources: "Sign in with Google HTML API reference" (`data-ux_mode`, `data-login_uri`) and "Verify the Google ID
//! token on your server side" (developers.google.com/identity/gsi/web, November 2026): the browser posts `credential`,
//! an id_token for the site's client, and `g_csrf_token`, which is also in a cookie of that name.
//!
//! Google's script sets the cookie on the site's own page. Here the chooser's response sets it for the whole host,
//! since cookies ignore ports.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::issue::credential;
use super::next_page::{redirect, with_session};
use super::scopes::{EMAIL, OPENID, PROFILE};
use crate::browser::signed_in;
use crate::chooser::{AccountPages, Row};
use crate::clients::is_on_loopback;
use crate::fields::Fields;
use crate::form_post::form_page;
use crate::page::Page;
use crate::response::apply_faults;
use crate::state::{Provider, SharedState};
use crate::token_store::{Scopes, random_text};

const BUTTON: &str = "/gsi/button";
/// Becomes the cookie and is not sent in the form, so that a fault can change either.
const COOKIE: &str = "g_csrf_cookie";

pub fn routes() -> Router<SharedState> {
    Router::new()
        .route(BUTTON, get(show_chooser))
        .route(&format!("{BUTTON}/person"), post(choose_account))
        .route(&format!("{BUTTON}/consent"), post(cancel))
}

struct ButtonRequest {
    client_id: String,
    login_uri: String,
    nonce: Option<String>,
    query: String,
}

/// `GET /gsi/button?client_id&login_uri&nonce?`: the account chooser.
async fn show_chooser(State(shared): State<SharedState>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    match read(&shared, query) {
        Ok(request) => chooser(&shared, &request, &headers).into_response(),
        Err(page) => page.into_response(),
    }
}

/// `POST /gsi/button/person`: the form that posts the credential to the site.
async fn choose_account(
    State(shared): State<SharedState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    let request = match read(&shared, query) {
        Ok(request) => request,
        Err(page) => return page.into_response(),
    };
    let picked = shared.lock().persons.pick(&Fields::parse(&body));
    let Some(person) = picked else {
        return redirect(format!("/google{BUTTON}?{}", request.query));
    };
    let scopes = Scopes::from([OPENID, EMAIL, PROFILE].map(str::to_owned));
    let credential = match credential(&shared, &person.id, &request.client_id, &scopes, request.nonce).await {
        Ok(credential) => credential,
        Err(error) => return error.into_response(),
    };
    let token = random_text();
    let pairs = [("credential", &*credential), ("g_csrf_token", &*token), ("select_by", "btn"), (COOKIE, &*token)];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let mut pairs = apply_faults(&shared, Provider::Google, pairs, Some(&person.id));
    let cookie = pairs.iter().find(|(name, _)| name == COOKIE).map(|(_, value)| value.clone());
    pairs.retain(|(name, _)| name != COOKIE);
    let response = with_cookie(form_page(Provider::Google, &request.login_uri, &pairs), cookie);
    with_session(&shared, &headers, &person, response)
}

/// `POST /gsi/button/consent`: Cancel. The site is not notified.
async fn cancel() -> Page {
    let main = "<h1>Canceled</h1><p>Nothing was sent to the site.</p>".to_owned();
    Page::new(Provider::Google.label(), "Canceled", main)
}

fn read(shared: &SharedState, query: Option<String>) -> Result<ButtonRequest, Page> {
    let query = query.unwrap_or_default();
    let fields = Fields::parse(&query);
    let invalid_request = |code, why: &str| super::pages::invalid_request(code, why);
    let client_id = fields.get("client_id").filter(|id| shared.clients().is_google_client(id));
    let client_id = client_id.ok_or_else(|| invalid_request("invalid_client", "The OAuth client was not found."))?;
    let login_uri = fields.get("login_uri").filter(|uri| is_on_loopback(uri));
    let login_uri = login_uri.ok_or_else(|| invalid_request("invalid_request", "login_uri must be on loopback."))?;
    Ok(ButtonRequest {
        client_id: client_id.to_owned(),
        login_uri: login_uri.to_owned(),
        nonce: fields.get("nonce").map(str::to_owned),
        query: fields.without("person"),
    })
}

fn chooser(shared: &SharedState, request: &ButtonRequest, headers: &HeaderMap) -> Page {
    let state = shared.lock();
    let known = signed_in(&state.providers[Provider::Google].tokens, Provider::Google, headers);
    let tag = |id: &String| known.contains(id).then(|| "Signed in".to_owned());
    let rows: Vec<_> =
        state.persons.all().iter().map(|person| Row { tag: tag(&person.id), person: person.clone() }).collect();
    let account_pages = AccountPages {
        provider: Provider::Google,
        path: "/google/gsi/button",
        query: &request.query,
        redirect_uri: &request.login_uri,
        sign_out: None,
    };
    account_pages.chooser(&rows, "")
}

fn with_cookie(mut response: Response, value: Option<String>) -> Response {
    let cookie = match value {
        Some(value) => format!("g_csrf_token={value}; Path=/; SameSite=Lax"),
        None => "g_csrf_token=; Path=/; SameSite=Lax; Max-Age=0".to_owned(),
    };
    match HeaderValue::try_from(cookie) {
        Ok(cookie) => response.headers_mut().append(SET_COOKIE, cookie),
        Err(_) => return StatusCode::BAD_REQUEST.into_response(),
    };
    response
}
