//! Browsers remembered: the session store on our own table, the sealed flow cookies, the signed-in user of a request,
//! and the arrival of an authorization response, where a session begins.

mod authorization_callback;
mod callback_error;
mod callback_redirect;
mod cookies;
mod credential;
mod flow_cookies;
mod form_owner;
mod forward_auth;
mod jar;
mod name_cookie;
mod nonces;
mod pending_link;
mod request_context;
mod sealed_cookie;
mod session_error;
mod session_store;
mod sign_out;
mod signed_in;
mod single_use;
mod step_up;
mod sweeper;
mod token_cookies;
mod transport;

pub use crate::accounts::ClientInfo;
pub use authorization_callback::{AuthorizationCallback, random};
pub use callback_error::CallbackError;
pub use callback_redirect::{CallbackOutcome, CallbackRedirect, Direction};
pub use cookies::Cookies;
pub use credential::is_of_this_browser;
pub use flow_cookies::{FlowCookies, Found, flow_id};
pub use form_owner::FormOwners;
pub use forward_auth::{ForwardAuth, Principal};
pub use jar::{Jar, random_name};
pub use name_cookie::NameCookie;
pub use nonces::{GivenNonce, NONCE_LIFETIME, Nonces};
pub use pending_link::PendingLink;
pub use request_context::RequestContext;
pub use sealed_cookie::SealedCookie;
pub use session_error::SessionError;
pub use session_store::{Sessions, layer};
pub use sign_out::SignOut;
pub use signed_in::{REAUTHENTICATION_LIFETIME, SignedIn};
pub use sweeper::run_sweeper;
pub use token_cookies::TokenCookies;
pub use transport::{Identified, SessionHandle, SessionTransport};
