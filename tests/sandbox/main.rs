//! The sandbox Google over HTTP: that it is an honest provider, and that it lies exactly as it is told to.

mod asking;
mod control;
mod faults;
mod id_tokens;
mod microsoft;
mod sign_in;
mod stage;
mod start;
mod tokens;
