//! External tokens (groups D and J) against the sandbox: each rejection has a counterpart that succeeds, and the tests
//! compare the requests to the provider.

mod access_tokens;
mod id_tokens;
mod outages;
mod setup;
mod signed_in;
