//! Browsers remembered: the session store on our own table, the sealed flow cookies, the signed-in user of a request,
//! and the arrival of an authorization response, where a session begins.

mod arrival;
mod client;
mod cookies;
mod departure;
mod flow_cookies;
mod jar;
mod name_cookie;
mod pending_link;
mod refused_arrival;
mod sealed_cookie;
mod session_store;
mod signed_in;
mod sweeper;
mod visit;

pub use arrival::{Arrival, Arrived, Landing, random};
pub use client::ClientInfo;
pub use cookies::Cookies;
pub use departure::Departure;
pub use flow_cookies::{FlowCookies, Found, flow_id};
pub use jar::{Jar, random_name};
pub use name_cookie::NameCookie;
pub use pending_link::PendingLink;
pub use refused_arrival::RefusedArrival;
pub use sealed_cookie::SealedCookie;
pub use session_store::{Sessions, layer};
pub use signed_in::{PROOF_LASTS, SignedIn, current};
pub use sweeper::sweep_for_ever;
pub use visit::Visit;
