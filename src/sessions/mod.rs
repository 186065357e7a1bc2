//! Browsers remembered: the session store on our own table, the sealed flow cookies, the signed-in user of a request,
//! and the arrival of an authorization response, where a session begins.

mod arrival;
mod carrier;
mod client;
mod cookies;
mod credential;
mod departure;
mod flow_cookies;
mod jar;
mod known;
mod landing;
mod name_cookie;
mod nonces;
mod not_carried;
mod pending_link;
mod refused_arrival;
mod sealed_cookie;
mod session_store;
mod signed_in;
mod single_use;
mod step_up;
mod sweeper;
mod token_cookies;
mod visit;

pub use arrival::{Arrival, random};
pub use carrier::{Carried, Carrier, Identified};
pub use client::ClientInfo;
pub use cookies::Cookies;
pub use credential::is_of_this_browser;
pub use departure::Departure;
pub use flow_cookies::{FlowCookies, Found, flow_id};
pub use jar::{Jar, random_name};
pub use known::{Known, Looker};
pub use landing::{Arrived, Direction, Landing};
pub use name_cookie::NameCookie;
pub use nonces::{GivenNonce, NONCE_LIFETIME, Nonces};
pub use not_carried::NotCarried;
pub use pending_link::PendingLink;
pub use refused_arrival::RefusedArrival;
pub use sealed_cookie::SealedCookie;
pub use session_store::{Sessions, layer};
pub use signed_in::{PROOF_LASTS, SignedIn};
pub use sweeper::sweep_for_ever;
pub use token_cookies::TokenCookies;
pub use visit::Visit;
